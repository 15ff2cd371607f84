"""Bug hunts: the planted mistake is visible, fixing it is right, wrong fixes are explained."""

import difflib
import functools
import json

import numpy as np
import pytest

import nn_check
import nn_core
from nn_check.answers.cases import PARAMETERS
from nn_check.answers.reference import book_class
from nn_check.kinds import BugHunt, class_runs
from nn_widgets import BugHunt as Picture
from tests.nn_check.exercise_notebooks import ROOT, answers
from tests.nn_check.wrong_answers import seen

ANSWERS = answers()
HUNTS = [name for name, one in nn_check.EXERCISES.items() if isinstance(one, BugHunt)]
LISTINGS = {"04": "class-now", "05": "class-now", "06": "complete-class"}
each_hunt = pytest.mark.parametrize("name", HUNTS)


@pytest.fixture
def without_run(monkeypatch):
    """Leave the trial run out of the feedback on wrong classes, because it takes long."""
    for name in HUNTS:
        monkeypatch.setattr(nn_check.EXERCISES[name], "describes_run", False)


def listing(name):
    """Return the source of the class at the end of the hunt's chapter."""
    chapter = min(name[2:4], "06")
    (path,) = (ROOT / "notebooks").glob(f"{chapter}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (cell,) = (c for c in cells if c["id"] == LISTINGS[chapter])
    source = "".join(cell["source"])
    return source[source.index("class NeuralNetwork") :]


def network(source):
    """Return the class that a source defines, given the notebook's imports."""
    names = {"np": np, "sigmoid": nn_core.sigmoid}
    exec(source, names)
    return names["NeuralNetwork"]


def given(name):
    return network(ANSWERS[name].broken)


# --- The planted mistake --------------------------------------------------------------


def test_two_hunts_in_each_chapter_from_4_on():
    chapters = [name[2:4] for name in HUNTS]
    assert sorted(chapters) == [f"0{n}" for n in (4, 4, 5, 5, 6, 6, 7, 7)]


@each_hunt
def test_one_line_of_the_chapters_class_is_changed(name):
    pair = listing(name).splitlines(), ANSWERS[name].broken.splitlines()
    changes = [line for line in difflib.ndiff(*pair) if line[0] in "+-"]
    assert [line[0] for line in changes] in (["-", "+"], ["+", "-"]), changes


@each_hunt
@pytest.mark.usefixtures("without_run")
def test_the_feedback_recognises_the_unchanged_class(name):
    words = seen(name, given(name))
    assert "It does what the class you were given does" in words
    feedback = nn_check.check(name, given(name))
    assert len(feedback.hints) == 2  # it counts as a wrong try


@each_hunt
def test_the_chapters_own_class_is_right(name):
    answer = network(listing(name))
    assert nn_check.check(name, answer).right
    assert nn_check.grade(name, answer) is None


@each_hunt
@pytest.mark.usefixtures("without_run")
def test_the_verdict_does_not_depend_on_the_random_inputs(name):
    wrong, right = given(name), network(listing(name))
    judge = nn_check.EXERCISES[name].judge
    for seed in range(3):
        assert not judge(wrong, np.random.default_rng(seed)).right
        assert judge(right, np.random.default_rng(seed)).right


# --- The picture ----------------------------------------------------------------------


@functools.cache
def run_of(name):
    run = nn_check.trial_run(name, given(name))
    return run, np.array(run.yours.curve), np.array(run.right.curve)


def outputs(ran):
    return ran.net.feedforward(ran.data.inputs)


def right_answers(ran):
    return int(np.sum((outputs(ran) > 0.5) == ran.data.targets))


def test_the_empty_map_is_empty():
    run, _, _ = run_of("ex04-hunt-empty-map")
    assert outputs(run.yours).max() < 0.5
    assert (right_answers(run.yours), right_answers(run.right)) == (100, 199)


def test_the_map_that_is_nearly_right_has_other_numbers():
    run, _, _ = run_of("ex04-hunt-outputs")
    assert (right_answers(run.yours), right_answers(run.right)) == (198, 199)
    assert "outputs from -4.40 to 4.56" in run.words
    assert "outputs from 0.01 to 0.99" in run.words


def test_the_line_does_not_bend():
    run, yours, right = run_of("ex05-hunt-straight")
    assert len(yours) == 151
    assert yours[20] - yours[-1] < 0.02  # the curve is flat
    assert yours[-1] > 4 * right[-1]
    # A straight boundary crosses any straight line at most once.
    walk = np.linspace(-3, 3, 301)
    for angle in np.linspace(0, np.pi, 9):
        walked = run.yours.net.feedforward(
            np.stack([walk * np.cos(angle), walk * np.sin(angle)])
        )
        assert np.sum(np.diff(walked > 0.5)) <= 1


def test_the_slopes_are_dead_from_the_start():
    _, yours, right = run_of("ex05-hunt-start")
    assert yours[0] == pytest.approx(0.077, abs=0.001)
    assert yours[-1] < 0.002
    assert right.min() > 0.2


def test_the_loss_rises():
    run, yours, right = run_of("ex06-hunt-uphill")
    assert yours[-1] > yours[0]
    assert yours[-1] == pytest.approx(0.25, abs=0.001)
    assert right[-1] < 0.004
    assert "the loss rises from 0.235 to 0.250" in run.words


def test_the_loss_hardly_falls():
    run, yours, right = run_of("ex06-hunt-torn")
    assert yours[-1] == pytest.approx(0.135, abs=0.001)
    assert right[-1] < 0.004
    assert right_answers(run.yours) < 130


def test_the_loss_stalls():
    _, yours, right = run_of("ex07-hunt-slope")
    assert abs(yours[20] - right[20]) < 0.005  # no worse yet
    assert yours[-1] > 0.04 > 0.004 > right[-1]


def test_the_loss_falls_later():
    _, yours, right = run_of("ex07-hunt-biases")
    assert yours[-1] == pytest.approx(0.012, abs=0.001)
    assert right[-1] < 0.004
    passed = [int(np.argmax(curve < 0.02)) for curve in (yours, right)]
    assert 5 <= passed[0] - passed[1] <= 15


@each_hunt
def test_the_fixed_class_has_the_right_curve(name):
    run = nn_check.trial_run(name, network(listing(name)))
    np.testing.assert_allclose(run.yours.curve, run.right.curve, rtol=1e-6)
    assert run.yours.words == run.right.words
    broken, _, _ = run_of(name)
    assert broken.yours.words != broken.right.words


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ex04-hunt-outputs", "ex06-hunt-torn"])
def test_the_picture_shows_the_run(name):
    broken, _, _ = run_of(name)
    fixed = nn_check.trial_run(name, network(listing(name)))
    pictures = Picture(broken), Picture(fixed)
    assert pictures[0].image.value != pictures[1].image.value
    assert [one.describe() for one in pictures] == [broken.words, fixed.words]
    panels = [ax.get_title() for ax in pictures[0].figure.axes]
    maps = ["The map of your class", "The map of a right class"]
    assert panels == (maps if name < "ex05" else ["The loss", *maps])
    for one in pictures:
        one.close()


def test_a_class_that_raises_an_error_is_described_and_drawn():
    source = ANSWERS["ex06-hunt-torn"].broken.replace("inputs.T", "inputs")
    run = nn_check.trial_run("ex06-hunt-torn", network(source))
    assert "In the picture: it raised ValueError" in run.words
    assert run.yours.net is None
    assert "must be as many as the rows" in Picture(run).describe()


def test_a_class_that_never_ends_is_described_and_drawn(monkeypatch):
    class Endless(book_class()):
        def train(self, inputs, targets, learning_rate):
            while True:
                pass

    nn_check.trial_run("ex06-hunt-torn", book_class())  # fills the cache
    monkeypatch.setattr(class_runs, "SECONDS", 0.3)
    run = nn_check.trial_run("ex06-hunt-torn", Endless)
    assert "it was stopped after 0 seconds" in run.words
    assert run.yours.net is None
    Picture(run).close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("self.biases_hidden -= rate * hidden_delta.sum(axis=1, keepdims=True)",
         "self.biases_hidden = self.biases_hidden - rate * hidden_delta", "it raised"),
        ("return losses", "pass", "it raised TypeError"),
        ("losses.append(total / order.size)", "losses += [1.0, 2.0]", "from 1.000 to 2.0"),
        ("self.layer_outputs(inputs)[1]", "self.layer_outputs(inputs)[0]",
         "feedforward returned shape (8, 3), expected (1, 3)"),
    ],
)  # fmt: skip
def test_any_other_failure_is_described_and_drawn(old, new, words):
    source = ANSWERS["ex06-hunt-torn"].broken
    assert old in source
    run = nn_check.trial_run("ex06-hunt-torn", network(source.replace(old, new)))
    assert words in run.words
    Picture(run).close()


