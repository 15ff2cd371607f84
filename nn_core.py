"""A neural network with one hidden layer, written with NumPy and nothing else.

Columns are samples throughout: ``inputs`` is ``(input_nodes, N)``, ``targets`` is
``(output_nodes, N)``, and a single sample may be given as ``(input_nodes,)``.

The file reads from top to bottom: activation functions, the network, the gradient
check, the data sets, and at the end the checks that turn bad input into clear errors.
"""

import copy
import json
import numbers
import operator
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Gradients(NamedTuple):
    """One array for each parameter of a network, with that parameter's shape."""

    weights_input_hidden: np.ndarray  # (hidden_nodes, input_nodes)
    weights_hidden_output: np.ndarray  # (output_nodes, hidden_nodes)
    biases_hidden: np.ndarray  # (hidden_nodes, 1)
    biases_output: np.ndarray  # (output_nodes, 1)


class Dataset(NamedTuple):
    """Samples as columns: what goes in, and what should come out."""

    inputs: np.ndarray  # (input_nodes, N)
    targets: np.ndarray  # (output_nodes, N), each 0 or 1


# --- Activation functions -------------------------------------------------------------


def sigmoid(x):
    """Return 1 / (1 + exp(-x)), element by element, without a warning for any finite x."""
    x = np.asarray(x)
    if x.dtype.kind != "f":
        x = x.astype(float)
    # exp(-x) may become inf or 0: 1 / inf = 0 and 1 / (1 + 0) = 1 are right.
    with np.errstate(over="ignore", under="ignore"):
        return 1 / (1 + np.exp(-x))


def _sigmoid_of_negated(negated, one, out):
    """Write sigmoid(x) into out, given -x: so no pass is spent on turning the sign."""
    np.exp(negated, out)
    out += one
    np.divide(one, out, out)


def _sigmoid_slope(outputs, one, out):
    np.subtract(one, outputs, out)
    out *= outputs


def _tanh_slope(outputs, one, out):
    np.multiply(outputs, outputs, out)
    np.subtract(one, out, out)


class _Activation(NamedTuple):
    """How a layer turns its sums into outputs, in place; `one` is a ready array of 1."""

    sign: int  # apply is given sign × sums
    apply: Callable  # (signed sums, one, out)
    slope: Callable  # (outputs, one, out): the derivative, found from the output alone


ACTIVATIONS = {
    "sigmoid": _Activation(-1, _sigmoid_of_negated, _sigmoid_slope),
    "tanh": _Activation(
        sign=1,
        apply=lambda sums, one, out: np.tanh(sums, out=out),
        slope=_tanh_slope,
    ),
    "relu": _Activation(
        sign=1,
        apply=lambda sums, one, out: np.maximum(sums, 0, out=out),
        slope=lambda outputs, one, out: np.sign(outputs, out=out),
    ),
}
INITS = ("xavier", "uniform", "normal", "zeros")
LOSSES = ("mse", "cross_entropy")
UPDATE_RULES = ("gradient", "blog")


# --- The network ----------------------------------------------------------------------


class _Layers(NamedTuple):
    """One matrix a layer: its weights and, as the last column, its biases."""

    hidden: np.ndarray  # (hidden_nodes, input_nodes + 1)
    output: np.ndarray  # (output_nodes, hidden_nodes + 1)


class _Block:
    """Some columns of a layer's matrix as a public array; assigning copies into them."""

    def __init__(self, layer, columns):
        self.layer, self.columns = layer, columns

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, net, owner=None):
        if net is None:
            return self
        return getattr(net._layers(net._parameters), self.layer)[:, self.columns]

    def __set__(self, net, value):
        block = self.__get__(net)
        block[...] = _as_floats(self.name, value, block.shape, net.dtype)


