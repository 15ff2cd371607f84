"""The playground with the reader's own class: right, wrong, and broken in every way."""

import asyncio
import builtins
import html
import sys
import types

import numpy as np
import pytest

import nn_core
from nn_widgets import Playground


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class NeuralNetwork:
    """The class as it stands complete at the end of chapter 6, without loss and fit."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes, seed=0):
        self.rng = np.random.default_rng(seed)
        self.weights_input_hidden = self.first_weights(hidden_nodes, input_nodes)
        self.weights_hidden_output = self.first_weights(output_nodes, hidden_nodes)
        self.biases_hidden = np.zeros((hidden_nodes, 1))
        self.biases_output = np.zeros((output_nodes, 1))

    def first_weights(self, nodes, fan_in):
        limit = np.sqrt(6 / (fan_in + nodes))
        return self.rng.uniform(-limit, limit, (nodes, fan_in))

    def layer_outputs(self, inputs):
        hidden_inputs = self.weights_input_hidden @ inputs + self.biases_hidden
        hidden_outputs = sigmoid(hidden_inputs)
        final_inputs = self.weights_hidden_output @ hidden_outputs + self.biases_output
        return hidden_outputs, sigmoid(final_inputs)

    def feedforward(self, inputs):
        return self.layer_outputs(inputs)[1]

    def train(self, inputs, targets, learning_rate):
        hidden_outputs, final_outputs = self.layer_outputs(inputs)
        errors = final_outputs - targets
        output_delta = errors * final_outputs * (1 - final_outputs)
        hidden_errors = self.weights_hidden_output.T @ output_delta
        hidden_delta = hidden_errors * hidden_outputs * (1 - hidden_outputs)
        rate = learning_rate / inputs.shape[1]
        self.weights_input_hidden -= rate * hidden_delta @ inputs.T
        self.weights_hidden_output -= rate * output_delta @ hidden_outputs.T
        self.biases_hidden -= rate * hidden_delta.sum(axis=1, keepdims=True)
        self.biases_output -= rate * output_delta.sum(axis=1, keepdims=True)


class Uphill(NeuralNetwork):
    """A sign is turned: it trains away from the targets."""

    def train(self, inputs, targets, learning_rate):
        super().train(inputs, targets, -learning_rate)


class Bare:
    """One neuron, and nothing that the playground can do without."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes):
        self.weights, self.bias = np.zeros((1, input_nodes)), 0.0

    def feedforward(self, inputs):
        return sigmoid(self.weights @ inputs + self.bias)

    def train(self, inputs, targets, learning_rate):
        errors = (self.feedforward(inputs) - targets) / inputs.shape[1]
        self.weights -= learning_rate * errors @ inputs.T
        self.bias -= learning_rate * errors.sum()


def line_of(method, text):
    """Return the number of the first line of the method that holds the text."""
    code = method.__code__
    with open(code.co_filename) as file:
        lines = file.read().split("\n")
    return next(
        number
        for number in range(code.co_firstlineno, len(lines) + 1)
        if text in lines[number - 1]
    )


def boundary(playground):
    """Return the pixels of the map on the left."""
    return np.array(playground.painter.canvas.buffer_rgba())[80:420, 80:450].copy()


# --- A class that is right ----------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [None, 10, 1, 1000])
@pytest.mark.parametrize("dataset", ["circles", "xor"])
@pytest.mark.slow
def test_a_right_class_gives_what_nn_core_gives(dataset, batch_size):
    settings = {"batch_size": batch_size, "seed": 3, "hide": ["noise"]}
    own = Playground(dataset, 5, 2.0, network=NeuralNetwork, **settings)
    core = Playground(dataset, 5, 2.0, **settings)
    for playground in (own, core):
        playground.advance(25)
        playground.draw()
    assert isinstance(own.network, NeuralNetwork)
    assert np.allclose(own.history, core.history, rtol=1e-9, atol=0)
    assert own.test_loss == pytest.approx(core.test_loss, rel=1e-9)
    assert own.describe() == core.describe()
    assert (boundary(own) != boundary(core)).mean() < 1e-3  # rounding may move a pixel
    for name in nn_core.Gradients._fields:
        assert np.allclose(getattr(own.network, name), getattr(core.network, name))


