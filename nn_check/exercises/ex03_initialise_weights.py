"""Chapter 3: weights and biases."""

import functools

import numpy as np

import nn_core
from nn_check.cases import PARAMETERS, Case
from nn_check.judging import NotYet
from nn_check.kinds import Draws, Function, Value

EXERCISES = {}

EXERCISES["ex03-predict-sum"] = Value(
    right=lambda: 100 * 0.5 + 0.5,
    within=0.01,
    mistakes=[
        ("That leaves out the bias: uniform in [0, 1) it is ½ on average.", 50),
        ("[0, 1) has no negative numbers, so nothing cancels.", 0),
        ("That is one weight's average. A hundred of them are added.", 0.5),
        ("Every weight would have to be 1; on average it is less.", 101),
        ("Every weight would have to be 1; on average it is less.", 100),
        (
            "That is the sum of one weight's mean and the bias's; there are 100 weights.",
            1,
        ),
    ],
    hints=(
        "What is the mean of a number drawn uniformly from [0, 1)?",
        "The mean of a sum is the sum of the means.",
        "A hundred weights and one bias.",
    ),
    done="The sigmoid of so large a sum is 1 to twenty digits: the neuron is saturated.",
)


def _fan_cases(rng):
    fans = [(2, 4), (64, 32), (1, 1), (784, 10)]
    fans += [tuple(int(n) for n in rng.integers(1, 500, 2)) for _ in range(3)]
    return [
        Case({"fan_in": first, "fan_out": second}, f"fan-in {first}, fan-out {second}")
        for first, second in fans
    ]