class _Batch:
    """One batch and the arrays its forward and backward pass write into, made once."""

    def __init__(self, net, inputs, targets=None):
        def empty(*shape):
            return np.empty(shape, net.dtype)

        samples = inputs.shape[1]
        self.inputs, self.targets, self.samples = inputs, targets, samples
        self.one = np.ones((), net.dtype)  # quicker for NumPy to use than the number 1
        # An attribute may have been set since the network was made.
        self.activation = ACTIVATIONS[
            _one_of("activation", net.activation, ACTIVATIONS)
        ]
        _one_of("loss_function", net.loss_function, LOSSES)
        _one_of("update_rule", net.update_rule, UPDATE_RULES)
        self.negated = np.empty_like(net._parameters)
        negated = net._layers(self.negated)
        self.negated_output_layer = negated.output
        # What `apply` is given needs the right sign. It is cheaper to turn the few weights'
        # signs than those of the many sums.
        signed = negated if self.activation.sign < 0 else net._layers(net._parameters)
        self.signed_hidden_layer = signed.hidden
        self.hidden = np.ones((net.hidden_nodes + 1, samples), net.dtype)  # last row: 1
        self.hidden_outputs = self.hidden[:-1]  # (hidden_nodes, N)
        self.negated_inputs = empty(net.output_nodes, samples)  # -(W h + b)
        self.final_outputs = empty(net.output_nodes, samples)
        if targets is None:
            return
        self.scale_updates(1.0)
        self.errors = empty(net.output_nodes, samples)
        self.errors_in_line = self.errors.reshape(-1)  # the same numbers, as a vector
        self.output_delta = empty(net.output_nodes, samples)
        self.hidden_errors = empty(net.hidden_nodes, samples)
        self.hidden_delta = empty(net.hidden_nodes, samples)
        self.step = np.empty_like(net._parameters)
        self.hidden_step, self.output_step = net._layers(self.step)
        self.inputs_T, self.hidden_T = inputs.T, self.hidden.T
        self.output_weights_T = net.weights_hidden_output.T  # a view: follows training

    def scale_updates(self, rate):
        """Let the backward pass give rate × the mean over this batch's samples."""
        self.scale = np.array(rate / self.samples, self.one.dtype)

    def with_samples(self, inputs, targets):
        """Return a batch of as many other samples that writes into the same arrays."""
        batch = copy.copy(self)
        batch.inputs, batch.inputs_T, batch.targets = inputs, inputs.T, targets
        return batch