@pytest.mark.slow
def test_controls_that_the_class_does_not_know_are_hidden():
    playground = Playground(network=NeuralNetwork)
    for name in ("activation", "init", "update_rule"):
        assert getattr(playground, name).layout.display == "none"
    for name in ("hidden_nodes", "learning_rate", "seed", "batch_size", "dataset"):
        assert not getattr(playground, name).layout.display


@pytest.mark.parametrize(
    "option",
    [
        {"activation": "tanh"},
        {"init": "zeros"},
        {"loss": "cross_entropy"},
        {"update_rule": "blog"},
    ],
)
def test_a_setting_that_the_class_does_not_know_is_refused(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"^{name}: expected none"):
        Playground(network=NeuralNetwork, **option)


@pytest.mark.slow
def test_nn_core_s_class_is_taken_too_and_keeps_its_controls():
    playground = Playground(network=nn_core.NeuralNetwork, activation="relu")
    playground.advance(20)
    same = Playground(activation="relu")
    same.advance(20)
    assert playground.history == same.history
    assert not playground.activation.layout.display


def test_a_class_made_from_nn_core_s_is_called_and_given_all_settings():
    class Mine(nn_core.NeuralNetwork):
        def train(self, inputs, targets, learning_rate):
            super().train(inputs, targets, 2 * learning_rate)

    settings = {"activation": "tanh", "loss": "cross_entropy", "update_rule": "blog"}
    mine = Playground("circles", network=Mine, **settings)
    twice = Playground("circles", learning_rate=2.0, **settings)
    mine.advance(15)
    twice.advance(15)
    assert np.allclose(mine.history, twice.history, rtol=1e-9)
    assert not mine.activation.layout.display
    mine.update_rule.value = "gradient"
    mine.advance(1)
    assert mine.network.update_rule == "gradient"
    assert len(mine.history) == 16


def test_a_class_made_from_nn_core_s_may_diverge():
    class Mine(nn_core.NeuralNetwork):
        pass

    settings = {"activation": "relu", "loss": "cross_entropy"}
    playground = Playground(network=Mine, learning_rate=100, **settings)
    playground.network.weights_hidden_output[...] = 1e306
    playground.advance(5)
    assert playground.run.diverged
    assert playground.run.mistake is None


def test_a_seed_is_passed_if_the_class_takes_one():
    first, second = (
        Playground(network=NeuralNetwork, seed=seed).network for seed in (1, 2)
    )
    assert not np.array_equal(first.weights_input_hidden, second.weights_input_hidden)
    assert Playground(network=Bare, seed=1).run.mistake is None


def test_a_class_without_layer_outputs_has_no_pictures_of_its_neurons():
    playground = Playground("blobs", network=Bare)
    playground.advance(50)
    playground.draw()
    assert playground.test_accuracy > 0.9
    assert "no layer_outputs" in playground.describe()
    assert "no layer_outputs" in playground.painter.neuron_axes.get_title()
    tiles = np.array(playground.painter.canvas.buffer_rgba())[300:470, 540:940, :3]
    assert (tiles == 255).all()


def test_the_copied_code_uses_the_class_and_repeats_the_run(capsys):
    for own in (NeuralNetwork, Bare):
        playground = Playground("circles", 4, 2.0, seed=7, network=own)
        playground.advance(15)
        playground.batch_size.value = 10
        playground.learning_rate.value = 0.7
        playground.advance(12)
        code = playground.python_code()
        assert f"import {own.__name__}" in code
        names = {}
        exec(code, names)
        assert isinstance(names["net"], own)
        assert names["loss"] == pytest.approx(playground.test_loss, rel=1e-12)
        assert "test loss:" in capsys.readouterr().out


def test_the_reader_s_arrays_are_not_the_playground_s():
    class Careless(NeuralNetwork):
        def train(self, inputs, targets, learning_rate):
            super().train(inputs, targets, learning_rate)
            inputs *= 0
            targets *= 0

    careless, right = Playground(network=Careless), Playground(network=NeuralNetwork)
    careless.advance(20)
    right.advance(20)
    assert careless.history == right.history


# --- A class that is wrong ----------------------------------------------------------------


