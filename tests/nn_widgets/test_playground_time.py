"""Going back to any epoch of a run: the same numbers, quickly, with little memory."""

import asyncio
import tracemalloc

import numpy as np
import pytest

import nn_core
from nn_widgets import Playground
from nn_widgets.playground.network.checkpoints import MOST_BYTES, Checkpoints
from nn_widgets.playground.network.run import Run
from nn_widgets.playground.network.settings import Settings, Training
from tests.nn_widgets.readers_classes import NeuralNetwork

SETTINGS = Settings("moons", 0.1, 4, "tanh", "xavier", 0, "mse")
WAYS = [
    (230, Training(1.0, None, "gradient")),
    (7, Training(0.3, 10, "gradient")),
    (5, Training(0.3, 10, "blog")),
    (31, Training(2.0, None, "gradient")),
]


def weights_of(run):
    network = getattr(run.network, "own", run.network)
    return network.weights_input_hidden.copy()


@pytest.mark.slow
@pytest.mark.parametrize("own_class", [None, NeuralNetwork])
def test_every_epoch_comes_back_to_the_last_bit(own_class):
    if own_class is not None:
        own_class = Playground(network=own_class).state.own_class
    run = Run(SETTINGS._replace(activation="sigmoid"), "gradient", None, own_class)
    seen = {0: (weights_of(run), run.test_loss)}
    for epochs, training in WAYS:
        for _ in range(epochs):
            run.train(1, training)
            seen[len(run.history)] = weights_of(run), run.test_loss
    for epoch in (0, 1, 229, 230, 231, 236, 238, 242, 243, 273):
        then = run.at(epoch)
        assert np.array_equal(weights_of(then), seen[epoch][0])
        assert then.test_loss == seen[epoch][1]
        assert then.history == run.history[:epoch]
        assert then.test_losses[-1] == (epoch, then.test_loss)
    then = run.at(238)
    assert [epochs for epochs, _ in then.segments] == [230, 7, 1]
    then.train(4, WAYS[2][1])  # the same training as before
    assert np.array_equal(weights_of(then), seen[242][0])
    assert len(run.history) == 273  # the original run is unchanged


@pytest.mark.slow
def test_copies_are_close_and_take_little_room():
    """Make the copies of 10,000 epochs with the smallest batches and the most nodes."""
    checkpoints, net = Checkpoints(), nn_core.NeuralNetwork(2, 32, 1)
    apart = checkpoints.epochs_apart(200, 1)
    assert apart == 2
    tracemalloc.start()
    try:
        for epoch in range(0, 10_001, 2):
            checkpoints.keep(epoch, net, checkpoints.epochs_apart(200, 1))
        assert tracemalloc.get_traced_memory()[0] < MOST_BYTES
    finally:
        tracemalloc.stop()
    kept = np.array(checkpoints._epochs)
    assert kept[0] == 0
    assert np.diff(kept).max() <= 4
    assert checkpoints.epochs_apart(200, None) <= 200  # 10 ms of training, about


def test_copies_get_further_apart_when_memory_is_short(monkeypatch):
    monkeypatch.setattr("nn_widgets.playground.network.checkpoints.MOST_BYTES", 50_000)
    checkpoints, net = Checkpoints(), nn_core.NeuralNetwork(2, 4, 1)
    for epoch in range(1000):
        checkpoints.keep(epoch, net, checkpoints.epochs_apart(200, 1))
    assert 5 <= len(checkpoints._copies) <= 12
    epoch, _ = checkpoints.before(999)
    assert 999 - epoch <= 2 * checkpoints.epochs_apart(200, 1)


def test_a_branch_continues_differently_and_the_first_run_stays_as_a_curve():
    playground = Playground(learning_rate=5)
    playground.advance(60)
    first = playground.history
    playground.go_to(20)
    assert "Epoch 20." in playground.describe()
    assert "60 epochs are trained" in playground.describe()
    assert playground.history == first[:20]
    (faint,) = [
        line for line in playground.painter.loss_axes.lines if not line.get_animated()
    ]
    assert len(faint.get_xdata()) == 60
    playground.learning_rate.value = 0.5
    playground.advance(15)
    assert playground.history[:20] == first[:20]
    assert len(playground.history) == 35
    assert playground.history[21:] != first[21:35]
    assert playground.state.earlier == [("first way, rate 5", first)]
    assert "learning_rate=0.5, epochs=15" in playground.python_code()
    names = {}
    exec(playground.python_code(), names)
    assert names["net"].loss(*names["test"]) == playground.test_loss


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [-1, 61, 1.5])
def test_an_epoch_that_was_not_trained_is_refused(epoch):
    playground = Playground()
    playground.advance(60)
    with pytest.raises((ValueError, TypeError), match="epoch: expected"):
        playground.go_to(epoch)
    assert not playground.state.shows_past


@pytest.mark.slow
def test_the_slider_follows_and_only_the_last_of_many_moves_is_drawn():
    async def session():
        playground = Playground()
        playground.folds.open("Time")
        playground.advance(300)
        playground.draw()
        slider = playground.time_travel._slider
        assert (slider.max, slider.value) == (300, 300)
        drawn = []
        playground.words.observe(lambda change: drawn.append(change["new"]), "value")
        for epoch in range(299, 99, -1):
            slider.value = epoch
        await asyncio.sleep(0.3)
        assert len(drawn) == 1
        assert "Epoch 100." in drawn[0]
        playground.play()
        await asyncio.sleep(0.05)
        playground.pause()
        assert playground.history[:100] == playground.state.earlier[0][1][:100]
        assert slider.max == slider.value == len(playground.history)
        slider.value = 50
        playground.reset()
        assert playground.history == []
        assert slider.max == 0

    asyncio.run(session())


class Locked(NeuralNetwork):
    """A class whose networks cannot be copied."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes):
        super().__init__(input_nodes, hidden_nodes, output_nodes)
        self.key = (line for line in "")


def test_networks_that_cannot_be_copied_say_so():
    playground = Playground(network=Locked)
    playground.advance(20)
    assert len(playground.history) == 20
    with pytest.raises(ValueError, match="cannot be copied"):
        playground.go_to(3)
    playground.folds.open("Time")
    assert playground.time_travel._slider.disabled
