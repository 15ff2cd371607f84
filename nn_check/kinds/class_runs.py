"""Run the reader's class and the book's on the same task, for the picture of a bug hunt.

The task is what the book has taught: weights chosen by hand (chapter 4), training by trial
and error (chapter 5), or the class's own `fit` (from chapter 6 on). Both classes start from
the same weights.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import nn_core
from nn_check.answers.calling import OutOfTime, call, explain_error
from nn_check.answers.cases import PARAMETERS
from nn_check.answers.reference import book_class

SECONDS = 30.0  # time limit for one run of the reader's class
ROUNDS = 150  # of trial and error
EPOCHS = 60
INPUTS = (2, 8, 30, 64, 256, 784)


class ClassRun(NamedTuple):
    """The result of running one class."""

    net: object  # None if there is no network to draw
    data: nn_core.Dataset | None
    places: Sequence  # x coordinates of the curve: epochs, for example
    curve: Sequence  # y coordinates
    words: str


class TrialRun(NamedTuple):
    """The results of the reader's class and of a right one."""

    yours: ClassRun
    right: ClassRun
    axes: tuple  # the labels of the curves' axes: ("epoch", "loss"), () without curves
    words: str


def weights_by_hand(network):
    """Run the class with the weights and biases that chapter 4 chooses by hand."""
    return _run(network, _weights_by_hand)


def trial_and_error(network):
    """Train the class as chapter 5 does: keep a random change unless it is worse."""
    return _run(network, _trial_and_error, ("round", "mean distance"))


def starting_slopes(network):
    """Measure the slopes of 16 untrained neurons, for more and more inputs."""
    return _run(network, _starting_slopes, ("inputs", "mean slope of 16 neurons"))


def training(network):
    """Train the class with its own `fit`."""
    return _run(network, _training, ("epoch", "loss"))


def _weights_by_hand(network):
    net, data = network(2, 3, 1), nn_core.circles()
    net.weights_input_hidden = np.array([[0.0, -6.0], [5.0, 3.0], [-5.0, 3.0]])
    net.biases_hidden = np.array([[3.0], [3.0], [3.0]])
    net.weights_hidden_output = np.array([[10.0, 10.0, 10.0]])
    net.biases_output = np.array([[-23.0]])
    right = _right_answers(net, data)
    outputs = net.feedforward(data.inputs)
    words = f"outputs from {np.min(outputs):.2f} to {np.max(outputs):.2f}, {right}"
    return ClassRun(net, data, [], [], words)


def _trial_and_error(network):
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
    return ClassRun(net, data, range(ROUNDS + 1), distances, words)


def _starting_slopes(network):
    slopes = []
    for fan_in in INPUTS:
        samples = np.random.default_rng(1).random((fan_in, 200))
        outputs = np.asarray(network(fan_in, 16, 1).layer_outputs(samples)[0], float)
        slopes.append(float((outputs * (1 - outputs)).mean()))
    words = f"the mean slope is {slopes[0]:.3f} with {INPUTS[0]} inputs"
    return ClassRun(
        None, None, INPUTS, slopes, f"{words}, {slopes[-1]:.3f} with {INPUTS[-1]}"
    )


def _training(network):
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
    return ClassRun(net, data, range(1, len(losses) + 1), losses, words)


def _right_answers(net, data):
    """Describe how many answers are right, for 3 samples and then for all.

    The 3 samples show whether outputs have the right shape for any number of samples: the
    map of the picture takes thousands.
    """
    few = nn_core.Dataset(data.inputs[:, :3], data.targets[:, :3])
    for inputs, targets in (few, data):
        outputs = np.asarray(net.feedforward(inputs), float)
        if outputs.shape != targets.shape:
            raise ValueError(
                f"feedforward returned shape {outputs.shape}, expected {targets.shape}"
            )
    return f"{np.sum((outputs > 0.5) == targets)} of {outputs.size} answers right"


@functools.cache
def _right_run(task):
    return task(book_class("uniform" if task is _weights_by_hand else "xavier"))


def _run(network, task, axes=()):
    right = _right_run(task)
    with np.errstate(all="ignore"):
        outcome = call(task, {"network": network}, SECONDS)
    if isinstance(outcome.error, OutOfTime):
        words = f"it was stopped after {SECONDS:.0f} seconds"
    elif outcome.error is not None:
        words = explain_error(outcome.error, "it").rstrip(".")
    else:
        words = outcome.value.words
    yours = outcome.value or right._replace(net=None, places=(), curve=())
    words = f"In the picture: {words}. A right class: {right.words}."
    return TrialRun(yours, right, axes, words)
