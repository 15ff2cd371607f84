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
    painter.paint(run, [], quick=QUICKEST == "bmp")
    pictures = painter.pictures(QUICKEST)
    sent = [0]

    def send():
        sent[0] += 1  # another picture each time: the same one would not be sent
        for image, picture in zip(playground.images, pictures, strict=True):
            image.value = picture[: len(picture) - sent[0]]

    return {
        "training": lambda: run.train(playground.epochs_per_frame.value, training),
        "words": lambda: in_words(run, training, True),
        "painting": lambda: painter.paint(run, []),
        "packing, JPEG": lambda: painter.pictures("jpeg"),
        "painting, 256 colours": lambda: painter.paint(run, [], quick=True),
        "packing, BMP": lambda: painter.pictures("bmp"),
        "sending": send,
    }


def measure(times=40):
    """Return the median milliseconds of each part."""
    playground = nn_widgets.Playground()
    playground.advance(200)
    found = {}
    for name, do in parts(playground).items():
        spent = []
        for _ in range(times):
            began = time.perf_counter()
            do()
            spent.append(1e3 * (time.perf_counter() - began))
        found[name] = statistics.median(spent)
    playground.close()
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
