"""The reader's own class, called as the playground calls nn_core's."""

import inspect
import sys

import numpy as np

import nn_arguments
from nn_widgets.playground.mistake import Mistake, call, return_of

METHODS = ("feedforward", "train")
OPTIONS = ("activation", "init", "loss", "update_rule", "seed")


class ReadersClass:
    """A class with the blog's constructor, feedforward and train.

    Attributes
    ----------
    own : type
    options : set of str
        Those of OPTIONS that its constructor takes.
    passed_over : str
        What the class lacks as its cell defined it last, if this older one is used instead.
    """

    def __init__(self, own):
        self.own, self.passed_over = own, ""
        try:
            taken = inspect.signature(own).parameters
        except (TypeError, ValueError):  # a constructor that Python cannot look into
            taken = ()
        self.options = {name for name in OPTIONS if name in taken}
        self._was_newest = self._defined_last() is own

    def _defined_last(self):
        return getattr(
            sys.modules.get(self.own.__module__), self.own.__qualname__, None
        )

    def newest(self):
        """Return the class as its cell defined it last, unless an older one was meant.

        A class that grows from cell to cell lacks methods on the way: then it is this one.
        """
        found = self._defined_last()
        if self._was_newest and isinstance(found, type):
            last = ReadersClass(found)
            self.passed_over = last.missing()
            if not self.passed_over:
                return last
        return self

    def missing(self):
        """Return what the class lacks, in words, or an empty text."""
        lacks = [
            name for name in METHODS if not callable(getattr(self.own, name, None))
        ]
        return f"{self.own.__name__} has no {' and no '.join(lacks)}" if lacks else ""


def readers_class(network):
    """Return the argument `network` as a ReadersClass."""
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
    """Return the loss of outputs, (1, N): "mse" or "cross_entropy", as nn_core defines it."""
    samples = outputs.shape[1]
    if kind == "mse":
        return float(0.5 * np.sum((outputs - targets) ** 2) / samples)
    outputs = np.clip(outputs, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    right = targets * np.log(outputs) + (1 - targets) * np.log(1 - outputs)
    return float(-np.sum(right) / samples)


class ReadersNetwork:
    """A network made by the reader's class.

    It has the methods and attributes of nn_core.NeuralNetwork that the playground uses.
    Each call of the reader's code may raise a Mistake. It gets copies of the samples.

    Parameters
    ----------
    kind : ReadersClass
    settings : Settings
    update_rule : str

    Attributes
    ----------
    own : object
        The reader's network.
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
        self._rng = rng if self.has_rng else np.random.default_rng(settings.seed)

    def _call(self, method, function, *arguments, **options):
        arguments = (
            argument.copy() if isinstance(argument, np.ndarray) else argument
            for argument in arguments
        )
        result, printed = call(method, function, *arguments, **options)
        self.printed = printed or self.printed
        return result

    def _attribute(self, name):
        """Return an attribute, or None without it: a property is the reader's code, too."""
        return self._call(name, getattr, self.own, name, None)

    def feedforward(self, inputs):
        """Return the outputs, (1, N), of the reader's feedforward, checked."""
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
        """Return what the reader's method returned, if it is an array of the right shape."""
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
        """Return the loss that the reader's feedforward makes, measured here."""
        outputs = self.feedforward(inputs)
        with np.errstate(over="ignore"):
            loss = measured_loss(self.loss_function, outputs, targets)
        if not np.isfinite(loss):
            words = "the outputs are so large that no number can hold the loss"
            self._refuse("feedforward", words, inputs)
        return loss

    def fit(self, inputs, targets, *, learning_rate, epochs, batch_size):
        """Cut batches and train; yield each epoch's loss, as nn_core's fit counts it."""
        samples = inputs.shape[1]
        size = min(batch_size or samples, samples)
        for _ in range(epochs):
            mixed = self._rng.permutation(samples) if size < samples else slice(None)
            in_order = inputs[:, mixed], targets[:, mixed]
            total = 0.0
            for start in range(0, samples, size):
                x, t = (array[:, start : start + size] for array in in_order)
                total += self.loss(x, t) * x.shape[1]
                self._call("train", self.own.train, x, t, learning_rate)
            yield total / samples

    @property
    def update_rule(self):
        """The reader's network's own, if its constructor takes one."""
        return getattr(self.own, "update_rule", None)

    @update_rule.setter
    def update_rule(self, rule):
        if "update_rule" in self._options:
            self._call("update_rule", setattr, self.own, "update_rule", rule)

    @property
    def activation(self):
        """The activation that was asked for, or None: it is the reader's."""
        return self._settings.activation if "activation" in self._options else None

    @property
    def weights_hidden_output(self):
        """The reader's array of that name, (1, hidden_nodes), or None."""
        try:
            weights = self._attribute("weights_hidden_output")
            return nn_arguments.as_floats("weights", weights, (1, self.hidden_nodes))
        except (Mistake, TypeError, ValueError):
            return None
