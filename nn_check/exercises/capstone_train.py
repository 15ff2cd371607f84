"""Capstone: training."""

import functools

import numpy as np

import nn_core
from nn_check.answers.calling import call_each, require_no_error
from nn_check.answers.cases import (
    PARAMETERS,
    Case,
    Network,
    output_cases,
    training_cases,
)
from nn_check.answers.comparing import NotComparable, as_numbers, near
from nn_check.answers.diagnosing import CaseResult, require_right
from nn_check.answers.explaining import shape_words
from nn_check.answers.reference import complete
from nn_check.answers.verdicts import NotYet
from nn_check.exercises import wrong_gradients
from nn_check.kinds import Exercise, Function, Value
from nn_core import relative_error

EXERCISES = {}

EXERCISES["capstone-loss"] = Function(
    cases=output_cases,
    right=lambda y, t: 0.5 * np.sum((t - y) ** 2) / y.shape[1],
    mistakes=[
        ("The half is missing.", lambda y, t: np.sum((t - y) ** 2) / y.shape[1]),
        ("The sum over the samples is taken; divide by their number.",
         lambda y, t: 0.5 * np.sum((t - y) ** 2)),
        ("The mean is over all numbers, output nodes included. It is a mean over samples of "
         "the sum over output nodes.", lambda y, t: 0.5 * np.mean((t - y) ** 2)),
        ("The mean is over all numbers, and the half is missing.",
         lambda y, t: np.mean((t - y) ** 2)),
        ("The errors are not squared: positive and negative ones cancel.",
         lambda y, t: 0.5 * np.sum(t - y) / y.shape[1]),
        ("That is one loss for each sample: take their mean.",
         lambda y, t: 0.5 * np.sum((t - y) ** 2, axis=0)),
        ("It is divided by the number of output nodes, not of samples.",
         lambda y, t: 0.5 * np.sum((t - y) ** 2) / y.shape[0]),
    ],
    hints=(
        "For one sample: half the sum of the squared errors of all output nodes.",
        "Over a batch: the mean of the samples' losses.",
        "Samples are columns: how many there are is in the shape of either array.",
    ),
)  # fmt: skip


def _without_rate(gradients):
    return lambda net, inputs, targets, rate: gradients(net, inputs, targets)


class Train(Exercise):
    """An exercise that asks for a function that updates a network once, in place.

    The function is called as train(net, inputs, targets, learning_rate).
    """

    RATE, TOLERANCE = 0.7, 1e-6  # the right gradients are measured
    wrong_steps = (  # (words, function that returns the wrong gradients)
        *((words, _without_rate(wrong)) for words, wrong in wrong_gradients.MISTAKES),
        (
            "The hidden error goes back through weights that are already updated: compute "
            "all gradients first, then change anything.",
            wrong_gradients.through_updated_weights,
        ),
        (
            "The learning rate is left out of the update.",
            lambda net, inputs, targets, rate: tuple(
                gradient / rate
                for gradient in wrong_gradients.right_gradients(net, inputs, targets)
            ),
        ),
    )

    def verify(self, answer, rng):
        cases = training_cases(rng, learning_rate=self.RATE)
        outcomes = call_each(
            answer, cases, may_change=("net",), may_return_nothing=True
        )
        require_no_error(cases, outcomes)
        if not any(outcome.changed for outcome in outcomes):
            raise NotYet("train returns, but no weight and no bias has changed.")
        results = [
            CaseResult(
                case, outcome, self._steps(case, outcome), _measured_gradients(case)
            )
            for case, outcome in zip(cases, outcomes, strict=True)
        ]
        require_right(
            results, self.wrong_steps, self.TOLERANCE, report=self._report(results)
        )
        try:
            _require_losses(cases, outcomes)
        except NotYet as reason:
            reason.right = PARAMETERS
            raise
        return (
            f"On {len(cases)} networks each group moves by the learning rate times its "
            "gradient."
        )

    def _steps(self, case, outcome):
        """Return {name: the gradient that the update has used}."""
        steps = {}
        for name in PARAMETERS:
            before = getattr(case.arguments["net"], name)
            after = getattr(outcome.given["net"], name, None)
            after = as_numbers(after, f"After the update net.{name}")
            same_shape = after.shape == before.shape
            steps[name] = (before - after) / self.RATE if same_shape else after
        return steps

    def _report(self, results):
        """Describe the relative error of each array's gradient."""
        errors = []
        for name in PARAMETERS:
            pairs = [(result.got[name], result.right[name]) for result in results]
            if all(got.shape == right.shape for got, right in pairs):
                worst = np.max([relative_error(got, right) for got, right in pairs])
                errors.append(f"{name} {worst:.1e}")
        figures = ", ".join(errors)
        return f"Gradient check, relative errors: {figures}; expected below 1e-06."


def _measured_gradients(case):
    """Return {name: gradient} of the mean squared error by central differences."""
    net, inputs, targets, _ = case.arguments.values()
    return nn_core.numerical_gradient(complete(net), inputs, targets)._asdict()


def _require_losses(cases, outcomes):
    """Raise NotYet unless each call returned the loss before its update."""
    early = late = True
    for case, outcome in zip(cases, outcomes, strict=True):
        net, inputs, targets, _ = case.arguments.values()
        try:
            got = as_numbers(outcome.value, "What train returns")
        except NotComparable as reason:
            raise NotYet(
                f"The update is right. {reason.words} Return the loss."
            ) from None
        before, after = (
            np.array(complete(one).loss(inputs, targets))
            for one in (net, outcome.given["net"])
        )
        early, late = early and near(got, before), late and near(got, after)
    if late:
        raise NotYet(
            "The update is right. The loss you return is that after the update; return "
            "the one before."
        )
    if not early:
        raise NotYet(
            "The update is right. The loss you return is not the mean over samples of half "
            "the squared error before the update."
        )


