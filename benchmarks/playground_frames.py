"""Time one frame of the playground beside the usual `interact` with `contourf`.

Both train for 50 epochs with 16 hidden nodes and show boundary, samples and loss. They take
turns, frame by frame, so that a slow moment of the machine affects both.

    python benchmarks/playground_frames.py [--frames 60] [--json FILE]
"""

import contextlib
import io
import statistics
import time

import ipywidgets
import matplotlib as mpl
import numpy as np

mpl.use("agg")
import matplotlib.pyplot as plt

import nn_core
import nn_widgets
from benchmarks import frame_parts
from benchmarks.command_line import make_parser, write_json

EPOCHS, HIDDEN_NODES = 50, 16


def naive_frame(net, data, losses):
    """Draw a new figure with contourf as a PNG, as `interact` does when a slider moves."""
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
    parser = make_parser(__doc__)
    parser.add_argument("--frames", type=int, default=60, help="default: %(default)s")
    options = parser.parse_args()
    frames = options.frames

    playground = nn_widgets.Playground(hidden_nodes=HIDDEN_NODES)
    playground.playing = True  # without an event loop, its frames are JPEG then
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
        with contextlib.redirect_stdout(io.StringIO()):  # it prints control characters
            naive.update()
        theirs.append(time.perf_counter() - began)
    ours, theirs = ours[3:], theirs[3:]  # the first frames fill caches
    shared = min(len(playground.history), len(losses))
    same = np.allclose(playground.history[:shared], losses[:shared], rtol=1e-6)
    assert same, "the two trained differently"

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
        write_json(options.json, results)


if __name__ == "__main__":
    main()
