"""nn_core's gradients equal central differences and an independent reference."""

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork, numerical_gradient
from tests.nn_core.nn_core_reference import (
    NAMES,
    gradients,
    logistic,
    loss,
    parameters,
    relative_error,
)

ACTIVATIONS = ["sigmoid", "tanh", "relu"]
LOSSES = ["mse", "cross_entropy"]


def problem(samples, outputs=2, inputs=3, seed=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(inputs, samples)), rng.random((outputs, samples))


def network(activation, loss_name, outputs=2, **options):
    """Return a network with biases that are not zero, so that they matter."""
    net = NeuralNetwork(3, 5, outputs, activation, loss=loss_name, seed=3, **options)
    rng = np.random.default_rng(8)
    net.biases_hidden = rng.normal(0, 0.5, (5, 1))
    net.biases_output = rng.normal(0, 0.5, (outputs, 1))
    return net


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("samples", [1, 2, 7, 64])
@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
class TestEveryCombination:
    def test_matches_central_differences(self, activation, loss_name, samples, outputs):
        net = network(activation, loss_name, outputs)
        data = problem(samples, outputs)
        if activation == "relu":  # at its kink ReLU has no slope
            sums = net.weights_input_hidden @ data[0] + net.biases_hidden
            assert np.abs(sums).min() > 1e-4
        found, expected = net.backpropagate(*data), numerical_gradient(net, *data)
        for name in NAMES:
            error = relative_error(getattr(found, name), getattr(expected, name))
            assert error < 1e-7, name

    def test_matches_the_reference(self, activation, loss_name, samples, outputs):
        net = network(activation, loss_name, outputs)
        data = problem(samples, outputs)
        found = net.backpropagate(*data)
        expected = gradients(parameters(net), *data, activation, loss_name)
        for name in NAMES:
            np.testing.assert_allclose(
                getattr(found, name), expected[name], rtol=1e-10, atol=1e-14
            )

    def test_the_loss_matches_too(self, activation, loss_name, samples, outputs):
        net = network(activation, loss_name, outputs)
        data = problem(samples, outputs)
        expected = loss(parameters(net), *data, activation, loss_name)
        assert net.loss(*data) == pytest.approx(expected, rel=1e-12)

    def test_train_takes_one_gradient_step(
        self, activation, loss_name, samples, outputs
    ):
        net = network(activation, loss_name, outputs)
        data = problem(samples, outputs)
        before, gradient = parameters(net), net.backpropagate(*data)
        loss_before = net.loss(*data)
        assert net.train(*data, 0.25) == pytest.approx(loss_before, rel=1e-14)
        for name in NAMES:
            expected = before[name] - 0.25 * getattr(gradient, name)
            np.testing.assert_allclose(
                getattr(net, name), expected, rtol=1e-12, atol=1e-15
            )


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_stay_right_while_training(activation, loss_name):
    net = network(activation, loss_name, outputs=1)
    data = problem(40, outputs=1)
    for _ in range(5):
        net.fit(*data, learning_rate=0.5, epochs=40, batch_size=8, seed=1)
        found = net.backpropagate(*data)
        expected = gradients(parameters(net), *data, activation, loss_name)
        for name in NAMES:
            assert relative_error(getattr(found, name), expected[name]) < 1e-10, name


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32_gradients_are_right_to_float32(activation, loss_name):
    net = network(activation, loss_name, dtype=np.float32)
    data = problem(32)
    found = net.backpropagate(*data)
    expected = gradients(parameters(net), *data, activation, loss_name)
    for name in NAMES:
        assert getattr(found, name).dtype == np.float32
        assert relative_error(getattr(found, name), expected[name]) < 1e-5, name


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("init", ["xavier", "uniform", "normal", "zeros"])
def test_gradients_are_right_from_every_start(init, loss_name):
    net = NeuralNetwork(2, 4, 1, init=init, loss=loss_name)
    data = nn_core.moons(30)
    found, expected = net.backpropagate(*data), numerical_gradient(net, *data)
    for name in NAMES:
        a, b = getattr(found, name), getattr(expected, name)
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-10, err_msg=name)


