"""The weight panel: the samples' contributions add up to the actual update."""

import numpy as np
import pytest

from nn_widgets import Playground
from nn_widgets.playground.panels.weight_update import all_weights, weight_update
from tests.nn_widgets.readers_classes import Bare, NeuralNetwork, Uphill


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [None, 10])
@pytest.mark.parametrize(
    "options",
    [
        {"hidden_nodes": 3, "activation": "tanh", "loss": "cross_entropy"},
        {"hidden_nodes": 3, "update_rule": "blog"},
        {"hidden_nodes": 3, "network": NeuralNetwork},
    ],
)
def test_the_sum_of_the_contributions_is_what_the_update_does(options, batch_size):
    """Train on as many samples as a batch has, to get a single update."""
    playground = Playground("blobs", batch_size=batch_size, **options)
    playground.advance(5)
    run, training = playground.run, playground.state.controls.training()
    found = {weight: weight_update(run, training, weight) for weight in all_weights(3)}
    first = next(iter(found.values()))
    assert first.samples.inputs.shape[1] == (batch_size or 200)
    network = playground.network
    network.train(*first.samples, training.learning_rate)
    for weight, update in found.items():
        after = getattr(network, weight.array)[weight.row, weight.column]
        assert update.value + update.contributions.sum() == pytest.approx(
            after, rel=1e-9
        )
        assert update.change == pytest.approx(
            update.contributions.sum(), rel=1e-6, abs=1e-12
        )
        known = update.factors != 0
        count, rate = len(update.contributions), training.learning_rate
        formula = -rate * update.deltas * update.factors / count
        assert np.allclose(update.contributions[known], formula[known], rtol=1e-9)


def test_the_batch_is_the_one_that_comes_next():
    playground = Playground("moons", batch_size=200 - 1)
    playground.advance(3)
    (weight, *_) = all_weights(8)
    found = weight_update(playground.run, playground.state.controls.training(), weight)
    order = np.random.default_rng()
    order.bit_generator.state = playground.network._rng.bit_generator.state
    expected = playground.train_data.inputs[:, order.permutation(200)[:199]]
    assert np.array_equal(found.samples.inputs, expected)
    assert order.bit_generator.state != playground.network._rng.bit_generator.state


@pytest.fixture
def tells():
    """Open the panel of a playground; return the words about a weight."""

    def words(name, **options):
        playground = Playground(**options)
        playground.advance(20)
        playground.folds.open("Why a weight moves")
        playground.weight_panel._menu.value = name
        return playground, playground.weight_panel.words

    return words


def test_the_update_is_described_with_numbers_and_the_line_of_code(tells):
    playground, words = tells("hidden 2 → output", dataset="xor", hidden_nodes=2)
    weight = playground.network.weights_hidden_output[0, 1]
    assert f"is {weight:.6g} after epoch 20" in words.value
    assert (
        "weights_hidden_output -= rate * output_delta @ hidden_outputs.T" in words.value
    )
    assert words.value.count("<tr>") == 1 + 4 + 1
    playground.advance(1)
    after = playground.network.weights_hidden_output[0, 1]
    assert f"so it becomes {after:.6g}" in words.value
    playground.draw()
    assert "after epoch 21" in words.value
    playground.go_to(3)
    assert "after epoch 3." in words.value
    playground.hidden_nodes.value = 1  # the weight no longer exists
    assert "input 1 → hidden 1</b>" in words.value


def test_the_largest_contributions_have_a_row_and_the_others_one_together(tells):
    _, words = tells("bias of hidden 8")
    assert words.value.count("<tr>") == 1 + 8 + 2
    assert "192 other samples" in words.value


@pytest.mark.slow
def test_the_blog_s_rule_has_a_line_of_its_own(tells):
    _, words = tells("bias of hidden 1", update_rule="blog")
    assert "biases_hidden -= rate * hidden_errors.sum" in words.value


def test_classes_without_such_arrays_or_such_answers_say_so(tells):
    _, words = tells("input 2 → hidden 1", network=Bare)
    assert "no array <code>weights_input_hidden" in words.value
    _, words = tells("input 2 → hidden 1", network=Uphill)
    assert "update all 200 samples have a say" in words.value

    class NotTheMean(NeuralNetwork):
        def train(self, inputs, targets, learning_rate):
            super().train(inputs, targets, learning_rate * inputs.shape[1])

    _, words = tells("input 2 → hidden 1", network=NotTheMean, learning_rate=0.01)
    assert "something else than to take the mean" in words.value

    class Stubborn(NeuralNetwork):
        def train(self, inputs, targets, learning_rate):
            if inputs.shape[1] == 1:
                raise RuntimeError("one <is> none")
            super().train(inputs, targets, learning_rate)

    _, words = tells("input 2 → hidden 1", network=Stubborn)
    assert (
        "no answer for single samples. RuntimeError: one &lt;is&gt; none" in words.value
    )
