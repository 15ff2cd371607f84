"""Chapter 1's widget, a neuron with adjustable weights, without a browser."""

import numpy as np
import pytest

import nn_core
from nn_widgets import (
    Neuron,
)
from tests.nn_widgets.every_widget import pixels


@pytest.mark.parametrize(
    ("weights", "bias"), [((1.0, 0.0), 1.0), ((-0.5, 1.2), 0.3), ((1.0, 1.0), 0.0)]
)
def test_neuron_counts_what_a_loop_counts(weights, bias):
    data = nn_core.blobs(60)
    widget = Neuron(data, weights, bias)
    right = 0
    for (x1, x2), target in zip(data.inputs.T, data.targets[0], strict=True):
        total = weights[0] * x1 + weights[1] * x2 + bias
        right += (total > 0) == (target == 1)
    assert widget.right == right
    assert f"{right} of 60 samples" in widget.describe()


def test_neuron_writes_out_the_ringed_samples_sum():
    data = nn_core.blobs(60)
    widget = Neuron(data, weights=(-1.2, 0.8), bias=-0.5)
    for number in (1, 17, 18, 60):
        widget.sample.value = number
        x1, x2 = data.inputs[:, number - 1]
        total = -1.2 * x1 + 0.8 * x2 - 0.5
        words = widget.describe().replace("(−", "-").replace("−", "-").replace(")", "")
        terms = f"{number}: -1.2 · {x1:.3f} + 0.8 · {x2:.3f} - 0.5 = {total:.2f}."
        assert terms in words
        answer = int(total > 0)
        assert f"answers class {answer}" in words
        right = answer == data.targets[0, number - 1]
        assert ("which is right" if right else "which is wrong") in words
        ring, ring_of_sum = widget._rings
        assert np.allclose(ring.get_xydata(), [[x1, x2]])
        assert ring_of_sum.get_xdata() == pytest.approx([total])


def test_neuron_separates_the_blobs():
    assert Neuron(weights=(1.0, 1.0), bias=0.0).right == 60
    assert Neuron(weights=(-1.0, -1.0), bias=0.0).right == 0


def test_neuron_colours_the_two_sides_of_its_line():
    """Left of x = 0 the sum is negative: blue; right of it orange."""
    widget = Neuron(weights=(1.0, 0.0), bias=0.0)
    shown = pixels(widget).astype(int)
    axes = widget.figure.axes[0]

    def colour(x, y):
        column, row = axes.transData.transform((x, y))
        return shown[len(shown) - round(row), round(column)]

    left, right = colour(-0.8, 2.2), colour(0.8, 2.4)
    assert left[2] > left[0]
    assert right[0] > right[2]
    widget.weight_1.value = -1.0
    shown = pixels(widget).astype(int)
    assert (colour(-0.8, 2.2) == right).all()
    assert (colour(0.8, 2.4) == left).all()


def test_neuron_without_weights_has_no_line():
    widget = Neuron(weights=(0.0, 0.0), bias=0.5)
    assert "no line" in widget.describe()
    assert widget.right == 30


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"weights": (4.0, 0.0)}, ValueError, "weight_1"),
        ({"weights": (0.0, "1")}, TypeError, "weights"),
        ({"weights": (0.0, 1.0, 2.0)}, ValueError, "weights"),
        ({"weights": 1.0}, ValueError, "weights"),
        ({"bias": np.nan}, ValueError, "bias"),
        ({"sample": 0}, ValueError, "sample"),
        ({"sample": 61}, ValueError, "sample"),
        ({"dataset": nn_core.digits()}, ValueError, "inputs"),
    ],
)
def test_neuron_names_a_bad_argument(arguments, error, message):
    with pytest.raises(error, match=message):
        Neuron(**arguments)
