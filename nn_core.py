"""The chapters' neural network, with options and checked arguments. NumPy only.

Columns are samples throughout: inputs are (input_nodes, N), targets (output_nodes, N).
"""

import copy
from typing import NamedTuple

import numpy as np

import nn_arguments
import nn_files
from nn_arguments import INITS, LOSSES, UPDATE_RULES  # noqa: F401
from nn_data import Dataset, blobs, circles, digits, moons, spiral, xor  # noqa: F401


class Gradients(NamedTuple):
    """One array for each parameter of a network, with that parameter's shape."""

    weights_input_hidden: np.ndarray  # (hidden_nodes, input_nodes)
    weights_hidden_output: np.ndarray  # (output_nodes, hidden_nodes)
    biases_hidden: np.ndarray  # (hidden_nodes, 1)
    biases_output: np.ndarray  # (output_nodes, 1)


class Diverged(ValueError):
    """Training overflowed; the network is as it was before the call."""


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid(x):
    """Return 1 / (1 + exp(-x)), element by element, without a warning for any finite x."""
    with np.errstate(over="ignore", under="ignore"):  # 1 / inf = 0 is right
        return _sigmoid(1.0 * np.asarray(x))


# Each activation function, and its slope as a function of its value.
ACTIVATIONS = {
    "sigmoid": (_sigmoid, lambda outputs: outputs * (1 - outputs)),
    "tanh": (np.tanh, lambda outputs: 1 - outputs**2),
    "relu": (lambda x: np.maximum(x, 0), np.sign),
}


