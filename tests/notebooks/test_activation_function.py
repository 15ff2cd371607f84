"""Chapter 5: the reader's class, and the chapter's statements about numbers and pictures."""

import re

import numpy as np
import pytest

import nn_core
from nn_widgets import Activation, Initialisation
from tests.notebooks.reader import run_cells

CHAPTER = "05_activation_function"
ARRAYS = nn_core.Gradients._fields


@pytest.fixture(scope="module")
def names():
    return run_cells(CHAPTER)


@pytest.mark.parametrize("sizes", [(2, 4, 1), (64, 16, 10)])
def test_the_class_is_the_core(sizes):
    class_now = run_cells(CHAPTER, only=["imports", "class-now"])["NeuralNetwork"]
    built = run_cells(CHAPTER, only=["imports", "class-so-far", "scaled-start"])[
        "NeuralNetwork"
    ]
    inputs = np.random.default_rng(0).normal(size=(sizes[0], 7))
    core = nn_core.NeuralNetwork(*sizes, seed=3)
    for net in (class_now(*sizes, seed=3), built(*sizes, seed=3)):
        for name in ARRAYS:
            assert np.array_equal(getattr(net, name), getattr(core, name)), name
        found = net.feedforward(inputs)
        np.testing.assert_allclose(found, core.feedforward(inputs), rtol=1e-12)


# --- Trained without and with an activation function ------------------------------------


def best_share_of_a_line(data):
    """Return the largest fraction of samples that one of many straight lines gets right."""
    best = 0
    for angle in np.linspace(0, np.pi, 361):
        sums = np.array([np.cos(angle), np.sin(angle)]) @ data.inputs
        sides = sums > sums[:, np.newaxis]  # (lines, N): a line through each sample
        right = (sides == data.targets).mean(axis=1)
        best = max(best, right.max(), 1 - right.min())
    return best


def test_no_line_separates_the_moons_and_training_finds_about_the_best(names):
    straight, bent = re.findall(r"([\d.]+)% right", names["printed"]["train-both"])
    best = best_share_of_a_line(names["data"])
    assert best == pytest.approx(0.90, abs=0.005)
    assert best - 0.01 <= float(straight) / 100 <= best
    assert float(bent) >= 98


def test_gradient_descent_leaves_the_line_where_trial_and_error_did(names):
    """The chapter's network, trained the usual way: 88.5 %."""
    data = names["data"]
    net = names["WithoutActivation"](2, 100, 1, seed=0)
    net.weights_input_hidden -= 0.5  # so that the sums start small
    net.weights_hidden_output -= 0.5
    for _ in range(1000):
        hidden_outputs, outputs = net.layer_outputs(data.inputs)
        delta = (outputs - data.targets) * outputs * (1 - outputs) / 200
        hidden_delta = net.weights_hidden_output.T @ delta
        net.weights_hidden_output -= 0.1 * delta @ hidden_outputs.T
        net.biases_output -= 0.1 * delta.sum(axis=1, keepdims=True)
        net.weights_input_hidden -= 0.1 * hidden_delta @ data.inputs.T
        net.biases_hidden -= 0.1 * hidden_delta.sum(axis=1, keepdims=True)
    right = np.mean((net.feedforward(data.inputs) > 0.5) == data.targets)
    assert 0.87 < right <= 0.90


@pytest.mark.parametrize("seed", range(3))
def test_it_does_not_hang_on_the_seed(names, seed):
    first = run_cells(CHAPTER, only=["imports", "class-so-far"])["NeuralNetwork"]
    data, shares = names["data"], []
    for network in (names["WithoutActivation"], first):
        net = network(2, 100, 1, seed=seed)
        names["improve"](net, data, 400, np.random.default_rng(seed))
        shares.append(np.mean((net.feedforward(data.inputs) > 0.5) == data.targets))
    assert shares[0] <= 0.90 < 0.96 < shares[1]


# --- Slopes -----------------------------------------------------------------------------


def test_measured_and_derived_slopes_print_the_same(names):
    measured, derived = names["printed"]["measure-slope"].splitlines()
    assert measured == derived


def test_each_curve_has_its_slope(names):
    z = np.linspace(-5, 5, 501)
    for values, slope in names["curves"].values():
        measured = np.gradient(values, z, edge_order=2)
        smooth = np.abs(z) > 0.03  # off ReLU's kink
        np.testing.assert_allclose(slope[smooth], measured[smooth], atol=2e-4)


def test_tanh_is_a_stretched_sigmoid_with_the_slopes_of_exercise_1():
    z = np.array([0.0, 1.0, 5.0])
    s = nn_core.sigmoid(2 * z)
    np.testing.assert_allclose(np.tanh(z), 2 * s - 1)
    assert (4 * s * (1 - s)).tolist() == pytest.approx([1, 0.420, 0.00018], rel=0.01)