def test_relu_has_slope_zero_at_zero_and_below():
    net = NeuralNetwork(1, 3, 1, "relu")
    net.weights_input_hidden = [[1.0], [0.0], [-1.0]]
    net.weights_hidden_output = [[1.0, 1.0, 1.0]]
    steps = net.backpropagate([2.0], [0.0]).biases_hidden
    assert steps[0, 0] > 0
    assert steps[1, 0] == 0
    assert steps[2, 0] == 0


def test_a_batch_is_the_mean_of_its_samples():
    net = network("tanh", "cross_entropy")
    inputs, targets = problem(9)
    whole = net.backpropagate(inputs, targets)
    singles = [net.backpropagate(inputs[:, n], targets[:, n]) for n in range(9)]
    for name in NAMES:
        mean = np.mean([getattr(single, name) for single in singles], axis=0)
        np.testing.assert_allclose(getattr(whole, name), mean, rtol=1e-12, atol=1e-15)


def test_repeating_the_samples_changes_nothing():
    net = network("sigmoid", "mse")
    inputs, targets = problem(6)
    once = net.backpropagate(inputs, targets)
    thrice = net.backpropagate(np.tile(inputs, 3), np.tile(targets, 3))
    for a, b in zip(once, thrice, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


class TestCrossEntropyIsStable:
    """Where log(output) would be log(0)."""

    @pytest.mark.parametrize("bias", [40.0, -40.0, 800.0, -800.0, 1e6, -1e6])
    @pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
    def test_loss_far_from_and_at_the_target(self, bias, target):
        net = NeuralNetwork(1, 1, 1, init="zeros", loss="cross_entropy")
        net.biases_output = [[bias]]
        right, wrong = (
            np.logaddexp(0, -bias),
            np.logaddexp(0, bias),
        )  # -log σ, -log(1 - σ)
        expected = target * right + (1 - target) * wrong
        assert net.loss([0.0], [target]) == pytest.approx(
            expected, rel=1e-12, abs=1e-300
        )

    @pytest.mark.parametrize("bias", [40.0, -40.0, 800.0, -800.0])
    def test_gradient_does_not_vanish_when_wrong(self, bias):
        net = NeuralNetwork(1, 1, 1, init="zeros", loss="cross_entropy")
        net.biases_output = [[bias]]
        wrong = float(bias < 0)
        step = net.backpropagate([0.0], [wrong]).biases_output.item()
        assert step == pytest.approx(np.sign(bias), rel=1e-12)


class TestNumericalGradient:
    def test_is_the_slope_of_a_loss_solved_by_hand(self):
        # One weight at a time moves: loss(b) = ½ (t − σ(b))², so dloss/db = (σ − t) σ′.
        net = NeuralNetwork(1, 1, 1, init="zeros")
        net.biases_output = [[0.7]]
        s = float(logistic(0.7))
        found = numerical_gradient(net, [0.0], [1.0]).biases_output.item()
        assert found == pytest.approx((s - 1) * s * (1 - s), rel=1e-9)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("rule", ["gradient", "blog"])
    def test_leaves_the_network_alone_and_works_in_float64(self, dtype, rule):
        net = network("sigmoid", "mse", dtype=dtype, update_rule=rule)
        before = parameters(net)
        found = numerical_gradient(net, *problem(4))
        for name in NAMES:
            assert getattr(found, name).dtype == np.float64
            assert getattr(found, name).shape == before[name].shape
            assert np.array_equal(getattr(net, name), before[name])

    def test_error_falls_with_the_square_of_epsilon(self):
        net, data = network("tanh", "mse"), problem(10)
        exact = np.concatenate([g.ravel() for g in net.backpropagate(*data)])

        def error(epsilon):
            found = numerical_gradient(net, *data, epsilon=epsilon)
            return np.linalg.norm(np.concatenate([g.ravel() for g in found]) - exact)

        assert error(1e-2) / error(1e-3) == pytest.approx(100, rel=0.05)

    def test_catches_a_wrong_gradient(self):
        net, data = network("sigmoid", "mse", update_rule="blog"), problem(10)
        found, expected = net.backpropagate(*data), numerical_gradient(net, *data)
        for name in ("weights_input_hidden", "biases_hidden", "biases_output"):
            error = relative_error(getattr(found, name), getattr(expected, name))
            assert error > 1e-2, name
