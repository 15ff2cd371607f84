"""Regression tests: wrong answers that once passed, and mistakes once misnamed."""

import re

import numpy as np
import pytest

import nn_check
import nn_core
from nn_core import sigmoid

from .exercise_notebooks import answers
from .wrong_answers import seen

ANSWERS = answers()


def accepted(name, answer):
    assert nn_check.grade(name, answer) is None
    return nn_check.check(name, answer).right


# --- A stable sigmoid is also right at -40 --------------------------------------------


@pytest.mark.parametrize(
    "stable_sigmoid",
    [
        lambda x: 1 - 1 / (1 + np.exp(np.minimum(x, 700))),
        lambda x: 1 - sigmoid(-x),
        lambda x: np.where(x < -36, 0.0, sigmoid(x)),
        lambda x: np.where(x < -39.9, 0.0, sigmoid(x)),
    ],
)
def test_a_sigmoid_that_is_exactly_0_at_minus_40_is_not_right(stable_sigmoid):
    words = seen("ex05-stable-sigmoid", stable_sigmoid)
    assert "exactly 0, but sigmoid(-40) is 4e-18" in words


@pytest.mark.parametrize("limit", [30, 36, 36.5, 37, 39, 100, 150])
def test_a_sigmoid_that_is_clipped_short_is_not_right(limit):
    words = seen("ex05-stable-sigmoid", lambda x: sigmoid(np.clip(x, -limit, limit)))
    assert "clipped too closely" in words or "For x = -" in words


def test_a_wrong_single_number_is_named():
    words = seen("ex05-stable-sigmoid", lambda x: np.where(x == -40, 5e-18, sigmoid(x)))
    assert "For x = -40 it gives 5e-18, and 4.25e-18 is right" in words


def test_sigmoids_that_differ_where_nothing_can_be_seen_are_right():
    def quiet(x):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-x))

    for answer in (quiet, lambda x: sigmoid(np.clip(x, -500, 500))):
        assert accepted("ex05-stable-sigmoid", answer)


# --- Uniform weights are not normal ---------------------------------------------------


def uniform_of_spread(rng, fan_in, shape):
    limit = np.sqrt(3 / fan_in)
    return rng.uniform(-limit, limit, shape)


def uniform_neurons(hidden, inputs, seed):
    return uniform_of_spread(np.random.default_rng(seed), inputs, (hidden, inputs))


def uniform_start(inputs, hidden, outputs, seed):
    rng = np.random.default_rng(seed)
    return (
        uniform_of_spread(rng, inputs, (hidden, inputs)),
        uniform_of_spread(rng, hidden, (outputs, hidden)),
        np.zeros((hidden, 1)),
        np.zeros((outputs, 1)),
    )


@pytest.mark.parametrize(
    ("name", "answer"),
    [("ex03-same-neurons", uniform_neurons), ("ex05-initialise", uniform_start)],
)
def test_a_uniform_draw_of_the_right_spread_is_not_normal(name, answer):
    assert "a normal distribution has 68 %, a uniform one 58 %" in seen(
        name, answer
    ).replace("A normal", "a normal")


@pytest.mark.parametrize("generator", [np.random.RandomState, np.random.default_rng])
def test_normal_weights_are_right_with_any_seed(generator):
    # Twenty streams of random numbers, most of which the solution does not use.
    for further in range(20):

        def starting_weights(hidden, inputs, seed, further=further):
            rng = generator(1000 * further + seed)
            return rng.normal(0, 1 / np.sqrt(inputs), (hidden, inputs))

        assert nn_check.check("ex03-same-neurons", starting_weights).right


# --- One array for several parts ------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("ex02-explore-count", np.array([7, 8])),
        ("ex05-explore-slopes", np.array([4.585, 2.993])),
        (
            "ex02-read-architecture",
            lambda first, second: np.array([*first.shape[::-1], len(second)]),
        ),
    ],
)
def test_an_array_may_hold_the_parts(name, answer):
    assert accepted(name, answer)


def test_an_array_of_another_length_may_not():
    words = seen("ex02-explore-count", np.array([7, 8, 9]))
    assert "Expected 2 parts, hidden nodes, parameters per hidden node" in words
    assert "an array of shape (3,)" in words
    words = seen("ex02-explore-count", np.array(7))
    assert "Expected 2 parts" in words


