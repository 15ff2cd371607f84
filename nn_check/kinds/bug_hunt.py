"""The kind of exercise that asks for a class whose planted mistake is fixed.

Each method is compared with that of the book's class, on networks with the same arrays, so
that any way to write the class is accepted.
"""

import numpy as np

from nn_check.answers.cases import (
    PARAMETERS,
    SIZES,
    Case,
    network_cases,
    size_words,
    training_cases,
)
from nn_check.answers.comparing import describe
from nn_check.answers.reference import book_class
from nn_check.answers.verdicts import NotYet
from nn_check.kinds.exercise import Exercise
from nn_check.kinds.function import Function

LEARNING_RATE = 0.7  # of the updates that are compared


class BugHunt(Exercise):
    """An exercise that asks for a class whose planted mistake is fixed.

    Parameters
    ----------
    methods : tuple of str
        The methods to compare, in this order: keys of METHODS.
    known : {(method, words): class}
        The known mistakes, each with a class that makes it.
    planted : (method, words)
        The known mistake in the class that the reader is given.
    symptom : str
        What to say about a class that still makes the planted mistake.
    trial_run : callable
        trial_run(class) returns the TrialRun that the picture shows.
    hints : sequence of str
    done : str
        What to say about a right class.
    start : {"uniform", "xavier"}, default "xavier"
        How the weights are initialised. Chapters up to 4 use "uniform".
    describes_run : bool, default True
        Whether the feedback on a wrong class describes its trial run.
    """

    def __init__(
        self,
        methods,
        known,
        planted,
        symptom,
        trial_run,
        hints,
        done,
        start="xavier",
        describes_run=True,
    ):
        super().__init__(hints)
        self.trial_run, self.describes_run, self.done = trial_run, describes_run, done
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

    def verify(self, answer, rng):
        if not callable(answer):
            raise NotYet(
                f"Expected your class, got {describe(answer)}. Hand over the class "
                "itself, without brackets after its name."
            )
        for method in self.methods:
            try:
                method.verify(answer, rng)
            except NotYet as reason:
                run = self.trial_run(answer).words if self.describes_run else ""
                raise NotYet(f"{reason.words} {run}".strip()) from None
        return self.done


class Method(Function):
    """The comparison of one method of the reader's class with the right one.

    adapt(class) returns a function that takes the arguments of a case.
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

    def verify(self, answer, rng):
        return super().verify(self.adapt(answer), rng)


def _with_arrays(network, net):
    """Return a network of the class with copies of the arrays of net."""
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
            called="__init__",
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
    """Return a function that returns the gradients that one update has used."""

    def train(net, inputs, targets):
        made, steps = _with_arrays(network, net), []
        made.train(inputs, targets, LEARNING_RATE)
        for before, after in zip(_arrays(net), _arrays(made), strict=True):
            after = np.asarray(after, float)
            grown = after.shape != before.shape
            steps.append(after if grown else (before - after) / LEARNING_RATE)
        return tuple(steps)

    return train


def _fit(network):
    def fit(inputs, targets, hidden_nodes, batch_size, seed):
        net = network(len(inputs), hidden_nodes, len(targets), seed)
        return (net.fit(inputs, targets, LEARNING_RATE, 3, batch_size), *_arrays(net))

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
            called="fit",
        )
        for *sizes, samples, batch_size in (
            (2, 4, 1, 10, 4),
            (3, 3, 2, 7, 7),
            (2, 2, 1, 6, 1),
        )
    ]


def _cases_of(method, cases):
    """Return the cases with the name of the method that is called."""
    return lambda rng: [case._replace(called=method) for case in cases(rng)]


LAYERS = "hidden_outputs", "final_outputs", "feedforward"
# method: (adapt(class), cases(rng), names of the parts of the result)
METHODS = {
    "__init__": (_start, _start_cases, PARAMETERS),
    "layer_outputs": (
        _layer_outputs,
        _cases_of("layer_outputs", network_cases),
        LAYERS,
    ),
    "loss": (_loss, _cases_of("loss", training_cases), ("the loss",)),
    "train": (_train, _cases_of("train", training_cases), PARAMETERS),
    "fit": (_fit, _fit_cases, ("the losses", *PARAMETERS)),
}
FORWARD = "__init__", "layer_outputs"
ALL = tuple(METHODS)
