"""Chapter 4's widget, the numbers of a forward pass, without a browser."""

import numpy as np
import pytest

import nn_core
from nn_widgets import (
    Feedforward,
)


def test_feedforward_shows_the_network_s_own_numbers():
    net = nn_core.NeuralNetwork(2, 4, 1, activation="tanh", seed=2)
    widget = Feedforward(net, inputs=(0.3, -1.2))
    inputs = np.array([[0.3], [-1.2]])
    hidden = np.tanh(net.weights_input_hidden @ inputs + net.biases_hidden)
    final = float((net.weights_hidden_output @ hidden + net.biases_output)[0, 0])
    words = widget.describe()
    assert ", ".join(f"{value:.2f}" for value in hidden[:, 0]) in words
    assert f"sum is {final:.2f}" in words
    assert f"output {1 / (1 + np.exp(-final)):.3f}" in words
    drawn = [text.get_text() for text in widget._numbers.values()]
    assert drawn[:2] == ["0.30", "-1.20"]
    assert drawn[2:6] == [f"{value:.2f}" for value in hidden[:, 0]]
    for weight in net.weights_input_hidden.ravel():
        assert f"{weight:.2f}" in widget._product.get_text()
    assert f"= {final:.2f}" in widget._sum.get_text()


def test_feedforward_needs_a_network_that_fits_the_picture():
    with pytest.raises(ValueError, match="^net: expected 2 input nodes"):
        Feedforward(nn_core.NeuralNetwork(3, 4, 1))
    with pytest.raises(ValueError, match="at most 6 hidden nodes"):
        Feedforward(nn_core.NeuralNetwork(2, 7, 1))
    with pytest.raises(TypeError, match="^net: expected a NeuralNetwork .* without"):
        Feedforward("a network")