# --- Each mistake gets its own words --------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_unscaled_neurons_are_recognised(seed):
    def unscaled(hidden, inputs, seed, more=seed):
        return np.random.default_rng(seed + more).normal(size=(hidden, inputs))

    words = seen("ex03-same-neurons", unscaled)
    assert "It is not scaled" in words
    assert "mean" not in words


def test_biases_that_go_together_through_the_second_weights():
    def collapse(w1, b1, w2, b2):
        return w2 @ w1, w2 @ (b1 + b2)

    words = seen("ex05-collapse", collapse)
    assert "Only the first biases go through the second layer's weights" in words
    assert "1 times" not in words


def train_with_biases_by(reduce):
    """Return a right train except for how it averages the gradients of the biases."""

    def train(net, inputs, targets, rate):
        complete = nn_check.answers.reference.complete(net)
        loss = complete.loss(inputs, targets)
        hidden, outputs = complete.layer_outputs(inputs)
        output_delta = (outputs - targets) * outputs * (1 - outputs)
        hidden_delta = (
            net.weights_hidden_output.T @ output_delta * hidden * (1 - hidden)
        )
        slopes = complete.backpropagate(inputs, targets)
        net.weights_input_hidden = net.weights_input_hidden - rate * slopes[0]
        net.weights_hidden_output = net.weights_hidden_output - rate * slopes[1]
        net.biases_hidden = net.biases_hidden - rate * reduce(hidden_delta)
        net.biases_output = net.biases_output - rate * reduce(output_delta)
        return loss

    return train


def test_biases_that_grow_are_recognised_by_their_shape():
    name = "capstone-train"
    right = train_with_biases_by(lambda delta: delta.mean(axis=1, keepdims=True))
    assert accepted(name, right)
    words = seen(name, train_with_biases_by(lambda delta: delta.mean(axis=1)))
    assert "it grew to a square, as a column does that meets a flat array" in words
    assert "for every sample" not in words
    words = seen(name, train_with_biases_by(lambda delta: delta / delta.shape[1]))
    assert "it grew a column for every sample" in words


def in_another_order(name, order):
    """Return the right answer with its parts in another order."""
    right = ANSWERS[name].value()
    if not callable(right):
        return [right[i] for i in order]

    def answer(*arguments):
        parts = right(*arguments)
        return [parts[i] for i in order]

    return answer


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("ex02-explore-count", (1, 0)),
        ("ex02-make-parameters", (0, 2, 1, 3)),
        ("ex05-initialise", (1, 0, 3, 2)),
        ("ex05-collapse", (1, 0)),
        ("ex06-gradients", (1, 0, 2, 3)),
        ("ex06-gradients", (2, 3, 0, 1)),
        ("digits-split", (0, 2, 1, 3)),
    ],
)
def test_swapped_parts_are_not_called_a_transpose(name, order):
    words = seen(name, in_another_order(name, order))
    assert "The parts are in another order" in words
    assert "transpose" not in words


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (lambda apart, used, right, both: apart / right, "‖a − n‖ / ‖n‖"),
        (lambda apart, used, right, both: apart / used, "‖a − n‖ / ‖a‖"),
        (lambda apart, used, right, both: apart, "That is ‖a − n‖:"),
        (lambda apart, used, right, both: apart / both, "‖a − n‖ / ‖a + n‖"),
        (lambda apart, used, right, both: 1e-11, "as small as an exact gradient's"),
    ],
)
def test_other_relative_errors_of_the_blog_get_their_own_words(measure, words):
    net = nn_core.NeuralNetwork(2, 4, 1, update_rule="blog", seed=0)
    used, right = (
        np.concatenate([group.ravel() for group in gradients])
        for gradients in (
            net.backpropagate(*nn_core.xor()),
            nn_core.numerical_gradient(net, *nn_core.xor()),
        )
    )
    lengths = [np.linalg.norm(v) for v in (used - right, used, right, used + right)]
    assert words in seen("capstone-blog-error", measure(*lengths))


# --- The check measures what the exercise and its widget show -------------------------


