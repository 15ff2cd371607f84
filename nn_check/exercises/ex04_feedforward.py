"""Chapter 4: feedforward."""

import numpy as np

from nn_check.answers.cases import SIZES, Case, network_cases
from nn_check.answers.comparing import finite_numbers
from nn_check.answers.reference import complete
from nn_check.answers.verdicts import NotYet
from nn_check.kinds import Exercise, Function, Value
from nn_check.materials import boundary_network
from nn_core import sigmoid

EXERCISES = {}

EXERCISES["ex04-predict-shape"] = Value(
    right=lambda: np.zeros((4, 2)).dot(np.zeros((2, 200))).shape,
    mistakes=[
        (
            "Columns are samples in this book: you have rows and columns swapped.",
            (200, 4),
        ),
        (
            "That is the shape of the output layer's result: a 1, not 4, comes last.",
            (1, 200),
        ),
        ("That is the shape of the weights. They meet 200 samples at once.", (4, 2)),
        ("That is one sample's. Here 200 samples go through at once.", (4, 1)),
        ("That is the shape of the inputs.", (2, 200)),
    ],
    hints=(
        "A matrix product (a, b) times (b, c) has the shape (a, c).",
        "Write the shapes of weights_input_hidden and of the inputs side by side.",
        "The two inner numbers, the input nodes, must be equal and disappear.",
    ),
    done="Hidden nodes are rows, samples are columns.",
)


def layer_cases(rng):
    return [
        Case(
            {
                "weights": rng.normal(size=(nodes, inputs)),
                "biases": rng.normal(size=(nodes, 1)),
                "inputs": rng.normal(size=(inputs, samples)),
            },
            f"{inputs} inputs, {nodes} hidden nodes and {samples} samples",
            samples,
        )
        for inputs, nodes, _, samples in SIZES
    ]


EXERCISES["ex04-hidden-layer"] = Function(
    cases=layer_cases,
    right=lambda weights, biases, inputs: sigmoid(weights @ inputs + biases),
    mistakes=[
        (
            "These are the sums before the activation function: the sigmoid is missing.",
            lambda weights, biases, inputs: weights @ inputs + biases,
        ),
        (
            "The biases are left out.",
            lambda weights, biases, inputs: sigmoid(weights @ inputs),
        ),
        (
            "The biases are added after the sigmoid; they belong inside it.",
            lambda weights, biases, inputs: sigmoid(weights @ inputs) + biases,
        ),
        (
            "The biases are subtracted; they are added.",
            lambda weights, biases, inputs: sigmoid(weights @ inputs - biases),
        ),
        (
            "The sign inside the sigmoid's exponential is turned: it falls where it "
            "should rise.",
            lambda weights, biases, inputs: sigmoid(-(weights @ inputs + biases)),
        ),
        (
            "The weights are transposed: it runs only where inputs and hidden nodes are "
            "equally many, and is wrong there.",
            lambda weights, biases, inputs: sigmoid(weights.T @ inputs + biases),
        ),
    ],
    hints=(
        "Two steps: the weighted sums with their biases, then the sigmoid of them.",
        "np.dot(first, second) needs as many columns in the first as rows in the second.",
        "The sums are np.dot of the weights and the inputs, plus the biases.",
    ),
)

EXERCISES["ex04-flat-biases"] = Function(
    cases=layer_cases,
    right=lambda weights, biases, inputs: sigmoid(weights @ inputs + biases),
    mistakes=[
        (
            "The flat biases, shape (hidden_nodes,), still line up with the samples, not "
            "with the hidden nodes. Where both are equally many, NumPy does not even "
            "complain: every column gets another neuron's bias.",
            lambda weights, biases, inputs: sigmoid(weights @ inputs + biases.ravel()),
        ),
        (
            "All samples get the first bias only.",
            lambda weights, biases, inputs: sigmoid(weights @ inputs + biases[0]),
        ),
        (
            "It no longer fails, but now the biases are gone.",
            lambda weights, biases, inputs: sigmoid(weights @ inputs),
        ),
    ],
    hints=(
        "Print the shape of the biases just before they are added.",
        "NumPy lines shapes up from the right: (4,) meets the last axis of (4, 3), the "
        "samples.",
        "A column, (hidden_nodes, 1), stretches over the samples; a flat array does not.",
    ),
    done="A column of biases stretches over the samples.",
)


def _hidden_outputs(net, inputs):
    return complete(net).layer_outputs(inputs)[0]


def _without(*names):
    """Return a feedforward function that leaves out these biases."""

    def feedforward(net, inputs):
        none = {name: 0 * getattr(net, name) for name in names}
        return complete(net, **none).feedforward(inputs)

    return feedforward


