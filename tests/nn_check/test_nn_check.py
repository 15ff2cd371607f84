"""The feedback names common mistakes, and no answer makes it fail."""

import threading
import time

import numpy as np
import pytest

import nn_check
from nn_check.answers.cases import PARAMETERS
from nn_check.kinds import BugHunt
from nn_core import NeuralNetwork, sigmoid, xor
from tests.nn_check.exercise_notebooks import answers
from tests.nn_check.wrong_answers import seen

ANSWERS = answers()


# --- Right answers --------------------------------------------------------------------


def test_every_exercise_has_a_check_and_every_check_an_exercise():
    assert set(ANSWERS) == set(nn_check.EXERCISES)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_solution_is_right(name):
    answer = ANSWERS[name].value()
    assert nn_check.check(name, answer).right, nn_check.check(name, answer)
    assert nn_check.grade(name, answer) is None


# These two do not use the random inputs.
@pytest.mark.parametrize(
    "name", sorted(set(ANSWERS) - {"digits-design", "ex06-explore-moons"})
)
@pytest.mark.slow
def test_the_solution_is_right_whatever_the_random_inputs(name):
    answer, judge = ANSWERS[name].value(), nn_check.EXERCISES[name].judge
    for seed in range(15):
        verdict = judge(answer, np.random.default_rng(seed))
        assert verdict.right, (seed, verdict.seen)


def test_other_ways_to_the_same_numbers_are_right():
    others = {
        "ex01-weighted-sum": lambda w, x, b: (
            sum(a * c for a, c in zip(w, x, strict=True)) + b
        ),
        "ex01-decisions": lambda w, x, b: w @ x + b > 0,
        "ex02-parameter-count": lambda i, h, o: (i + 1) * h + (h + 1) * o,
        "ex03-uniform": lambda g, r, c, a: (2 * g.random((r, c)) - 1) * a,
        "ex05-stable-sigmoid": sigmoid,
        "ex05-relu": lambda x: x * (x > 0),
        "ex05-relu-slope": lambda x: np.where(x > 0, 1, 0),
    }
    for name, answer in others.items():
        assert nn_check.check(name, answer).right, nn_check.check(name, answer)


# --- Common mistakes, as a learner would write them -----------------------------------


def no_hidden_slope(w, h, y, t):
    return np.dot(w.T, y - t) * h * (1 - h)


def bare_updates(net, x, t, rate):
    """Update the network by the blog's rule, averaged over the batch."""
    n = x.shape[1]
    h = sigmoid(net.weights_input_hidden @ x + net.biases_hidden)
    y = sigmoid(net.weights_hidden_output @ h + net.biases_output)
    output_errors = t - y
    hidden_errors = net.weights_hidden_output.T @ output_errors
    net.weights_hidden_output += rate * (output_errors * y * (1 - y)) @ h.T / n
    net.weights_input_hidden += rate * (hidden_errors * h * (1 - h)) @ x.T / n
    net.biases_output += rate * output_errors.mean(axis=1, keepdims=True)
    net.biases_hidden += rate * hidden_errors.mean(axis=1, keepdims=True)
    return 0.5 * np.sum(output_errors**2) / n


def train_with(
    net, x, t, rate, grow=False, late=False, sign=-1, total=False, scale=True
):
    n = 1 if total else x.shape[1]
    h = sigmoid(net.weights_input_hidden @ x + net.biases_hidden)
    y = sigmoid(net.weights_hidden_output @ h + net.biases_output)
    loss = 0.5 * np.sum((t - y) ** 2) / x.shape[1]
    step = sign * (rate if scale else 1)
    d2 = (y - t) * y * (1 - y) / n
    if late:
        net.weights_hidden_output = net.weights_hidden_output + step * d2 @ h.T
    d1 = net.weights_hidden_output.T @ d2 * h * (1 - h)
    if not late:
        net.weights_hidden_output = net.weights_hidden_output + step * d2 @ h.T
    net.weights_input_hidden = net.weights_input_hidden + step * d1 @ x.T
    if grow:
        net.biases_output = net.biases_output + step * d2
        net.biases_hidden = net.biases_hidden + step * d1
    else:
        net.biases_output = net.biases_output + step * d2.sum(axis=1, keepdims=True)
        net.biases_hidden = net.biases_hidden + step * d1.sum(axis=1, keepdims=True)
    return loss


