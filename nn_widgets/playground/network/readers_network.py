"""Adapt a class that a reader wrote to the interface of nn_core.NeuralNetwork."""

import inspect
import sys

import numpy as np

import nn_arguments
from nn_widgets.playground.network.mistake import Mistake, call, return_of

METHODS = ("feedforward", "train")
OPTIONS = ("activation", "init", "loss", "update_rule", "seed")


class ReadersClass:
    """A class that has the constructor, feedforward and train of the blog's network.

    Attributes
    ----------
    own : type
    options : set of str
        Those of OPTIONS that its constructor accepts.
    skipped_because : str
        What the newest definition of the class lacks, if this older one is used instead.
    """

    def __init__(self, own):
        self.own, self.skipped_because = own, ""
        try:
            parameters = inspect.signature(own).parameters
        except (TypeError, ValueError):  # a constructor without a readable signature
            parameters = ()
        self.options = {name for name in OPTIONS if name in parameters}
        self._was_newest = self._newest_definition() is own

    def _newest_definition(self):
        return getattr(
            sys.modules.get(self.own.__module__), self.own.__qualname__, None
        )

    def newest(self):
        """Return the newest definition of the class, or this one if it was not the newest.

        A class that grows from cell to cell may lack methods for a while; until it is
        complete again, this older one is used.
        """
        found = self._newest_definition()
        if self._was_newest and isinstance(found, type):
            newest = ReadersClass(found)
            self.skipped_because = newest.missing()
            if not self.skipped_because:
                return newest
        return self

    def missing(self):
        """Describe which methods the class lacks; return "" if it has all of them."""
        lacks = [
            name for name in METHODS if not callable(getattr(self.own, name, None))
        ]
        return f"{self.own.__name__} has no {' and no '.join(lacks)}" if lacks else ""


def readers_class(network):
    """Check Playground's argument `network` and return it as a ReadersClass."""
    expected = "network: expected a class with the methods feedforward and train"
    if not isinstance(network, type):
        name = type(network).__name__
        hint = (
            f"; the class itself is meant, {name}" if hasattr(network, "train") else ""
        )
        raise TypeError(f"{expected}, got {name} object{hint}")
    found = ReadersClass(network)
    if found.missing():
        raise TypeError(f"{expected}, but {found.missing()}")
    return found


