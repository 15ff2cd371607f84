"""Twins: two networks that train in lockstep, differ in one setting, and are compared."""

import asyncio
import io

import numpy as np
import pytest
from PIL import Image

import nn_core
from nn_widgets import Playground
from nn_widgets.playground.panels.twins import BOOK, KINDS, NONE
from tests.nn_widgets.readers_classes import NeuralNetwork, Uphill


def with_twin(kind, value=None, **options):
    playground = Playground(**options)
    playground.folds.open("Twins")
    playground.twins._menu.value = kind
    if value is not None:
        playground.twins._value.value = value
    return playground


def words(playground):
    return playground.twins.words.value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("learning rate", 0.3),
        ("update rule", "blog"),
        ("hidden nodes", 3),
        ("activation", "relu"),
        ("start", "uniform"),
    ],
)
def test_the_twin_is_the_network_that_a_playground_of_its_own_would_train(kind, value):
    playground = with_twin(kind, value, batch_size=50, seed=4)
    playground.advance(12)
    alone = Playground(batch_size=50, seed=4, **{KINDS[kind][0]: value})
    alone.advance(12)
    assert playground.twins.run.history == alone.history
    plain = Playground(batch_size=50, seed=4)
    plain.advance(12)
    assert playground.history == plain.history


@pytest.mark.slow
def test_losses_are_in_one_plot_and_planes_side_by_side():
    playground = with_twin("learning rate", 0.1, learning_rate=5)
    playground.advance(60)
    playground.draw()
    line = playground.painter._lines["twin"]
    assert np.array_equal(line.get_ydata(), playground.twins.run.history)
    first, twin, _ = playground.children[0].children
    assert first is playground.plane
    assert twin is playground.twins.image
    shown = [Image.open(io.BytesIO(i.value)) for i in (playground.image, twin)]
    assert shown[0].size == shown[1].size == (480, 460)
    assert shown[0].tobytes() != shown[1].tobytes()
    playground.twins._menu.value = NONE
    playground.draw()
    assert twin.layout.display == "none"
    assert len(line.get_ydata()) == 0
    assert playground.state.earlier  # the run before is still there to compare


@pytest.mark.slow
def test_words_say_when_they_diverge_and_which_is_ahead():
    playground = with_twin("learning rate", 0.1, learning_rate=5)
    playground.draw()
    assert "not trained yet" in words(playground)
    playground.advance(60)
    playground.draw()
    a, b = np.array(playground.history), np.array(playground.twins.run.history)
    parted = np.flatnonzero(np.abs(a - b) > 0.01 * np.maximum(a, b))[0]
    assert f"the losses part at epoch {parted + 1}, {a[parted]:.4g}" in words(
        playground
    )
    assert f"it is {a[-1]:.4g} against {b[-1]:.4g}: the first network" in words(
        playground
    )
    assert f"{playground.twins.run.test_accuracy:.1%} of the twin's" in words(
        playground
    )
    playground.go_to(int(parted))
    assert "the losses are the same within 1 %" in words(playground)


@pytest.mark.slow
def test_both_go_back_and_on_from_there():
    playground = with_twin("hidden nodes", 2)
    playground.advance(60)
    first, twin = playground.history, playground.twins.run.history
    playground.go_to(20)
    playground.learning_rate.value = 7
    playground.advance(5)
    assert playground.history[:20] == first[:20]
    assert playground.twins.run.history[:20] == twin[:20]
    assert len(playground.twins.run.history) == 25
    assert playground.twins.run.history[21:] != twin[21:25]


@pytest.mark.slow
def test_own_class_against_the_book_s():
    playground = with_twin(BOOK, network=NeuralNetwork)
    playground.advance(10)
    playground.draw()
    assert isinstance(playground.twins.run.network, nn_core.NeuralNetwork)
    assert playground.twins.run.history == pytest.approx(playground.history, rel=1e-9)
    assert "the same within 1 %" in words(playground)
    wrong = with_twin(BOOK, network=Uphill)
    wrong.advance(30)
    wrong.draw()
    assert "the twin is ahead" in words(wrong)
    assert BOOK not in with_twin("start").twins._menu.options
    assert set(wrong.twins._menu.options) == {
        NONE,
        "learning rate",
        "hidden nodes",
        BOOK,
    }


@pytest.mark.slow
def test_a_twin_that_diverges_stops_alone():
    playground = with_twin(
        "learning rate", 100.0, activation="relu", loss="cross_entropy"
    )
    playground.twins.run.network.weights_hidden_output[...] = 1e307
    playground.advance(20)
    playground.draw()
    assert playground.twins.run.diverged
    assert len(playground.history) == 20


@pytest.mark.slow
def test_a_setting_changed_while_both_train_starts_both():
    async def session():
        playground = with_twin("start", "zeros")
        playground.play()
        while not playground.history:
            await asyncio.sleep(0.01)
        playground.hidden_nodes.value = 3
        while playground.run.settings.hidden_nodes != 3 or not playground.history:
            await asyncio.sleep(0.01)
        assert playground.twins.run.settings.hidden_nodes == 3
        assert playground.twins.run.settings.init == "zeros"
        assert len(playground.twins.run.history) == len(playground.history) > 0
        playground.close()

    asyncio.run(session())
