"""Chapter 2: the architecture."""

import numpy as np

import nn_core
from nn_check.answers.cases import PARAMETERS, Case
from nn_check.kinds import Function, Value

EXERCISES = {}

EXERCISES["ex02-predict-shape"] = Value(
    right=lambda: nn_core.NeuralNetwork(3, 5, 2).weights_input_hidden.shape,
    mistakes=[
        (
            "Transposed: a row belongs to a hidden node, a column to an input.",
            (3, 5),
        ),
        ("Those are the weights from the hidden to the output layer, turned.", (5, 2)),
        ("Those are the weights from the hidden to the output layer.", (2, 5)),
        ("That is the shape of the hidden layer's biases.", (5, 1)),
    ],
    hints=(
        "The first number of a weight matrix is where its sums go to.",
        "np.dot(weights, inputs): the columns of the weights meet the rows of the inputs.",
        "One row of weights for each neuron of the hidden layer.",
    ),
    done="(to, from): one row for each node that receives.",
)


def _size_cases(rng):
    sizes = [(2, 4, 1), (3, 3, 3), (64, 32, 10), (1, 1, 1)]
    sizes += [tuple(int(n) for n in rng.integers(1, 40, 3)) for _ in range(4)]
    names = ("input_nodes", "hidden_nodes", "output_nodes")
    return [
        Case(
            dict(zip(names, size, strict=True)), f"a {'-'.join(map(str, size))} network"
        )
        for size in sizes
    ]


EXERCISES["ex02-parameter-count"] = Function(
    cases=_size_cases,
    right=lambda i, h, o: h * i + h + o * h + o,
    mistakes=[
        ("Only the weights are counted: every hidden and output node has a bias too.",
         lambda i, h, o: h * i + o * h),
        ("The output layer's biases are not counted.", lambda i, h, o: h * i + h + o * h),
        ("The hidden layer's biases are not counted.", lambda i, h, o: h * i + o * h + o),
        ("One bias for each layer is counted; there is one for each node.",
         lambda i, h, o: h * i + o * h + 2),
        ("The input nodes are given biases; they compute nothing and have none.",
         lambda i, h, o: h * i + o * h + i + h + o),
        ("Inputs are joined to outputs as well; they meet only in the hidden layer.",
         lambda i, h, o: h * i + h + o * h + o + i * o),
        ("Those are the nodes. Count the arrows between them, and the biases.",
         lambda i, h, o: i + h + o),
    ],
    hints=(
        "Four arrays: two of weights, two of biases.",
        "An array of shape (a, b) holds a times b numbers.",
        "Each hidden node has one weight for each input, and one bias.",
    ),
)  # fmt: skip

EXERCISES["ex02-make-parameters"] = Function(
    cases=_size_cases,
    right=lambda i, h, o: (
        np.zeros((h, i)), np.zeros((o, h)), np.zeros((h, 1)), np.zeros((o, 1))
    ),
    names=PARAMETERS,
    mistakes=[
        ("Both weight matrices are transposed, and the biases flat: (hidden_nodes,) lines "
         "up with samples, not with nodes.",
         lambda i, h, o: (np.zeros((i, h)), np.zeros((h, o)), np.zeros(h), np.zeros(o))),
        ("Both weight matrices are transposed: one row for each receiving node.",
         lambda i, h, o: (
             np.zeros((i, h)), np.zeros((h, o)), np.zeros((h, 1)), np.zeros((o, 1)))),
        ("The biases are flat. As columns, (nodes, 1), they stretch over the samples.",
         lambda i, h, o: (np.zeros((h, i)), np.zeros((o, h)), np.zeros(h), np.zeros(o))),
        ("The biases are rows, (1, nodes); they would line up with the samples.",
         lambda i, h, o: (
             np.zeros((h, i)), np.zeros((o, h)), np.zeros((1, h)), np.zeros((1, o)))),
    ],
    hints=(
        "np.dot(weights_input_hidden, inputs) must work for inputs (input_nodes, N).",
        "Its result is (hidden_nodes, N). Which biases stretch over N columns?",
        "A column has the shape (nodes, 1).",
    ),
    done="Now np.dot(weights, inputs) + biases works for any number of samples.",
)  # fmt: skip


