"""Chapters 1 to 3: the answers to their exercises, and the numbers in their text."""

import numpy as np
import pytest

from nn_core import accuracy
from tests.notebooks.reader import run_cells


@pytest.fixture(scope="module")
def chapter_1():
    return run_cells("01_import_libraries")


@pytest.fixture(scope="module")
def chapter_2():
    return run_cells("02_define_architecture")


@pytest.fixture(scope="module")
def chapter_3():
    return run_cells("03_initialise_weights")


def test_1_the_product_of_10_neurons_and_1797_samples():
    assert (np.ones((10, 64)) @ np.ones((64, 1797))).shape == (10, 1797)


def test_1_keepdims_moves_each_input_to_the_mean_0(chapter_1):
    inputs = chapter_1["data"].inputs
    moved = inputs - inputs.mean(axis=1, keepdims=True)
    assert moved.shape == (2, 60)
    assert moved.mean(axis=1) == pytest.approx([0, 0], abs=1e-12)
    with pytest.raises(ValueError, match="operands could not be broadcast together"):
        inputs - inputs.mean(axis=1)


def test_1_a_neuron_for_the_line_input_2_is_3(chapter_1):
    points = np.array([[-5.0, 0, 7, 2], [3.1, 2.9, 4, -3]])
    answers = chapter_1["neuron"](points, np.array([0.0, 1.0]), -3)
    assert answers.tolist() == [1, 0, 1, 0]


def test_2_turned_signs_answer_the_opposite_of_xor(chapter_2):
    xor = chapter_2["xor"]
    hidden = chapter_2["weights_input_hidden"] @ xor.inputs + chapter_2["biases_hidden"]
    opposite = np.array([[-1.0, 1.0]]) @ (hidden > 0) + 0.5 > 0
    assert np.array_equal(opposite, xor.targets == 0)


def test_2_three_lines_fence_in_fewer(chapter_2):
    circles = chapter_2["circles"]
    sides = np.array([[0.0, -1.0], [1.0, 0.6], [-1.0, 0.6]])
    outside = sides @ circles.inputs + np.array([[-0.65], [-0.75], [-0.75]]) > 0
    answers = np.full((1, 3), -1.0) @ outside + 0.5 > 0
    assert np.sum(answers == circles.targets) == 184


def test_2_only_one_sample_of_the_rings_is_missed(chapter_2):
    assert chapter_2["printed"]["fence-in-the-ring"] == "199 of 200 right\n"


@pytest.mark.slow
def test_3_zeros_stay_equal_and_twins_diverge(chapter_3):
    assert np.ptp(chapter_3["from_zeros"].weights_input_hidden, axis=0).max() < 1e-12
    assert np.ptp(chapter_3["from_twins"].weights_input_hidden, axis=0).min() > 1
    networks = [chapter_3[name] for name in ("from_zeros", "from_twins", "from_drawn")]
    assert [accuracy(net, chapter_3["moons"]) for net in networks] == [0.885, 1, 1]


@pytest.mark.slow
def test_3_random_biases_separate_equal_weights(chapter_3):
    start = chapter_3["NeuralNetwork"](2, 4, 1)
    start.weights_input_hidden = np.full((4, 2), 0.5)
    start.weights_hidden_output = np.full((1, 4), 0.5)
    trained = chapter_3["train_from"](start)
    assert np.ptp(trained.weights_input_hidden, axis=0).min() > 1


@pytest.mark.slow
def test_3_a_bias_moves_the_line_to_a_point(chapter_3):
    net, point = chapter_3["net"], np.array([0.5, 0.25])
    direction = net.weights_input_hidden[0].copy()
    net.biases_hidden[0] = -net.weights_input_hidden[0] @ point
    assert direction @ point + net.biases_hidden[0, 0] == pytest.approx(0, abs=1e-12)
    assert np.array_equal(net.weights_input_hidden[0], direction)
