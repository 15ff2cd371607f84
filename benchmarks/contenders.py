"""The contenders that the book brings itself: nn_core, nn_fast, the floor, the listing.

Each contender has train(epochs, seed), reset() and parameters(). Each epoch shuffles the
samples with default_rng(seed).permutation, as NeuralNetwork.fit does; a full batch is not
shuffled. All contenders use one thread.
"""

import functools
import os
import time
from dataclasses import dataclass

for variable in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported

import numpy as np  # noqa: E402 - the threads must be set first

import nn_core  # noqa: E402
import nn_fast  # noqa: E402

RATE = 0.5
PARAMETERS = nn_core.Gradients._fields


@dataclass(frozen=True)
class Case:
    """The sizes of a network and its data; batch None means a full batch."""

    inputs: int
    hidden: int
    outputs: int
    samples: int
    batch: int | None

    def __str__(self):
        batch = "full batch" if self.batch is None else f"batch {self.batch}"
        sizes = f"{self.inputs}-{self.hidden}-{self.outputs}"
        return f"{sizes}, N = {self.samples}, {batch}"

    def data(self):
        if self.inputs == 2:
            return nn_core.moons(self.samples)
        rng = np.random.default_rng(0)
        inputs = rng.random((self.inputs, self.samples))
        labels = rng.integers(0, self.outputs, self.samples)
        return nn_core.Dataset(inputs, np.eye(self.outputs)[:, labels])

    def network(self, **options):
        return nn_core.NeuralNetwork(
            self.inputs, self.hidden, self.outputs, seed=1, **options
        )


class Contender:
    """A way to train one network, to be timed and compared with nn_core."""

    loss = "mse"
    rule = "gradient"
    dtype = np.float64
    shuffles = True  # by default_rng(seed), as nn_core does
    needs = None  # an optional package

    def __init__(self, case):
        self.case = case
        self.inputs, self.targets = (
            np.ascontiguousarray(array, self.dtype) for array in case.data()
        )
        self.start = {
            name: getattr(case.network(dtype=self.dtype), name).copy()
            for name in PARAMETERS
        }
        self.prepare()
        self.reset()

    def prepare(self):
        """Do the work that is not timed, once."""

    def reset(self):
        """Set the parameters to their initial values."""
        self.p = {name: array.copy() for name, array in self.start.items()}

    def parameters(self):
        """Return {name: array} of the parameters as they are now."""
        return self.p

    def processor_seconds(self):
        """Return the processor time of the process that this contender runs in."""
        return time.process_time()

    def close(self):
        """Stop what `prepare` started."""

    @classmethod
    def takes_part(cls, case):
        """Tell whether this contender can be timed in this case."""
        return True


class NNCore(Contender):
    name = "nn_core"

    def prepare(self):
        options = {"loss": self.loss, "update_rule": self.rule, "dtype": self.dtype}
        self.net = self.case.network(**options)
        self.fit = self.net.fit

    def reset(self):
        for name, array in self.start.items():
            getattr(self.net, name)[...] = array

    def train(self, epochs, seed):
        self.fit(
            self.inputs,
            self.targets,
            learning_rate=RATE,
            epochs=epochs,
            batch_size=self.case.batch,
            seed=seed,
        )

    def parameters(self):
        return {name: getattr(self.net, name) for name in PARAMETERS}


class NNCore32(NNCore):
    name = "nn_core, float32"
    dtype = np.float32


class NNCoreCrossEntropy(NNCore):
    name = "nn_core, cross-entropy"
    loss = "cross_entropy"


class NNFast(NNCore):
    name = "nn_fast"

    def prepare(self):
        super().prepare()
        self.fit = functools.partial(nn_fast.fit, self.net)


class NNFast32(NNFast):
    name = "nn_fast, float32"
    dtype = np.float32


class NNFastCrossEntropy(NNFast):
    name = "nn_fast, cross-entropy"
    loss = "cross_entropy"