def _hidden_sums(net, inputs):
    return net.weights_input_hidden @ inputs + net.biases_hidden


def _output_sums(net, hidden_outputs):
    return net.weights_hidden_output @ hidden_outputs + net.biases_output


EXERCISES["ex04-feedforward"] = Function(
    cases=network_cases,
    right=lambda net, inputs: complete(net).feedforward(inputs),
    mistakes=[
        (
            "The output layer's sigmoid is missing: outputs lie outside 0 to 1.",
            lambda net, inputs: _output_sums(net, _hidden_outputs(net, inputs)),
        ),
        (
            "The hidden layer's sigmoid is missing: two layers without it are one.",
            lambda net, inputs: sigmoid(_output_sums(net, _hidden_sums(net, inputs))),
        ),
        (
            "Both sigmoids are missing.",
            lambda net, inputs: _output_sums(net, _hidden_sums(net, inputs)),
        ),
        ("Both biases are left out.", _without("biases_hidden", "biases_output")),
        ("The hidden layer's biases are left out.", _without("biases_hidden")),
        ("The output layer's biases are left out.", _without("biases_output")),
        (
            "These are the hidden layer's outputs: the second layer is still to come.",
            _hidden_outputs,
        ),
        (
            "The outputs are right but have samples as rows: a transpose too many.",
            lambda net, inputs: complete(net).feedforward(inputs).T,
        ),
    ],
    hints=(
        "The same two lines twice: sums with biases, then the sigmoid.",
        "What goes into the second layer is what comes out of the first one's sigmoid.",
        "Name the four results: hidden_inputs, hidden_outputs, final_inputs, final_outputs.",
    ),
    done="The first layer's outputs are the second layer's inputs.",
)


def _label_cases(rng):
    cases = []
    for samples in (1, 4, 9, 40):
        outputs = rng.uniform(0.01, 0.99, (1, samples))
        targets = rng.integers(0, 2, (1, samples)).astype(float)
        cases.append(
            Case({"outputs": outputs, "targets": targets}, f"{samples} samples")
        )
    outputs = np.array([[0.7, 0.6, 0.4]])
    all_right = {"outputs": outputs, "targets": np.array([[1.0, 1, 0]])}
    undecided = {"outputs": np.array([[0.5, 0.5]]), "targets": np.array([[1.0, 1]])}
    return [
        *cases,
        Case(all_right, "three samples that are all right"),
        Case(undecided, "outputs of exactly 0.5, which is not above 0.5,"),
    ]


EXERCISES["ex04-accuracy"] = Function(
    cases=_label_cases,
    right=lambda outputs, targets: np.mean((outputs > 0.5) == (targets > 0.5)),
    mistakes=[
        (
            "Outputs are compared with the targets as they are, but 0.9 is never equal to "
            "1: first decide for class 0 or 1.",
            lambda outputs, targets: np.mean(outputs == targets),
        ),
        (
            "That is the number of right samples, not their share.",
            lambda outputs, targets: np.sum((outputs > 0.5) == targets),
        ),
        (
            "That is the share of wrong samples.",
            lambda outputs, targets: np.mean((outputs > 0.5) != targets),
        ),
        (
            "That is a percentage; the exercise asks for a share, 0 to 1.",
            lambda outputs, targets: 100 * np.mean((outputs > 0.5) == targets),
        ),
        (
            "That is the share of samples called class 1, right or wrong.",
            lambda outputs, targets: np.mean(outputs > 0.5),
        ),
    ],
    hints=(
        "An output above 0.5 says class 1.",
        "Comparing two arrays gives an array of True and False.",
        "The mean of True and False is the share of True.",
    ),
)


class BoundaryPoint(Exercise):
    """An exercise that asks for a point at which the network's output is near 0.5."""

    def verify(self, answer, rng):
        point = finite_numbers(answer, "Your point", ("input 1", "input 2"))
        if np.abs(point).max() > 2:
            raise NotYet("The point lies outside the square: each from -2 to 2.")
        output = boundary_network().feedforward(point).item()
        place = f"The output at ({point[0]:g}, {point[1]:g}) is {output:.3f}"
        if abs(output - 0.5) <= 0.02:
            return f"{place}: on the boundary. Many other points are too."
        side = "class 1" if output > 0.5 else "class 0"
        raise NotYet(
            f"{place}: on the side of {side}. Expected 0.48 to 0.52, on the boundary."
        )


EXERCISES["ex04-boundary-point"] = BoundaryPoint(
    hints=(
        "On one side of the boundary the output is above 0.5, on the other below.",
        "Keep one input fixed and move the other one only.",
        "Find a point above and a point below 0.5, and try the one half way between.",
    ),
)
