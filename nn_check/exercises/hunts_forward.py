"""Bug hunts of chapters 4 and 5: the forward pass, and the initialisation."""

import numpy as np

from nn_check.answers.reference import book_class, with_layers
from nn_check.exercises import ex04_feedforward, ex05_first_weights
from nn_check.kinds import BugHunt, class_runs
from nn_check.kinds.bug_hunt import FORWARD
from nn_core import sigmoid

EXERCISES = {}


def _right(weights, biases, inputs):
    return sigmoid(weights @ inputs + biases)


LAYER_MISTAKES = (
    *ex04_feedforward.EXERCISES["ex04-hidden-layer"].mistakes,
    ("The sigmoid is applied twice.", lambda w, b, x: sigmoid(_right(w, b, x))),
    ("That is tanh; this class has the sigmoid.", lambda w, b, x: np.tanh(w @ x + b)),
    ("All samples get the first bias only.", lambda w, b, x: sigmoid(w @ x + b[0])),
)


def _wrong_layers(start):
    """Return {(method, words): class} for mistakes in one layer, and in both."""
    wrong = {}
    for words, layer in LAYER_MISTAKES:
        words = words[0].lower() + words[1:]
        for place, layers in {
            "In the hidden layer": (layer, _right),
            "In the output layer": (_right, layer),
            "In both layers": (layer, layer),
        }.items():
            wrong["layer_outputs", f"{place}: {words}"] = with_layers(*layers, start)
    return wrong


def _other_layer_outputs(layer_outputs, feedforward, start):
    """Return a class with other methods, as functions of (network, hidden sums)."""

    def hidden_sums(net, inputs):
        return net.weights_input_hidden @ inputs + net.biases_hidden

    return book_class(
        start,
        layer_outputs=lambda self, inputs: layer_outputs(
            self, hidden_sums(self, inputs)
        ),
        feedforward=lambda self, inputs: feedforward(self, hidden_sums(self, inputs)),
    )


def _output_sums(net, hidden_outputs):
    return net.weights_hidden_output @ hidden_outputs + net.biases_output


def _hidden_sums_passed_on(start):
    def outputs(net, sums):
        return sigmoid(_output_sums(net, sums))

    return {
        (
            "layer_outputs",
            "The hidden outputs are computed and then not used: the output layer is given "
            "the hidden sums.",
        ): _other_layer_outputs(
            lambda net, sums: (sigmoid(sums), outputs(net, sums)), outputs, start
        )
    }


def _output_sigmoid_misplaced(start):
    """Return {(method, words): class} for an output sigmoid put back in a wrong place."""

    def final(net, sums):
        return _output_sums(net, sigmoid(sums))

    return {
        (
            "layer_outputs",
            "feedforward is right now, but layer_outputs still returns the sums of the "
            "output layer.",
        ): _other_layer_outputs(
            lambda net, sums: (sigmoid(sums), final(net, sums)),
            lambda net, sums: sigmoid(final(net, sums)),
            start,
        ),
        (
            "layer_outputs",
            "layer_outputs is right now, but feedforward applies the sigmoid once more.",
        ): _other_layer_outputs(
            lambda net, sums: (sigmoid(sums), sigmoid(final(net, sums))),
            lambda net, sums: sigmoid(sigmoid(final(net, sums))),
            start,
        ),
    }


CHAPTER_4_MISTAKES = {
    **_wrong_layers("uniform"),
    **_hidden_sums_passed_on("uniform"),
    **_output_sigmoid_misplaced("uniform"),
}

EXERCISES["ex04-hunt-empty-map"] = BugHunt(
    FORWARD,
    CHAPTER_4_MISTAKES,
    planted=(
        "layer_outputs",
        "In the hidden layer: the biases are subtracted; they are added.",
    ),
    symptom="no point is on the right side of all three lines, so all answers are class 0.",
    trial_run=class_runs.weights_by_hand,
    start="uniform",
    hints=(
        "The first hidden neuron's sum should be 0 on the line input 2 = 0.5. Compute it "
        "by hand for the point (0, 0.5), then with the class.",
        "The same numbers make the right map in a right class. So the arrays are fine, and "
        "something is done with one of them that should not be.",
        "Compare the hidden outputs at (0, 0), where all weights are multiplied by 0, with "
        "what the biases alone should give: three times 0.95.",
    ),
    done="The three lines lie where they should, and the triangle is back.",
)