def variant(**mistake):
    return lambda net, x, t, rate: train_with(net, x, t, rate, **mistake)


def gradient_of_sum(net, x, t):
    before = [getattr(net, name).copy() for name in PARAMETERS]
    train_with(net, x, t, 1.0, total=True)
    after = [getattr(net, name) for name in PARAMETERS]
    for name, value in zip(PARAMETERS, before, strict=True):
        setattr(net, name, value)
    return [b - a for a, b in zip(after, before, strict=True)]


def in_place_relu(x):
    x[x < 0] = 0
    return x


def separate_shuffles(inputs, targets, seed):
    rng = np.random.default_rng(seed)
    test = inputs.shape[1] // 5
    inputs = inputs[:, rng.permutation(inputs.shape[1])]
    targets = targets[:, rng.permutation(targets.shape[1])]
    return inputs[:, test:], targets[:, test:], inputs[:, :test], targets[:, :test]


def same_rows(hidden, inputs, seed):
    row = np.random.default_rng(seed).normal(0, 1 / np.sqrt(inputs), inputs)
    return np.tile(row, (hidden, 1))


def initialise_by(scale, bias=0.0, again=False):
    def initialise(i, h, o, seed):
        rng = np.random.default_rng(seed)
        first = rng.normal(0, scale(i, h), (h, i))
        if again:
            rng = np.random.default_rng(seed)
        second = rng.normal(0, scale(h, o), (o, h))
        return first, second, bias * rng.random((h, 1)), bias * rng.random((o, 1))

    return initialise


def first_arrays(low=-0.5, bias=0.0, again=False):
    def arrays(i, h, o, seed):
        rng = np.random.default_rng(seed)
        first = rng.uniform(low, 0.5, (h, i))
        if again:
            rng = np.random.default_rng(seed)
        second = rng.uniform(low, 0.5, (o, h))
        return first, second, np.full((h, 1), bias), np.full((o, 1), bias)

    return arrays


def counts_once(outputs, targets):
    counts = np.zeros((10, 10))
    counts[targets.argmax(0), outputs.argmax(0)] += 1
    return counts


