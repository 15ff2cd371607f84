"""What one frame of the playground costs, part by part: run here, or in a cell of a page.

    python benchmarks/frame_parts.py

It prints a line of JSON: for each part the median of 40 times, in milliseconds. "Sending" is
measured where a page is connected; elsewhere there is nobody to send to.
"""

import json
import statistics
import time

import nn_widgets
from nn_widgets.live_figure import QUICKEST
from nn_widgets.playground.advice import in_words


def parts(playground):
    """Return {part of a frame: the function that does it}."""
    run, painter = playground.run, playground.painter
    training = playground._set.training()
    sizes = [0]

    def send():
        sizes[0] += 1  # another picture each time: the same one would not be sent
        playground.image.value = picture[: len(picture) - sizes[0]]

    picture = painter.pictures(QUICKEST)[0]
    return {
        "training": lambda: run.train(playground.epochs_per_frame.value, training),
        "painting": lambda: painter.paint(run, []),
        "words": lambda: in_words(run, training, True),
        "packing as jpeg": lambda: painter.pictures("jpeg"),
        "packing as bmp": lambda: painter.pictures("bmp"),
        "sending half of it": send,
    }


def median_milliseconds(do, times=40):
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        spent.append(1e3 * (time.perf_counter() - began))
    return round(statistics.median(spent), 2)


playground = nn_widgets.Playground()
playground.advance(200)
found = {name: median_milliseconds(do) for name, do in parts(playground).items()}
print(json.dumps(found | {"packed as": QUICKEST}))
playground.close()
