"""Chapter 5: activation functions and slopes."""

import numpy as np

from nn_check.answers.cases import SIZES, Case, Network
from nn_check.kinds import Function, Value
from nn_core import sigmoid

EXERCISES = {}

EXERCISES["ex05-predict-slope"] = Value(
    right=lambda: 0.5 * (1 - 0.5),
    within=0.001,
    mistakes=[
        ("The sigmoid rises by 1 in all, but spread over a wide range.", 1),
        ("0.5 is the sigmoid's value where it is steepest, not its slope.", 0.5),
        ("Far out the slope is 0; the question is where it is largest.", 0),
    ],
    hints=(
        "Where is the curve steepest?",
        "The slope is σ(z)(1 − σ(z)).",
        "What is the largest value of s(1 − s) for s between 0 and 1?",
    ),
    done="So each layer's sigmoid multiplies an error sent back by a quarter at most.",
)


def _array_cases(name, *arrays):
    def cases(rng):
        drawn = [rng.normal(0, 3, shape) for shape in ((5,), (2, 3), (4, 1), (1, 1))]
        return [
            Case({name: np.array(array)}, f"an array of shape {np.shape(array)}")
            for array in (*drawn, *arrays)
        ]

    return cases


def _sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


EXERCISES["ex05-sigmoid-slope"] = Function(
    cases=_array_cases("sums", [0.0, 2.0, -2.0]),
    right=_sigmoid_slope,
    mistakes=[
        (
            "x (1 − x) is the slope only if x is already the sigmoid's output. You are "
            "given the sums before it: for a sum of 2 you return -2, and a slope of the "
            "sigmoid is never negative.",
            lambda z: z * (1 - z),
        ),
        ("That is the sigmoid itself, not its slope.", sigmoid),
        ("That is 1 − σ: the factor σ is missing.", lambda z: 1 - sigmoid(z)),
        (
            "The sigmoid is applied twice before the slope is taken.",
            lambda z: _sigmoid_slope(sigmoid(z)),
        ),
        ("That is σ squared: one factor should be 1 − σ.", lambda z: sigmoid(z) ** 2),
        ("That is the slope of tanh.", lambda z: 1 - np.tanh(z) ** 2),
        ("The sign is turned: the sigmoid only rises.", lambda z: -_sigmoid_slope(z)),
        (
            "The second factor has the sum in it: it is 1 minus the sigmoid.",
            lambda z: sigmoid(z) * (1 - z),
        ),
    ],
    hints=(
        "Compute the sigmoid of the sums first and give it a name.",
        "The slope is that times one minus that.",
        "Try it with a sum of 0: the slope there is the largest there is.",
    ),
)


EXERCISES["ex05-stable-sigmoid"] = Function(
    cases=_array_cases(
        "x", [-1000.0, 1000.0, 0.0], [-600.0, -40.0, 5.0, 40.0, 600.0], [-3, 0, 3]
    ),
    right=sigmoid,
    each=1e-100,  # sigmoid(-1000) rounds to 0, but a clipped one may give more
    may_warn=False,
    mistakes=[
        (
            "For a large positive x it gives nan, infinity divided by infinity.",
            lambda x: np.exp(x) / (1 + np.exp(x)),
        ),
        (
            "Far below 0 it gives exactly 0, but sigmoid(-40) is 4e-18. A small number is "
            "lost where it is added to 1 or taken from it first, as in 1 - 1 / (1 + …), and "
            "where a limit cuts it off.",
            lambda x: np.where(x < -39, 0, sigmoid(x)),
        ),
        *(
            (
                "The input is clipped too closely: beyond the limit the result stays where "
                "it is.",
                lambda x, limit=limit: sigmoid(np.clip(x, -limit, limit)),
            )
            for limit in (10, 20, 30, 35, 36, 37, 38, 39, 50, 100)
        ),
        (
            "The sign of x is gone: the sigmoid of -3 is not that of 3.",
            lambda x: sigmoid(np.abs(x)),
        ),
        (
            "It falls where it should rise: mind the sign of x.",
            lambda x: sigmoid(-x),
        ),
    ],
    hints=(
        "Which of exp(1000) and exp(-1000) is too large for the computer?",
        "exp of a number that is never positive never overflows: think of -|x|.",
        "With e = exp(-|x|), the sigmoid is 1 / (1 + e) for x of 0 or more, and e / (1 + e) "
        "below 0. np.where chooses; NumPy's errstate, or a wide np.clip, works too.",
    ),
    done="No warning, at -1000 neither.",
)

EXERCISES["ex05-relu"] = Function(
    cases=_array_cases("x", [-1.0, 0.0, 1.0]),
    right=lambda x: np.maximum(x, 0),
    mistakes=[
        ("That is the absolute value: below 0, ReLU is 0.", np.abs),
        ("It lets the negative numbers through and stops the others.",
         lambda x: np.minimum(x, 0)),
        ("That is the slope, 0 or 1. ReLU itself passes the number on.",
         lambda x: 1.0 * (x > 0)),
        ("Everything below 1 becomes 1: the limit is 0.", lambda x: np.maximum(x, 1)),
        ("That is one number, the largest. np.maximum compares element by element.", np.max),
    ],
    hints=(
        "Each element is compared with 0, and the larger of the two is kept.",
        "np.maximum, not np.max, compares element by element.",
        "x[x < 0] = 0 would change the caller's array.",
    ),
)  # fmt: skip