def test_only_hunts_have_a_trial_run():
    with pytest.raises(ValueError, match="expected the name of a bug hunt"):
        nn_check.trial_run("ex04-feedforward", book_class())


# --- Fixes ----------------------------------------------------------------------------

FORWARD = "self.weights_input_hidden @ inputs"
SIGMOID = "hidden_outputs = sigmoid(hidden_inputs)"
LIMIT = "limit = np.sqrt(6 * (fan_in + nodes))"
ERRORS = "errors = targets - final_outputs"
PAIRS = "inputs[:, batch], targets[:, start : start + batch_size]"
SLOPE = "hidden_errors * final_outputs * (1 - final_outputs)"
BIASES = "rate * hidden_delta.mean(axis=1, keepdims=True)"
RIGHT_SLOPE = "hidden_errors * hidden_outputs * (1 - hidden_outputs)"
WRONG_FIXES = {
    "ex04-hunt-empty-map": [
        ({f"{FORWARD} - self.biases_hidden": FORWARD},
         "In the hidden layer: the biases are left out"),
        ({f"{FORWARD} - self.biases_hidden": FORWARD,
          SIGMOID: f"{SIGMOID} + self.biases_hidden"},
         "In the hidden layer: the biases are added after the sigmoid"),
        ({"+ self.biases_output": "- self.biases_output"},
         "In both layers: the biases are subtracted"),
        ({"- self.biases_hidden": "+ self.biases_hidden.T"},
         "do not fit element by element"),
    ],
    "ex04-hunt-outputs": [
        ({"self.layer_outputs(inputs)[1]": "sigmoid(self.layer_outputs(inputs)[1])"},
         "feedforward is right now, but layer_outputs still returns the sums"),
        ({"hidden_outputs, final_inputs": "hidden_outputs, sigmoid(sigmoid(final_inputs))"},
         "In the output layer: the sigmoid is applied twice"),
        ({"hidden_outputs, final_inputs": "hidden_outputs, sigmoid(-final_inputs)"},
         "In the output layer: the sign inside"),
    ],
    "ex05-hunt-straight": [
        ({"hidden_outputs = hidden_inputs": SIGMOID,
          "@ hidden_outputs": "@ hidden_inputs"},
         "The hidden outputs are computed and then not used"),
        ({"= hidden_inputs": "= sigmoid(sigmoid(hidden_inputs))"},
         "In the hidden layer: the sigmoid is applied twice"),
        ({"= hidden_inputs": "= np.tanh(hidden_inputs)"},
         "In the hidden layer: that is tanh"),
    ],
    "ex05-hunt-start": [
        ({LIMIT: "limit = 6 / (fan_in + nodes)"}, "The square root is missing."),
        ({LIMIT: "limit = np.sqrt((fan_in + nodes) / 6)"}, "stands on its head"),
        ({LIMIT: "limit = np.sqrt(6 / fan_in + nodes)"}, "mind the brackets"),
        ({"uniform(-limit,": "uniform(0,", "6 * (": "6 / ("}, "One-sided"),
    ],
    "ex06-hunt-uphill": [
        ({"self.weights_input_hidden -=": "self.weights_input_hidden +="},
         "weights_hidden_output: The numbers are right but for the sign"),
        ({ERRORS: "errors = final_outputs - targets",
          "rate = learning_rate": "rate = -learning_rate"},
         "It does what the class you were given does"),
        ({ERRORS: "errors = (final_outputs - targets) / inputs.shape[1]"},
         "averaged once too often"),
        ({ERRORS: "errors = final_outputs - targets", RIGHT_SLOPE: "hidden_errors"},
         "The hidden layer's slope is missing."),
    ],
    "ex06-hunt-torn": [
        ({"inputs[:, batch]": "inputs[:, start : start + batch_size]"},
         "the new order is not used"),
        ({PAIRS: "inputs[:, start : start + batch_size], targets[:, batch]"},
         "torn apart the other way round"),
        ({PAIRS: "inputs, targets"}, "Each update takes all samples"),
        ({PAIRS: "inputs[:, batch], targets[:, order]"}, "do not fit element by element"),
    ],
    "ex07-hunt-slope": [
        ({SLOPE: "hidden_errors"}, "The hidden layer's slope is missing."),
        ({SLOPE: RIGHT_SLOPE, ".T @ output_delta": ".T @ errors"},
         "leaves out the output's slope"),
        ({SLOPE: RIGHT_SLOPE, "hidden_delta.sum": "hidden_delta.mean"},
         "The hidden biases are divided by N twice"),
    ],
    "ex07-hunt-biases": [
        ({BIASES: "learning_rate * hidden_delta.sum(axis=1, keepdims=True)"},
         "biases_hidden: The numbers are N times too large"),
        ({"output_delta.sum": "output_delta.mean"}, "All biases are divided by N twice"),
        ({"hidden_delta.mean": "hidden_delta.sum", "output_delta.sum": "output_delta.mean"},
         "The output biases are divided by N twice"),
        ({BIASES: "rate * hidden_delta.sum(axis=1)"}, "raised ValueError"),
    ],
}  # fmt: skip