def _weight_cases(rng):
    return [
        Case(
            {
                "weights_input_hidden": rng.normal(size=(hidden, inputs)),
                "weights_hidden_output": rng.normal(size=(outputs, hidden)),
            },
            f"the weights of a {inputs}-{hidden}-{outputs} network",
        )
        for inputs, hidden, outputs in ((2, 4, 1), (3, 5, 2), (1, 7, 6), (8, 2, 3))
    ]


EXERCISES["ex02-read-architecture"] = Function(
    cases=_weight_cases,
    right=lambda first, second: (first.shape[1], first.shape[0], second.shape[0]),
    names=("input_nodes", "hidden_nodes", "output_nodes"),
    points={"input_nodes": 1, "hidden_nodes": 1, "output_nodes": 1},
    mistakes=[
        ("Hidden and input nodes are swapped: rows receive, columns send.",
         lambda first, second: (first.shape[0], first.shape[1], second.shape[0])),
        ("The order is from the outputs back; the network is called input, hidden, output.",
         lambda first, second: (second.shape[0], first.shape[0], first.shape[1])),
        ("The last number is the hidden nodes again: outputs are rows of the second array.",
         lambda first, second: (first.shape[1], first.shape[0], second.shape[1])),
    ],
    hints=(
        "Every array has .shape, a pair (rows, columns).",
        "Rows are nodes that receive, columns are nodes that send.",
        "The hidden nodes are in both arrays: rows of one, columns of the other.",
    ),
)  # fmt: skip


def _budget_cases(rng):
    fixed = [(2, 1, 17), (2, 1, 16), (64, 10, 5000), (1, 1, 4), (4, 3, 59), (4, 3, 58)]
    drawn = [(int(a), int(b), int(c)) for a, b, c in rng.integers((1, 1, 200),
             (20, 8, 3000), (6, 3))]  # fmt: skip
    return [
        Case(
            {"input_nodes": inputs, "output_nodes": outputs, "budget": budget},
            f"{inputs} inputs, {outputs} outputs and a budget of {budget}",
        )
        for inputs, outputs, budget in fixed + drawn
    ]


EXERCISES["ex02-largest-hidden"] = Function(
    cases=_budget_cases,
    right=lambda i, o, budget: (budget - o) // (i + 1 + o),
    mistakes=[
        ("One too many: the count is above the budget.",
         lambda i, o, budget: -(-(budget - o) // (i + 1 + o))),
        ("It is rounded to the nearest; above the budget is too much.",
         lambda i, o, budget: round((budget - o) / (i + 1 + o))),
        ("The output layer's biases, which are there whatever the hidden layer, are "
         "forgotten.", lambda i, o, budget: budget // (i + 1 + o)),
        ("The hidden layer's biases are forgotten.",
         lambda i, o, budget: (budget - o) // (i + o)),
        ("All biases are forgotten.", lambda i, o, budget: budget // (i + o)),
        ("A count of exactly the budget is allowed.",
         lambda i, o, budget: (budget - o - 1) // (i + 1 + o)),
        ("A whole number of nodes, please: round down.",
         lambda i, o, budget: (budget - o) / (i + 1 + o)),
    ],
    hints=(
        "How many parameters does one further hidden node bring?",
        "A loop is fine: add nodes as long as the count stays within the budget.",
        "The outputs' biases are there from the start.",
    ),
)  # fmt: skip

EXERCISES["ex02-explore-count"] = Value(
    names=("hidden nodes", "parameters per hidden node"),
    points={"hidden nodes": 1, "parameters per hidden node": 1},
    right=lambda: ((59 - 3) // (4 + 1 + 3), 4 + 1 + 3),
    mistakes=[
        (
            "Without its bias a hidden node brings 7; look how far the count jumps.",
            (7, 7),
        ),
    ],
    hints=(
        "Move the hidden nodes by one and look how far the count jumps.",
        "A hidden node brings its weights from the inputs, its bias, and its weights to "
        "the outputs.",
        "Use your own function parameter_count for the first number.",
    ),
)
