"""Chapter 1: arrays, the dot product, one neuron."""

import numpy as np

import nn_core
from nn_check.answers.cases import Case
from nn_check.answers.comparing import finite_numbers
from nn_check.answers.verdicts import NotYet
from nn_check.kinds import Exercise, Function, Value

EXERCISES = {}

EXERCISES["ex01-predict-shape"] = Value(
    right=lambda: np.dot(np.zeros((4, 3)), np.zeros((3, 10))).shape,
    mistakes=[
        ("Rows and columns are swapped.", (10, 4)),
        ("The inner number, 3, disappears: it is summed over.", (4, 3, 10)),
        ("That is the shape of the first array.", (4, 3)),
        ("That is the shape of the second array.", (3, 10)),
        ("The inner numbers, 3 and 3, disappear; the outer ones stay.", (3, 3)),
    ],
    hints=(
        "Each row of the first array meets each column of the second.",
        "How many rows has the first, how many columns has the second?",
        "The inner numbers must be equal, and disappear.",
    ),
    done="Rows of the first, columns of the second.",
)


def _neuron_cases(rng):
    cases = []
    for size in (1, 2, 3, 6):
        arguments = {
            "weights": rng.normal(size=size),
            "inputs": rng.normal(size=size),
            "bias": float(rng.normal()),
        }
        cases.append(Case(arguments, f"{size} input{'s' if size > 1 else ''}"))
    return cases


EXERCISES["ex01-weighted-sum"] = Function(
    cases=_neuron_cases,
    right=lambda weights, inputs, bias: np.dot(weights, inputs) + bias,
    mistakes=[
        (
            "The products are there, but they are not added up: one neuron gives one number.",
            lambda weights, inputs, bias: weights * inputs + bias,
        ),
        (
            "The bias is left out.",
            lambda weights, inputs, bias: np.dot(weights, inputs),
        ),
        (
            "The bias is added once for each input; it is added once.",
            lambda weights, inputs, bias: np.sum(weights * inputs + bias),
        ),
        (
            "The bias is subtracted; it is added.",
            lambda weights, inputs, bias: np.dot(weights, inputs) - bias,
        ),
        (
            "The weights multiply inputs and bias alike; the bias stands alone.",
            lambda weights, inputs, bias: np.dot(weights, inputs + bias),
        ),
        (
            "That is the mean of the products; a neuron takes their sum.",
            lambda weights, inputs, bias: np.mean(weights * inputs) + bias,
        ),
        (
            "Weights and inputs are added; they are multiplied.",
            lambda weights, inputs, bias: np.sum(weights + inputs) + bias,
        ),
    ],
    hints=(
        "Multiply in pairs, add up, add the bias.",
        "np.dot multiplies two arrays in pairs and adds the products up.",
        "The bias is one number; it is added once, at the end.",
    ),
)


def _table_cases(rng):
    return [
        Case(
            {"inputs": rng.normal(size=(rows, columns))},
            f"{rows} inputs and {columns} samples",
            columns,
        )
        for rows, columns in ((3, 5), (4, 4), (1, 6), (5, 2), (2, 1))
    ]


EXERCISES["ex01-input-means"] = Function(
    cases=_table_cases,
    right=lambda inputs: inputs.mean(axis=1, keepdims=True),
    mistakes=[
        (
            "The wrong axis: you average down each column, so over the inputs of one "
            "sample. Samples are columns; average along the rows.",
            lambda inputs: inputs.mean(axis=0, keepdims=True),
        ),
        (
            "The wrong axis, and a flat result: you average over the inputs of one sample.",
            lambda inputs: inputs.mean(axis=0),
        ),
        (
            "The axis is right, but the result is flat, (input_nodes,). As a column, "
            "(input_nodes, 1), it lines up with the inputs.",
            lambda inputs: inputs.mean(axis=1),
        ),
        ("Without an axis, everything becomes one mean.", lambda inputs: inputs.mean()),
        (
            "Those are sums; the exercise asks for means.",
            lambda inputs: inputs.sum(axis=1, keepdims=True),
        ),
        (
            "The sums are divided by the number of inputs, not of samples.",
            lambda inputs: inputs.sum(axis=1, keepdims=True) / len(inputs),
        ),
    ],
    hints=(
        "axis=0 makes the rows disappear, axis=1 the columns.",
        "Which of the two are the samples, rows or columns?",
        "keepdims=True leaves a 1 where the axis was.",
    ),
)


