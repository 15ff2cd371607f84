"""The networks and inputs that answers are tried on."""

from typing import NamedTuple

import nn_core

PARAMETERS = nn_core.Gradients._fields  # the names of a network's four arrays

# Input, hidden and output nodes, and samples: all different, all alike, and single ones.
SIZES = ((2, 4, 1, 3), (3, 5, 2, 7), (4, 4, 4, 4), (5, 3, 2, 1), (1, 2, 3, 6))


class Case(NamedTuple):
    """Arguments that an answer is tried on."""

    arguments: dict  # name: value, in the order of the call
    words: str = ""  # what is special: "3 inputs and 5 samples"
    samples: int = 0  # N, where there are samples
    what: str = "function"  # what is called: "train", where a class is asked for

    @property
    def call(self):
        """Return words for the call, to begin a sentence with."""
        return f"Your {self.what}" + (f", given {self.words}," if self.words else "")


class Network:
    """The four arrays of a network and nothing else: no method does the work for you."""

    def __init__(self, sizes, rng):
        inputs, hidden, outputs = sizes
        self.input_nodes, self.hidden_nodes, self.output_nodes = sizes
        self.weights_input_hidden = rng.normal(size=(hidden, inputs))
        self.weights_hidden_output = rng.normal(size=(outputs, hidden))
        self.biases_hidden = rng.normal(size=(hidden, 1))
        self.biases_output = rng.normal(size=(outputs, 1))

    def __repr__(self):
        sizes = f"{self.input_nodes}, {self.hidden_nodes}, {self.output_nodes}"
        return f"a network with {sizes} nodes"


def book_class(start="xavier", **methods):
    """Return the class of the chapters; start is "uniform" up to chapter 4.

    Methods that are given take the place of its own: so it makes a mistake that is known.
    """

    class NeuralNetwork(nn_core.NeuralNetwork):
        def __init__(self, input_nodes, hidden_nodes, output_nodes, seed=0):
            super().__init__(
                input_nodes, hidden_nodes, output_nodes, init=start, seed=seed
            )

        def gradients(self, inputs, targets):
            return self.backpropagate(inputs, targets)

        def train(self, inputs, targets, learning_rate):
            gradients = self.gradients(inputs, targets)
            for name, gradient in zip(PARAMETERS, gradients, strict=True):
                setattr(self, name, getattr(self, name) - learning_rate * gradient)

        def fit(self, inputs, targets, learning_rate, epochs, batch_size):
            losses = []
            for _ in range(epochs):
                total, order = 0.0, self._rng.permutation(inputs.shape[1])
                for begin in range(0, order.size, batch_size):
                    batch = order[begin : begin + batch_size]
                    x, t = self.samples(inputs, targets, batch, begin)
                    total += batch.size * self.loss(x, t)
                    self.train(x, t, learning_rate)
                losses.append(total / order.size)
            return losses

        def samples(self, inputs, targets, batch, begin):
            return inputs[:, batch], targets[:, batch]

    for name, method in methods.items():
        setattr(NeuralNetwork, name, method)
    return NeuralNetwork


def complete(net, loss="mse", update_rule="gradient", **changed):
    """Return the nn_core.NeuralNetwork with a network's arrays, some of them changed."""
    sizes = net.input_nodes, net.hidden_nodes, net.output_nodes
    whole = nn_core.NeuralNetwork(*sizes, loss=loss, update_rule=update_rule)
    for name in PARAMETERS:
        setattr(whole, name, changed.get(name, getattr(net, name)))
    return whole


def size_words(sizes, samples):
    nodes = "-".join(map(str, sizes))
    return f"{nodes} nodes and {samples} sample{'s' if samples > 1 else ''}"


def network_cases(rng):
    """Return cases of (net, inputs)."""
    return [
        Case(
            {
                "net": Network(sizes, rng),
                "inputs": rng.normal(size=(sizes[0], samples)),
            },
            size_words(sizes, samples),
            samples,
        )
        for *sizes, samples in SIZES
    ]


def training_cases(rng, **further):
    """Return cases of (net, inputs, targets), and what further arguments there are."""
    cases = []
    for *sizes, samples in SIZES:
        arguments = {
            "net": Network(sizes, rng),
            "inputs": rng.normal(size=(sizes[0], samples)),
            "targets": rng.integers(0, 2, (sizes[2], samples)).astype(float),
            **further,
        }
        cases.append(Case(arguments, size_words(sizes, samples), samples))
    return cases


def output_cases(rng):
    """Return cases of (outputs, targets) of a sigmoid layer."""
    return [
        Case(
            {
                "outputs": rng.uniform(0.05, 0.95, (nodes, samples)),
                "targets": rng.integers(0, 2, (nodes, samples)).astype(float),
            },
            f"{nodes} output nodes and {samples} samples",
            samples,
        )
        for nodes, samples in ((1, 3), (2, 5), (3, 1), (4, 4))
    ]
