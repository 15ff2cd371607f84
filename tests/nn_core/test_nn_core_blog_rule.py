"""update_rule="blog" equals the blog's own code, transcribed in the reference."""

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork
from tests.nn_core.nn_core_reference import NAMES, blog_train, parameters

SIZES = [(1, 1, 1), (2, 4, 1), (3, 5, 2), (10, 7, 4), (64, 16, 10)]


def close(net, expected, rtol=1e-12):
    for name in NAMES:
        np.testing.assert_allclose(
            getattr(net, name), expected[name], rtol=rtol, atol=1e-15, err_msg=name
        )


def samples(sizes, count, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(sizes[0], count)), rng.random((sizes[2], count))


@pytest.mark.parametrize("init", ["uniform", "xavier"])
@pytest.mark.parametrize("rate", [0.01, 0.5, 3.0])
@pytest.mark.parametrize("sizes", SIZES)
def test_one_update(sizes, rate, init):
    inputs, targets = samples(sizes, 1, seed=1)
    net = NeuralNetwork(*sizes, init=init, update_rule="blog", seed=4)
    expected = parameters(net)
    blog_train(expected, inputs, targets, rate)
    net.train(inputs, targets, rate)
    close(net, expected)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_sequence_of_updates(sizes):
    inputs, targets = samples(sizes, 50, seed=2)
    net = NeuralNetwork(*sizes, init="uniform", update_rule="blog", seed=5)
    expected = parameters(net)
    for n in range(50):
        blog_train(expected, inputs[:, [n]], targets[:, [n]], 0.3)
        net.train(inputs[:, n], targets[:, n], 0.3)
        close(net, expected, rtol=1e-12 * (n + 2))  # rounding errors add up


@pytest.mark.slow
def test_xor_learnt_as_the_blog_would():
    """After 2,000 epochs in the blog's order both networks are equal, and solve XOR."""
    data = nn_core.xor()
    net = NeuralNetwork(2, 4, 1, init="uniform", update_rule="blog", seed=1)
    expected = parameters(net)
    for _ in range(2000):
        for n in range(4):
            x, t = data.inputs[:, [n]], data.targets[:, [n]]
            blog_train(expected, x, t, 0.5)
            net.train(x, t, 0.5)
    close(net, expected, rtol=1e-7)
    assert np.array_equal(net.feedforward(data.inputs) > 0.5, data.targets == 1)


@pytest.mark.parametrize("count", [2, 5, 64])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_batch_is_the_average_of_updates_from_the_same_weights(sizes, count):
    inputs, targets = samples(sizes, count, seed=3)
    net = NeuralNetwork(*sizes, init="uniform", update_rule="blog", seed=6)
    start = parameters(net)
    ends = []
    for n in range(count):
        p = {name: array.copy() for name, array in start.items()}
        blog_train(p, inputs[:, [n]], targets[:, [n]], 0.7)
        ends.append(p)
    net.train(inputs, targets, 0.7)
    close(
        net, {name: np.mean([p[name] for p in ends], axis=0) for name in NAMES}, 1e-11
    )


def test_the_hidden_error_uses_the_weights_before_the_update():
    # With a huge rate, old and new weights differ so much that mixing them up shows.
    inputs, targets = samples((2, 3, 1), 1, seed=7)
    net = NeuralNetwork(2, 3, 1, init="uniform", update_rule="blog")
    old = net.weights_hidden_output.copy()
    error = targets - net.feedforward(inputs)
    before = net.biases_hidden.copy()
    net.train(inputs, targets, 50.0)
    np.testing.assert_allclose(
        net.biases_hidden - before, 50 * old.T @ error, rtol=1e-12
    )


def test_backpropagate_returns_what_train_subtracts():
    inputs, targets = samples((3, 5, 2), 6, seed=8)
    net = NeuralNetwork(3, 5, 2, update_rule="blog")
    before, steps = parameters(net), net.backpropagate(inputs, targets)
    net.train(inputs, targets, 0.5)
    close(net, {n: before[n] - 0.5 * getattr(steps, n) for n in NAMES})


def test_the_rule_does_not_look_at_the_loss():
    data = samples((2, 4, 2), 8, seed=9)
    steps = [
        NeuralNetwork(2, 4, 2, loss=name, update_rule="blog").backpropagate(*data)
        for name in ("mse", "cross_entropy")
    ]
    for a, b in zip(*steps, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_other_activations_take_their_own_slope(activation):
    inputs, targets = samples((3, 5, 2), 1, seed=10)
    net = NeuralNetwork(3, 5, 2, activation, update_rule="blog", seed=2)
    hidden, outputs = net.layer_outputs(inputs)
    error = outputs - targets
    slope = 1 - hidden**2 if activation == "tanh" else (hidden > 0).astype(float)
    sent_back = net.weights_hidden_output.T @ error
    steps = net.backpropagate(inputs, targets)
    output_delta = error * outputs * (1 - outputs)
    np.testing.assert_allclose(steps.weights_hidden_output, output_delta @ hidden.T)
    np.testing.assert_allclose(
        steps.weights_input_hidden, (sent_back * slope) @ inputs.T
    )
    np.testing.assert_allclose(steps.biases_output, error)
    np.testing.assert_allclose(steps.biases_hidden, sent_back)
