"""The networks and inputs that answers are called with."""

from typing import NamedTuple

import nn_core

PARAMETERS = nn_core.Gradients._fields  # the names of a network's four arrays

# (input nodes, hidden nodes, output nodes, samples): all different, all equal, and ones.
SIZES = ((2, 4, 1, 3), (3, 5, 2, 7), (4, 4, 4, 4), (5, 3, 2, 1), (1, 2, 3, 6))


class Case(NamedTuple):
    """The arguments of one call of an answer."""

    arguments: dict  # {name: value}, in the order of the call
    words: str = ""  # describes the arguments: "3 inputs and 5 samples"
    samples: int = 0  # the number of samples, if there are any
    called: str = "function"  # what is called; for a method of a class, its name

    @property
    def subject(self):
        """Return the call as the subject of a sentence."""
        return f"Your {self.called}" + (f", given {self.words}," if self.words else "")


class Network:
    """The four arrays of a network, without methods that would do the reader's work."""

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


def size_words(sizes, samples):
    nodes = "-".join(map(str, sizes))
    return f"{nodes} nodes and {samples} sample{'s' if samples > 1 else ''}"


def network_cases(rng):
    """Return cases for answer(net, inputs)."""
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
    """Return cases for answer(net, inputs, targets, **further)."""
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
    """Return cases for answer(outputs, targets), the outputs of a sigmoid layer."""
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
