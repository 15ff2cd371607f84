"""Chapter 6's chain from a hidden weight to the loss: its products and its description."""

import re

import nbformat
import numpy as np
import pytest

import nn_core
from tests.notebooks.reader import NOTEBOOKS
from tests.notebooks.test_growing_class import source_of


@pytest.fixture(scope="module")
def names():
    space = {"np": np, "points": nn_core.xor(), "distance": 1e-4}
    cells = "complete-class", "chain", "chain-measured", "hidden-chain", "way-back"
    for cell in cells:
        exec(source_of(6, cell), space)
    return space


def test_the_way_back_gives_the_slopes_that_backpropagation_finds(names):
    gradients = nn_core.NeuralNetwork(2, 2, 1, seed=0).backpropagate(
        names["x"], names["t"]
    )
    slopes = names["slopes"]
    assert slopes[2] == pytest.approx(gradients.biases_output[0, 0], rel=1e-12)
    assert slopes[4] == pytest.approx(gradients.biases_hidden[0, 0], rel=1e-12)
    assert slopes[5] == pytest.approx(gradients.weights_input_hidden[0, 1], rel=1e-12)
    product = names["first_hidden"] * names["slope"] * names["error"]
    assert product == pytest.approx(gradients.weights_hidden_output[0, 0], rel=1e-12)
    measured = (names["above"] - names["below"]) / (2 * names["distance"])
    assert measured == pytest.approx(slopes[5], abs=1e-8)


def test_the_picture_is_described_with_its_numbers(names):
    notebook = nbformat.read(NOTEBOOKS / "06_train.ipynb", as_version=4)
    (picture,) = (cell for cell in notebook.cells if cell.id == "chain-picture")
    text = picture.metadata["mystnb"]["image"]["alt"]
    found = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
    net, x, t = (names[name] for name in ("net", "x", "t"))
    z = net.weights_input_hidden @ x
    h, o = net.layer_outputs(x)
    values = net.weights_input_hidden[0, 1], z[0, 0], h[0, 0]
    values += (net.weights_hidden_output @ h)[0, 0], o[0, 0], net.loss(x, t)
    expected = [*values, *names["links"], *names["slopes"]]
    assert found == pytest.approx(expected, abs=5.1e-4)