class Floor(Contender):
    """The NumPy calls of nn_fast for this one network, one after the other.

    The arrays are allocated beforehand. There are no checks, no options and no function call
    for an update. With `products_only`, only the five matrix products of a step are made.
    """

    name = "the floor: nothing but the NumPy calls"
    products_only = False

    def prepare(self):
        case, dtype = self.case, self.dtype
        n = case.batch or case.samples
        shape = case.hidden, case.outputs
        self.rows = np.ones((case.samples, case.inputs + 1), dtype)
        self.rows[:, :-1] = self.inputs.T
        self.answers = self.targets.T.copy()
        self.shuffled, self.shuffled_answers = self.rows.copy(), self.answers.copy()
        self.hidden = np.ones((case.hidden + 1, n), dtype)
        self.buffers = [
            np.empty((size, n), dtype) for size in (shape[1],) * 3 + (shape[0],) * 2
        ]
        self.one, self.scale = np.array(1, dtype), np.array(RATE / n, dtype)

    def reset(self):
        s = self.start
        first = np.hstack([s["weights_input_hidden"], s["biases_hidden"]])
        second = np.hstack([s["weights_hidden_output"], s["biases_output"]])
        self.line = np.concatenate([-first, -second], axis=None)  # all parameters
        self.line_step = np.empty_like(self.line)
        self.first, self.second = self.layers(self.line)

    def layers(self, line):
        """Return both layers as views of a one-dimensional array of parameters."""
        size = self.case.hidden * (self.case.inputs + 1)
        hidden, output = line[:size], line[size:]
        return hidden.reshape(self.case.hidden, -1), output.reshape(
            -1, self.case.hidden + 1
        )

    def parameters(self):
        first, second = (
            np.split(-layer, [-1], axis=1) for layer in (self.first, self.second)
        )
        arrays = first[0], second[0], first[1], second[1]
        return dict(zip(PARAMETERS, arrays, strict=True))

    def train(self, epochs, seed):
        size, count = self.case.batch, self.case.samples
        if size is None:
            columns = self.rows.T.copy()
            views = [(columns, columns.T, self.targets)]
        else:  # in rows, so that a batch is contiguous in memory
            rows, answers = self.shuffled, self.shuffled_answers
            slices = [slice(i, i + size) for i in range(0, count, size)]
            views = [(rows[s].T, rows[s], answers[s].T) for s in slices]
        run = self.products if self.products_only else self.updates
        run(views, epochs, np.random.default_rng(seed))

    def updates(self, views, epochs, rng):
        exp, add, divide, take = np.exp, np.add, np.divide, np.take
        multiply, subtract = np.multiply, np.subtract
        one, scale = self.one, self.scale
        line, line_step = self.line, self.line_step
        first, second = self.first, self.second
        first_step, second_step = self.layers(line_step)
        weights_T = second[:, :-1].T
        outputs, errors, delta, sent_back, hidden_delta = self.buffers
        errors_in_line = errors.reshape(-1)
        all_hidden = self.hidden
        hidden, all_hidden_T = all_hidden[:-1], all_hidden.T
        shuffles, samples = self.case.batch is not None, self.case.samples
        for _ in range(epochs):
            if shuffles:
                order = rng.permutation(samples)
                take(self.rows, order, 0, self.shuffled, "clip")
                take(self.answers, order, 0, self.shuffled_answers, "clip")
            for x, x_T, t in views:
                first.dot(x, hidden)
                exp(hidden, hidden)
                add(hidden, one, hidden)
                divide(one, hidden, hidden)
                second.dot(all_hidden, outputs)
                exp(outputs, outputs)
                add(outputs, one, outputs)
                divide(one, outputs, outputs)
                subtract(t, outputs, errors)
                errors_in_line.dot(errors_in_line)  # the loss
                multiply(errors, scale, errors)
                subtract(one, outputs, delta)
                multiply(delta, outputs, delta)
                multiply(delta, errors, delta)
                delta.dot(all_hidden_T, second_step)
                weights_T.dot(delta, sent_back)
                subtract(hidden, one, hidden_delta)
                multiply(hidden_delta, hidden, hidden_delta)
                multiply(hidden_delta, sent_back, hidden_delta)
                hidden_delta.dot(x_T, first_step)
                subtract(line, line_step, line)

    def products(self, views, epochs, rng):
        first, second = self.first, self.second
        first_step, second_step = self.layers(self.line_step)
        hidden, (outputs, _, delta, sent_back, hidden_delta) = self.hidden, self.buffers
        below, hidden_T, weights_T = hidden[:-1], hidden.T, second[:, :-1].T
        for _ in range(epochs):
            for x, x_T, _ in views:
                first.dot(x, out=below)
                second.dot(hidden, out=outputs)
                delta.dot(hidden_T, out=second_step)
                weights_T.dot(delta, out=sent_back)
                hidden_delta.dot(x_T, out=first_step)


class Floor32(Floor):
    name = "the floor, float32"
    dtype = np.float32


class Products(Floor):
    name = "the five matrix products alone"
    products_only = True

    def prepare(self):
        super().prepare()
        for buffer in self.buffers:
            buffer[...] = 0.5  # uninitialised values may be slow to multiply

    @classmethod
    def takes_part(cls, case):
        return case.inputs > 2


class Products32(Products):
    name = "the five matrix products alone, float32"
    dtype = np.float32


class Listing(Contender):
    """The blog's `train`, called once for each sample, with the blog's update rule."""

    name = "the blog's listing"
    rule = "blog"

    @classmethod
    def takes_part(cls, case):
        return case.batch is None  # it has no batches: it updates after each sample

    def train(self, epochs, seed):
        columns = [
            (self.inputs[:, [n]], self.targets[:, [n]])
            for n in range(self.case.samples)
        ]
        for _ in range(epochs):
            for x, t in columns:
                self.update(x, t)

    def update(self, x, t):
        def sigmoid(x):
            return 1 / (1 + np.exp(-x))

        p = self.p
        hidden = sigmoid(np.dot(p["weights_input_hidden"], x) + p["biases_hidden"])
        outputs = sigmoid(
            np.dot(p["weights_hidden_output"], hidden) + p["biases_output"]
        )
        errors = t - outputs
        hidden_errors = np.dot(p["weights_hidden_output"].T, errors)
        p["weights_hidden_output"] += RATE * np.dot(
            errors * outputs * (1 - outputs), hidden.T
        )
        p["weights_input_hidden"] += RATE * np.dot(
            hidden_errors * hidden * (1 - hidden), x.T
        )
        p["biases_output"] += RATE * errors
        p["biases_hidden"] += RATE * hidden_errors