def test_the_moons_of_the_check_are_those_of_the_playground():
    from nn_widgets import Playground

    settings = {"hidden_nodes": 4, "learning_rate": 3.0, "batch_size": 10}
    playground = Playground("moons", challenge="moons", **settings)
    train, test = nn_check.EXERCISES["ex06-explore-moons"].samples()
    for ours, shown in ((train, playground.train_data), (test, playground.test_data)):
        np.testing.assert_array_equal(ours.inputs, shown.inputs)
        np.testing.assert_array_equal(ours.targets, shown.targets)
    playground.advance(300)
    share = f"{playground.test_accuracy:.1%} of the test samples are right"
    assert share in nn_check.check("ex06-explore-moons", settings).seen


def digit_network(moved=True, **settings):
    fit = {
        "learning_rate": 0.3,
        "epochs": 15,
        "batch_size": 10,
        **settings.pop("fit", {}),
    }

    def design(inputs, targets):
        if moved:
            pictures = inputs.reshape(8, 8, -1)
            steps = [np.roll(pictures, step, axis=1) for step in (-1, 0, 1)]
            inputs = np.concatenate(steps, axis=2).reshape(64, -1)
            targets = np.concatenate([targets] * 3, axis=1)
        net = nn_core.NeuralNetwork(64, **settings, output_nodes=10)
        net.fit(inputs, targets, seed=settings.get("seed", 0), **fit)
        return net

    return design


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.slow
def test_a_taught_design_is_right_with_any_seed(seed):
    """What the book teaches exceeds the limit by three standard errors of 360 digits."""
    exercise = nn_check.EXERCISES["digits-design"]
    for settings in (
        {"hidden_nodes": 32, "loss": "cross_entropy"},
        {"hidden_nodes": 64, "loss": "cross_entropy", "activation": "tanh"},
        {"hidden_nodes": 32, "fit": {"learning_rate": 3.0}},
    ):
        words = nn_check.check(
            "digits-design", digit_network(seed=seed, **settings)
        ).seen
        share = float(words.split("as they are, ")[1].split("%")[0]) / 100
        error = np.sqrt(share * (1 - share) / 360)
        assert share - exercise.ACCURACY > 3 * error, words


@pytest.mark.slow
def test_the_network_of_chapter_8_does_not_read_moved_digits():
    fit = {"learning_rate": 3.0, "epochs": 40}
    words = seen("digits-design", digit_network(moved=False, hidden_nodes=32, fit=fit))
    assert "and not one pixel beside" in words
    still, moved = re.findall(r"([\d.]+)% of (?:the held-out|all)", words)
    assert float(still) > 95
    assert 55 < float(moved) < 70


def test_the_hints_for_a_design_fit_the_given_design():
    exercise = nn_check.EXERCISES["digits-design"]
    answer = ANSWERS["digits-design"]
    given = answer.namespace(answer.broken)["design"]
    feedback = nn_check.check("digits-design", given)
    assert not feedback.right
    # Its initialisation is right, so the feedback must not blame only that.
    assert "more updates" in feedback.seen or "too few updates" in feedback.seen
    assert not any("start" in hint for hint in exercise.hints)


# --- Feedback that once claimed too much ----------------------------------------------


@pytest.mark.parametrize(
    "equal",
    [lambda rng, n: rng.normal(0, 1 / np.sqrt(n), n), lambda rng, n: 0 * rng.random(n)],
)
def test_equal_neurons_stay_equal_only_if_their_output_weights_are_equal(equal):
    def same_rows(hidden, inputs, seed):
        return np.tile(equal(np.random.default_rng(seed), inputs), (hidden, 1))

    assert "nless their output weights differ" in seen("ex03-same-neurons", same_rows)


def test_the_words_about_saturated_slopes_are_true():
    right = ANSWERS["ex05-explore-slopes"].value()
    words = nn_check.check("ex05-explore-slopes", right).seen
    sums = np.linspace(-5, 5, 10001)
    steepest = (
        np.max(sigmoid(sums) * (1 - sigmoid(sums))),
        np.max(1 - np.tanh(sums) ** 2),
    )
    for most in steepest:
        assert f"1/{round(most / 0.01)} of its steepest" in words
        assert f", {most:g}" in words


def test_the_words_about_the_uniform_start_are_true():
    for inputs in (2, 8):
        slope = nn_check.hidden_slope(inputs, "uniform")
        assert slope > 0.01
        assert f"{slope:.2g}" in seen("ex05-explore-saturation", inputs)