def test_the_formula_gives_0_where_the_true_value_is_not(names):
    with np.errstate(over="ignore"):
        assert names["sigmoid"](np.float64(-710)) == 0
    assert np.exp(-710.0) == pytest.approx(4.5e-309, rel=0.01)


def test_dead_neurons_do_not_move(names):
    counts = [int(n) for n in re.findall(r"\d+", names["printed"]["dead-relu"])]
    assert counts[:2] == [0, 0]
    assert min(counts[2:]) > 100


def test_unscaled_weights_of_both_signs():
    """Exercise 2: 69 % of the slopes are below 0.01."""
    weights = np.random.default_rng(0).uniform(-1, 1, (16, 784))
    sums = weights @ np.random.default_rng(1).random((784, 200))
    outputs = nn_core.sigmoid(sums)
    assert np.mean(outputs * (1 - outputs) < 0.01) == pytest.approx(0.69, abs=0.005)
    assert np.ptp(sums) > 24


def test_before_the_scaled_start_slopes_vanish_and_after_it_they_stay(names):
    before = {fan_in: slope for fan_in, (_, slope) in names["before"].items()}
    assert before[2] == pytest.approx(0.2, abs=0.01)
    assert 100 < before[2] / before[30] < 1000
    assert before[784] == 0
    for fan_in, (sums, _) in names["before"].items():
        assert sums.mean() == pytest.approx(fan_in / 4 + 0.5, rel=0.1)
    assert min(slope for _, slope in names["after"].values()) > 0.2


# --- What you see in Activation ---------------------------------------------------------


@pytest.fixture(scope="module")
def activation():
    return Activation()


def test_what_is_left_of_the_sigmoids_slope(activation):
    activation.activation.value = "sigmoid"
    for z, slope in ((4, "0.018"), (6, "0.002")):
        activation.z.value = z
        assert f"its slope is {slope}" in activation.describe()


@pytest.mark.slow
def test_who_is_first_to_wind_between_the_moons(activation):
    """No line gets more than 90 % right, so more than 95 % shows that it winds."""
    activation.hidden_nodes.value = 8
    winds = {}
    for name in ("sigmoid", "tanh", "relu"):
        activation.activation.value = name
        for epochs in (30, 100, 300):
            activation.epochs.value = epochs
            winds[name, epochs] = share(activation) > 95
    first = {
        name: min(e for (kind, e), winding in winds.items() if winding and kind == name)
        for name in ("sigmoid", "tanh", "relu")
    }
    assert first == {"sigmoid": 300, "tanh": 100, "relu": 100}


def share(widget):
    return float(re.search(r"([\d.]+)% of the points", widget.describe())[1])


def test_the_shares_that_are_quoted(activation):
    activation.hidden_nodes.value = 8
    for name, epochs, right in (
        ("tanh", 100, 99.0),
        ("relu", 100, 99.5),
        ("sigmoid", 300, 96.5),
    ):
        activation.activation.value, activation.epochs.value = name, epochs
        assert share(activation) == right


def test_relus_boundary_is_straight_between_the_lines_where_a_sum_is_0(activation):
    activation.activation.value, activation.hidden_nodes.value = "relu", 6
    activation.epochs.value = 300
    net = activation._network()
    pieces = 0
    for line in activation._boundary.get_paths():
        points = line.vertices.T  # (2, points)
        on = net.weights_input_hidden @ points + net.biases_hidden > 0
        ends = np.flatnonzero((on[:, 1:] != on[:, :-1]).any(axis=0)) + 1
        for piece in np.split(points, ends, axis=1):
            if piece.shape[1] < 6:
                continue
            piece = piece[:, 1:-1]  # a grid cell that contains a corner is not exact
            centred = piece - piece.mean(axis=1, keepdims=True)
            assert np.linalg.svd(centred, compute_uv=False)[1] < 0.02
            pieces += 1
    assert pieces >= 3


# --- What you see in Initialisation -----------------------------------------------------


@pytest.mark.slow
def test_uniform_saturates_from_30_inputs_on():
    for inputs, saturated in ((2, 0), (8, 0), (30, 16), (64, 16), (256, 16), (784, 16)):
        widget = Initialisation("uniform", inputs)
        assert widget.saturated == saturated
        assert (widget.mean_slope == 0) == (inputs >= 256)


@pytest.mark.slow
def test_xavier_shrinks_the_weights_and_keeps_the_slopes():
    for inputs, largest in ((2, "0.57"), (784, "0.09")):
        widget = Initialisation("xavier", inputs)
        assert widget.saturated == 0
        assert f"weights lie from −{largest} to {largest}" in widget.describe()


def test_both_signs_alone_do_not_save_the_layer():
    widget = Initialisation("uniform", 784, "around 0")
    assert widget.saturated == 16
    assert "sums from −69.1 to 48.8" in widget.describe()
