"""Chapter 3's widget, random weights and their effects, without a browser."""

import re

import numpy as np
import pytest

import nn_core
from nn_widgets import (
    Initialisation,
)


def slopes_of(widget, around_0=False):
    """Return the sigmoid's slope for every hidden neuron and sample, recomputed."""
    net, inputs = widget.network, widget.inputs.value
    rng = np.random.default_rng([1, widget.seed.value])
    draw = rng.standard_normal if around_0 else rng.random
    sums = np.dot(net.weights_input_hidden, draw((inputs, 200))) + net.biases_hidden
    return 1 / (4 * np.cosh(sums / 2) ** 2)


@pytest.mark.parametrize("inputs", [2, 30, 64])
@pytest.mark.parametrize("init", ["uniform", "xavier", "normal", "zeros"])
@pytest.mark.parametrize("data", ["from 0 to 1", "around 0"])
@pytest.mark.slow
def test_initialisation_measures_the_slopes(init, inputs, data):
    widget = Initialisation(init, inputs, data, seed=3)
    slopes = slopes_of(widget, data == "around 0")
    assert widget.mean_slope == pytest.approx(slopes.mean(), rel=1e-6)
    assert widget.saturated == sum(np.mean(row < 0.01) > 0.5 for row in slopes)
    same = nn_core.NeuralNetwork(inputs, 16, 1, init=init, seed=3)
    assert np.array_equal(
        widget.network.weights_input_hidden, same.weights_input_hidden
    )


@pytest.mark.parametrize(
    ("init", "inputs", "saturated"),
    [
        ("uniform", 2, 0),
        ("uniform", 30, 16),
        ("uniform", 784, 16),
        ("xavier", 2, 0),
        ("xavier", 784, 0),
        ("normal", 784, 0),
    ],
)
@pytest.mark.slow
def test_initialisation_counts_saturated_neurons(init, inputs, saturated):
    words = Initialisation(init, inputs).describe()
    assert f"{saturated} of 16 neurons are saturated" in words
    assert ("can hardly learn" in words) == (saturated == 16)


@pytest.mark.slow
def test_initialisation_writes_small_numbers_for_people():
    assert Initialisation("uniform", 784).mean_slope == 0
    assert "mean slope is 0 (" in Initialisation("uniform", 784).describe()
    widget = Initialisation("uniform", 64)
    digits, exponent = re.search(
        r"slope is ([\d.]+) × 10(\S+) \(", widget.describe()
    ).groups()
    power = int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert float(digits) * 10.0**power == pytest.approx(widget.mean_slope, rel=0.05)


def test_zeros_are_not_saturated_but_all_the_same():
    widget = Initialisation("zeros", 2)
    assert widget.mean_slope == 0.25
    assert "all 16 are the same" in widget.describe()


def test_the_histograms_hold_every_number():
    widget = Initialisation("xavier", 30)
    counts = [axes.patches[0].get_data().values.sum() for axes in widget.figure.axes]
    assert counts == [16 * 30, 16 * 200, 16 * 200]


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"init": "ones"}, ValueError, "init"),
        ({"inputs": 3}, ValueError, "inputs"),
        ({"data": "digits"}, ValueError, "data"),
        ({"seed": -1}, ValueError, "seed"),
        ({"seed": "0"}, TypeError, "seed"),
    ],
)
def test_initialisation_names_a_bad_argument(arguments, error, name):
    with pytest.raises(error, match=name):
        Initialisation(**arguments)
