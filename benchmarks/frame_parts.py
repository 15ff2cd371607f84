"""Time each part of one frame of the playground, here or in a cell of a live page.

    python benchmarks/frame_parts.py

It prints a line of JSON with the median of 40 times for each part, in milliseconds. "Sending"
means something only in a page: elsewhere the picture is sent nowhere.
"""

import json
import statistics
import time

import nn_widgets
from nn_widgets.live_figure import FASTEST_FORMAT
from nn_widgets.playground.advice import in_words


def parts(playground):
    """Return {part of a frame: the function that does it}."""
    run, painter = playground.run, playground.painter
    training = playground.state.controls.training()
    painter.paint(run, [], indexed=FASTEST_FORMAT == "bmp")
    pictures = painter.pictures(FASTEST_FORMAT)
    sent = [0]

    def send():
        sent[0] += 1  # a new picture each time: an unchanged one is not sent
        for image, picture in zip(playground.images, pictures, strict=True):
            image.value = picture[: len(picture) - sent[0]]

    return {
        "training": lambda: run.train(playground.epochs_per_frame.value, training),
        "words": lambda: in_words(run, training, True),
        "painting": lambda: painter.paint(run, []),
        "packing, JPEG": lambda: painter.pictures("jpeg"),
        "painting, 256 colours": lambda: painter.paint(run, [], indexed=True),
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