def measured_loss(kind, outputs, targets):
    """Return nn_core's loss of the outputs, (1, N); kind is "mse" or "cross_entropy"."""
    samples = outputs.shape[1]
    if kind == "mse":
        return float(0.5 * np.sum((outputs - targets) ** 2) / samples)
    outputs = np.clip(outputs, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    right = targets * np.log(outputs) + (1 - targets) * np.log(1 - outputs)
    return float(-np.sum(right) / samples)


class ReadersNetwork:
    """A network of the reader's class, with the interface that the playground needs.

    It has the methods and attributes of nn_core.NeuralNetwork that the playground uses.
    Each call of the reader's code may raise a Mistake. The reader's code gets copies of the
    samples, so that it cannot change them.

    Parameters
    ----------
    kind : ReadersClass
    settings : Settings
    update_rule : str

    Attributes
    ----------
    own : object
        The reader's network.
    rng : numpy.random.Generator
        Shuffles the samples: the reader's network's own, if it has one named rng.
    printed : str
        What it printed last.
    """

    def __init__(self, kind, settings, update_rule):
        self.printed = ""
        self._settings, self._options = settings, kind.options
        values = settings._asdict() | {"update_rule": update_rule}
        self.own = self._call(
            "__init__",
            kind.own,
            *(2, settings.hidden_nodes, 1),
            **{name: values[name] for name in OPTIONS if name in kind.options},
        )
        self.has_layers = callable(self._attribute("layer_outputs"))
        self.hidden_nodes, self.loss_function = settings.hidden_nodes, settings.loss
        rng = self._attribute("rng")
        self.has_rng = isinstance(rng, np.random.Generator)
        self.rng = rng if self.has_rng else np.random.default_rng(settings.seed)

    def _call(self, method, function, *arguments, **options):
        arguments = (
            argument.copy() if isinstance(argument, np.ndarray) else argument
            for argument in arguments
        )
        result, printed = call(method, function, *arguments, **options)
        self.printed = printed or self.printed
        return result

    def _attribute(self, name):
        """Return an attribute or None; it may be a property, which runs the reader's code."""
        return self._call(name, getattr, self.own, name, None)

    def feedforward(self, inputs):
        """Call the reader's feedforward; check and return its outputs, (1, N)."""
        outputs = self._call("feedforward", self.own.feedforward, inputs)
        return self._checked("feedforward", outputs, inputs, 1, "the outputs")

    def layer_outputs(self, inputs):
        """Return hidden outputs, (hidden_nodes, N) or None, and outputs, (1, N)."""
        outputs = self.feedforward(inputs)
        if not self.has_layers:
            return None, outputs
        layers = self._call("layer_outputs", self.own.layer_outputs, inputs)
        if not isinstance(layers, (tuple, list)) or len(layers) != 2:
            self._refuse(
                "layer_outputs",
                "expected two arrays, the hidden outputs and the outputs, "
                f"got {type(layers).__name__}",
                inputs,
            )
        hidden = self._checked(
            "layer_outputs", layers[0], inputs, self.hidden_nodes, "the hidden outputs"
        )
        return hidden, outputs

    def _checked(self, method, value, inputs, rows, name):
        """Return a method's result as floats, or raise a Mistake if it has another shape."""
        if not isinstance(value, np.ndarray):
            got = "None: a return is missing" if value is None else type(value).__name__
            self._refuse(method, f"{name}: expected an array, got {got}", inputs)
        try:
            return nn_arguments.as_floats(name, value, (rows, inputs.shape[1]))
        except (TypeError, ValueError) as error:
            words = str(error)
            if value.dtype.kind == "f" and not np.isfinite(value).all():
                words += (
                    ". Numbers grew too large: the learning rate may be too high, or a "
                    "sign in train turned"
                )
            self._refuse(method, words, inputs)

    def _refuse(self, method, words, inputs):
        function = getattr(self.own, method)
        raise Mistake(words, method, return_of(function, inputs.copy()))

    def loss(self, inputs, targets):
        """Measure the loss of the reader's feedforward."""
        outputs = self.feedforward(inputs)
        with np.errstate(over="ignore"):
            loss = measured_loss(self.loss_function, outputs, targets)
        if not np.isfinite(loss):
            words = "the outputs are so large that no number can hold the loss"
            self._refuse("feedforward", words, inputs)
        return loss

    def fit(self, inputs, targets, *, learning_rate, epochs, batch_size):
        """Train in mini-batches; yield each epoch's loss, defined as in nn_core's fit."""
        samples = inputs.shape[1]
        size = min(batch_size or samples, samples)
        for _ in range(epochs):
            order = self.rng.permutation(samples) if size < samples else slice(None)
            in_order = inputs[:, order], targets[:, order]
            total = 0.0
            for start in range(0, samples, size):
                x, t = (array[:, start : start + size] for array in in_order)
                total += self.loss(x, t) * x.shape[1]
                self._call("train", self.own.train, x, t, learning_rate)
            yield total / samples

    @property
    def update_rule(self):
        """The update rule of the reader's network; None if it has none."""
        return getattr(self.own, "update_rule", None)

    @update_rule.setter
    def update_rule(self, rule):
        if "update_rule" in self._options:
            self._call("update_rule", setattr, self.own, "update_rule", rule)

    @property
    def activation(self):
        """The chosen activation, or None if the reader's class does not take one."""
        return self._settings.activation if "activation" in self._options else None

    @property
    def weights_hidden_output(self):
        """The reader's array of that name, (1, hidden_nodes); None if there is none."""
        try:
            weights = self._attribute("weights_hidden_output")
            return nn_arguments.as_floats("weights", weights, (1, self.hidden_nodes))
        except (Mistake, TypeError, ValueError):
            return None
