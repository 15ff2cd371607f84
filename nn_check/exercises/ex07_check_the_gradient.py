"""Chapter 7: checking the gradient."""

import numpy as np

from nn_check.answers.cases import Case
from nn_check.kinds import Function, Value
from nn_check.materials import Curve
from nn_core import relative_error

EXERCISES = {}

EXERCISES["ex07-predict-error"] = Value(
    right=lambda: relative_error(3 * np.ones(4), np.ones(4)),
    within=0.001,
    mistakes=[
        ("That is the factor; the lengths of both stand below the line.", 3),
        ("That is ‖a − n‖ / ‖n‖: divide by the sum of both lengths.", 2),
        ("That is ‖a − n‖ / ‖a‖: divide by the sum of both lengths.", 2 / 3),
        (
            "That is ‖n‖ / ‖a‖. The length of the difference stands above the line.",
            1 / 3,
        ),
        ("They point the same way, so they have something in common: less than 1.", 1),
        ("They would have to be equal; one is three times the other.", 0),
    ],
    hints=(
        "Call the length of the measured slopes 1. How long are the others?",
        "Both point the same way: how long is their difference?",
        "The difference stands above the line, the sum of both lengths below it.",
    ),
    done="A factor of 3 in every slope gives one half, whatever the network.",
)


def _pairs_of_arrays(rng):
    cases = []
    for shape in ((4,), (2, 3), (3, 1)):
        a, n = rng.normal(size=shape), rng.normal(size=shape)
        cases.append(Case({"a": a, "n": n}, f"arrays of shape {shape}"))
    a = rng.normal(size=(2, 2))
    cases.append(Case({"a": a, "n": a.copy()}, "two equal arrays"))
    cases.append(Case({"a": a, "n": -a}, "two opposite arrays"))
    zeros = {"a": np.zeros(3), "n": np.zeros(3)}
    return [*cases, Case(zeros, "zeros and zeros")]


def _quotient(above, below):
    """Return a function of (a, n) that divides two lengths; 0 / 0 is 0."""

    def quotient(a, n):
        divisor = below(a, n)
        return above(a, n) / divisor if divisor else 0.0

    return quotient


def _apart(a, n):
    return np.linalg.norm(a - n)


def _lengths(a, n):
    return np.linalg.norm(a) + np.linalg.norm(n)


def _undefined_for_zeros(a, n):
    with np.errstate(all="ignore"):
        return np.float64(_apart(a, n)) / np.float64(_lengths(a, n))


EXERCISES["ex07-relative-error"] = Function(
    cases=_pairs_of_arrays,
    right=_quotient(_apart, _lengths),
    mistakes=[
        ("For two arrays of zeros it divides 0 by 0.", _undefined_for_zeros),
        ("That is ‖a − n‖ alone: it is not divided by the lengths.", _apart),
        ("That is ‖a − n‖ / ‖n‖: divide by the sum of both lengths.",
         _quotient(_apart, lambda a, n: np.linalg.norm(n))),
        ("That is ‖a − n‖ / ‖a‖: divide by the sum of both lengths.",
         _quotient(_apart, lambda a, n: np.linalg.norm(a))),
        ("That is ‖a − n‖ / ‖a + n‖: add the lengths, not the arrays.",
         _quotient(_apart, lambda a, n: np.linalg.norm(a + n))),
        ("The lengths are subtracted above the line. Take the length of the difference.",
         _quotient(lambda a, n: np.abs(np.linalg.norm(a) - np.linalg.norm(n)), _lengths)),
        ("It is divided by the longer of the two, as CS231n does; here it is their sum.",
         _quotient(_apart, lambda a, n: max(np.linalg.norm(a), np.linalg.norm(n)))),
    ],
    hints=(
        "Three lengths: of the difference, of the one array, of the other.",
        "np.linalg.norm takes an array of any shape with one or two axes.",
        "Compute what stands below the line first, and look whether it is 0.",
    ),
    done="0 for equal arrays, 1 for opposite ones.",
)  # fmt: skip

EXERCISES["ex07-explore-samples"] = Value(
    right=lambda: next(n for n in range(1, 100) if (n - 1) / (n + 1) > 0.97),
    mistakes=[
        ("There the relative error is just below 0.97. One more.", 65),
        ("It is above 0.97 there, but also for fewer samples: find the smallest.", 67),
        (
            "That is where (N − 1) / N passes 0.97: divide by the sum of both lengths.",
            34,
        ),
    ],
    hints=(
        "Call the length of the measured slopes 1. Then the others have the length N.",
        "Your function of 7.2 gives the error for N * measured and measured.",
        "Try N = 10, 50 and 100, and then go on between two of them.",
    ),
    done="The error can only come near 1: so even a factor of 1,000 looks like one of 100.",
)


def _slope_cases(rng):
    return [
        Case(
            {
                "loss": Curve(rng.normal(size=shape)),
                "parameters": rng.uniform(0.5, 2, shape),
                "epsilon": epsilon,
            },
            f"parameters of shape {shape}",
        )
        for shape, epsilon in (
            ((3,), 1e-5),
            ((2, 3), 1e-5),
            ((1, 1), 1e-4),
            ((4,), 1e-3),
        )
    ]


def _central(loss, parameters, epsilon, above=1.0, below=-1.0, width=2.0):
    gradient = np.zeros(parameters.shape)
    for index in np.ndindex(parameters.shape):
        high, low = parameters.copy(), parameters.copy()
        high[index] += above * epsilon
        low[index] += below * epsilon
        gradient[index] = (loss(high) - loss(low)) / (width * epsilon)
    return gradient


def _accumulating(loss, parameters, epsilon, leftover=-1.0):
    moved, gradient = parameters.copy(), np.zeros(parameters.shape)
    for index in np.ndindex(parameters.shape):
        moved[index] += epsilon
        high = loss(moved)
        moved[index] -= 2 * epsilon
        gradient[index] = (high - loss(moved)) / (2 * epsilon)
        moved[index] += (1 + leftover) * epsilon
    return gradient


EXERCISES["ex07-numerical-slope"] = Function(
    cases=_slope_cases,
    right=_central,
    mistakes=[
        ("That is a one-sided difference: its error shrinks with epsilon only, that of the "
         "central difference with its square.",
         lambda f, p, e: _central(f, p, e, below=0, width=1)),
        ("One-sided, to the left. Step to both sides.",
         lambda f, p, e: _central(f, p, e, above=0, width=1)),
        ("The two points lie 2 epsilon apart; you divide by one.",
         lambda f, p, e: _central(f, p, e, width=1)),
        ("Only one side is moved, but it is divided by 2 epsilon.",
         lambda f, p, e: _central(f, p, e, below=0)),
        ("The sign is turned: above minus below.",
         lambda f, p, e: -_central(f, p, e)),
        ("The difference is not divided by the distance of the two points.",
         lambda f, p, e: 2 * e * _central(f, p, e)),
        ("A parameter is not put back before the next one is moved: each error adds up.",
         _accumulating),
    ],
    hints=(
        "One parameter at a time: all others stay where they are.",
        "The loss above minus the loss below, divided by how far apart the two are.",
        "Copy the parameters before you move one, or put it back afterwards.",
    ),
    tolerance=1e-8,
)  # fmt: skip