class NeuralNetwork:
    """A network of input nodes, one hidden layer and output nodes with a sigmoid.

    An argument that is not as described raises a ValueError or TypeError that names it:
    here, in every method, and when you assign a setting or an array. Nothing changes then.

    Parameters
    ----------
    input_nodes, hidden_nodes, output_nodes : int, at least 1
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        The hidden layer's activation function.
    init : {"xavier", "uniform", "normal", "zeros"}, default "xavier"
        How weights and biases start. "uniform": all in [0, 1), as in the blog. "xavier":
        weights in ±sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, AISTATS 2010).
        "normal": weights of standard deviation 1 / sqrt(fan-in). Their biases are 0.
    loss : {"mse", "cross_entropy"}, default "mse"
        The mean over samples of ½‖output − target‖², or of the binary cross-entropy, in
        nats, summed over outputs. The attribute is `loss_function`; `loss` is a method.
    update_rule : {"gradient", "blog"}, default "gradient"
        "gradient" descends on the loss (Nielsen, chapter 2, BP1 to BP4). "blog" leaves the
        output's slope out of the hidden error, and both slopes out of the biases.
    seed : int or None, default 0
        The same seed gives the same numbers; None gives new ones each time.
    dtype : float64 or float32, default float
        The type of every parameter and result.

    Examples
    --------
    >>> net = NeuralNetwork(2, 4, 1, loss="cross_entropy")
    >>> losses = net.fit(*xor(), learning_rate=2.0, epochs=1000)
    >>> net.feedforward(xor().inputs).round()
    array([[0., 1., 1., 0.]])
    """

    def __init__(
        self,
        input_nodes,
        hidden_nodes,
        output_nodes,
        activation="sigmoid",
        init="xavier",
        loss="mse",
        update_rule="gradient",
        seed=0,
        dtype=float,
    ):
        self.input_nodes = input_nodes
        self.hidden_nodes = hidden_nodes
        self.output_nodes = output_nodes
        self.activation = activation
        self.init = init
        self.loss_function = nn_arguments.setting("loss", loss)
        self.update_rule = update_rule
        self.seed = seed
        self.dtype = dtype
        self._rng = np.random.default_rng(seed)
        self.weights_input_hidden = self._draw(hidden_nodes, input_nodes)
        self.weights_hidden_output = self._draw(output_nodes, hidden_nodes)
        self.biases_hidden = self._draw(hidden_nodes, 1, biases=True)
        self.biases_output = self._draw(output_nodes, 1, biases=True)

    def _draw(self, nodes, fan_in, biases=False):
        if self.init == "uniform":
            return self._rng.random((nodes, fan_in))
        if self.init == "zeros" or biases:
            return np.zeros((nodes, fan_in))
        if self.init == "normal":
            return self._rng.normal(0, 1 / np.sqrt(fan_in), (nodes, fan_in))
        limit = np.sqrt(6 / (fan_in + nodes))
        return self._rng.uniform(-limit, limit, (nodes, fan_in))

    def __setattr__(self, name, value):
        """Check a setting or an array before assigning it; assign a copy of an array."""
        if name in Gradients._fields:
            now = self.__dict__.get(name)
            if value is now:  # changed in place, by -= for example
                return
            shape = np.shape(value if now is None else now)
            value = nn_arguments.as_floats(name, value, shape, self.dtype).copy()
        super().__setattr__(name, nn_arguments.setting(name, value))

    def __repr__(self):
        return f"NeuralNetwork({nn_arguments.settings_of(self)})"

    def feedforward(self, inputs):
        """Return the network's outputs, (output_nodes, N), for inputs (input_nodes, N)."""
        return self.layer_outputs(inputs)[1]

    def layer_outputs(self, inputs):
        """Return the hidden outputs, (hidden_nodes, N), and outputs, (output_nodes, N)."""
        inputs = nn_arguments.inputs(self, inputs)
        with np.errstate(all="ignore"):
            hidden_outputs, _, final_outputs = self._forward(inputs)
        nn_arguments.require_finite("the outputs", hidden_outputs, final_outputs)
        return hidden_outputs, final_outputs

    def _forward(self, inputs):
        activate, _ = ACTIVATIONS[self.activation]
        hidden_inputs = self.weights_input_hidden @ inputs + self.biases_hidden
        hidden_outputs = activate(hidden_inputs)  # (hidden_nodes, N)
        final_inputs = self.weights_hidden_output @ hidden_outputs + self.biases_output
        final_outputs = _sigmoid(final_inputs)  # (output_nodes, N)
        return hidden_outputs, final_inputs, final_outputs

    def loss(self, inputs, targets):
        """Return the loss over all samples, a float: the mean of the samples' losses."""
        inputs, targets = nn_arguments.samples(self, inputs, targets)
        with np.errstate(all="ignore"):
            loss, _ = self._loss_and_gradients(inputs, targets)
        nn_arguments.require_finite("the loss", loss)
        return loss

    def backpropagate(self, inputs, targets):
        """Return the Gradients of `loss`; "blog" returns the blog's direction instead."""
        inputs, targets = nn_arguments.samples(self, inputs, targets)
        with np.errstate(all="ignore"):
            _, gradients = self._loss_and_gradients(inputs, targets)
        nn_arguments.require_finite("the gradient", *gradients)
        return gradients

    def _loss_and_gradients(self, inputs, targets):
        hidden_outputs, final_inputs, final_outputs = self._forward(inputs)
        samples = inputs.shape[1]
        errors = final_outputs - targets  # (output_nodes, N)
        if self.loss_function == "mse":
            loss = 0.5 * (errors**2).sum() / samples
        else:  # from final_inputs: log(output) fails once an output rounds to 0 or 1
            losses = targets * np.logaddexp(0, -final_inputs)
            losses += (1 - targets) * np.logaddexp(0, final_inputs)
            loss = losses.sum() / samples
        errors = errors / samples  # each sample's share of the mean
        output_delta = errors * final_outputs * (1 - final_outputs)
        blog = self.update_rule == "blog"
        if self.loss_function == "cross_entropy" and not blog:
            output_delta = errors  # the loss's slope cancels the sigmoid's
        sent_back = errors if blog else output_delta
        hidden_errors = self.weights_hidden_output.T @ sent_back  # sums over outputs
        _, slope = ACTIVATIONS[self.activation]
        hidden_delta = hidden_errors * slope(hidden_outputs)  # (hidden_nodes, N)
        to_biases = hidden_errors if blog else hidden_delta
        return float(loss), Gradients(  # each a sum over the samples
            weights_input_hidden=hidden_delta @ inputs.T,
            weights_hidden_output=output_delta @ hidden_outputs.T,
            biases_hidden=to_biases.sum(axis=1, keepdims=True),
            biases_output=sent_back.sum(axis=1, keepdims=True),
        )

    def train(self, inputs, targets, learning_rate):
        """Update weights and biases once, in place; return the loss before the update."""
        return self.fit(inputs, targets, learning_rate=learning_rate, epochs=1)[0]

    def _update(self, inputs, targets, learning_rate):
        loss, gradients = self._loss_and_gradients(inputs, targets)
        self.weights_input_hidden -= learning_rate * gradients.weights_input_hidden
        self.weights_hidden_output -= learning_rate * gradients.weights_hidden_output
        self.biases_hidden -= learning_rate * gradients.biases_hidden
        self.biases_output -= learning_rate * gradients.biases_output
        return loss

    def fit(
        self, inputs, targets, *, learning_rate, epochs, batch_size=None, seed=None
    ):
        """Train for some epochs (passes over all samples); return the list of their losses.

        An epoch's loss is the mean over all samples, each measured just before the update
        it is part of. If a number overflows, Diverged is raised and nothing changes.

        Parameters
        ----------
        learning_rate : float, above 0
        epochs : int, at least 1
        batch_size : int or None, default None
            Samples per update; None means all. Smaller batches are shuffled every epoch.
        seed : int or None, default None
            Decides the order. None continues the network's own random numbers.
        """
        inputs, targets = nn_arguments.samples(self, inputs, targets)
        samples = inputs.shape[1]
        rate, epochs, size, rng = nn_arguments.training(
            learning_rate, epochs, batch_size, seed, samples, self._rng
        )
        before = copy.deepcopy(self)
        losses = []
        with np.errstate(all="ignore"):
            for _ in range(epochs):
                order = rng.permutation(samples) if size < samples else slice(None)
                x, t = inputs[:, order], targets[:, order]
                total = 0.0
                for start in range(0, samples, size):
                    end = min(start + size, samples)
                    loss = self._update(x[:, start:end], t[:, start:end], rate)
                    total += loss * (end - start)
                losses.append(total / samples)
        # What has overflowed stays nan or infinite, so one check at the end is enough.
        parameters = [getattr(self, name) for name in Gradients._fields]
        if not nn_arguments.all_finite(losses, *parameters):
            for name in Gradients._fields:
                getattr(self, name)[...] = getattr(before, name)
            self._rng = before._rng
            raise Diverged(nn_arguments.diverged(rate))
        return losses

    save = nn_files.save
    load = classmethod(nn_files.load)