class NeuralNetwork:
    """A network of input nodes, one hidden layer and output nodes with a sigmoid.

    Parameters
    ----------
    input_nodes, hidden_nodes, output_nodes : int
        How many nodes each layer has; at least 1.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        The hidden layer's activation function.
    init : {"xavier", "uniform", "normal", "zeros"}, default "xavier"
        How weights and biases start. "uniform" is the blog's: all in [0, 1). "xavier"
        draws weights from ±sqrt(6 / (fan-in + fan-out)) [1]_, "normal" from a standard
        normal distribution divided by sqrt(fan-in), both with biases of zero.
    loss : {"mse", "cross_entropy"}, default "mse"
        A mean over samples: of ½‖target − output‖², or of the outputs' summed binary
        cross-entropy, in nats.
    update_rule : {"gradient", "blog"}, default "gradient"
        "gradient" is exact gradient descent on the loss [2]_. "blog" leaves the output's
        derivative out of the hidden error, and both derivatives out of the biases.
    seed : int or None, default 0
        The same seed gives the same numbers; None gives new ones each time.
    dtype : float64 or float32, default float
        The type of every parameter and result.

    Attributes
    ----------
    weights_input_hidden : array, (hidden_nodes, input_nodes)
    weights_hidden_output : array, (output_nodes, hidden_nodes)
    biases_hidden : array, (hidden_nodes, 1)
    biases_output : array, (output_nodes, 1)
    loss_function : str
        The argument `loss`; `net.loss` is a method.
    input_nodes, hidden_nodes, output_nodes, activation, init, update_rule, seed, dtype
        As given. The update rule may be changed at any time.

    Raises
    ------
    ValueError, TypeError
        For any argument that is not as described, here and in every method. The message
        names the argument; the network stays as it was.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep
       feedforward neural networks", AISTATS 2010.
    .. [2] M. Nielsen, "Neural Networks and Deep Learning", chapter 2, BP1 to BP4.

    Examples
    --------
    >>> net = NeuralNetwork(2, 4, 1, loss="cross_entropy")
    >>> losses = net.fit(*xor(), learning_rate=2.0, epochs=1000)
    >>> net.feedforward(xor().inputs).round()
    array([[0., 1., 1., 0.]])
    """

    weights_input_hidden = _Block("hidden", np.s_[:-1])
    biases_hidden = _Block("hidden", np.s_[-1:])
    weights_hidden_output = _Block("output", np.s_[:-1])
    biases_output = _Block("output", np.s_[-1:])

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
        self.input_nodes = _whole_number("input_nodes", input_nodes)
        self.hidden_nodes = _whole_number("hidden_nodes", hidden_nodes)
        self.output_nodes = _whole_number("output_nodes", output_nodes)
        self.activation = _one_of("activation", activation, ACTIVATIONS)
        self.init = _one_of("init", init, INITS)
        self.loss_function = _one_of("loss", loss, LOSSES)
        self.update_rule = _one_of("update_rule", update_rule, UPDATE_RULES)
        self.seed = _seed("seed", seed)
        self.dtype = _float_dtype(dtype)
        self._rng = np.random.default_rng(self.seed)
        # A layer keeps its biases as one more column beside its weights: with a 1 below
        # every sample, one matrix product then multiplies by the weights and adds the biases.
        # Both layers lie in one line, so that one subtraction updates every parameter.
        hidden = self._draw(self.hidden_nodes, self.input_nodes)
        output = self._draw(self.output_nodes, self.hidden_nodes)
        self._parameters = np.concatenate([hidden, output], axis=None)

    def __repr__(self):
        return (
            f"NeuralNetwork({self.input_nodes}, {self.hidden_nodes}, {self.output_nodes}, "
            f"activation={self.activation!r}, init={self.init!r}, "
            f"loss={self.loss_function!r}, update_rule={self.update_rule!r}, "
            f"seed={self.seed!r}, dtype={self.dtype.name!r})"
        )

    def _draw(self, nodes, fan_in):
        """Return a layer's starting weights and, as its last column, its biases."""
        layer = np.zeros((nodes, fan_in + 1), self.dtype)
        if self.init == "uniform":
            layer[...] = self._rng.random(layer.shape)
        elif self.init == "xavier":
            limit = np.sqrt(6 / (fan_in + nodes))
            layer[:, :-1] = self._rng.uniform(-limit, limit, (nodes, fan_in))
        elif self.init == "normal":
            layer[:, :-1] = self._rng.normal(0, 1 / np.sqrt(fan_in), (nodes, fan_in))
        return layer

    def _layers(self, parameters):
        """Return both layers' matrices, as windows onto one line of parameters."""
        size = self.hidden_nodes * (self.input_nodes + 1)
        return _Layers(
            hidden=parameters[:size].reshape(self.hidden_nodes, -1),
            output=parameters[size:].reshape(self.output_nodes, -1),
        )

    def feedforward(self, inputs):
        """Return the network's outputs, (output_nodes, N), for inputs (input_nodes, N)."""
        return self.layer_outputs(inputs)[1]

    def layer_outputs(self, inputs):
        """Return the hidden outputs, (hidden_nodes, N), and outputs, (output_nodes, N)."""
        batch = _Batch(self, self._samples(inputs))
        with np.errstate(all="ignore"):
            self._forward(batch)
        _require_finite("the outputs", batch.hidden_outputs, batch.final_outputs)
        return batch.hidden_outputs, batch.final_outputs

    def loss(self, inputs, targets):
        """Return the loss over all samples, a float: the mean of the samples' losses."""
        batch = self._batch(inputs, targets)
        with np.errstate(all="ignore"):
            self._forward(batch)
            loss = self._measure(batch) / batch.samples
        _require_finite("the loss", loss)
        return loss

    def backpropagate(self, inputs, targets):
        """Return Gradients: what `train` subtracts, before the learning rate.

        With update_rule="gradient" it is the gradient of `loss`. With "blog" it is the
        blog's direction, which is the gradient of no loss.
        """
        batch = self._batch(inputs, targets)
        with np.errstate(all="ignore"):
            self._forward(batch)
            self._measure(batch)
            self._backward(batch)
        _require_finite("the gradient", batch.step)
        hidden, output = batch.hidden_step, batch.output_step
        return Gradients(hidden[:, :-1], output[:, :-1], hidden[:, -1:], output[:, -1:])

    def train(self, inputs, targets, learning_rate):
        """Update weights and biases once, in place; return the loss before the update.

        With several samples the update is their average, so its size does not grow with N.
        """
        rate = _positive_number("learning_rate", learning_rate)
        batch = self._batch(inputs, targets)
        return self._descend([batch], rate, epochs=1)[0]

    def fit(
        self, inputs, targets, *, learning_rate, epochs, batch_size=None, seed=None
    ):
        """Train for some epochs; return the list of their losses.

        Parameters
        ----------
        inputs, targets : array, (input_nodes, N) and (output_nodes, N)
        learning_rate : float
            Greater than zero.
        epochs : int
            Passes over all samples.
        batch_size : int or None, default None
            Samples in an update. None is all of them: one update an epoch. Otherwise
            every epoch takes the samples in a new order; its last batch may be smaller.
        seed : int or None, default None
            Decides that order. None goes on with the network's own random numbers.

        Returns
        -------
        list of float
            Each epoch's mean loss, every sample's taken just before the update it is in.

        Raises
        ------
        ValueError
            Also when training overflows; the network is then as it was before the call.

        Notes
        -----
        Beyond its arguments it keeps a copy of the inputs, three more of the parameters and,
        for one batch, 3 hidden_nodes + 4 output_nodes numbers for each sample. With a batch
        size it keeps one more copy of the inputs, and two of the targets.
        """
        rate = _positive_number("learning_rate", learning_rate)
        epochs = _whole_number("epochs", epochs)
        everything = self._samples(inputs)  # (input_nodes + 1, N), last row ones
        answers = self._targets(targets, everything.shape[1])
        samples = everything.shape[1]
        size = samples
        if batch_size is not None:
            size = min(_whole_number("batch_size", batch_size), samples)
        seed = _seed("seed", seed)
        rng = self._rng if seed is None else np.random.default_rng(seed)
        if size == samples:
            return self._descend([_Batch(self, everything, answers)], rate, epochs)

        # Samples are kept as rows while they are shuffled, so that a batch is one block of
        # memory. Batches look into the shuffled copy: a new order fills them all.
        rows, answer_rows = everything.T.copy(), answers.T.copy()
        del everything
        shuffled, shuffled_answers = np.empty_like(rows), np.empty_like(answer_rows)
        batches = []
        for start in range(0, samples, size):
            columns = (
                shuffled[start : start + size].T,
                shuffled_answers[start : start + size].T,
            )
            if start and start + size <= samples:
                batches.append(batches[0].with_samples(*columns))
            else:  # the first one, or a smaller last one
                batches.append(_Batch(self, *columns))

        def shuffle():
            order = rng.permutation(samples)
            np.take(rows, order, axis=0, out=shuffled, mode="clip")
            np.take(answer_rows, order, axis=0, out=shuffled_answers, mode="clip")

        return self._descend(batches, rate, epochs, shuffle)

    def _descend(self, batches, rate, epochs, shuffle=None):
        before = self._parameters.copy()
        random_state = self._rng.bit_generator.state
        samples = sum(batch.samples for batch in batches)
        losses = []
        with np.errstate(all="ignore"):
            for batch in batches:
                batch.scale_updates(rate)
            for _ in range(epochs):
                if shuffle:
                    shuffle()
                total = 0.0
                for batch in batches:
                    self._forward(batch)
                    total += self._measure(batch)
                    self._backward(batch)
                    self._parameters -= batch.step
                losses.append(total / samples)
        # A number that has overflowed stays so: one look at the end sees them all.
        if not _all_finite(self._parameters, losses):
            self._parameters[...] = before
            self._rng.bit_generator.state = random_state
            raise ValueError(
                f"learning_rate: training diverged with {rate:g}: a weight or the loss grew "
                "past the largest number there is. Expected a rate (and inputs) small enough "
                "to stay finite; the network is as it was before the call."
            )
        return losses

    def _forward(self, batch):
        """Fill batch.hidden_outputs, batch.negated_inputs and batch.final_outputs."""
        np.negative(self._parameters, batch.negated)
        hidden = batch.hidden_outputs
        batch.signed_hidden_layer.dot(batch.inputs, out=hidden)  # (hidden_nodes, N)
        batch.activation.apply(hidden, batch.one, out=hidden)
        sums = batch.negated_inputs
        batch.negated_output_layer.dot(batch.hidden, out=sums)  # (output_nodes, N)
        _sigmoid_of_negated(sums, batch.one, out=batch.final_outputs)

    def _measure(self, batch):
        """Fill batch.errors, (output_nodes, N), and return the samples' summed loss."""
        np.subtract(batch.final_outputs, batch.targets, batch.errors)
        if self.loss_function == "mse":
            errors = batch.errors_in_line
            return 0.5 * float(errors.dot(errors))
        # From the sums, not the outputs: log(output) fails once an output rounds to 0 or 1.
        sums = -batch.negated_inputs
        losses = np.maximum(sums, 0) - sums * batch.targets
        losses += np.log1p(np.exp(-np.abs(sums)))
        return float(losses.sum())

    def _backward(self, batch):
        """Fill batch.step: for each parameter the sum over samples, × batch.scale."""
        blog = self.update_rule == "blog"
        errors, delta = batch.errors, batch.output_delta  # (output_nodes, N)
        errors *= batch.scale
        if self.loss_function == "mse" or blog:
            _sigmoid_slope(batch.final_outputs, batch.one, out=delta)
            delta *= errors
        else:  # the slope of cross-entropy cancels the slope of the sigmoid
            delta = errors
        delta.dot(batch.hidden_T, out=batch.output_step)
        sent_back = errors if blog else delta
        hidden_errors, hidden_delta = batch.hidden_errors, batch.hidden_delta
        # (hidden_nodes, N) = (hidden_nodes, output_nodes) · (output_nodes, N)
        batch.output_weights_T.dot(sent_back, out=hidden_errors)
        batch.activation.slope(batch.hidden_outputs, batch.one, out=hidden_delta)
        hidden_delta *= hidden_errors
        hidden_delta.dot(batch.inputs_T, out=batch.hidden_step)
        if blog:  # its biases follow the bare errors
            batch.output_step[:, -1] = errors.sum(axis=1)
            batch.hidden_step[:, -1] = hidden_errors.sum(axis=1)

    def _samples(self, inputs):
        """Return checked inputs with a row of ones below, (input_nodes + 1, N)."""
        inputs = _as_floats("inputs", inputs, (self.input_nodes, None), self.dtype)
        with_ones = np.ones((self.input_nodes + 1, inputs.shape[1]), self.dtype)
        with_ones[:-1] = inputs
        return with_ones

    def _targets(self, targets, samples):
        shape = (self.output_nodes, samples)
        targets = _as_floats("targets", targets, shape, self.dtype)
        if self.loss_function == "cross_entropy" and (
            targets.min() < 0 or targets.max() > 1
        ):
            raise ValueError(
                "targets: expected numbers from 0 to 1 for cross-entropy, "
                f"got {targets.min():g} to {targets.max():g}"
            )
        return targets

    def _batch(self, inputs, targets):
        inputs = self._samples(inputs)
        return _Batch(self, inputs, self._targets(targets, inputs.shape[1]))

    def save(self, path):
        """Write the network to one .npz file, whole or not at all."""
        names = ("activation", "init", "loss_function", "update_rule", "seed")
        settings = {name: getattr(self, name) for name in names}
        settings["random_state"] = self._rng.bit_generator.state
        arrays = {name: getattr(self, name) for name in Gradients._fields}
        path = Path(_path(path))
        unfinished = path.with_name(path.name + ".unfinished")
        try:
            with open(unfinished, "wb") as file:
                np.savez(file, settings=json.dumps(settings), **arrays)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)

    @classmethod
    def load(cls, path):
        """Return the network saved at path; it goes on exactly where that one stopped."""
        with open(_path(path), "rb") as file:
            try:
                with np.load(file, allow_pickle=False) as saved:
                    arrays = {name: saved[name] for name in Gradients._fields}
                    settings = json.loads(str(saved["settings"]))
                hidden_nodes, input_nodes = arrays["weights_input_hidden"].shape
                output_nodes = len(arrays["weights_hidden_output"])
                state = settings.pop("random_state")
                settings["loss"] = settings.pop("loss_function")
                dtype = arrays["weights_input_hidden"].dtype
                net = cls(
                    input_nodes, hidden_nodes, output_nodes, **settings, dtype=dtype
                )
                net._rng.bit_generator.state = state
                for name, array in arrays.items():
                    setattr(net, name, array)
            except Exception as error:
                raise ValueError(
                    f"path: expected a file written by NeuralNetwork.save, got {path} "
                    f"({type(error).__name__}: {error})"
                ) from error
        return net