EXERCISES["ex04-hunt-outputs"] = BugHunt(
    FORWARD,
    CHAPTER_4_MISTAKES,
    planted=(
        "layer_outputs",
        "In the output layer: these are the sums before the activation function: the "
        "sigmoid is missing.",
    ),
    symptom="the map has nearly the right boundary, but the outputs are no numbers from 0 "
    "to 1.",
    trial_run=class_runs.weights_by_hand,
    start="uniform",
    hints=(
        "Do not look at the boundary, look at the numbers: from where to where do the "
        "outputs go?",
        "What squeezes any number into the range from 0 to 1, and where should it stand "
        "last?",
        "Follow one sample and print what each line gives. Up to which line do the numbers "
        "agree with the pass by hand?",
    ),
    done="Outputs lie between 0 and 1 again, in both methods.",
)

CHAPTER_5_MISTAKES = {
    **_wrong_layers("xavier"),
    **_hidden_sums_passed_on("xavier"),
}

EXERCISES["ex05-hunt-straight"] = BugHunt(
    FORWARD,
    CHAPTER_5_MISTAKES,
    planted=(
        "layer_outputs",
        "In the hidden layer: these are the sums before the activation function: the "
        "sigmoid is missing.",
    ),
    symptom="its hidden layer passes on bare sums, so its boundary is a straight line.",
    trial_run=class_runs.trial_and_error,
    describes_run=False,  # it takes hundreds of forward passes
    hints=(
        "Which boundaries can a network draw that only multiplies and adds up?",
        "Print the smallest and the largest hidden output for the moons.",
        "Two lines have an activation function in a right class. Count them here.",
    ),
    done="The hidden layer bends again.",
)


def _start_with(draw):
    """Return a class with the weights draw(random generator, nodes, fan-in)."""
    return book_class(_draw=_drawn_by(draw))


def _drawn_by(draw):
    def _draw(self, nodes, fan_in, biases=False):
        if biases:
            return np.zeros((nodes, fan_in))
        return draw(self._rng, nodes, fan_in)

    return _draw


def _limited(limit):
    return _start_with(
        lambda rng, nodes, fan_in: rng.uniform(
            -limit(fan_in, nodes), limit(fan_in, nodes), (nodes, fan_in)
        )
    )


def _root(fan_in, nodes):
    return np.sqrt(6 / (fan_in + nodes))


UPSIDE_DOWN = "It is multiplied by fan-in and fan-out; divide by them."
START_MISTAKES = {
    ("__init__", UPSIDE_DOWN): _limited(lambda i, o: np.sqrt(6 * (i + o))),
    ("__init__", "The fraction stands on its head."): _limited(
        lambda i, o: np.sqrt((i + o) / 6)
    ),
    ("__init__", "The square root is missing, and it is multiplied."): _limited(
        lambda i, o: 6 * (i + o)
    ),
    (
        "__init__",
        "One-sided: the weights lie in [0, limit), so nothing cancels.",
    ): _start_with(
        lambda rng, nodes, fan_in: rng.uniform(0, _root(fan_in, nodes), (nodes, fan_in))
    ),
    (
        "__init__",
        "The weights are drawn from a normal distribution; chapter 5 draws them uniformly "
        "between plus and minus the limit.",
    ): _start_with(
        lambda rng, nodes, fan_in: rng.normal(0, _root(fan_in, nodes), (nodes, fan_in))
    ),
    (
        "__init__",
        "The weights are those of chapter 3, from 0 to 1, whatever the fan-in.",
    ): _start_with(lambda rng, nodes, fan_in: rng.random((nodes, fan_in))),
    **{
        ("__init__", words): _limited(wrong)
        for words, wrong in ex05_first_weights.EXERCISES["ex05-xavier-limit"].mistakes
    },
}

EXERCISES["ex05-hunt-start"] = BugHunt(
    FORWARD,
    START_MISTAKES,
    planted=("__init__", UPSIDE_DOWN),
    symptom="more inputs give larger weights, so every layer but the smallest starts "
    "saturated.",
    trial_run=class_runs.starting_slopes,
    hints=(
        "Print the largest first weight for 2 inputs and for 784. Which should be larger?",
        "Sums grow with the fan-in. What must the weights do about it?",
        "Put fan-in 2 and 4 nodes into the formula of the chapter: its limit is 1. What "
        "does the class give?",
    ),
    done="The limit shrinks as inputs are added, and the slopes stay.",
)
