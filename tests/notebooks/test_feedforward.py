"""Chapter 4: the reader's class, and the chapter's statements about numbers and pictures."""

import copy
import re

import numpy as np
import pytest

import nn_core
from nn_widgets import Feedforward
from tests.notebooks.reader import run_cells

CHAPTER = "04_feedforward"
ARRAYS = nn_core.Gradients._fields


@pytest.fixture(scope="module")
def names():
    return run_cells(CHAPTER)


@pytest.mark.parametrize("sizes", [(2, 3, 1), (64, 16, 10)])
def test_the_class_is_the_core_with_the_uniform_start(sizes):
    class_now = run_cells(CHAPTER, only=["imports", "class-now"])["NeuralNetwork"]
    built = run_cells(
        CHAPTER, only=["imports", "class-so-far", "sigmoid", "the-method"]
    )["NeuralNetwork"]
    inputs = np.random.default_rng(0).normal(size=(sizes[0], 7))
    core = nn_core.NeuralNetwork(*sizes, init="uniform", seed=3)
    for net in (class_now(*sizes, seed=3), built(*sizes, seed=3)):
        for name in ARRAYS:
            assert np.array_equal(getattr(net, name), getattr(core, name)), name
        for found, expected in zip(
            net.layer_outputs(inputs), core.layer_outputs(inputs), strict=True
        ):
            np.testing.assert_allclose(found, expected, rtol=1e-12)
        assert np.array_equal(net.feedforward(inputs), net.layer_outputs(inputs)[1])


def test_by_hand_and_by_method_are_the_same(names):
    hand, method = re.findall(r"0\.\d+", names["printed"]["by-method"])
    assert hand == method == "0.842"


def test_random_numbers_say_class_1_everywhere_and_the_triangle_does_not(names):
    assert "100 of 200 right" in names["printed"]["many-samples"]
    assert names["net"].feedforward(np.array([[-1.5, 1.5], [-1.5, 1.5]])).min() > 0.5
    assert names["printed"]["triangle"] == "right: 199 of 200\n"


def test_the_triangle_turned_round_gets_one_right(names):
    """Exercise 3."""
    net, data = copy.deepcopy(names["by_hand"]), names["data"]
    net.weights_hidden_output *= -1
    net.biases_output *= -1
    assert np.sum((net.feedforward(data.inputs) > 0.5) == data.targets) == 1


def test_a_flat_sample_gets_three_answers(names):
    assert names["by_hand"].feedforward(np.array([0.0, 0.5])).shape == (1, 3)


# --- What you see in the widget -------------------------------------------------------


@pytest.fixture
def widget(names):
    return Feedforward(names["by_hand"])


def at(widget, input_1, input_2):
    """Return the hidden outputs, the output's sum and the output from the description."""
    widget.input_1.value, widget.input_2.value = input_1, input_2
    words = widget.describe()
    *hidden, total, output = map(
        float, re.findall(r"-?\d+\.\d+", words.split("gives the hidden outputs")[1])
    )
    return hidden, total, output


def test_it_starts_just_outside_the_boundary(widget):
    hidden, total, output = at(widget, 0.5, -0.5)
    assert hidden == [1.00, 0.98, 0.27]
    assert (total, output) == (-0.52, 0.374)


def test_on_the_way_to_the_right_the_third_node_changes_and_the_first_does_not(widget):
    start, _, inside = at(widget, 0, 0)
    end, _, outside = at(widget, 2, 0)
    assert [start[0], end[0]] == [0.95, 0.95]
    assert [start[2], end[2]] == [0.95, 0.00]
    assert np.argmax(np.abs(np.subtract(end, start))) == 2
    assert inside > 0.5 > outside
    assert widget.network.weights_input_hidden[0, 0] == 0


def test_the_output_changes_sides_where_its_sum_is_0(widget):
    _, before, inside = at(widget, 0.70, 0)
    _, after, outside = at(widget, 0.75, 0)
    assert before > 0 > after
    assert inside > 0.5 > outside


def test_far_out_the_output_hardly_moves(widget):
    hidden, _, near = at(widget, -1.5, -1.5)
    assert {round(value) for value in hidden} == {0, 1}
    assert all(min(value, 1 - value) < 0.01 for value in hidden)
    _, _, far = at(widget, -2, -2)
    assert (near, far) == (0.046, 0.047)