EXERCISES["capstone-train"] = Train(
    points={**dict.fromkeys(PARAMETERS, 2), "the loss": 2},
    hints=(
        "Three stages: forward, gradients, update. Change nothing before the third.",
        "Call your function with one sample and compare each array's change with exercise 6.5.",
        "Look at which of the four groups fail the gradient check: the output weights depend "
        "on the least.",
    ),
)


class Fit(Exercise):
    """An exercise that asks for fit(net, inputs, targets, learning_rate, epochs)."""

    RATE, EPOCHS, TOLERANCE = 3.0, 40, 1e-6

    def verify(self, answer, rng):
        net, data = Network((2, 4, 1), rng), nn_core.xor()
        arguments = {
            "net": net,
            **data._asdict(),
            "learning_rate": self.RATE,
            "epochs": self.EPOCHS,
        }
        case = Case(arguments, f"XOR and {self.EPOCHS} epochs")
        (outcome,) = call_each(
            answer, [case], may_change=("net",), may_return_nothing=True
        )
        require_no_error([case], [outcome])
        if outcome.value is None:
            raise NotYet("fit trains the network, but returns None: return the losses.")
        reference = complete(net)
        expected = np.array(
            reference.fit(*data, learning_rate=self.RATE, epochs=self.EPOCHS)
        )
        losses = self._losses(outcome.value)
        self._require_losses(losses, expected)
        self._require_trained(outcome, reference)
        return (
            f"All {self.EPOCHS} losses agree, from {losses[0]:.3f} to {losses[-1]:.3f}."
        )

    def _losses(self, value):
        try:
            losses = as_numbers(value, "What fit returns")
        except NotComparable as reason:
            raise NotYet(
                f"{reason.words} Expected a list of {self.EPOCHS} losses."
            ) from None
        if losses.shape != (self.EPOCHS,):
            raise NotYet(
                f"For {self.EPOCHS} epochs expected a list of {self.EPOCHS} losses; got "
                f"{shape_words(losses.shape)}."
            )
        return losses

    def _require_losses(self, losses, expected):
        if near(losses, expected, self.TOLERANCE):
            return
        if not np.isfinite(losses).all():
            raise NotYet("The losses contain nan or infinity.")
        if np.ptp(losses) < 1e-12:
            raise NotYet("All losses are the same: is the network updated at all?")
        first = int(np.argmax(~np.isclose(losses, expected, rtol=self.TOLERANCE)))
        raise NotYet(
            f"The losses agree for {first} epochs; then {losses[first]:.4f} comes where "
            f"{expected[first]:.4f} is right. An epoch is one update with all samples."
        )

    def _require_trained(self, outcome, reference):
        if not outcome.changed:
            raise NotYet("The losses are right, but net itself is not trained.")
        for name in PARAMETERS:
            got = getattr(outcome.given["net"], name, None)
            try:
                fine = near(
                    as_numbers(got, f"net.{name}"),
                    getattr(reference, name),
                    self.TOLERANCE,
                )
            except NotComparable as reason:
                raise NotYet(f"The losses are right, but {reason.words}") from None
            if not fine:
                raise NotYet(
                    f"The losses are right, but net.{name} is not what so many updates make "
                    "of it."
                )


EXERCISES["capstone-fit"] = Fit(
    hints=(
        "A loop that calls your train once for each epoch.",
        "train returns the loss before its update; collect these.",
        "Start with an empty list, append in the loop, return the list after the loop.",
    ),
)


@functools.cache
def _blog_gradients():
    """Return the blog's gradient and the right one, each as one vector."""
    net = nn_core.NeuralNetwork(2, 4, 1, update_rule="blog", seed=0)
    data = nn_core.xor()
    return tuple(
        np.concatenate([group.ravel() for group in gradients])
        for gradients in (
            net.backpropagate(*data),
            nn_core.numerical_gradient(net, *data),
        )
    )


def _other_errors():
    """Return the known mistakes: other ways to compare the two gradients."""
    used, right = _blog_gradients()
    length = np.linalg.norm
    apart = length(used - right)
    divide = "divide by the sum of both lengths."
    return [
        ("That is as small as an exact gradient's: is update_rule 'blog' in your network?",
         0.0),
        (f"That is ‖a − n‖ / ‖n‖: {divide}", apart / length(right)),
        (f"That is ‖a − n‖ / ‖a‖: {divide}", apart / length(used)),
        (f"That is ‖a − n‖: {divide}", apart),
        ("That is ‖a − n‖ / ‖a + n‖: add the lengths, not the vectors.",
         apart / length(used + right)),
    ]  # fmt: skip


EXERCISES["capstone-blog-error"] = Value(
    right=lambda: relative_error(*_blog_gradients()),
    within=0.01,
    mistakes=_other_errors,
    hints=(
        "Lay all four groups end to end in one vector, for both gradients.",
        "net.backpropagate gives what the rule uses, numerical_gradient what is right.",
        "‖a − n‖ / (‖a‖ + ‖n‖), with np.linalg.norm for ‖ ‖.",
    ),
    done="An exact gradient gives less than 1e-7 here.",
)  # fmt: skip
