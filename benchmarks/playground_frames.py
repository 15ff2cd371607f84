"""Time one frame of the playground beside the usual `interact` with `contourf`.

Both train 50 epochs with 16 hidden nodes and show boundary, samples and loss. They take
turns, frame by frame, so that a slow moment of the machine hits both.

    python benchmarks/playground_frames.py [--frames 60] [--json FILE]
"""

import argparse
import contextlib
import io
import json
import statistics
import time
from pathlib import Path

import ipywidgets
import matplotlib as mpl
import numpy as np

mpl.use("agg")
import matplotlib.pyplot as plt

import nn_core
import nn_widgets
from benchmarks import frame_parts

EPOCHS, HIDDEN_NODES = 50, 16


def naive_frame(net, data, losses):
    """What `interact` runs when a slider moves: a new figure with contourf, then a PNG."""
    losses += net.fit(*data, learning_rate=1.0, epochs=EPOCHS)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.9))
    x, y = np.meshgrid(np.linspace(-1.6, 2.6, 100), np.linspace(-1.8, 2.4, 100))
    outputs = net.feedforward(np.stack([x.ravel(), y.ravel()])).reshape(x.shape)
    left.contourf(x, y, outputs, levels=20, cmap=nn_widgets.OUTPUT_COLOURS)
    left.contour(x, y, outputs, levels=[0.5], colors="black")
    left.scatter(*data.inputs, c=data.targets[0], edgecolors="white")
    left.set(title="Decision boundary", xlabel="input 1", ylabel="input 2")
    right.semilogy(losses)
    right.set(title="Loss", xlabel="epoch", ylabel="loss")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return file.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args()
    frames = options.frames

    playground = nn_widgets.Playground(hidden_nodes=HIDDEN_NODES)
    playground.playing = (
        True  # as while it plays: frames are JPEG, without an event loop
    )
    net, data, losses = nn_core.NeuralNetwork(2, HIDDEN_NODES, 1), nn_core.moons(), []
    naive = ipywidgets.interactive(
        lambda learning_rate: naive_frame(net, data, losses), learning_rate=(0.1, 10.0)
    )

    ours, theirs = [], []
    for _ in range(frames + 3):
        began = time.perf_counter()
        playground.advance(EPOCHS)
        playground.draw()
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):  # it clears a terminal
            naive.update()
        theirs.append(time.perf_counter() - began)
    ours, theirs = ours[3:], theirs[3:]  # the first frames fill caches
    shared = min(len(playground.history), len(losses))
    same = np.allclose(playground.history[:shared], losses[:shared], rtol=1e-6)
    assert same, "they trained differently"

    print(
        f"One frame with {EPOCHS} epochs at H = {HIDDEN_NODES}, {frames} frames each, ms"
    )
    print("| | median | fastest | slowest |\n| --- | --- | --- | --- |")
    for name, seconds in (("playground", ours), ("interact + contourf", theirs)):
        median, low, high = (
            1e3 * figure(seconds) for figure in (statistics.median, min, max)
        )
        print(f"| {name} | {median:.1f} | {low:.1f} | {high:.1f} |")
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    print(f"\nThe playground draws a frame {ratio:.1f} times as fast.")
    if options.json:
        results = {"epochs": EPOCHS, "hidden": HIDDEN_NODES}
        results["parts"] = frame_parts.measure()
        results["seconds"] = {"playground": ours, "interact": theirs}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