def numerical_gradient(net, inputs, targets, epsilon=1e-5):
    """Return the Gradients of net.loss by central differences, in float64.

    Every weight and bias in turn is moved by ±epsilon, and the change of the loss is
    divided by 2 epsilon. It needs two losses a parameter: for checking, not for training.
    """
    if not isinstance(net, NeuralNetwork):
        raise TypeError(f"net: expected a NeuralNetwork, got {type(net).__name__}")
    epsilon = _positive_number("epsilon", epsilon)
    sizes = net.input_nodes, net.hidden_nodes, net.output_nodes
    probe = NeuralNetwork(*sizes, net.activation, loss=net.loss_function)
    for name in Gradients._fields:
        setattr(probe, name, getattr(net, name))
    gradients = []
    for name in Gradients._fields:
        parameter = getattr(probe, name)
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


# --- Data sets ------------------------------------------------------------------------


def xor():
    """Return the four points of XOR: 1 where exactly one of two inputs is 1."""
    return Dataset(np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0.0, 1, 1, 0]]))


def moons(n=200, noise=0.1, seed=0):
    """Return n points, at least 2, on two interleaved half circles of radius 1.

    The upper one is class 0. noise is the standard deviation that is added to each input.
    """

    def curve(t, label):
        angle, side = np.pi * t, 1 - 2 * label
        return [label + side * np.cos(angle), label / 2 + side * np.sin(angle)]

    return _two_classes(curve, n, noise, seed)


