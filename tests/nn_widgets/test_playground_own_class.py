"""The playground with a reader's own class: right ones, wrong ones, and other objects."""

import builtins

import numpy as np
import pytest

import nn_core
from nn_widgets import Playground
from tests.nn_widgets.readers_classes import Bare, NeuralNetwork, Uphill, boundary

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


# --- What it prints, and other objects ------------------------------------------------------


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
