"""The cost of frames and of dragging sliders, in pictures and messages, not in seconds."""

import asyncio

import ipywidgets as widgets
import numpy as np
import pytest

from nn_widgets import Playground
from nn_widgets.live_figure import leaves

SLIDERS = ["noise", "hidden nodes", "learning rate", "epoch", "sample"]
SLIDERS += ["input 1", "input 2"]


@pytest.fixture
def drawn(monkeypatch):
    """Return a list that gets an item for each drawing."""
    counted, draw = [], Playground.draw
    monkeypatch.setattr(
        Playground, "draw", lambda self: (counted.append(1), draw(self))
    )
    return counted


def opened():
    """Return a trained playground with all parts unfolded, and its sliders by name."""
    playground = Playground()
    playground.advance(300)
    for button in playground.folds.buttons.values():
        button.value = True
    playground.own_data.paint_button.value = True
    playground.advance(300)
    playground.draw()
    kinds = widgets.IntSlider, widgets.FloatSlider, widgets.FloatLogSlider
    found = [one for one in leaves(playground) if isinstance(one, kinds)]
    return playground, {one.description: one for one in found}


async def settled(drawn):
    """Wait until drawing has stopped."""
    before = -1
    while before != len(drawn):
        before = len(drawn)
        await asyncio.sleep(0.1)


def places(slider, count=40):
    low, high = slider.min, slider.max
    if isinstance(slider, widgets.FloatLogSlider):
        return list(np.logspace(low, high, count))
    values = np.linspace(low, high, count)
    return [int(value) for value in values] if slider.step == 1 else list(values)


def test_a_drag_while_paused_is_drawn_at_its_end(drawn):
    async def drag():
        playground, sliders = opened()
        assert sorted(sliders) == sorted(SLIDERS)
        for name in SLIDERS:
            await settled(drawn)
            drawn.clear()
            for place in places(sliders[name]):
                sliders[name].value = place
            assert (name, drawn) == (name, [])  # no redraw during the moves
            await settled(drawn)
            assert len(drawn) <= 1, name
        playground.close()

    asyncio.run(drag())


def test_a_drag_while_it_trains_costs_no_frame(drawn):
    """The next frame uses the newest value; only the epoch slider pauses, and once."""

    async def drag():
        playground, sliders = opened()
        for name in [*SLIDERS[:3], *SLIDERS[4:], "epoch"]:
            playground.play()
            drawn.clear()
            while not drawn:
                await asyncio.sleep(0)
            drawn.clear()
            for place in places(sliders[name]):
                sliders[name].value = place
            assert len(drawn) <= (name == "epoch"), name
            if name == "learning rate":
                assert playground.run.segments[-1][1].learning_rate == 1
                while not drawn:
                    await asyncio.sleep(0)
                assert playground.run.segments[-1][1].learning_rate == 100
        assert not playground.playing
        playground.close()
        await asyncio.sleep(0)

    asyncio.run(drag())


def test_two_of_three_frames_send_only_what_moves():
    playground, sent = Playground(), []
    parts = {"left": playground.images[0], "right": playground.images[1]}
    parts["words"] = playground.words
    for name, part in parts.items():
        part.observe(lambda _, name=name: sent.append(name), "value")
    playground.playing = True
    for _ in range(9):
        playground.advance(10)
        playground._draw_frame()
    counts = {name: sent.count(name) for name in parts}
    assert counts == {"left": 9, "right": 3, "words": 3}
    playground.pause()
    whole = Playground()
    whole.advance(90)
    whole.run.test_losses[:] = playground.run.test_losses
    whole.draw()
    for one, other in zip(playground.images, whole.images, strict=True):
        assert bytes(one.value) == bytes(other.value)