@each_hunt
@pytest.mark.usefixtures("without_run")
def test_the_feedback_on_a_wrong_fix_names_its_mistake(name):
    for edits, words in WRONG_FIXES[name]:
        source = ANSWERS[name].broken
        for old, new in edits.items():
            assert old in source, old
            source = source.replace(old, new)
        assert words in seen(name, network(source)), edits
    assert len(WRONG_FIXES[name]) >= 3


def test_the_feedback_on_a_wrong_class_describes_its_trial_run():
    words = seen("ex06-hunt-uphill", given("ex06-hunt-uphill"))
    assert "the loss rises from 0.235 to 0.250" in words
    assert "A right class: in 60 epochs the loss falls from 0.094 to 0.003" in words


@pytest.mark.parametrize(
    "edits",
    [
        {"output_delta = errors": "output_delta = -errors"},
        {"self.weights_input_hidden -=": "self.weights_input_hidden +=",
         "self.weights_hidden_output -=": "self.weights_hidden_output +=",
         "self.biases_hidden -=": "self.biases_hidden +=",
         "self.biases_output -=": "self.biases_output +="},
        {"rate = learning_rate": "rate = -learning_rate"},
    ],
)  # fmt: skip
def test_every_way_downhill_is_right(edits):
    source = ANSWERS["ex06-hunt-uphill"].broken
    for old, new in edits.items():
        source = source.replace(old, new)
    assert nn_check.check("ex06-hunt-uphill", network(source)).right


