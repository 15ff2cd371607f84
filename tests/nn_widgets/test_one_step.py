"""Chapter 6's widget, one update line by line, without a browser."""

import itertools
import re

import numpy as np
import pytest

import nn_core
from nn_widgets import (
    OneStep,
)


@pytest.mark.parametrize("rule", ["gradient", "blog"])
def test_onestep_computes_what_train_does(rule):
    widget = OneStep(rule, learning_rate=0.7, seed=5)
    widget.sample.value = "(1, 0) → 1"
    net = nn_core.NeuralNetwork(2, 2, 1, update_rule=rule, seed=5)
    before = [getattr(net, name).copy() for name in nn_core.Gradients._fields]
    net.train([1, 0], [1], 0.7)
    changes = {
        name: getattr(net, name) - old
        for name, old in zip(nn_core.Gradients._fields, before, strict=True)
    }
    shown = {code.split(" ")[0]: value for code, value, _ in widget._computed()}
    assert np.allclose(
        shown["weights_input_hidden"], changes["weights_input_hidden"], rtol=1e-12
    )
    assert np.allclose(
        shown["weights_hidden_output"], changes["weights_hidden_output"], rtol=1e-12
    )
    assert np.allclose(shown["biases_hidden"], changes["biases_hidden"], rtol=1e-12)
    assert np.allclose(shown["biases_output"], changes["biases_output"], rtol=1e-12)
    assert f"to {net.loss([1, 0], [1]):.4f}" in widget.describe()
    widget.apply_button.click()
    assert np.array_equal(widget.network.weights_input_hidden, net.weights_input_hidden)


def test_onestep_shows_numbers_up_to_the_chosen_line():
    widget = OneStep()
    widget.line.value = 4
    shown = [numbers.get_text() != "" for _, numbers in widget._rows]
    assert shown == [True] * 4 + [False] * 8
    marked = [code.get_bbox_patch() is not None for code, _ in widget._rows]
    assert marked == [row == 3 for row in range(12)]


def test_onestep_advances_line_by_line_and_starts_again():
    widget = OneStep()
    widget.line.value = 11
    seen = []
    for _ in range(3):
        widget.next_button.click()
        seen.append(re.match(r"Line (\d+),", widget.describe())[1])
    assert seen == ["12", "1", "2"]


@pytest.mark.parametrize("rule", ["gradient", "blog"])
@pytest.mark.parametrize("learning_rate", [0.001, 100.0])
@pytest.mark.slow
def test_onestep_keeps_code_and_numbers_apart(rule, learning_rate):
    widget = OneStep(rule, learning_rate)
    for line in range(1, 13):
        widget.line.value = line
        for code, numbers in widget._rows:
            first, second = code.get_window_extent(), numbers.get_window_extent()
            assert first.y0 >= second.y1 or not numbers.get_text()
            assert first.x0 // 450 == max(first.x1, second.x1) // 450
        blocks = [[part.get_window_extent() for part in row] for row in widget._rows]
        for above, below in itertools.pairwise(blocks):
            same_column = above[0].x0 == below[0].x0
            assert not same_column or min(part.y0 for part in above) > below[0].y1


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["gradient", "blog"])
@pytest.mark.parametrize("sample", ["(0, 0) → 0", "(1, 0) → 1"])
def test_onestep_s_numbers_on_the_way_are_the_network_s(rule, sample):
    widget = OneStep(rule, learning_rate=0.7, seed=3)
    widget.sample.value = sample
    inputs, targets = widget._points[sample]
    net = nn_core.NeuralNetwork(2, 2, 1, update_rule=rule, seed=3)
    hidden, outputs = net.layer_outputs(inputs)
    shown = {code.split()[0]: value for code, value, _ in widget._computed()}
    assert np.allclose(shown["hidden_outputs"], hidden, rtol=1e-12)
    assert np.allclose(shown["final_outputs"], outputs, rtol=1e-12)
    assert np.allclose(shown["errors"], outputs - targets, rtol=1e-12)
    gradients = net.backpropagate(inputs, targets)
    if rule == "gradient":
        assert np.allclose(shown["output_delta"], gradients.biases_output, rtol=1e-12)
        assert np.allclose(shown["hidden_delta"], gradients.biases_hidden, rtol=1e-12)
    else:
        assert np.allclose(shown["hidden_errors"], gradients.biases_hidden, rtol=1e-12)
