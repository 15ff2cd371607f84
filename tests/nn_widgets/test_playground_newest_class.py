"""Which class the playground uses when cells redefine it, perhaps incompletely."""

import sys
import types

import numpy as np
import pytest

from nn_widgets import Playground
from tests.nn_widgets.readers_classes import NeuralNetwork, sigmoid


@pytest.fixture
def cell():
    """Yield a function that runs code in one module, as a notebook runs its cells."""
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
    """A class that is built cell by cell is incomplete in between."""
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


def test_an_older_class_that_is_passed_on_purpose_is_kept(cell):
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
