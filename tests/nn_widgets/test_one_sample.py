"""The panel that shows one sample's forward pass through the playground's network."""

import numpy as np
import pytest

from nn_widgets import Playground
from nn_widgets.playground.panels.plane_cells import SIDE
from tests.nn_widgets.readers_classes import NeuralNetwork, Uphill


@pytest.fixture
def playground():
    made = Playground(hidden_nodes=3)
    made.advance(100)
    made.folds.open("One sample")
    yield made
    made.close()


def said(playground):
    return playground.one_sample.words.value


def test_its_numbers_are_the_network_s(playground):
    playground.one_sample.number.value = 205
    inputs = playground.test_data.inputs[:, 4:5]
    hidden, outputs = playground.network.layer_outputs(inputs)
    assert "<b>Sample 205</b>, to test with" in said(playground)
    assert f"at ({inputs[0, 0]:.2f}, {inputs[1, 0]:.2f}), after epoch 100" in (
        said(playground)
    )
    assert ", ".join(f"{value:.2f}" for value in hidden[:, 0]) in said(playground)
    assert f"<b>{outputs[0, 0]:.3f}</b>" in said(playground)
    right = (outputs[0, 0] > 0.5) == (playground.test_data.targets[0, 4] > 0.5)
    assert ("which is right" in said(playground)) == right
    drawn = [text.get_text() for text in playground.one_sample._numbers]
    values = np.concatenate([inputs, hidden, outputs])[:, 0]
    assert drawn == [f"{value:.2f}" for value in values]


def test_a_press_picks_the_nearest_and_the_next_one_there(playground):
    left, right, low, high = playground.run.view
    inputs = np.concatenate(
        [playground.train_data.inputs, playground.test_data.inputs], axis=1
    )
    column = int((inputs[0, 7] - left) / (right - left) * SIDE)
    row = int((high - inputs[1, 7]) / (high - low) * SIDE)
    cell = playground.plane_cells.box.children[row * SIDE + column]
    picked = []
    for _ in range(40):
        cell.click()
        picked.append(playground.one_sample.number.value)
    assert 8 in picked  # the sample in this cell is also picked
    again = picked[1:].index(picked[0]) + 1
    assert len(set(picked[:again])) == again
    playground.plane_cells.box.children[0].click()  # a corner without a sample
    assert "<b>Sample" in said(playground)


def test_a_ring_marks_it_while_somebody_looks(playground):
    ringed = bytes(playground.image.value)
    playground.folds.buttons["One sample"].value = False
    assert bytes(playground.image.value) != ringed
    assert playground.plane_cells.box.layout.display == "none"


def test_it_is_followed_while_it_trains(playground):
    playground.playing = True
    before = bytes(playground.one_sample.image.value)
    playground.advance(50)
    playground._draw_frame()
    assert "after epoch 150" in said(playground)
    assert "role='status'" not in said(playground)  # or each frame is read out
    assert bytes(playground.one_sample.image.value) != before
    playground.pause()
    assert "role='status'" in said(playground)
    playground.go_to(20)
    assert "after epoch 20" in said(playground)


def test_while_painting_presses_set_points(playground):
    playground.folds.open("Your own data")
    own = playground.own_data
    own.paint_button.value = True
    playground.plane_cells.box.children[0].click()
    assert len(own.points.points) == 3
    own.paint_button.value = False
    playground.plane_cells.box.children[0].click()
    assert len(own.points.points) == 3
    assert playground.one_sample.number.max == 3
    assert 1 <= playground.one_sample.number.value <= 3


def test_fewer_samples_and_more_neurons(playground):
    playground.one_sample.number.value = 300
    playground.hidden_nodes.value = 20
    assert len(playground.one_sample._numbers) == 2 + 7 + 1  # the first seven are drawn
    playground.dataset.value = "xor"
    assert playground.one_sample.number.value <= 4
    assert "class" in said(playground)


@pytest.mark.parametrize("kind", [NeuralNetwork, Uphill])
def test_a_class_of_the_reader_s(kind):
    playground = Playground(network=kind)
    playground.folds.open("One sample")
    assert "<b>Sample 1</b>" in said(playground)
    playground.close()
