"""Chapter 5's widget, an activation function and its slope, without a browser."""

import numpy as np
import pytest

import nn_core
from nn_widgets import (
    Activation,
)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("z", [-4.0, 0.5, 3.0])
@pytest.mark.slow
def test_activation_describes_the_value_and_the_measured_slope(name, z):
    function = {
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "tanh": np.tanh,
        "relu": lambda x: max(x, 0.0),
    }[name]
    slope = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
    words = Activation(name, z, hidden_nodes=2).describe()
    assert f"gives {function(z):.3f} and its slope is {slope:.3f}" in words.replace(
        " .", "."
    )
    assert ("flat" in words) == (slope < 0.01)


@pytest.mark.parametrize(("name", "epochs"), [("tanh", 0), ("tanh", 30), ("relu", 30)])
@pytest.mark.slow
def test_activation_draws_the_boundary_where_the_output_is_one_half(name, epochs):
    widget = Activation(name)
    widget.epochs.value = epochs
    net = nn_core.NeuralNetwork(2, 8, 1, activation=name)
    if epochs:
        net.fit(*nn_core.moons(), learning_rate=1.0, epochs=epochs, batch_size=10)
    points = np.vstack(widget._boundary.get_segments()).T
    assert points.shape[1] > 50
    assert np.abs(net.feedforward(points) - 0.5).max() < 0.01
    share = np.mean(
        (net.feedforward(nn_core.moons().inputs) > 0.5) == nn_core.moons().targets
    )
    assert f"{share:.1%} of the points" in widget.describe()


def test_activation_draws_no_boundary_where_there_is_none():
    widget = Activation()
    net = nn_core.NeuralNetwork(2, 8, 1)
    net.biases_output = [[20.0]]
    widget._trained["sigmoid", 8, 300] = net
    widget.draw()
    assert len(widget._boundary.get_segments()) == 0
    assert "50.0% of the points" in widget.describe()