def circles(n=200, noise=0.08, seed=0):
    """Return n points on a circle of radius 1 (class 0) and one of radius 0.5 inside it.

    n and noise are as for `moons`.
    """

    def curve(t, label):
        angle, radius = 2 * np.pi * t, 1 - 0.5 * label
        return [radius * np.cos(angle), radius * np.sin(angle)]

    return _two_classes(curve, n, noise, seed)


def spiral(n=200, noise=0.05, seed=0):
    """Return n points on two spirals of 1.75 turns that wind around each other.

    The one that begins to the right is class 0; n and noise are as for `moons`.
    """

    def curve(t, label):
        angle, radius = 3.5 * np.pi * t + np.pi * label, 0.1 + 1.4 * t
        return [radius * np.cos(angle), radius * np.sin(angle)]

    return _two_classes(curve, n, noise, seed)


def blobs(n=200, noise=0.5, seed=0):
    """Return n points around (-1, -1) and (1, 1), spread with standard deviation noise."""
    return _two_classes(lambda t, label: [0 * t + (2 * label - 1)] * 2, n, noise, seed)


def _two_classes(curve, n, noise, seed):
    """Put half of n samples on each curve(t in [0, 1], label), blur and mix them."""
    n = _whole_number("n", n, lowest=2)
    noise = _positive_number("noise", noise, or_zero=True)
    rng = np.random.default_rng(_seed("seed", seed))
    sizes = n - n // 2, n // 2
    points = [curve(np.linspace(0, 1, size), label) for label, size in enumerate(sizes)]
    with np.errstate(over="ignore"):
        inputs = np.hstack(points) + noise * rng.standard_normal((2, n))
    if not _all_finite(inputs):
        raise ValueError(
            f"noise: expected a number small enough for finite points, got {noise!r}"
        )
    targets = np.repeat([[0.0, 1.0]], sizes, axis=1)
    order = rng.permutation(n)
    return Dataset(inputs[:, order], targets[:, order])