def numerical_gradient(net, inputs, targets, epsilon=1e-5):
    """Return the Gradients of net.loss by central differences, steps of ±epsilon.

    Slow: two losses per weight and bias. net may be an object of your own class.
    """
    nn_arguments.has_all("net", net, ("loss", *Gradients._fields))
    epsilon = nn_arguments.positive_number("epsilon", epsilon)
    probe = copy.deepcopy(net)
    probe.dtype = np.dtype(float)  # even if net is float32
    for name in Gradients._fields:
        setattr(probe, name, np.array(getattr(net, name), float))
    gradients = []
    for parameter in (getattr(probe, name) for name in Gradients._fields):
        gradient = np.empty(parameter.shape)
        for index in np.ndindex(parameter.shape):
            value = parameter[index]
            parameter[index] = value + epsilon
            above = probe.loss(inputs, targets)
            parameter[index] = value - epsilon
            below = probe.loss(inputs, targets)
            parameter[index] = value
            gradient[index] = (above - below) / (2 * epsilon)
        gradients.append(gradient)
    return Gradients(*gradients)


def relative_error(a, b):
    """Return ‖a − b‖ / (‖a‖ + ‖b‖), from 0 (equal) to 1; nan if a number is not finite."""
    a, b = np.ravel(a).astype(float), np.ravel(b).astype(float)
    largest = np.abs(np.append(a, b)).max(initial=0) or 1.0
    with np.errstate(invalid="ignore"):
        a, b = a / largest, b / largest  # so that no square overflows
    lengths = np.linalg.norm(a) + np.linalg.norm(b)
    return 0.0 if lengths == 0 else float(np.linalg.norm(a - b) / lengths)


def accuracy(net, dataset):
    """Return the share of samples, 0 to 1, whose output is on the target's side of 0.5.

    With several outputs a sample counts as right when its largest output is the target's.
    """
    outputs, targets = net.feedforward(dataset.inputs), dataset.targets
    if len(targets) == 1:
        return float(np.mean((outputs > 0.5) == (targets > 0.5)))
    return float(np.mean(outputs.argmax(axis=0) == targets.argmax(axis=0)))