def test_a_wrong_sign_bends_the_boundary_and_raises_the_loss():
    wrong = Playground("blobs", network=Uphill, learning_rate=3.0)
    right = Playground("blobs", network=NeuralNetwork, learning_rate=3.0)
    wrong.draw()
    before = boundary(wrong)
    for playground in (wrong, right):
        playground.advance(150)
        playground.draw()
    assert wrong.history[-1] > wrong.history[0] > right.history[-1]
    assert wrong.test_accuracy < 0.5 < right.test_accuracy
    assert (boundary(wrong) != before).any()
    assert "Training diverges" in wrong.describe()
    assert "look at the signs in your train" in wrong.describe()


def test_without_the_factor_of_the_outputs_slope_it_differs_from_nn_core():
    class NoSlope(NeuralNetwork):
        def layer_outputs(self, inputs):
            hidden, outputs = super().layer_outputs(inputs)
            return hidden, 1 - outputs

    wrong, core = Playground(network=NoSlope), Playground()
    wrong.advance(5)
    core.advance(5)
    assert not np.allclose(wrong.history, core.history, rtol=1e-3)


# --- A class that breaks ------------------------------------------------------------------


class BrokenInit(NeuralNetwork):
    def __init__(self, input_nodes, hidden_nodes, output_nodes):
        self.weights = np.zeros((hidden_nodes, input_nodes)) + missing  # noqa: F821


class BrokenFeedforward(NeuralNetwork):
    def feedforward(self, inputs):
        return sigmoid(self.weights_input_hidden.T @ inputs)


