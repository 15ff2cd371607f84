"""Chapter 3: weights and biases."""

import numpy as np

from nn_check.answers.cases import PARAMETERS, Case
from nn_check.answers.comparing import finite_numbers
from nn_check.answers.verdicts import NotYet
from nn_check.kinds import Draws, Exercise, Value

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
    done="A sum so far above 0 stays above it for almost every sample: the neuron says 1.",
)


def _require_uniform(draw, rng, rows, columns, limit):
    """Raise NotYet unless the weights are uniform in [-limit, limit)."""
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
    # The largest of n uniform numbers is below 1 - 30 / n with probability exp(-15).
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
    random_parts=("the result",),
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


def require_normal(what, weights, fan_in, fan_out=None):
    """Raise NotYet unless weights are normal, with standard deviation 1/√fan-in.

    Each limit lies five standard errors away from what is right.
    """
    expected = 1 / np.sqrt(fan_in)
    if len(np.unique(weights)) < weights.size:
        raise NotYet(f"{what}: some weights repeat; each is drawn by itself.")
    largest = np.abs(weights).max() / expected
    if weights.size < 2000:  # too few to measure the standard deviation
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
    require_normal("The result", weights, input_nodes, hidden_nodes)


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
    random_parts=("the result",),
    hints=(
        "Print the weights of 3 hidden nodes. What do the rows have in common?",
        "A generator with the same seed starts with the same numbers, each time it is made.",
        "Make the generator once.",
    ),
    done="All rows differ, the seed decides, the spread is 1/√fan-in.",
)


def require_zero_biases(draw):
    """Raise NotYet unless both layers' biases are 0."""
    for name in PARAMETERS[2:]:
        if draw[name].any():
            raise NotYet(f"{name} should start at zero; yours do not.")


def require_own_draws(draw):
    """Raise NotYet if the second layer repeats the random numbers of the first."""
    first, second = (draw[name].ravel() for name in PARAMETERS[:2])
    n = min(first.size, second.size)
    if n > 100 and not abs(np.corrcoef(first[:n], second[:n])[0, 1]) <= 0.5:
        raise NotYet(
            "The second layer repeats the random numbers of the first: make the "
            "generator once and go on drawing from it."
        )


def _require_first_arrays(draw, inputs, hidden, outputs, seed):
    """Raise NotYet unless weights are uniform in [-½, ½) and biases 0."""
    require_zero_biases(draw)
    for name in PARAMETERS[:2]:
        try:
            _require_uniform(
                {"the result": draw[name]}, None, *draw[name].shape, limit=0.5
            )
        except NotYet as reason:
            raise NotYet(f"{name}, with a limit of ½: {reason.words}") from None
    require_own_draws(draw)


def four_arrays_of(inputs, hidden, outputs):
    """Return the case that asks for the arrays of a network of this size."""
    sizes = {"input_nodes": inputs, "hidden_nodes": hidden, "output_nodes": outputs}
    return Case(sizes | {"seed": None}, f"a {inputs}-{hidden}-{outputs} network")


def shapes_of_arrays(inputs, hidden, outputs):
    """Return {name: shape} of the four arrays."""
    shapes = (hidden, inputs), (outputs, hidden), (hidden, 1), (outputs, 1)
    return dict(zip(PARAMETERS, shapes, strict=True))


EXERCISES["ex03-four-arrays"] = Draws(
    cases=[
        four_arrays_of(inputs, hidden, outputs)
        for inputs, hidden, outputs in ((30, 40, 20), (400, 100, 80), (60, 500, 90))
    ],
    shapes=lambda inputs, hidden, outputs, seed: shapes_of_arrays(
        inputs, hidden, outputs
    ),
    require=_require_first_arrays,
    random_parts=PARAMETERS[:2],
    hints=(
        "One generator, made from the seed, for both layers.",
        "rng.random(shape) draws from [0, 1). What moves that to [-½, ½)?",
        "np.zeros makes the biases, each a column.",
    ),
    done="Shapes, range, zero biases and the seed are right.",
)


class Switch(Exercise):
    """An exercise that asks for [weight, bias] of a neuron that switches off at 1.5."""

    PLACE = 1.5

    def verify(self, answer, rng):
        weight, bias = finite_numbers(answer, "Your answer", ("weight", "bias"))
        if weight == 0:
            raise NotYet("With a weight of 0 it gives every x the same answer.")
        place, side = -bias / weight, "below" if weight < 0 else "above"
        found = f"It switches at {place:.3g} and answers 1 {side}."
        if abs(place - self.PLACE) > 0.01:
            raise NotYet(f"{found} Expected a switch at {self.PLACE}.")
        if side == "above":
            raise NotYet(f"{found} The place is right, the side is not.")
        return f"{found} Other pairs do the same: it is their quotient that counts."


EXERCISES["ex03-explore-switch"] = Switch(
    hints=(
        "It switches where weight times x plus bias is 0.",
        "The sign of the weight decides on which side the sum is above 0.",
        "Choose any weight of the right sign. Which bias makes the sum 0 at 1.5?",
    ),
)