COMMON = {
    "hidden error without the output's slope": (
        "ex06-hidden-delta", no_hidden_slope, "leaves out the output's slope"),
    "bias that grows": ("ex06-bias-update", lambda b, d, r: b - r * d, "biases grow"),
    "bias that grows to a square": (
        "ex06-bias-update", lambda b, d, r: b - r * d.mean(axis=1), "to a square"),
    "wrong axis in the bias": (
        "ex06-bias-update", lambda b, d, r: b - r * d.mean(axis=0, keepdims=True),
        "wrong axis"),
    "sum for a mean in the bias": (
        "ex06-bias-update", lambda b, d, r: b - r * np.sum(d, 1, keepdims=True),
        "sum over the samples"),
    "gradient added": (
        "ex06-bias-update", lambda b, d, r: b + r * d.mean(1, keepdims=True), "sign"),
    "wrong axis of a mean": (
        "ex01-input-means", lambda x: x.mean(axis=0), "wrong axis"),
    "axis lost": ("ex01-input-means", lambda x: np.mean(x, 1), "flat"),
    "product without a sum": (
        "ex01-weighted-sum", lambda w, x, b: w * x + b, "not added up"),
    "x (1 - x) on sums": (
        "ex05-sigmoid-slope", lambda z: z * (1 - z), "only if x is already"),
    "slope of the slope's output": (
        "ex05-tanh-slope", lambda y: 1 - np.tanh(y) ** 2, "once more"),
    "overflow": (
        "ex05-stable-sigmoid", lambda x: np.exp(x) / (np.exp(x) + 1.0), "infinity"),
    "infinite": (
        "ex05-stable-sigmoid", lambda x: np.full_like(x, np.inf), "nan or infinity"),
    "warning left": (
        "ex05-stable-sigmoid", lambda x: 1 / (1 + np.exp(-x)), "NumPy warns: overflow"),
    "clipped too closely": (
        "ex05-stable-sigmoid", lambda x: sigmoid(np.clip(x, -10, 10)), "clipped"),
    "input changed": ("ex05-relu", in_place_relu, "changes the x it is given"),
    "transposed weights": ("ex02-predict-shape", (3, 5), "Transposed"),
    "flat biases": (
        "ex04-flat-biases", lambda w, b, x: sigmoid(w @ x + b[:, 0]), "flat biases"),
    "no activation": (
        "ex04-feedforward",
        lambda net, x: net.weights_hidden_output
        @ (net.weights_input_hidden @ x + net.biases_hidden) + net.biases_output,
        "Both sigmoids are missing"),
    "outputs compared without a decision": (
        "ex04-accuracy", lambda y, t: (y == t).mean(), "never equal"),
    "biases not counted": (
        "ex02-parameter-count", lambda i, h, o: i * h + h * o, "Only the weights"),
    "one-sided start": (
        "ex03-uniform", lambda rng, r, c, a: a * rng.random((r, c)), "One-sided"),
    "global random numbers": (
        "ex03-uniform", lambda rng, r, c, a: np.random.uniform(-a, a, (r, c)),
        "from the rng"),
    "twin neurons": ("ex03-same-neurons", same_rows, "start with the same weights"),
    "all zeros": (
        "ex03-same-neurons", lambda h, i, s: np.zeros((h, i)), "All weights are zero"),
    "scaled by the fan-out": (
        "ex05-initialise", initialise_by(lambda i, o: 1 / np.sqrt(o)), "by the fan-out"),
    "divided by the fan-in itself": (
        "ex05-initialise", initialise_by(lambda i, o: 1 / i), "its square root is meant"),
    "not scaled": ("ex05-initialise", initialise_by(lambda i, o: 1.0), "not scaled"),
    "random biases": (
        "ex05-initialise", initialise_by(lambda i, o: 1 / np.sqrt(i), bias=1.0),
        "should start at zero"),
    "generator made twice": (
        "ex05-initialise", initialise_by(lambda i, o: 1 / np.sqrt(i), again=True),
        "repeats the random numbers"),
    "a start of one sign": ("ex03-four-arrays", first_arrays(low=0.0), "One-sided"),
    "a start that is too wide": (
        "ex03-four-arrays", first_arrays(low=-1.0), "expected from -1 to 1"),
    "a start with biases": (
        "ex03-four-arrays", first_arrays(bias=0.5), "should start at zero"),
    "a start with one generator for each layer": (
        "ex03-four-arrays", first_arrays(again=True), "repeats the random numbers"),
    "a switch on the wrong side": (
        "ex03-explore-switch", [2, -3], "The place is right, the side is not"),
    "a switch elsewhere": (
        "ex03-explore-switch", [-1, -1.5], "It switches at -1.5 and answers 1 below"),
    "no switch": ("ex03-explore-switch", [0, 1], "gives every x the same answer"),
    "gradient of the sum": ("ex06-gradients", gradient_of_sum, "divide by N"),
    "one-sided difference": (
        "ex07-numerical-slope",
        lambda f, p, e: np.array([
            (f(p + e * unit.reshape(p.shape)) - f(p)) / e for unit in np.eye(p.size)
        ]).reshape(p.shape),
        "one-sided"),
    "the blog's rule": ("capstone-train", bare_updates, "This is the blog's rule"),
    "train that grows": ("capstone-train", variant(grow=True), "column for every sample"),
    "train that climbs": ("capstone-train", variant(sign=1), "sign is turned"),
    "train on the sum": ("capstone-train", variant(total=True), "divide by N"),
    "train without its rate": (
        "capstone-train", variant(scale=False), "learning rate is left out"),
    "train with updated weights": (
        "capstone-train", variant(late=True), "already updated"),
    "train that returns nothing": (
        "capstone-train", lambda *a: train_with(*a) and None, "Return the loss"),
    "half forgotten": (
        "capstone-loss", lambda y, t: ((t - y) ** 2).sum() / y.shape[1], "half"),
    "shuffled apart": ("digits-split", separate_shuffles, "no longer belong together"),
    "best sample of each digit": (
        "digits-accuracy", lambda y, t: np.mean(y.argmax(1) == t.argmax(1)), "wrong axis"),
    "each output by itself": (
        "digits-accuracy", lambda y, t: np.mean((y > 0.5) == (t > 0.5)), "by itself"),
    "confusion turned": (
        "digits-confusion", lambda y, t: ANSWERS["digits-confusion"].value()(t, y),
        "swapped"),
    "counted once": ("digits-confusion", counts_once, "how often"),
    "sides swapped": ("ex01-separate-blobs", [-1, -1, 0], "sides are swapped"),
    "on the wrong side": ("ex04-boundary-point", [0, 0], "class 0"),
    "a rate too small": (
        "ex06-explore-moons", {"hidden_nodes": 4, "learning_rate": 0.001}, "hardly learnt"),
    "saturated digits": (
        "digits-design",
        lambda x, t: NeuralNetwork(64, 16, 10, init="uniform"), "learnt nothing"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", COMMON)
def test_a_common_mistake_is_named(mistake):
    name, answer, words = COMMON[mistake]
    assert words in seen(name, answer)


KNOWN = [
    pytest.param(name, words, mistake, id=f"{name}-{number}")
    for name, exercise in nn_check.EXERCISES.items()
    if not isinstance(exercise, BugHunt)  # test_bug_hunts.py
    for number, (words, mistake) in enumerate(exercise.mistakes)
]


@pytest.mark.parametrize(("name", "words", "mistake"), KNOWN)
def test_a_known_mistake_gets_its_own_words(name, words, mistake):
    assert words in seen(name, mistake)


TRAIN = nn_check.EXERCISES["capstone-train"]


@pytest.mark.parametrize(("words", "wrong"), TRAIN.wrong_steps)
def test_a_train_with_a_known_mistake_gets_its_own_words(words, wrong):
    def train(net, inputs, targets, rate):
        steps = wrong(net, inputs, targets, rate)
        for name, step in zip(PARAMETERS, steps, strict=True):
            setattr(net, name, getattr(net, name) - rate * step)

    assert words in seen("capstone-train", train)


@pytest.mark.parametrize("name", [n for n in ANSWERS if ANSWERS[n].broken])
def test_the_planted_mistake_is_recognised(name):
    answer = ANSWERS[name]
    words = seen(name, answer.namespace(answer.broken)[answer.variable])
    assert "differ from the right ones" not in words
    assert "raised" not in words


def test_the_relative_error_stands_beside_its_limit():
    words = seen("ex06-hidden-delta", no_hidden_slope)
    error = float(words.split("Relative error ")[1].split()[0])
    assert 0.5 < error < 1
    assert "against 1e-07" in words


# --- Answers that are not even of the right type --------------------------------------


NONSENSE = [
    None, ..., "text", 1e308, np.nan, [], {}, [[1], [1, 2]], object(), np.array("a"), -1j,
    lambda *a: None, lambda *a: "text", lambda *a: np.nan, lambda *a: [[1], [2, 3]],
    lambda: 1, lambda *a: a, lambda *a: 1 / 0, lambda *a: undefined,  # noqa: F821
    lambda *a: np.full((3, 3), 1j), print, np.ndarray, dict,
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(nn_check.EXERCISES))
def test_no_nonsense_is_right_or_raises(name):
    for answer in NONSENSE:
        feedback = nn_check.check(name, answer)
        assert not feedback.right, answer
        assert feedback.seen.strip(), answer


def test_an_unwritten_answer_is_no_wrong_try():
    def not_written(net, inputs):
        raise NotImplementedError

    for answer in (None, not_written, lambda net, inputs: None):
        feedback = nn_check.check("ex04-feedforward", answer)
        assert (feedback.hints, feedback.tries) == ((), 1)


def test_print_for_return_is_explained():
    words = seen("ex01-weighted-sum", lambda w, x, b: print(np.dot(w, x) + b))
    assert "prints its result but returns None" in words


def test_the_line_that_failed_is_quoted(tmp_path):
    source = "def f(w, x, b):\n    total = w.dott(x)\n    return total + b\n"
    path = tmp_path / "answer.py"
    path.write_text(source)
    names = {}
    exec(compile(source, str(path), "exec"), names)
    words = seen("ex01-weighted-sum", names["f"])
    assert "`total = w.dott(x)`" in words
    assert "AttributeError" in words


def test_a_wrong_number_of_arguments_is_explained():
    words = seen("ex04-feedforward", lambda inputs: inputs)
    assert "is called with 2 arguments, (net, inputs)" in words


def test_a_result_in_place_of_the_function_is_explained():
    assert "Hand over the function itself" in seen("ex04-accuracy", 0.9)


def test_an_answer_cannot_end_python():
    def leave(*arguments):
        raise SystemExit

    assert "must not end Python" in seen("ex01-decisions", leave)


def for_ever(*arguments):
    while True:
        pass


def for_ever_on_one_line(*arguments):
    while True: pass  # noqa: E701  # fmt: skip


def swallow(*arguments):
    while True:
        try:
            while True:
                time.sleep(0.01)
        except Exception:
            pass


@pytest.mark.parametrize("endless", [for_ever, for_ever_on_one_line, swallow])
@pytest.mark.parametrize("name", ["ex04-feedforward", "ex03-uniform", "capstone-train"])
@pytest.mark.slow
def test_an_endless_loop_is_stopped(name, endless, monkeypatch):
    monkeypatch.setattr(nn_check.answers.calling, "SECONDS", 0.3)
    start = time.process_time()  # unlike the clock, it does not count other programs
    assert "never end" in seen(name, endless)
    assert time.process_time() - start < 3


@pytest.mark.slow
def test_an_endless_loop_is_stopped_where_there_is_no_alarm(monkeypatch):
    monkeypatch.setattr(nn_check.answers.calling, "SECONDS", 0.3)
    found = []
    thread = threading.Thread(target=lambda: found.append(seen("ex05-relu", for_ever)))
    thread.start()
    thread.join(10)
    assert "never end" in found[0]


def test_checks_work_in_a_thread():
    found = []
    thread = threading.Thread(
        target=lambda: found.append(
            nn_check.check("ex05-relu", lambda x: np.maximum(x, 0))
        )
    )
    thread.start()
    thread.join(10)
    assert found[0].right


# --- What a check does not change -----------------------------------------------------


def test_the_learners_own_objects_are_not_changed():
    line = [1.0, 1.0, 0.0]
    settings = {"hidden_nodes": 2, "learning_rate": 0.5}
    shape = np.array([4.0, 10.0])
    nn_check.check("ex01-separate-blobs", line)
    nn_check.check("ex06-explore-moons", settings)
    nn_check.check("ex01-predict-shape", shape)
    assert line == [1.0, 1.0, 0.0]
    assert settings == {"hidden_nodes": 2, "learning_rate": 0.5}
    assert shape.tolist() == [4.0, 10.0]


def test_random_state_warnings_and_output_are_left_alone(capsys):
    np.random.seed(3)
    before = np.random.get_state()[1].tolist()
    with np.errstate(over="raise"):
        nn_check.check(
            "ex05-stable-sigmoid", lambda x: print(x) or 1 / (1 + np.exp(-x))
        )
        assert np.geterr()["over"] == "raise"
    nn_check.check("ex05-initialise", initialise_by(lambda i, o: 1.0))
    assert np.random.get_state()[1].tolist() == before
    assert capsys.readouterr().out == ""


def test_check_always_uses_the_same_inputs_and_grade_others():
    given = []

    def remember(net, inputs):
        given.append(inputs.copy())

    for ask in (nn_check.check, nn_check.check):
        ask("ex04-feedforward", remember)
    with pytest.raises(AssertionError):
        nn_check.grade("ex04-feedforward", remember)
    first, second, graded = (given[i] for i in (0, len(given) // 3, -len(given) // 3))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, graded)


# --- Hints ----------------------------------------------------------------------------


def test_hints_grow_with_each_wrong_try_and_then_stay():
    counts = [
        len(nn_check.check("ex04-feedforward", lambda net, x: x).hints)
        for _ in range(5)
    ]
    assert counts == [1, 2, 3, 3, 3]
    right = nn_check.check("ex04-feedforward", ANSWERS["ex04-feedforward"].value())
    assert (right.hints, right.tries) == ((), 6)


def test_hints_of_one_exercise_do_not_count_for_another():
    nn_check.check("ex04-feedforward", lambda net, x: x)
    assert len(nn_check.check("ex05-relu", abs).hints) == 1


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_no_feedback_holds_the_solution(name):
    exercise = nn_check.EXERCISES[name]
    assert len(exercise.hints) == 3
    said = [*exercise.hints, *(words for words, _ in exercise.mistakes)]
    lines = [line.strip() for line in ANSWERS[name].code.splitlines()]
    for line in lines:
        body = line.split("  #")[0].removeprefix("return ").split(" = ")[-1]
        if len(body) > 12 and not line.startswith(('"""', "def", "#", "for", "while")):
            assert not any(body in text for text in said), body


# --- Text and HTML --------------------------------------------------------------------


def test_feedback_as_text_and_as_html():
    feedback = nn_check.check("ex01-weighted-sum", lambda w, x, b: w * x + b)
    text, page = repr(feedback), feedback._repr_html_()
    assert text.startswith("Not yet: ex01-weighted-sum\n")
    assert "Hint 1: " in text
    for words in ("Not yet", "not added up", "Hint 1"):
        assert words in page
    assert "role='status'" in page
    assert "background" not in page  # it must be readable on light and on dark pages


def test_a_learners_text_is_escaped_in_html():
    def fail(*arguments):
        raise ValueError("<script>alert(1)</script>")

    page = nn_check.check("ex05-relu", fail)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_unknown_exercise_raises_an_error_with_similar_names():
    with pytest.raises(ValueError, match="ex04-feedforward"):
        nn_check.check("ex4-feedforward", None)


# --- Facts that the exercises rely on -------------------------------------------------


@pytest.mark.slow
def test_designs_that_should_not_pass_do_not():
    """Protects marks: a network that reads digits badly must get none."""

    def design(**settings):
        fit = {"learning_rate": 0.5, "epochs": 50}
        trained = []

        def build(inputs, targets):
            if not trained:  # check and grade pass the same digits
                net = NeuralNetwork(64, 16, 10, **settings)
                net.fit(inputs, targets, **fit)
                trained.append(net)
            return trained[0]

        return build

    for settings in ({}, {"loss": "cross_entropy"}, {"init": "uniform"}):
        assert "Expected more than 90%" in seen("digits-design", design(**settings))
    assert "ten outputs" in seen("digits-design", lambda x, t: NeuralNetwork(64, 4, 1))
    assert "with a feedforward" in seen("digits-design", lambda x, t: x)


def test_sliders_can_reach_the_boundary():
    net = nn_check.boundary_network()
    values = np.linspace(-2, 2, 81)
    outputs = net.feedforward(np.stack(np.meshgrid(values, values)).reshape(2, -1))
    near = np.abs(outputs - 0.5).ravel() <= 0.02
    assert near.sum() >= 20  # the widget's sliders have steps of 0.05
    assert np.all((net.feedforward(xor().inputs) > 0.5) == xor().targets)


@pytest.mark.slow
def test_the_moons_can_be_learnt_and_most_settings_do_not_suffice():
    right = {"hidden_nodes": 4, "learning_rate": 5, "batch_size": 4}
    assert nn_check.check("ex06-explore-moons", right).right
    for settings, words in (
        ({"hidden_nodes": 8, "learning_rate": 1}, "Expected more than 97 %"),
        ({"hidden_nodes": 1, "learning_rate": 5, "batch_size": 4}, "Expected more"),
        ({"hidden_nodes": 64, "learning_rate": 1}, "from 1 to 32"),
        ({"hidden_nodes": 2.5, "learning_rate": 1}, "whole number"),
        ({"hidden_nodes": 2}, "learning_rate is missing. Known settings"),
        ({"hidden_nodes": 2, "learning_rate": 1, "sed": 3}, "Unknown setting 'sed'"),
        (
            {"hidden_nodes": 2, "learning_rate": 1, "activation": ["tanh"]},
            "got ['tanh']",
        ),
        (
            {"hidden_nodes": 2, "learning_rate": 1, "activation": "step"},
            "one of sigmoid",
        ),
    ):
        assert words in seen("ex06-explore-moons", settings)