EXERCISES["ex03-xavier-limit"] = Function(
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


def _require_uniform(draw, rng, rows, columns, limit):
    """Raise NotYet unless a draw is uniform over [-limit, limit)."""
    draw = draw["the result"] / limit
    if len(np.unique(draw)) < draw.size:
        raise NotYet("Some weights are equal; each is drawn by itself.")
    low, high = draw.min(), draw.max()
    if low >= 0 and abs(high - 1) < 0.01:
        raise NotYet(
            "One-sided: the weights lie in [0, limit). Without negative ones all sums "
            "grow with the number of inputs. "
            f"The mean is {draw.mean():.2f} limits, expected 0."
        )
    # Of n numbers the largest is below 1 - 30 / n once in millions of draws.
    reached = 1 - 30 / draw.size
    if not (-1 <= low <= -reached and reached <= high <= 1):
        raise NotYet(
            f"The weights lie between {low:.2f} and {high:.2f} limits: expected from -1 "
            f"to 1. A range {high - low:.2f} limits wide; expected 2."
        )
    if draw.size > 10_000:
        counts = np.histogram(draw, 10, (-1, 1))[0] * 10 / draw.size
        if not np.abs(counts - 1).max() <= 0.05:
            raise NotYet(
                "The range is right, but some parts of it come up more often than "
                "others: uniform means every part alike."
            )


EXERCISES["ex03-uniform"] = Draws(
    cases=[
        Case(
            {"rng": None, "rows": rows, "columns": columns, "limit": limit},
            f"rows {rows}, columns {columns} and limit {limit}",
        )
        for rows, columns, limit in ((200, 500, 0.5), (1, 500, 0.1), (7, 4, 2.0))
    ],
    shapes=lambda rng, rows, columns, limit: {"the result": (rows, columns)},
    require=_require_uniform,
    drawn=("the result",),
    seed="rng",
    make_seed=np.random.default_rng,
    unseeded=(
        "The same seed gives other numbers each time: draw from the rng that is handed "
        "over, not from np.random."
    ),
    hints=(
        "rng.uniform(low, high, shape) draws from [low, high).",
        "The shape is the pair (rows, columns).",
        "The lower end is the limit with a minus.",
    ),
    done="Shape, range, seed and spread are right.",
)


def _require_normal(what, weights, fan_in, fan_out=None):
    """Raise NotYet unless weights are drawn normally, with mean 0 and spread 1/√fan-in.

    Each limit lies five standard errors away from what is right.
    """
    expected = 1 / np.sqrt(fan_in)
    if len(np.unique(weights)) < weights.size:
        raise NotYet(f"{what}: some weights repeat; each is drawn by itself.")
    largest = np.abs(weights).max() / expected
    if weights.size < 2000:  # too few to measure a spread
        if not 1e-6 <= largest <= 6:
            raise NotYet(
                f"{what} for a fan-in of {fan_in}: weights up to {largest * expected:.3g} "
                f"do not fit a standard deviation of {expected:.3g}."
            )
        return
    spread, error = float(weights.std()), 5 / np.sqrt(weights.size)
    if not abs(spread / expected - 1) <= error / np.sqrt(2):
        mistakes = {
            "It is not scaled: a standard deviation of 1, whatever the fan-in.": 1.0,
            "It is divided by the fan-in; its square root is meant.": 1 / fan_in,
            "It is multiplied by the root of the fan-in.": np.sqrt(fan_in),
            "It is the spread of a uniform draw with that limit.": expected
            / np.sqrt(3),
        }
        if fan_out:
            words = "It is scaled by the fan-out, the nodes it goes to."
            mistakes[words] = 1 / np.sqrt(fan_out)
        words, nearest = min(
            mistakes.items(), key=lambda fit: abs(np.log(spread / fit[1]))
        )
        known = words if abs(spread / nearest - 1) <= error else ""
        raise NotYet(
            f"{what}: a standard deviation of {spread:.3g}, expected {expected:.3g} for a "
            f"fan-in of {fan_in}. {known}".strip()
        )
    if not abs(weights.mean()) <= error * spread:
        raise NotYet(f"{what}: a mean of {weights.mean():.3g}, expected near 0.")
    inside = np.mean(np.abs(weights) < spread)
    if not (abs(inside - 0.6827) <= error * 0.4654 and largest >= 2):
        raise NotYet(
            f"{what}: the spread is right, but {inside:.0%} of the weights lie within one "
            "standard deviation. A normal distribution has 68 %, a uniform one 58 %."
        )


def _require_different_neurons(draw, hidden_nodes, input_nodes, seed):
    weights = draw["the result"]
    if not weights.any():
        raise NotYet(
            "All weights are zero, so all hidden neurons compute the same. Unless their "
            "output weights differ, they get the same updates too, and stay the same."
        )
    if hidden_nodes > 1 and np.ptp(weights, axis=0).max() == 0:
        raise NotYet(
            f"All {hidden_nodes} hidden neurons start with the same weights, so they "
            "compute the same: the layer begins as one neuron. Unless their output weights "
            "differ, it stays one. Where is the random generator made?"
        )
    _require_normal("The result", weights, input_nodes, hidden_nodes)


EXERCISES["ex03-same-neurons"] = Draws(
    cases=[
        Case(
            {"hidden_nodes": hidden, "input_nodes": inputs, "seed": None},
            f"{hidden} hidden nodes and {inputs} inputs",
        )
        for hidden, inputs in ((3, 2), (200, 300), (50, 50), (300, 16), (1, 4))
    ],
    shapes=lambda hidden_nodes, input_nodes, seed: {
        "the result": (hidden_nodes, input_nodes)
    },
    require=_require_different_neurons,
    drawn=("the result",),
    hints=(
        "Print the weights of 3 hidden nodes. What do the rows have in common?",
        "A generator with the same seed starts with the same numbers, each time it is made.",
        "Make the generator once.",
    ),
    done="All rows differ, the seed decides, the spread is 1/√fan-in.",
)


def _require_start(draw, inputs, hidden, outputs, seed):
    """Raise NotYet unless weights are normal, each layer's by its fan-in, and biases 0."""
    first, second = (draw[name] for name in PARAMETERS[:2])
    for name in PARAMETERS[2:]:
        if draw[name].any():
            raise NotYet(f"{name} should start at zero; yours do not.")
    _require_normal(PARAMETERS[0], first, inputs, hidden)
    _require_normal(PARAMETERS[1], second, hidden, outputs)
    n = min(first.size, second.size)
    if n > 100:
        both = np.corrcoef(first.ravel()[:n], second.ravel()[:n])[0, 1]
        if not abs(both) <= 0.5:
            raise NotYet(
                "The second layer repeats the random numbers of the first: make the "
                "generator once and go on drawing from it."
            )


EXERCISES["ex03-initialise"] = Draws(
    cases=[
        Case(
            {
                "input_nodes": inputs,
                "hidden_nodes": hidden,
                "output_nodes": outputs,
                "seed": None,
            },
            f"a {inputs}-{hidden}-{outputs} network",
        )
        for inputs, hidden, outputs in (
            (3, 4, 2),
            (400, 100, 80),
            (60, 500, 90),
            (1, 1, 1),
        )
    ],
    shapes=lambda inputs, hidden, outputs, seed: dict(
        zip(
            PARAMETERS,
            ((hidden, inputs), (outputs, hidden), (hidden, 1), (outputs, 1)),
            strict=True,
        )
    ),
    require=_require_start,
    drawn=PARAMETERS[:2],
    hints=(
        "rng.normal(mean, standard deviation, shape) draws from a normal distribution.",
        "The fan-in is how many numbers are added up: the columns of the weights.",
        "Divide by the square root of the fan-in, each layer by its own.",
    ),
    done="Shapes, spreads, zero biases and the seed are right.",
)


@functools.cache
def hidden_slope(input_nodes, init):
    """Return the mean slope of 16 hidden sigmoids for inputs in [0, 1), over 20 seeds."""
    slopes = []
    for seed in range(20):
        net = nn_core.NeuralNetwork(input_nodes, 16, 1, init=init, seed=seed)
        inputs = np.random.default_rng(1000 + seed).random((input_nodes, 200))
        outputs = net.layer_outputs(inputs)[0]
        slopes.append((outputs * (1 - outputs)).mean())
    return float(np.mean(slopes))


EXERCISES["ex03-explore-saturation"] = Value(
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