def _decision_cases(rng):
    cases = [
        Case(
            {
                "weights": rng.normal(size=(1, inputs)),
                "inputs": rng.normal(size=(inputs, samples)),
                "bias": float(rng.normal()),
            },
            f"{inputs} inputs and {samples} samples",
        )
        for inputs, samples in ((2, 9), (3, 1), (5, 12), (1, 20), (2, 40))
    ]
    on_the_line = {
        "weights": np.array([[1.0, -1.0]]),
        "inputs": np.array([[2.0, 3.0, 1.0], [2.0, 1.0, 3.0]]),
        "bias": 0.0,
    }
    return [*cases, Case(on_the_line, "a sum of exactly 0")]


def _decide(weights, inputs, bias):
    return 1.0 * (np.dot(weights, inputs) + bias > 0)


EXERCISES["ex01-decisions"] = Function(
    cases=_decision_cases,
    right=_decide,
    mistakes=[
        (
            "These are the sums: the decision, 1 or 0, is still to come.",
            lambda weights, inputs, bias: np.dot(weights, inputs) + bias,
        ),
        (
            "The bias is left out of the decision.",
            lambda weights, inputs, bias: _decide(weights, inputs, 0),
        ),
        (
            "A sum of exactly 0 counts as 1; the exercise asks for above 0.",
            lambda weights, inputs, bias: 1.0 * (np.dot(weights, inputs) + bias >= 0),
        ),
        (
            "The decision is the wrong way round: 1 belongs above 0.",
            lambda weights, inputs, bias: 1 - _decide(weights, inputs, bias),
        ),
        (
            "The limit is 0.5. That fits a sigmoid's output; a sum is compared with 0.",
            lambda weights, inputs, bias: _decide(weights, inputs, bias - 0.5),
        ),
        (
            "The decisions are right, but flat: keep the shape (1, N).",
            lambda weights, inputs, bias: _decide(weights, inputs, bias).ravel(),
        ),
    ],
    hints=(
        "First the sums of all samples at once, then one comparison.",
        "np.dot of weights (1, n) and inputs (n, N) has the shape (1, N).",
        "A comparison gives True and False; 1.0 * it, or .astype(float), gives 1 and 0.",
    ),
)


class Line(Exercise):
    """An exercise that asks for [weight 1, weight 2, bias] of a line between two classes."""

    def verify(self, answer, rng):
        names = ("weight 1", "weight 2", "bias")
        values = finite_numbers(answer, "Your answer", names)
        if not values[:2].any():
            raise NotYet(
                "Both weights are 0: then the inputs do not matter, and there is no line."
            )
        data = nn_core.blobs(200, seed=0)
        values = values / np.abs(values).max()  # the same line, without overflow
        sums = values[:2] @ data.inputs + values[2]
        right = float(np.mean((sums > 0) == (data.targets[0] > 0.5)))
        found = f"{right:.1%} of the samples are on their side of the line."
        if right >= 0.97:
            return found
        if right <= 0.03:
            raise NotYet(
                f"{found} The line is in a good place, but the sides are swapped: class 1 "
                "belongs where the sum is above 0."
            )
        raise NotYet(f"{found} Expected 97 % or more.")


EXERCISES["ex01-separate-blobs"] = Line(
    hints=(
        "Class 1 lies at the upper right: the sum must grow towards there.",
        "The weights point at right angles to the line, to the side of class 1.",
        "Where both classes are equally far from the origin, the bias has little to do.",
    ),
)
