"""nn_core equals scikit-learn's multi-layer perceptrons where the models are the same.

scikit-learn's classifier with a sigmoid output is nn_core with cross-entropy. Its regressor
has a linear output, so there the same backward pass is fed targets that make the output's
error equal to nn_core's.
"""

import os
import warnings

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork
from tests.nn_core.nn_core_reference import HIDDEN, parameters

try:
    from sklearn.datasets import load_digits
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import log_loss
    from sklearn.neural_network import MLPClassifier, MLPRegressor
except ImportError:
    if os.environ.get("CI") == "true":
        raise
    pytest.skip("scikit-learn is not installed", allow_module_level=True)

ACTIVATION = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
SGD = {
    "solver": "sgd",
    "alpha": 0,
    "momentum": 0,
    "nesterovs_momentum": False,
    "learning_rate": "constant",
    "shuffle": False,
}


def network(activation, outputs, loss="cross_entropy"):
    net = NeuralNetwork(3, 6, outputs, activation, init="normal", loss=loss, seed=2)
    rng = np.random.default_rng(3)
    net.biases_hidden = rng.normal(0, 0.3, (6, 1))
    net.biases_output = rng.normal(0, 0.3, (outputs, 1))
    return net


def hand_over(net, model):
    """Copy the network's weights to scikit-learn's model."""
    p = parameters(net)
    model.coefs_ = [p["weights_input_hidden"].T, p["weights_hidden_output"].T]
    model.intercepts_ = [p["biases_hidden"][:, 0], p["biases_output"][:, 0]]


def taken_from(model):
    """Return scikit-learn's weights by their names in nn_core."""
    return {
        "weights_input_hidden": model.coefs_[0].T,
        "weights_hidden_output": model.coefs_[1].T,
        "biases_hidden": model.intercepts_[0][:, None],
        "biases_output": model.intercepts_[1][:, None],
    }


def classifier(net, inputs, labels, rate, batch_size):
    """Return an MLPClassifier with the weights of net, to be trained by partial_fit."""
    model = MLPClassifier(
        hidden_layer_sizes=(net.hidden_nodes,),
        activation=ACTIVATION[net.activation],
        learning_rate_init=rate,
        batch_size=batch_size,
        max_iter=1,
        **SGD,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(inputs.T, labels)  # creates its arrays
    hand_over(net, model)
    # The optimizer still refers to the arrays that were just replaced.
    model._optimizer.params = model.coefs_ + model.intercepts_
    return model


def problem(samples, outputs):
    rng = np.random.default_rng(11)
    inputs = rng.normal(size=(3, samples))
    targets = rng.integers(0, 2, (outputs, samples)).astype(float)
    targets[:, :2] = [0, 1]  # so that both classes occur
    labels = targets[0] if outputs == 1 else targets.T.astype(int)
    return inputs, targets, labels


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("activation", ACTIVATION)
class TestClassifier:
    def test_outputs_and_loss(self, activation, outputs):
        inputs, targets, labels = problem(40, outputs)
        net = network(activation, outputs)
        model = classifier(net, inputs, labels, 0.1, 40)
        found = model.predict_proba(inputs.T)
        found = found[:, 1:] if outputs == 1 else found
        np.testing.assert_allclose(net.feedforward(inputs), found.T, rtol=1e-10)
        each = [
            log_loss(t, o, labels=[0, 1]) for t, o in zip(targets, found.T, strict=True)
        ]
        assert net.loss(inputs, targets) == pytest.approx(sum(each), rel=1e-10)

    @pytest.mark.parametrize("samples", [2, 7, 40])
    def test_full_batch_training(self, activation, outputs, samples):
        inputs, targets, labels = problem(samples, outputs)
        net = network(activation, outputs)
        model = classifier(net, inputs, labels, 0.4, samples)
        for _ in range(25):
            model.partial_fit(inputs.T, labels)
            loss = net.train(inputs, targets, 0.4)
            assert loss == pytest.approx(model.loss_, rel=1e-9)
        for name, expected in taken_from(model).items():
            np.testing.assert_allclose(
                getattr(net, name), expected, rtol=1e-8, atol=1e-12
            )

    def test_batches_in_order(self, activation, outputs):
        inputs, targets, labels = problem(40, outputs)
        net = network(activation, outputs)
        model = classifier(net, inputs, labels, 0.4, 8)
        for _ in range(10):
            model.partial_fit(inputs.T, labels)
            for start in range(0, 40, 8):
                part = slice(start, start + 8)
                net.train(inputs[:, part], targets[:, part], 0.4)
        for name, expected in taken_from(model).items():
            np.testing.assert_allclose(
                getattr(net, name), expected, rtol=1e-8, atol=1e-12
            )


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize("samples", [1, 2, 7, 40])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("activation", ACTIVATION)
def test_the_backward_pass_through_a_regressor(activation, outputs, samples, loss):
    """With a linear output z and targets z − δ, scikit-learn's output error is δ."""
    rng = np.random.default_rng(samples)
    inputs, targets = rng.normal(size=(3, samples)), rng.random((outputs, samples))
    net = network(activation, outputs, loss)
    p = parameters(net)
    hidden = HIDDEN[activation][0](
        p["weights_input_hidden"] @ inputs + p["biases_hidden"]
    )
    sums = p["weights_hidden_output"] @ hidden + p["biases_output"]
    out = net.feedforward(inputs)
    delta = (out - targets) * (out * (1 - out) if loss == "mse" else 1)

    model = MLPRegressor(
        hidden_layer_sizes=(net.hidden_nodes,),
        activation=ACTIVATION[activation],
        learning_rate_init=1.0,
        batch_size=samples,
        max_iter=1,
        **SGD,
    )
    wanted = (sums - delta).T
    wanted = wanted[:, 0] if outputs == 1 else wanted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(inputs.T, wanted)
    hand_over(net, model)
    model._optimizer.params = model.coefs_ + model.intercepts_
    model.partial_fit(
        inputs.T, wanted
    )  # one step of length 1: before − after = gradient
    steps = net.backpropagate(inputs, targets)
    for name, after in taken_from(model).items():
        np.testing.assert_allclose(
            getattr(steps, name), p[name] - after, rtol=1e-8, atol=1e-13, err_msg=name
        )


def test_digits_are_scikit_learns():
    theirs = load_digits()
    inputs, targets = nn_core.digits()
    assert np.array_equal(inputs, theirs.data.T / 16)
    assert np.array_equal(targets.argmax(axis=0), theirs.target)
