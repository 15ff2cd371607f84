"""Operate every control of every widget at random, also while it plays.

Nothing may raise an exception, leave a picture undrawn, leak memory, or leave a task running
after its widget was closed. FUZZ_TIMES=10 in the environment makes ten times as many tries.
"""

import asyncio
import gc
import os
import tracemalloc

import ipywidgets as widgets
import numpy as np
import pytest

from nn_widgets import Playground
from nn_widgets.live_figure import leaves
from tests.nn_widgets.every_widget import WIDGETS
from tests.nn_widgets.readers_classes import NeuralNetwork

pytestmark = [pytest.mark.slow, pytest.mark.fuzz]
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
OPERATIONS = 120 * TIMES  # on each widget
WITHOUT_CONTROLS = {"BugHunt"}  # only a picture and its description
OPERATED = {name: WIDGETS[name] for name in WIDGETS if name not in WITHOUT_CONTROLS}
each_widget = pytest.mark.parametrize("name", OPERATED)
# Values of controls that start long computations, which these tests leave out.
LONG = {"epochs before": [1000]}
WRITTEN = ["", "0, 1, a\n1, 0, b\n2, 2, b", "1;2", "#playground=1.abc", "<b>"]


def controls_of(widget):
    """Return the controls to operate; those of a fold exist only once it was opened."""
    # Leave out output, and what only a browser can fill.
    kinds = widgets.HTML, widgets.Image, widgets.FileUpload
    return [one for one in leaves(widget.controls) if not isinstance(one, kinds)]


def operate(control, rng):
    """Set the control to a random allowed value, or press it."""
    if isinstance(control, widgets.Button):
        control.click()
    elif isinstance(control, widgets.Dropdown):
        long = LONG.get(control.description, [])
        values = [v for v in control._options_values if v not in long]
        control.value = values[rng.integers(len(values))]
    elif isinstance(control, widgets.Textarea):
        control.value = str(rng.choice(WRITTEN))
    elif isinstance(control, (widgets.Checkbox, widgets.ToggleButton)):
        control.value = not control.value
    elif isinstance(control, widgets.FloatLogSlider):
        control.value = 10 ** rng.uniform(control.min, control.max)
    elif isinstance(control, (widgets.IntSlider, widgets.BoundedIntText)):
        ends = [control.min, control.max]
        value = rng.integers(control.min, control.max + 1)
        control.value = int(rng.choice([*ends, value, value]))
    else:
        value = rng.uniform(control.min, control.max)
        control.value = float(rng.choice([control.min, control.max, value, value]))


def waiting_calls(loop):
    """Return how many drawings are scheduled in the event loop."""
    calls = [*loop._ready, *loop._scheduled]
    return sum("_draw_now" in repr(call) and not call.cancelled() for call in calls)


async def operate_at_random(make, seed, operations):
    """Operate a widget this often; return the largest number of scheduled drawings."""
    rng = np.random.default_rng(seed)
    loop = asyncio.get_running_loop()
    failures = []
    loop.set_exception_handler(lambda loop, context: failures.append(context))
    widget = make()
    done, most_waiting = 0, 0
    while done < operations:
        for _ in range(rng.integers(1, 6)):  # a burst, as from dragging a slider
            controls = controls_of(widget)
            operate(controls[rng.integers(len(controls))], rng)
            done += 1
        most_waiting = max(most_waiting, waiting_calls(loop))
        await asyncio.sleep(float(rng.choice([0, 0.001, 0.03])))
        assert not failures, failures
        assert "Stopped by an error" not in widget.words.value, widget.words.value
    if isinstance(widget, Playground):
        widget.play()
        await asyncio.sleep(0.05)
    widget.close()
    await asyncio.sleep(0.1)
    assert not failures, failures
    assert [
        task for task in asyncio.all_tasks() if task is not asyncio.current_task()
    ] == []
    assert waiting_calls(loop) == 0
    return most_waiting


def never_waits_twice(make):
    waiting = asyncio.run(operate_at_random(make, 0, OPERATIONS), debug=False)
    assert waiting <= 1, f"{waiting} pictures of one widget were waiting to be drawn"


@each_widget
@pytest.mark.nightly
def test_random_operation(name):
    never_waits_twice(OPERATED[name])


def test_random_operation_of_a_playground_with_the_reader_s_class():
    never_waits_twice(lambda: Playground(network=NeuralNetwork))


def test_every_kind_of_widget_and_control_is_operated():
    assert {"Neuron", "OneStep", "GradientCheck", "Playground"} <= set(OPERATED)
    for name in WITHOUT_CONTROLS:
        assert controls_of(WIDGETS[name]()) == []
    for name, make in OPERATED.items():
        controls = controls_of(make())
        assert len(controls) >= 2
        rng = np.random.default_rng(0)
        for control in controls:
            before = getattr(control, "value", None)
            if before is None:
                continue
            assert any(
                operate(control, rng) or control.value != before for _ in range(50)
            ), f"{name}: {control.description} never changed"


@pytest.mark.nightly
def test_operation_keeps_no_memory():
    """After the first round, further rounds do not use more memory."""

    async def rounds():
        loop = asyncio.get_running_loop()
        widget = Playground()
        rng = np.random.default_rng(1)
        sizes = []
        for _ in range(6):
            for _ in range(12 * TIMES):
                controls = controls_of(widget)
                operate(controls[rng.integers(len(controls))], rng)
                await asyncio.sleep(0.002)
            widget.pause()
            widget.dataset.value = "moons"
            widget.state.earlier.clear()  # it keeps its last four curves on purpose
            widget.reset()
            await asyncio.sleep(0.05)
            assert waiting_calls(loop) == 0
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        widget.close()
        return np.array(sizes) / 1e6

    tracemalloc.start()
    try:
        sizes = asyncio.run(rounds())
    finally:
        tracemalloc.stop()
    slope = np.polyfit(np.arange(4), sizes[2:], 1)[0]
    assert slope < 0.2, f"it grows by {slope:.2f} MB a round: {sizes.round(2)} MB"


@pytest.mark.parametrize("name", WIDGETS)
def test_a_closed_widget_leaves_nothing_behind(name):
    """Neither itself nor its controls: a notebook may create hundreds of them."""

    def alive():
        gc.collect()
        return sum(issubclass(type(one), widgets.Widget) for one in gc.get_objects())

    gc.freeze()  # look only at what is made from here on
    try:
        WIDGETS[name]().close()
        before = alive()
        for _ in range(3):
            WIDGETS[name]().close()
        assert alive() == before
    finally:
        gc.unfreeze()
