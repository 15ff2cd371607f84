"""Why a weight moves: the next update of it, as a sum of what each sample asks for."""

import copy
from typing import NamedTuple

import numpy as np

import nn_core

# By the array's name: the line of chapter 6 that adds the pushes up, and its factors.
LINES = {
    "weights_input_hidden": "rate * hidden_delta @ inputs.T",
    "weights_hidden_output": "rate * output_delta @ hidden_outputs.T",
    "biases_hidden": "rate * hidden_delta.sum(axis=1, keepdims=True)",
    "biases_output": "rate * output_delta.sum(axis=1, keepdims=True)",
}
# The blog's rule sends other numbers to the biases.
LINES_OF_BLOG = LINES | {
    "biases_hidden": "rate * hidden_errors.sum(axis=1, keepdims=True)",
    "biases_output": "rate * errors.sum(axis=1, keepdims=True)",
}


class Weight(NamedTuple):
    """One number of a network: the name of its array, its row and its column."""

    array: str
    row: int
    column: int

    def in_words(self):
        """Return which it is; nodes count from 1."""
        if self.array == "biases_output":
            return "bias of the output"
        if self.array == "biases_hidden":
            return f"bias of hidden {self.row + 1}"
        if self.array == "weights_hidden_output":
            return f"hidden {self.column + 1} → output"
        return f"input {self.column + 1} → hidden {self.row + 1}"


def all_weights(hidden_nodes):
    """Return each Weight of a network with two inputs and one output, in its order."""
    shapes = {
        "weights_input_hidden": (hidden_nodes, 2),
        "weights_hidden_output": (1, hidden_nodes),
        "biases_hidden": (hidden_nodes, 1),
        "biases_output": (1, 1),
    }
    return [
        Weight(name, *place) for name in LINES for place in np.ndindex(shapes[name])
    ]


class Pushes(NamedTuple):
    """How the samples of the next update push a weight.

    The update adds the sum of `each` to the weight. Each push is
    -learning_rate * delta * factor / N for the N samples of the update.
    """

    value: float  # of the weight, before
    each: np.ndarray  # (N,)
    factors: np.ndarray  # (N,) what the weight is multiplied with: an input, or a 1
    deltas: np.ndarray  # (N,) of the weight's node; nan where the factor is 0
    done: float  # what the update does to the weight, worked out for all at once
    samples: nn_core.Dataset  # of the update
    outputs: np.ndarray  # (N,)


def pushes(run, training, weight):
    """Return the Pushes of the next update of a run, None if its class hides the weight."""
    network = getattr(run.network, "own", run.network)
    if not isinstance(getattr(network, weight.array, None), np.ndarray):
        return None
    samples = _next_batch(run, training)
    count = samples.inputs.shape[1]
    push = _push_of_book if run.own_class is None else _push_of_own
    rate = training.learning_rate
    columns = [np.array([i]) for i in range(count)]
    each = np.array(
        [push(network, _columns(samples, i), rate, weight) / count for i in columns]
    )
    hidden, outputs = run.layer_outputs(samples.inputs)
    factors = np.ones(count)
    if weight.array == "weights_input_hidden":
        factors = samples.inputs[weight.column]
    elif weight.array == "weights_hidden_output":
        factors = np.full(count, np.nan) if hidden is None else hidden[weight.column]
    with np.errstate(divide="ignore", invalid="ignore"):
        deltas = np.where(factors == 0, np.nan, -each * count / (rate * factors))
    return Pushes(
        value=float(_number(network, weight)),
        each=each + 0.0,  # no -0
        factors=factors,
        deltas=deltas,
        done=push(network, samples, rate, weight),
        samples=samples,
        outputs=outputs[0],
    )


def _next_batch(run, training):
    """Return the samples of the next update, as the network's own dice will mix them."""
    data, size = run.train_data, training.batch_size
    count = data.inputs.shape[1]
    if size is None or size >= count:
        return data
    dice = copy.deepcopy(run.network._rng)
    return _columns(data, dice.permutation(count)[:size])


def _columns(data, columns):
    return nn_core.Dataset(data.inputs[:, columns], data.targets[:, columns])


def _number(network, weight):
    return getattr(network, weight.array)[weight.row, weight.column]


def _push_of_book(network, samples, rate, weight):
    """Return what these samples' gradient does to the weight."""
    gradients = network.backpropagate(*samples)
    return float(-rate * getattr(gradients, weight.array)[weight.row, weight.column])


def _push_of_own(network, samples, rate, weight):
    """Return what the reader's train does to the weight of a copy."""
    other = copy.deepcopy(network)
    before = float(_number(other, weight))
    other.train(*(array.copy() for array in samples), rate)
    return float(_number(other, weight)) - before
