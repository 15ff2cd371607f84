"""What a class of the reader's own does: the picture of a bug hunt, and its words.

As far as the book has come, a class gets numbers chosen by hand (chapter 4), is trained by
trial and error (chapter 5) or by its own `fit` (from chapter 6 on). A right class does the
same beside it, from the same start.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import nn_core
from nn_check.cases import PARAMETERS, book_class
from nn_check.running import OutOfTime, explain_error, run

SECONDS = 30.0  # for one run of the reader's class
ROUNDS = 150  # of trial and error
EPOCHS = 60
INPUTS = (2, 8, 30, 64, 256, 784)


class Ran(NamedTuple):
    """What came of one class."""

    net: object  # None if there is none to draw
    data: nn_core.Dataset | None
    places: Sequence  # where the numbers of the curve were taken: epochs, for example
    curve: Sequence
    words: str


class TrialRun(NamedTuple):
    """What came of the reader's class, and of a right one beside it."""

    yours: Ran
    right: Ran
    axes: tuple  # what the curves show: ("epoch", "loss"), () if nothing is trained
    words: str


def by_hand(network):
    """Give the class the numbers that chapter 4 chose by hand."""
    return _run(network, _by_hand)


def by_trial_and_error(network):
    """Train the class as chapter 5 does: keep a random change unless it is worse."""
    return _run(network, _by_trial_and_error, ("round", "mean distance"))


def by_slopes(network):
    """Start layers of 16 neurons with more and more inputs, and measure their slopes."""
    return _run(network, _by_slopes, ("inputs", "mean slope of 16 neurons"))


def by_fit(network):
    """Train the class by its own `fit`."""
    return _run(network, _by_fit, ("epoch", "loss"))


def _by_hand(network):
    net, data = network(2, 3, 1), nn_core.circles()
    net.weights_input_hidden = np.array([[0.0, -6.0], [5.0, 3.0], [-5.0, 3.0]])
    net.biases_hidden = np.array([[3.0], [3.0], [3.0]])
    net.weights_hidden_output = np.array([[10.0, 10.0, 10.0]])
    net.biases_output = np.array([[-23.0]])
    right = _right_answers(net, data)
    outputs = net.feedforward(data.inputs)
    words = f"outputs from {np.min(outputs):.2f} to {np.max(outputs):.2f}, {right}"
    return Ran(net, data, [], [], words)


def _by_trial_and_error(network):
    net, data, rng = network(2, 16, 1), nn_core.moons(), np.random.default_rng(0)

    def distance():
        return float(np.abs(net.feedforward(data.inputs) - data.targets).mean())

    distances = [distance()]
    for _ in range(ROUNDS):
        closest = distances[-1]
        for name in PARAMETERS:
            before = getattr(net, name)
            setattr(net, name, before + rng.uniform(-1, 1, before.shape))
            now = distance()
            if now <= closest:
                closest = now
            else:
                setattr(net, name, before)
        distances.append(closest)
    right = _right_answers(net, data)
    words = f"after {ROUNDS} rounds a mean distance of {distances[-1]:.3f}, {right}"
    return Ran(net, data, range(ROUNDS + 1), distances, words)


def _by_slopes(network):
    slopes = []
    for fan_in in INPUTS:
        samples = np.random.default_rng(1).random((fan_in, 200))
        outputs = np.asarray(network(fan_in, 16, 1).layer_outputs(samples)[0], float)
        slopes.append(float((outputs * (1 - outputs)).mean()))
    words = f"the mean slope is {slopes[0]:.3f} with {INPUTS[0]} inputs"
    return Ran(
        None, None, INPUTS, slopes, f"{words}, {slopes[-1]:.3f} with {INPUTS[-1]}"
    )


def _by_fit(network):
    net, data = network(2, 8, 1), nn_core.moons()
    losses = net.fit(*data, 10.0, EPOCHS, 10)
    losses = [float(loss) for loss in losses]
    first, last = losses[0], losses[-1]
    goes = (
        "falls" if last < 0.98 * first else "rises" if last > 1.02 * first else "goes"
    )
    right = _right_answers(net, data)
    words = (
        f"in {EPOCHS} epochs the loss {goes} from {first:.3f} to {last:.3f}, {right}"
    )
    return Ran(net, data, range(1, len(losses) + 1), losses, words)


def _right_answers(net, data):
    """Say how many answers are right; try 3 samples too, since a map takes thousands."""
    few = nn_core.Dataset(data.inputs[:, :3], data.targets[:, :3])
    for inputs, targets in (few, data):
        outputs = np.asarray(net.feedforward(inputs), float)
        if outputs.shape != targets.shape:
            raise ValueError(
                f"feedforward returned shape {outputs.shape}, expected {targets.shape}"
            )
    return f"{np.sum((outputs > 0.5) == targets)} of {outputs.size} answers right"


@functools.cache
def _right(way):
    return way(book_class("uniform" if way is _by_hand else "xavier"))


def _run(network, way, axes=()):
    right = _right(way)
    with np.errstate(all="ignore"):
        outcome = run(way, {"network": network}, SECONDS)
    if isinstance(outcome.error, OutOfTime):
        words = f"it was stopped after {SECONDS:.0f} seconds"
    elif outcome.error is not None:
        words = explain_error(outcome.error, "it").rstrip(".")
    else:
        words = outcome.value.words
    ran = outcome.value or right._replace(net=None, places=(), curve=())
    words = f"In the picture: {words}. A right class: {right.words}."
    return TrialRun(ran, right, axes, words)
