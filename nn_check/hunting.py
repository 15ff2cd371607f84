"""Bug hunts: a class with one planted mistake, which the reader finds and mends.

The class is held against the book's, method by method, on networks whose arrays are set from
outside: what it does counts, not how it is written.
"""

import numpy as np

from nn_check.cases import (
    PARAMETERS,
    SIZES,
    Case,
    book_class,
    network_cases,
    size_words,
    training_cases,
)
from nn_check.comparing import describe
from nn_check.judging import Exercise, NotYet
from nn_check.kinds import Function

RATE = 0.7  # of the updates that are compared


class BugHunt(Exercise):
    """Asks for a class whose planted mistake is mended.

    Parameters
    ----------
    methods : tuple of str
        What is compared, in this order: names of METHODS.
    known : dict of {(method, words): class}
        The mistakes known by name, each as a class that makes it.
    planted : tuple of (method, words)
        The one of them that the reader is given.
    symptom : str
        What to say of a class that still makes it.
    trial : callable
        trial(class) returns the TrialRun that the picture shows.
    start : {"uniform", "xavier"}, default "xavier"
        As what the weights of the book's class start: "uniform" up to chapter 4.
    told : bool, default True
        Whether a wrong class is told what it does in the picture.
    """

    def __init__(
        self,
        methods,
        known,
        planted,
        symptom,
        trial,
        hints,
        done,
        start="xavier",
        told=True,
    ):
        super().__init__(hints)
        self.trial, self.told, self.done = trial, told, done
        others = {
            mistake: wrong for mistake, wrong in known.items() if mistake != planted
        }
        self.planted = known[planted]
        words = f"It does what the class you were given does: {symptom}"
        known = {(planted[0], words): self.planted, **others}
        self.mistakes = [(words, wrong) for (_, words), wrong in known.items()]
        self.methods = [
            Method(
                *METHODS[name],
                book_class(start),
                [
                    (words, wrong)
                    for (place, words), wrong in known.items()
                    if place == name
                ],
            )
            for name in methods
        ]

    def look(self, answer, rng):
        if not callable(answer):
            raise NotYet(
                f"Expected your class, got {describe(answer)}. Hand over the class "
                "itself, without brackets after its name."
            )
        for method in self.methods:
            try:
                method.look(answer, rng)
            except NotYet as reason:
                effect = self.trial(answer).words if self.told else ""
                raise NotYet(f"{reason.words} {effect}".strip()) from None
        return self.done


class Method(Function):
    """What one method of the reader's class does, on several networks.

    adapt(class) makes a function of it, with the arguments of the cases.
    """

    def __init__(self, adapt, cases, names, right, mistakes):
        super().__init__(
            cases,
            adapt(right),
            hints=(),
            mistakes=[(words, adapt(wrong)) for words, wrong in mistakes],
            names=names,
        )
        self.adapt = adapt

    def look(self, answer, rng):
        return super().look(self.adapt(answer), rng)


def _with_arrays(network, net):
    """Return a network of the class that holds copies of another's arrays."""
    made = network(net.input_nodes, net.hidden_nodes, net.output_nodes)
    for name in PARAMETERS:
        setattr(made, name, getattr(net, name).copy())
    return made


def _arrays(net):
    return tuple(getattr(net, name) for name in PARAMETERS)


def _start(network):
    def start(input_nodes, hidden_nodes, output_nodes, seed):
        return _arrays(network(input_nodes, hidden_nodes, output_nodes, seed))

    return start


def _start_cases(rng):
    names = "input_nodes", "hidden_nodes", "output_nodes", "seed"
    return [
        Case(
            dict(zip(names, (*sizes, samples), strict=True)),
            f"{'-'.join(map(str, sizes))} nodes and the seed {samples}",
            what="__init__",
        )
        for *sizes, samples in SIZES
    ]


def _layer_outputs(network):
    def layer_outputs(net, inputs):
        made = _with_arrays(network, net)
        return (*made.layer_outputs(inputs), made.feedforward(inputs))

    return layer_outputs


def _loss(network):
    return lambda net, inputs, targets: _with_arrays(network, net).loss(inputs, targets)


def _train(network):
    """Return a function that gives what one update took for the gradients."""

    def train(net, inputs, targets):
        made, steps = _with_arrays(network, net), []
        made.train(inputs, targets, RATE)
        for before, after in zip(_arrays(net), _arrays(made), strict=True):
            after = np.asarray(after, float)
            grown = after.shape != before.shape
            steps.append(after if grown else (before - after) / RATE)
        return tuple(steps)

    return train


def _fit(network):
    def fit(inputs, targets, hidden_nodes, batch_size, seed):
        net = network(len(inputs), hidden_nodes, len(targets), seed)
        return (net.fit(inputs, targets, RATE, 3, batch_size), *_arrays(net))

    return fit


def _fit_cases(rng):
    return [
        Case(
            {
                "inputs": rng.normal(size=(sizes[0], samples)),
                "targets": rng.integers(0, 2, (sizes[2], samples)).astype(float),
                "hidden_nodes": sizes[1],
                "batch_size": batch_size,
                "seed": samples,
            },
            f"{size_words(sizes, samples)} in batches of {batch_size}",
            what="fit",
        )
        for *sizes, samples, batch_size in (
            (2, 4, 1, 10, 4),
            (3, 3, 2, 7, 7),
            (2, 2, 1, 6, 1),
        )
    ]


def _of(what, cases):
    """Return the cases, called by the name of a method."""
    return lambda rng: [case._replace(what=what) for case in cases(rng)]


LAYERS = "hidden_outputs", "final_outputs", "feedforward"
METHODS = {
    "__init__": (_start, _start_cases, PARAMETERS),
    "layer_outputs": (_layer_outputs, _of("layer_outputs", network_cases), LAYERS),
    "loss": (_loss, _of("loss", training_cases), ("the loss",)),
    "train": (_train, _of("train", training_cases), PARAMETERS),
    "fit": (_fit, _fit_cases, ("the losses", *PARAMETERS)),
}
FORWARD = "__init__", "layer_outputs"
ALL = tuple(METHODS)


def with_layers(hidden_layer, output_layer, start="xavier"):
    """Return the book's class with other layers: of (weights, biases, inputs) each."""

    def layer_outputs(self, inputs):
        first = self.weights_input_hidden, self.biases_hidden
        second = self.weights_hidden_output, self.biases_output
        hidden_outputs = hidden_layer(*first, inputs)
        return hidden_outputs, output_layer(*second, hidden_outputs)

    return book_class(
        start,
        layer_outputs=layer_outputs,
        feedforward=lambda self, inputs: self.layer_outputs(inputs)[1],
    )
