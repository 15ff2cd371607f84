"""Chapter 5, its second half: how large the first weights may be."""

import numpy as np

from nn_check.answers.cases import PARAMETERS, Case
from nn_check.exercises.ex03_initialise_weights import (
    four_arrays_of,
    require_normal,
    require_own_draws,
    require_zero_biases,
    shapes_of_arrays,
)
from nn_check.kinds import Draws, Function, Value
from nn_check.materials import hidden_slope

EXERCISES = {}


def _fan_cases(rng):
    fans = [(2, 4), (64, 32), (1, 1), (784, 10)]
    fans += [tuple(int(n) for n in rng.integers(1, 500, 2)) for _ in range(3)]
    return [
        Case({"fan_in": first, "fan_out": second}, f"fan-in {first}, fan-out {second}")
        for first, second in fans
    ]


EXERCISES["ex05-xavier-limit"] = Function(
    cases=_fan_cases,
    right=lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out)),
    mistakes=[
        ("The square root is missing.", lambda i, o: 6 / (i + o)),
        ("The root is over the 6 only.", lambda i, o: np.sqrt(6) / (i + o)),
        ("Only the fan-in is in it; Xavier's limit balances both.",
         lambda i, o: np.sqrt(6 / i)),
        ("That is the standard deviation; a uniform draw of that spread has a limit √3 "
         "times wider.", lambda i, o: np.sqrt(2 / (i + o))),
        ("Fan-in and fan-out are multiplied; they are added.",
         lambda i, o: np.sqrt(6 / (i * o))),
        ("The division is only by the fan-in: mind the brackets.",
         lambda i, o: np.sqrt(6 / i + o)),
    ],
    hints=(
        "Work from the inside: add, divide, take the root.",
        "np.sqrt takes the square root.",
        "Brackets around the sum of the two.",
    ),
)  # fmt: skip


def _require_start(draw, inputs, hidden, outputs, seed):
    """Raise NotYet unless weights are normal, each layer's by its fan-in, and biases 0."""
    first, second = (draw[name] for name in PARAMETERS[:2])
    require_zero_biases(draw)
    require_normal(PARAMETERS[0], first, inputs, hidden)
    require_normal(PARAMETERS[1], second, hidden, outputs)
    require_own_draws(draw)


EXERCISES["ex05-initialise"] = Draws(
    cases=[
        four_arrays_of(inputs, hidden, outputs)
        for inputs, hidden, outputs in (
            (3, 4, 2),
            (400, 100, 80),
            (60, 500, 90),
            (1, 1, 1),
        )
    ],
    shapes=lambda inputs, hidden, outputs, seed: shapes_of_arrays(
        inputs, hidden, outputs
    ),
    require=_require_start,
    random_parts=PARAMETERS[:2],
    hints=(
        "rng.normal(mean, standard deviation, shape) draws from a normal distribution.",
        "The fan-in is how many numbers are added up: the columns of the weights.",
        "Divide by the square root of the fan-in, each layer by its own.",
    ),
    done="Shapes, spreads, zero biases and the seed are right.",
)


EXERCISES["ex05-explore-saturation"] = Value(
    right=lambda: next(
        n for n in (2, 8, 30, 64, 256, 784) if hidden_slope(n, "uniform") < 0.01
    ),
    mistakes=lambda: (
        [
            (
                f"With {n} inputs the mean slope is {hidden_slope(n, 'uniform'):.2g}: small, "
                "perhaps, but not below 0.01.",
                n,
            )
            for n in (2, 8)
        ]
        + [
            (f"With {n} inputs it is long past: find the first that is below 0.01.", n)
            for n in (64, 256, 784)
        ]
    ),
    hints=(
        "Try the numbers in order, from 2 up.",
        "The words below the widget give the mean slope, for one seed.",
        "nn_check.hidden_slope(2, 'uniform') computes the slope for 2 inputs, over 20 seeds.",
    ),
    done="Scaled by 1/√fan-in the slope stays near 0.23 for every one of these numbers.",
)
