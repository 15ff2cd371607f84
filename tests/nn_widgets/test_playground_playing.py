"""The playground while it plays, without a browser: its task, controls and end."""

import asyncio
import time
import warnings

import numpy as np
import pytest

from nn_widgets import Playground


def test_playing_needs_an_event_loop():
    with pytest.raises(RuntimeError, match="advance"):
        Playground().play()


def test_play_trains_follows_the_controls_and_pauses():
    async def session():
        playground = Playground(learning_rate=10)
        playground.play()
        await asyncio.sleep(0.3)
        assert playground.history
        assert playground.image.format == "jpeg"
        playground.learning_rate.value = 0.5
        await asyncio.sleep(0.2)
        assert playground.run.segments[-1][1].learning_rate == 0.5
        playground.hidden_nodes.value = 3
        await asyncio.sleep(0.2)
        assert playground.network.hidden_nodes == 3
        assert playground.playing
        playground.pause()
        epochs = len(playground.history)
        assert playground.image.format == "png"
        await asyncio.sleep(0.2)
        assert len(playground.history) == epochs
        assert playground._task.done()

    asyncio.run(session())


@pytest.mark.slow
def test_only_the_newest_of_many_changes_is_drawn(monkeypatch):
    drawn = []
    draw = Playground.draw

    def count(self):
        drawn.append(self.hidden_nodes.value)
        draw(self)

    monkeypatch.setattr(Playground, "draw", count)

    async def session():
        playground = Playground()
        drawn.clear()
        for nodes in [*range(1, 33), 12]:
            playground.hidden_nodes.value = nodes
        await asyncio.sleep(0.3)
        assert drawn == [12]
        playground.play()
        await asyncio.sleep(0.1)
        drawn.clear()
        began = time.perf_counter()
        for step in range(200):
            playground.learning_rate.value = 0.1 + step / 100
            await asyncio.sleep(0.002)
        seconds = time.perf_counter() - began  # may be many on a busy machine
        frames = seconds / Playground.FRAME_SECONDS + 2
        assert len(drawn) <= frames  # fewer than there were changes
        await asyncio.sleep(0.1)
        assert playground.run.segments[-1][1].learning_rate == 0.1 + 199 / 100
        playground.pause()

    asyncio.run(session())


@pytest.mark.slow
def test_two_playgrounds_do_not_disturb_each_other():
    async def session():
        first, second = Playground(seed=1), Playground(seed=1)
        first.play()
        second.play()
        await asyncio.sleep(0.4)
        first.pause()
        epochs = len(second.history)
        await asyncio.sleep(0.2)
        assert len(second.history) > epochs
        second.pause()
        shared = min(len(first.history), len(second.history))
        assert first.history[:shared] == second.history[:shared]

    asyncio.run(session())


def test_closing_ends_the_task():
    async def session():
        playground = Playground()
        playground.play()
        await asyncio.sleep(0.1)
        playground.close()
        await asyncio.sleep(0.1)
        assert playground._task.done()
        assert playground._task.exception() is None

    asyncio.run(session())


def test_losing_the_last_view_pauses():
    async def session():
        playground = Playground()
        playground._view_count = 1
        playground.play()
        await asyncio.sleep(0.1)
        playground._view_count = 0
        assert not playground.playing
        await asyncio.sleep(0.1)
        assert playground._task.done()

    asyncio.run(session())


def test_an_error_while_playing_is_shown_not_lost():
    async def session():
        playground = Playground()
        playground.play()
        playground.network.weights_input_hidden[...] = np.nan
        await asyncio.sleep(0.2)
        assert not playground.playing
        assert (
            "Stopped by an error" in playground.words.value or playground.run.diverged
        )
        playground._task.exception()  # marks the exception as retrieved

    asyncio.run(session())


def test_no_warnings_and_no_pyplot_in_a_session():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        playground = Playground()
        for rate in (0.01, 1, 100):
            playground.learning_rate.value = rate
            playground.advance(30)
            playground.draw()
