"""A weight's next update as a sum of contributions, one for each sample."""

import copy
from typing import NamedTuple

import numpy as np

import nn_core

# By the array's name: the line of chapter 6 that computes its update.
LINES = {
    "weights_input_hidden": "rate * hidden_delta @ inputs.T",
    "weights_hidden_output": "rate * output_delta @ hidden_outputs.T",
    "biases_hidden": "rate * hidden_delta.sum(axis=1, keepdims=True)",
    "biases_output": "rate * output_delta.sum(axis=1, keepdims=True)",
}
# The blog's rule updates the biases with other numbers.
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
        """Name the weight for the reader; nodes are counted from 1."""
        if self.array == "biases_output":
            return "bias of the output"
        if self.array == "biases_hidden":
            return f"bias of hidden {self.row + 1}"
        if self.array == "weights_hidden_output":
            return f"hidden {self.column + 1} → output"
        return f"input {self.column + 1} → hidden {self.row + 1}"


def all_weights(hidden_nodes):
    """Return every Weight of a network with two inputs and one output."""
    shapes = {
        "weights_input_hidden": (hidden_nodes, 2),
        "weights_hidden_output": (1, hidden_nodes),
        "biases_hidden": (hidden_nodes, 1),
        "biases_output": (1, 1),
    }
    return [
        Weight(name, *place) for name in LINES for place in np.ndindex(shapes[name])
    ]


class WeightUpdate(NamedTuple):
    """The contribution of each of the N samples to a weight's next update.

    The update adds the sum of the contributions to the weight. Each contribution is
    -learning_rate * delta * factor / N.
    """

    value: float  # of the weight, before the update
    contributions: np.ndarray  # (N,)
    factors: (
        np.ndarray
    )  # (N,) what the weight multiplies: an input, a hidden output, or 1
    deltas: np.ndarray  # (N,) of the weight's node; nan where the factor is 0
    change: float  # of the weight, computed for all samples at once
    samples: nn_core.Dataset  # of the update
    outputs: np.ndarray  # (N,)


def weight_update(run, training, weight):
    """Return the WeightUpdate of a run's next update; None if its class lacks the array."""
    network = getattr(run.network, "own", run.network)
    if not isinstance(getattr(network, weight.array, None), np.ndarray):
        return None
    samples = _next_batch(run, training)
    count = samples.inputs.shape[1]
    change = _change_by_book if run.own_class is None else _change_by_reader
    rate = training.learning_rate
    columns = [np.array([i]) for i in range(count)]
    each = np.array(
        [change(network, _columns(samples, i), rate, weight) / count for i in columns]
    )
    hidden, outputs = run.layer_outputs(samples.inputs)
    factors = np.ones(count)
    if weight.array == "weights_input_hidden":
        factors = samples.inputs[weight.column]
    elif weight.array == "weights_hidden_output":
        factors = np.full(count, np.nan) if hidden is None else hidden[weight.column]
    with np.errstate(divide="ignore", invalid="ignore"):
        deltas = np.where(factors == 0, np.nan, -each * count / (rate * factors))
    return WeightUpdate(
        value=float(_number(network, weight)),
        contributions=each + 0.0,  # -0 becomes 0
        factors=factors,
        deltas=deltas,
        change=change(network, samples, rate, weight),
        samples=samples,
        outputs=outputs[0],
    )


def _next_batch(run, training):
    """Return the samples of the next update, shuffled as the network will shuffle them."""
    data, size = run.train_data, training.batch_size
    count = data.inputs.shape[1]
    if size is None or size >= count:
        return data
    return _columns(data, run.copy_of_rng().permutation(count)[:size])


def _columns(data, columns):
    return nn_core.Dataset(data.inputs[:, columns], data.targets[:, columns])


def _number(network, weight):
    return getattr(network, weight.array)[weight.row, weight.column]


def _change_by_book(network, samples, rate, weight):
    """Return how the gradient of these samples changes the weight."""
    gradients = network.backpropagate(*samples)
    return float(-rate * getattr(gradients, weight.array)[weight.row, weight.column])


def _change_by_reader(network, samples, rate, weight):
    """Return how the reader's train changes the weight, on a copy of the network."""
    other = copy.deepcopy(network)
    before = float(_number(other, weight))
    other.train(*(array.copy() for array in samples), rate)
    return float(_number(other, weight)) - before