EXERCISES["ex05-relu-slope"] = Function(
    cases=_array_cases("x", [-1.0, 0.0, 1.0]),
    right=lambda x: 1.0 * (x > 0),
    mistakes=[
        ("That is ReLU itself. Its slope is 0 or 1.", lambda x: np.maximum(x, 0)),
        ("At exactly 0 the exercise asks for 0.", lambda x: 1.0 * (x >= 0)),
        ("Below 0 ReLU is flat: its slope is 0, not -1.", np.sign),
        ("The slope of a line through the origin is the same everywhere; ReLU has a bend.",
         np.ones_like),
        ("It is the wrong way round: flat below 0, rising above.", lambda x: 1.0 * (x <= 0)),
    ],
    hints=(
        "How steep is ReLU at 5? At 0.1? At -3?",
        "A comparison gives True and False; times 1.0 they are 1 and 0.",
        "At exactly 0 we agree on a slope of 0.",
    ),
)  # fmt: skip


def _tanh_output_cases(rng):
    return [
        Case({"outputs": np.tanh(rng.normal(size=shape))}, f"outputs of shape {shape}")
        for shape in ((5,), (2, 3), (4, 1))
    ]


EXERCISES["ex05-tanh-slope"] = Function(
    cases=_tanh_output_cases,
    right=lambda outputs: 1 - outputs**2,
    mistakes=[
        ("tanh is applied once more. You are given its outputs already.",
         lambda y: 1 - np.tanh(y) ** 2),
        ("That is the sigmoid's slope from its output.", lambda y: y * (1 - y)),
        ("The output is to be squared.", lambda y: 1 - y),
        ("The sign is turned: tanh only rises.", lambda y: y**2 - 1),
        ("That is the square; the slope is what is missing from it to 1.", lambda y: y**2),
    ],
    hints=(
        "The slope of tanh at z is 1 − tanh²(z).",
        "tanh(z) is what you are given.",
        "So the slope needs no tanh any more: one square and one difference.",
    ),
)  # fmt: skip


def _two_layer_cases(rng):
    cases = []
    for inputs, hidden, outputs, _ in SIZES:
        net = Network((inputs, hidden, outputs), rng)
        arguments = {
            "weights_1": net.weights_input_hidden,
            "biases_1": net.biases_hidden,
            "weights_2": net.weights_hidden_output,
            "biases_2": net.biases_output,
        }
        cases.append(Case(arguments, f"{inputs}-{hidden}-{outputs} nodes"))
    return cases


EXERCISES["ex05-collapse"] = Function(
    cases=_two_layer_cases,
    right=lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1 + b2),
    names=("weights", "biases"),
    points={"weights": 2, "biases": 2},
    mistakes=[
        ("The order is turned: the second layer's weights stand on the left.",
         lambda w1, b1, w2, b2: (w1 @ w2, w2 @ b1 + b2)),
        ("The weights are right. The first biases go through the second layer's weights "
         "as well.", lambda w1, b1, w2, b2: (w2 @ w1, b1 + b2)),
        ("The weights are right. Only the first biases go through the second layer's weights; "
         "the second biases are added after them.",
         lambda w1, b1, w2, b2: (w2 @ w1, w2 @ (b1 + b2))),
        ("The weights are right. The first layer's biases are forgotten.",
         lambda w1, b1, w2, b2: (w2 @ w1, b2)),
        ("The weights are right. The second layer's biases are forgotten.",
         lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1)),
    ],
    hints=(
        "Write the output of both layers as one formula and multiply it out.",
        "W₂(W₁x + b₁) + b₂: which part stands before x?",
        "All that does not stand before x is the new bias.",
    ),
    done="Without an activation function, two layers are one.",
)  # fmt: skip

EXERCISES["ex05-explore-slopes"] = Value(
    names=("sigmoid", "tanh"),
    points={"sigmoid": 1, "tanh": 1},
    within=0.1,
    # s (1 − s) = 0.01 and 1 − t² = 0.01, solved for z
    right=lambda: (
        np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96))),
        np.arctanh(np.sqrt(0.99)),
    ),
    mistakes=[
        ("The two are swapped: tanh is the narrower one.", (3.0, 4.6)),
        ("The first fits a slope of 0.1, not 0.01.", (2.06, 3.0)),
    ],
    hints=(
        "Move the slider until the slope shown, or the one you compute, is 0.01.",
        "tanh is the sigmoid made twice as wide in height and twice as quick.",
        "Your own functions of 5.2 and 5.6 give the slope at any z.",
    ),
    done=(
        "Beyond these sums a sigmoid lets less than 1/25 of its steepest slope, 0.25, "
        "through, and tanh less than 1/100 of its steepest, 1."
    ),
)