def digits():
    """Return 1,797 handwritten digits: 64 pixels in [0, 1], and ten targets, one of them 1.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
    Machine Learning Repository, 1998, licence CC BY 4.0.
    """
    file = Path(__file__).parent / "notebooks" / "data" / "digits.npz"
    with np.load(file, allow_pickle=False) as data:
        pixels, labels = data["pixels"], data["labels"]  # (64, N) of 0 to 16, (N,)
    return Dataset(pixels / 16, np.eye(10)[:, labels])


# --- Checks ---------------------------------------------------------------------------


def _as_floats(name, value, shape, dtype):
    """Return value as an array of that shape, where None stands for any N of at least 1."""
    expected = f"({', '.join('N' if size is None else str(size) for size in shape)})"
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name}: expected numbers in shape {expected}, got rows of unequal length"
        ) from error
    if array.dtype.kind not in "buif":
        raise TypeError(
            f"{name}: expected numbers in shape {expected}, "
            f"got {type(value).__name__} of type {array.dtype}"
        )
    if array.ndim == 1 and array.shape == shape[:1] and shape[1] in (None, 1):
        array = array[:, np.newaxis]
    rows, columns = shape
    fits = array.ndim == 2 and len(array) == rows
    if not fits or array.shape[1] != (columns or max(array.shape[1], 1)):
        hint = ""
        if array.ndim == 2 and array.shape[1] == rows:
            hint = "; samples are columns here, so a transpose (.T) may be missing"
        elif array.ndim == 1 and rows == 1 and array.size > 0:
            hint = f"; {name}.reshape(1, -1) makes one row of it"
        raise ValueError(f"{name}: expected shape {expected}, got {array.shape}{hint}")
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name}: expected finite {np.dtype(dtype).name} numbers, got nan, infinity "
            f"or a number too large in {np.count_nonzero(~np.isfinite(array))} places"
        )
    return array