class BrokenTrain(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        self.weights_input_hidden -= inputs @ targets.T


class BrokenDeeper(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        self.helper(targets)

    def helper(self, targets):
        return targets[7, 7]


class BrokenLayers(NeuralNetwork):
    def feedforward(self, inputs):
        return super().layer_outputs(inputs)[1]

    def layer_outputs(self, inputs):
        raise KeyError("layers")


class WrongShape(NeuralNetwork):
    def feedforward(self, inputs):
        outputs = self.layer_outputs(inputs)[1]
        return outputs.T  # turned


class WrongLayers(NeuralNetwork):
    def feedforward(self, inputs):
        return super().layer_outputs(inputs)[1]

    def layer_outputs(self, inputs):
        return super().layer_outputs(inputs)[1]  # only one

    def train(self, inputs, targets, learning_rate):
        pass


class WrongHidden(WrongLayers):
    def layer_outputs(self, inputs):
        hidden, outputs = NeuralNetwork.layer_outputs(self, inputs)
        return hidden[:2], outputs


class ReturnsNothing(NeuralNetwork):
    def feedforward(self, inputs):
        self.layer_outputs(inputs)


class ReturnsAList(NeuralNetwork):
    def feedforward(self, inputs):
        return self.layer_outputs(inputs)[1].tolist()


class ReturnsWords(NeuralNetwork):
    def feedforward(self, inputs):
        return np.array([["one"] * inputs.shape[1]])


class GivesNan(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        self.biases_output += np.nan


class GivesHuge(NeuralNetwork):
    def feedforward(self, inputs):
        return np.full((1, inputs.shape[1]), 1e300)


class PrintsForEver(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        while True:
            print("still training", inputs)


class Exits(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        sys.exit("enough")


class Interrupted(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        raise KeyboardInterrupt


class TooFewArguments(NeuralNetwork):
    def train(self, inputs, targets):
        pass


BROKEN = [
    (BrokenInit, "__init__", "missing", "NameError"),
    (BrokenFeedforward, "feedforward", "return sigmoid", "ValueError"),
    (BrokenTrain, "train", "-= inputs @ targets.T", "ValueError"),
    (BrokenDeeper, "helper", "targets[7, 7]", "IndexError"),
    (BrokenLayers, "layer_outputs", "raise KeyError", "KeyError"),
    (WrongShape, "feedforward", "# turned", "expected shape (1, 200), got (200, 1)"),
    (WrongLayers, "layer_outputs", "# only one", "expected two arrays"),
    (WrongHidden, "layer_outputs", "return hidden[:2]", "expected shape (8, "),
    (ReturnsNothing, "feedforward", "self.layer_outputs", "a return is missing"),
    (ReturnsAList, "feedforward", "tolist", "expected an array, got list"),
    (ReturnsWords, "feedforward", "return np.array", "expected numbers"),
    (GivesNan, "feedforward", "return self.layer", "got nan"),
    (GivesHuge, "feedforward", "1e300", "no number can hold the loss"),
    (PrintsForEver, "train", "print", "printed more than 100,000 characters"),
    (Exits, "train", "sys.exit", "enough"),
    (Interrupted, "train", "raise Keyboard", "interrupted"),
    (TooFewArguments, "train", "def train", "takes 3 positional arguments"),
]


@pytest.mark.parametrize(
    ("own", "method", "text", "words"), BROKEN, ids=[row[0].__name__ for row in BROKEN]
)
@pytest.mark.slow
def test_what_breaks_is_told_with_its_method_and_line(own, method, text, words, capsys):
    playground = Playground(network=own)
    playground.advance(3)
    playground.draw()
    told = playground.describe()
    number = line_of(getattr(own, method, own.__init__), text)
    assert f"Your {method} " in told
    assert f"stopped in line {number} ," in told
    assert words in told
    assert "Reset" in told
    assert capsys.readouterr().out == ""
    picture = bytes(playground.image.value)
    assert picture.startswith(b"\x89PNG")
    for control in (playground.hidden_nodes, playground.learning_rate):
        control.value = 3  # still alive
    playground.reset()
    playground.advance(3)
    playground.draw()
    assert words.replace("(8, ", "(3, ") in playground.describe()
    playground.python_code()
    assert playground._repr_mimebundle_()["text/plain"] == playground.describe()


class BrokenRng(NeuralNetwork):
    @property
    def rng(self):
        raise KeyError("no generator yet")

    @rng.setter
    def rng(self, value):
        self.generator = value

    def first_weights(self, nodes, fan_in):
        return self.generator.uniform(-1, 1, (nodes, fan_in))


class BrokenRule(NeuralNetwork):
    def __init__(self, input_nodes, hidden_nodes, output_nodes, update_rule="gradient"):
        super().__init__(input_nodes, hidden_nodes, output_nodes)

    @property
    def update_rule(self):
        raise RuntimeError("cannot be read")

    @update_rule.setter
    def update_rule(self, rule):
        raise KeyError("only one rule")


@pytest.mark.parametrize(
    ("own", "words"),
    [(BrokenRng, "no generator yet"), (BrokenRule, "only one rule")],
)
def test_a_property_that_raises_is_told_with_its_line(own, words):
    playground = Playground(network=own)
    playground.advance(1)
    playground.draw()
    assert f"KeyError: {words!r}" in html.unescape(playground.describe())
    assert "raise KeyError" in playground.describe()


def test_weights_that_cannot_be_read_are_not_drawn():
    class Hidden(NeuralNetwork):
        shown = True

        @property
        def weights_hidden_output(self):
            if not self.shown:
                raise RuntimeError("not now")
            return self.second

        @weights_hidden_output.setter
        def weights_hidden_output(self, value):
            self.second = value

    playground = Playground(network=Hidden)
    assert playground.run.network.weights_hidden_output is not None
    Hidden.shown = False
    assert playground.run.network.weights_hidden_output is None


def test_playing_a_broken_class_pauses_and_the_page_lives_on():
    async def session():
        loop = asyncio.get_running_loop()
        failures = []
        loop.set_exception_handler(lambda loop, context: failures.append(context))
        playground = Playground(network=BrokenTrain)
        playground.play()
        await asyncio.sleep(0.3)
        assert not playground.playing
        assert playground.play_button.description == "Play"
        assert playground._task.exception() is None
        assert "stopped in line" in playground.describe()
        playground.play()  # not mended: told again
        await asyncio.sleep(0.3)
        assert "stopped in line" in playground.describe()
        assert failures == []

    asyncio.run(session())


def test_the_last_good_picture_stays():
    class Later(NeuralNetwork):
        trained = 0

        def feedforward(self, inputs):
            if self.trained > 20:
                raise RuntimeError("too late")
            return super().feedforward(inputs)

        def train(self, inputs, targets, learning_rate):
            super().train(inputs, targets, learning_rate)
            self.trained += 1

    playground = Playground(network=Later, learning_rate=10)
    playground.advance(20)
    playground.draw()
    before = boundary(playground)
    playground.advance(5)
    playground.draw()
    assert "too late" in playground.describe()
    assert len(playground.history) == 21
    assert (boundary(playground) == before).all()


@pytest.fixture
def cell():
    """Run code as a cell of a notebook does: in one module, a new definition for an old."""
    module = types.ModuleType("a_notebook")
    module.__dict__.update(np=np, sigmoid=sigmoid, NeuralNetwork=NeuralNetwork)
    sys.modules["a_notebook"] = module
    yield (
        lambda code: exec(compile(code, "<a cell>", "exec"), module.__dict__) or module
    )
    del sys.modules["a_notebook"]


WRONG = """
class Mine(NeuralNetwork):
    def train(self, inputs, targets, learning_rate):
        nonsense
"""
RIGHT = "class Mine(NeuralNetwork):\n    pass\n"
HALF_GROWN = (
    "class Mine:\n    def feedforward(self, inputs):\n        return inputs[:1]\n"
)


def test_reset_takes_the_class_as_its_cell_defined_it_last(cell):
    playground = Playground(network=cell(WRONG).Mine)
    playground.advance(1)
    playground.draw()
    assert "stopped in line 4" in playground.describe()
    cell(RIGHT)
    playground.reset()
    playground.advance(5)
    playground.draw()
    assert playground.run.mistake is None
    assert len(playground.history) == 5
    cell(RIGHT.replace("NeuralNetwork", "__import__('nn_core').NeuralNetwork"))
    playground.reset()
    assert not playground.activation.layout.display


def test_another_setting_keeps_the_class_until_reset(cell):
    """A class that grows from cell to cell is not complete on the way."""
    playground = Playground(network=cell(RIGHT).Mine)
    cell("class Mine:\n    pass\n")
    playground.hidden_nodes.value = 3
    playground.advance(2)
    assert playground.run.mistake is None
    assert playground.network.weights_input_hidden.shape == (3, 2)


def test_reset_passes_over_a_class_that_is_not_complete_and_says_so(cell):
    before = cell(RIGHT).Mine
    playground = Playground(network=before)
    cell(HALF_GROWN)
    playground.reset()
    assert "Mine has no train as a cell defined it last" in playground.describe()
    playground.advance(2)
    assert type(playground.network) is before
    assert len(playground.history) == 2
    complete = cell(RIGHT).Mine
    playground.reset()
    assert type(playground.network) is complete
    assert "has no train" not in playground.describe()


def test_after_a_mistake_a_class_that_is_not_complete_is_named_beside_it(cell):
    playground = Playground(network=cell(WRONG).Mine)
    playground.advance(1)
    cell(HALF_GROWN)
    playground.step_button.click()
    assert "Mine has no train" in playground.describe()
    assert "stopped in line 4" in playground.describe()
    cell(RIGHT)
    playground.hidden_nodes.value = 4
    playground.draw()
    assert "Not trained yet" in playground.describe()
    assert "has no train" not in playground.describe()


def test_an_older_class_that_is_meant_stays(cell):
    older = cell(WRONG).Mine
    cell(RIGHT)
    playground = Playground(network=older)
    playground.reset()
    assert type(playground.network) is older


def test_step_and_play_after_a_mistake_try_again(cell):
    playground = Playground(network=cell(WRONG).Mine)
    playground.step_button.click()
    assert "stopped in line 4" in playground.describe()
    cell(RIGHT)
    playground.step_button.click()
    assert "Epoch 1." in playground.describe()


def test_what_the_class_prints_is_shown_and_does_not_flood_the_page(capsys):
    class Talks(NeuralNetwork):
        def train(self, inputs, targets, learning_rate):
            print("<rate>", learning_rate)
            super().train(inputs, targets, learning_rate)

    playground = Playground(network=Talks)
    playground.advance(20)
    playground.draw()
    assert "Printed last: <rate> 1.0" in playground.describe()
    assert capsys.readouterr().out == ""
    assert builtins.print is print


@pytest.mark.parametrize("network", [NeuralNetwork(2, 2, 1), "NeuralNetwork", None, 3])
def test_the_class_itself_is_wanted(network):
    with pytest.raises(TypeError, match="^network: expected a class with the methods"):
        Playground(network=network)


def test_what_a_class_lacks_is_named():
    class Young:
        def feedforward(self, inputs):
            return inputs[:1]

    with pytest.raises(TypeError, match="Young has no train"):
        Playground(network=Young)