@each_hunt
@pytest.mark.slow
@pytest.mark.usefixtures("without_run")
def test_each_known_mistake_gets_its_own_words(name):
    exercise = nn_check.EXERCISES[name]
    for words, wrong in exercise.mistakes:
        verdict = exercise.judge(wrong, np.random.default_rng(5))
        assert not verdict.right, words
        assert words in verdict.seen


def test_an_object_in_place_of_the_class_is_explained():
    net = book_class()(2, 4, 1)
    assert "Hand over the class itself" in seen("ex06-hunt-torn", net)


def test_a_missing_method_is_named():
    class Half:
        def __init__(self, input_nodes, hidden_nodes, output_nodes, seed=0):
            net = book_class()(input_nodes, hidden_nodes, output_nodes, seed)
            self.__dict__.update({name: getattr(net, name) for name in PARAMETERS})

    assert "no attribute 'layer_outputs'" in seen("ex07-hunt-slope", Half)


# --- The right class ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ex04-hunt-outputs", "ex06-hunt-torn"])
def test_the_right_class_is_the_chapters(name):
    ours = network(listing(name))(2, 5, 1, seed=3)
    right = book_class("uniform" if name < "ex05" else "xavier")(2, 5, 1, seed=3)
    data = nn_core.moons(40)
    if name > "ex05":
        losses = [net.fit(*data, 1.0, 4, 12) for net in (ours, right)]
        np.testing.assert_allclose(*losses, rtol=1e-12)
    for array in PARAMETERS:
        np.testing.assert_allclose(
            getattr(ours, array), getattr(right, array), rtol=1e-10
        )


def test_moved_exercises_keep_their_old_names():
    for old, new in nn_check.exercises.MOVED.items():
        answer = ANSWERS[new].value()
        assert old not in nn_check.EXERCISES
        assert nn_check.check(old, answer).right
        nn_check.grade(old, answer)