def _all_finite(*arrays):
    return all(np.isfinite(array).all() for array in arrays)


def _require_finite(what, *arrays):
    if not _all_finite(*arrays):
        raise ValueError(
            f"inputs: {what} overflowed. Expected inputs, weights and biases small enough "
            f"for a finite result: divide the inputs by their largest value first"
        )


def _whole_number(name, value, lowest=1):
    expected = f"expected an integer, {lowest} or more"
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: {expected}, got {value!r}") from None
    if number < lowest:
        raise ValueError(f"{name}: {expected}, got {number}")
    return number


def _positive_number(name, value, or_zero=False):
    expected = f"expected a finite number, {'0 or more' if or_zero else 'above 0'}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: {expected}, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not (number > 0 or (or_zero and number == 0)) or number == np.inf:
        raise ValueError(f"{name}: {expected}, got {value!r}")
    return number


def _one_of(name, value, choices):
    if not isinstance(value, str) or value not in choices:
        error = ValueError if isinstance(value, str) else TypeError
        raise error(f"{name}: expected one of {', '.join(choices)}, got {value!r}")
    return value


def _seed(name, seed):
    return None if seed is None else _whole_number(name, seed, lowest=0)


def _float_dtype(dtype):
    try:
        wanted = np.dtype(dtype)
    except TypeError as error:
        raise TypeError(f"dtype: expected float64 or float32, got {dtype!r}") from error
    if wanted not in (np.float32, np.float64):
        raise ValueError(f"dtype: expected float64 or float32, got {wanted.name}")
    return wanted


def _path(path):
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: expected a file's path, got {path!r}")
    if not Path(path).name:
        raise ValueError(f"path: expected a file's path, got {path!r}")
    return path
