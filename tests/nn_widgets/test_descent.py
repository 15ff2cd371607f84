"""Chapter 6's Slope and Landscape draw and describe the same descent as a plain loop."""

import asyncio
import copy

import numpy as np
import pytest

import nn_core
from nn_widgets import Landscape, Slope
from tests.nn_widgets.every_widget import pixels

WEIGHT = "weights_hidden_output[0, 0]"


def loss_with(net, data, **values):
    """Return the loss after changing, for example, weights_hidden_output={(0, 0): 2.0}."""
    net = copy.deepcopy(net)
    for name, numbers in values.items():
        for index, value in numbers.items():
            getattr(net, name)[index] = value
    return net.loss(*data)


def backpropagated(net, data, x, y=None):
    """Return the exact slopes for the output weights when these have the values x and y."""
    net = copy.deepcopy(net)
    net.weights_hidden_output[0, 0] = x
    if y is not None:
        net.weights_hidden_output[0, 1] = y
    slopes = net.backpropagate(*data).weights_hidden_output[0, :2]
    return slopes[0] if y is None else slopes


# --- Slope ----------------------------------------------------------------------------


def test_slope_walks_as_a_loop_with_exact_slopes_does():
    net, data = nn_core.NeuralNetwork(2, 3, 1, seed=4), nn_core.circles(40)
    widget = Slope(net, data, start=-3.0, learning_rate=50.0, steps=7)
    weight = -3.0
    for number in range(9):
        assert widget.points[number] == pytest.approx(weight, abs=1e-6)
        loss = loss_with(net, data, weights_hidden_output={(0, 0): weight})
        assert widget.losses[number] == pytest.approx(loss, abs=1e-9)
        weight -= 50.0 * backpropagated(net, data, weight)
    assert len(widget.points) == 9
    assert f"the loss is {widget.losses[-2]:.4f}" in widget.describe()
    assert f"with the loss {widget.losses[-1]:.4f}" in widget.describe()


def test_slope_draws_curve_tangent_and_step():
    net, data = nn_core.NeuralNetwork(2, 2, 1, seed=1), nn_core.moons()
    widget = Slope(steps=0)
    for weight, loss in zip(*widget._curve.get_data(), strict=True):
        expected = loss_with(net, data, weights_hidden_output={(0, 0): weight})
        assert loss == pytest.approx(expected, rel=1e-12)
    (left, right), (low, high) = widget._tangent.get_data()
    slope = backpropagated(net, data, 4.0)
    assert (high - low) / (right - left) == pytest.approx(slope, rel=1e-6)
    assert (low + high) / 2 == pytest.approx(widget.losses[0])
    assert widget._here.get_xdata() == [4.0]
    assert widget._next.get_xdata()[0] == pytest.approx(4.0 - 30 * slope, abs=1e-6)


def test_slope_leaves_the_given_network_alone():
    net, data = nn_core.NeuralNetwork(2, 2, 1), nn_core.xor()
    before = [getattr(net, name).copy() for name in nn_core.Gradients._fields]
    widget = Slope(net, data)
    widget.weight.value = "biases_output[0, 0]"
    for name, array in zip(nn_core.Gradients._fields, before, strict=True):
        assert np.array_equal(getattr(net, name), array)
        if name != "biases_output":
            assert np.array_equal(getattr(widget.net, name), array)


def test_every_number_of_the_network_can_be_chosen():
    assert len(Slope().weight.options) == 2 * 2 + 2 + 2 + 1


def test_what_chapter_6_says_of_the_slope():
    widget = Slope(steps=20)  # rate 30: arrives
    assert (abs(widget.points[:8] + 0.35) > 0.02).all()
    assert (abs(widget.points[9:] + 0.35) < 0.02).all()
    widget.learning_rate.value = 10.0  # too slow: not there yet
    assert (np.diff(widget.points) < 0).all()
    assert widget.points[-2] > -0.2
    widget.learning_rate.value = 100.0  # jumps across again and again
    sides = widget.points[2:] > -0.35
    assert (sides[1:] != sides[:-1]).all()
    widget.steps.value = 1
    assert "the loss rises" not in widget.describe()
    widget.steps.value = 2
    assert "It is too long: the loss rises" in widget.describe()
    widget.start.value, widget.learning_rate.value = 9.0, 30.0  # flat: hardly moves
    widget.steps.value = 20
    assert 8 < widget.points[-2] < 8.3


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"weight": "weights"}, ValueError, "weight"),
        ({"start": 11}, ValueError, "start"),
        ({"steps": 21}, ValueError, "steps"),
        ({"learning_rate": 0.5}, ValueError, "learning_rate"),
        ({"net": 5}, TypeError, "net"),
        ({"net": nn_core.NeuralNetwork(64, 32, 10)}, ValueError, "net"),
    ],
)
def test_slope_names_a_bad_argument(arguments, error, name):
    with pytest.raises(error, match=f"^{name}: "):
        Slope(**arguments)


# --- Landscape ------------------------------------------------------------------------


def test_landscape_walks_as_a_loop_with_exact_slopes_does():
    net, data = nn_core.NeuralNetwork(2, 3, 1, seed=4), nn_core.circles(40)
    widget = Landscape(net, data, start=(2.0, -5.0), learning_rate=20.0, steps=9)
    point = np.array([2.0, -5.0])
    for number in range(11):
        assert widget.points[number] == pytest.approx(point, abs=1e-6)
        point = point - 20.0 * backpropagated(net, data, *point)
    assert len(widget.points) == len(widget.losses) == 11
    x, y = widget.points[-2]
    values = {"weights_hidden_output": {(0, 0): x, (0, 1): y}}
    assert widget.losses[-2] == pytest.approx(loss_with(net, data, **values))
    assert f"the loss is {widget.losses[-2]:.4f}" in widget.describe()
    assert np.allclose(np.transpose(widget._path.get_data()), widget.points[:-1])


@pytest.mark.parametrize("pair", Landscape.PAIRS)
@pytest.mark.slow
def test_the_map_is_the_loss(pair):
    net, data = nn_core.NeuralNetwork(2, 2, 1, seed=1), nn_core.moons()
    widget = Landscape(pair=pair)
    shown = widget._image.get_array()
    grid = np.linspace(-10, 10, widget.GRID)
    for row, column in ((0, 0), (3, 20), (32, 1), (16, 16)):
        values = {}
        for name, value in zip(
            widget.PAIRS[pair], (grid[column], grid[row]), strict=True
        ):
            field, index = name[:-1].split("[")
            values.setdefault(field, {})[tuple(map(int, index.split(",")))] = value
        assert shown[row, column] == pytest.approx(loss_with(net, data, **values))


def test_lines_of_equal_loss_have_that_loss():
    widget = Landscape()
    net, data = nn_core.NeuralNetwork(2, 2, 1, seed=1), nn_core.moons()
    segments = widget._contours.get_segments()
    assert len(segments) >= 10
    for line in segments:
        found = [
            loss_with(net, data, weights_hidden_output={(0, 0): x, (0, 1): y})
            for x, y in line[:: max(1, len(line) // 5)]
        ]
        nearest = widget._levels[np.abs(widget._levels - found[0]).argmin()]
        assert np.allclose(found, nearest, atol=0.004)


def test_the_steps_can_go_forward_and_back():
    widget = Landscape(steps=3)
    whole = Landscape(steps=60)
    widget.steps.value = 60
    assert np.array_equal(widget.points, whole.points)
    widget.steps.value = 3
    assert np.array_equal(widget.points, whole.points[:5])


@pytest.mark.slow
def test_at_most_three_paths_are_kept_and_only_for_their_landscape():
    widget = Landscape()
    before = pixels(widget)
    for rate in (100.0, 200.0, 10.0, 3.0):
        widget.learning_rate.value = rate
        widget.keep_button.click()
    assert (pixels(widget) != before).any()
    words = widget.describe()
    assert "dashed: rate 200" in words
    assert "dash-dotted: rate 3" in words
    assert "rate 100" not in words
    widget.pair.value = "two weights of hidden neuron 1"
    assert "Kept" not in widget.describe()
    widget.pair.value = "the first two output weights"
    widget.learning_rate.value = 30.0
    assert (pixels(widget) == before).all()


@pytest.mark.slow
def test_what_chapter_6_says_of_the_landscape():
    widget = Landscape()
    assert (np.diff(widget.losses) < 0).all()
    turned = np.diff(
        widget.points[:8], axis=0
    )  # first to the left, then along the floor
    assert (turned[:4, 0] < 0).all()
    assert (np.diff(widget.points[5:], axis=0) * [1, -1] > 0).all()
    widget.steps.value = 100
    assert widget.losses[-2] == pytest.approx(0.0819, abs=5e-5)
    widget.learning_rate.value = 3.0  # still on the upper part of the valley
    assert widget.losses[-2] == pytest.approx(0.1893, abs=5e-5)
    widget.learning_rate.value = 100.0  # zigzags, and is lower after as many steps
    assert (np.diff(widget.losses[:-1]) > 0).sum() == 17
    assert widget.losses[-2] == pytest.approx(0.0801, abs=5e-5)
    widget.learning_rate.value = 200.0  # never settles, and leaves the picture
    assert (np.diff(widget.losses[:-1]) > 0).sum() > 40
    assert widget.losses[50:].min() > 0.085
    assert "has left the picture" in widget.describe()
    widget.start_across.value, widget.start_up.value = 9.0, 9.0  # a plain
    widget.learning_rate.value = 30.0
    assert np.linalg.norm(widget.points[-2] - widget.points[0]) < 0.1


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"pair": "nonsense"}, ValueError, "pair"),
        ({"start": (1, 2, 3)}, ValueError, "start"),
        ({"start": (1, 20)}, ValueError, "start_up"),
        ({"steps": 101}, ValueError, "steps"),
        ({"net": nn_core.NeuralNetwork(2, 1, 1)}, ValueError, "hidden_nodes"),
        ({"net": "net"}, TypeError, "net"),
    ],
)
def test_landscape_names_a_bad_argument(arguments, error, name):
    with pytest.raises(error, match=f"^{name}: "):
        Landscape(**arguments)


# --- Playing --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Slope, Landscape])
def test_play_goes_step_by_step_to_the_end_and_begins_again(kind):
    async def play():
        widget = kind(steps=kind.LAST_STEP - 1)
        widget.play_button.click()
        assert widget.play_button.description == "Pause"
        await widget._task
        assert widget.steps.value == kind.LAST_STEP
        assert widget.play_button.description == "Play"
        widget.play()
        assert widget.steps.value == 0
        await asyncio.sleep(0)
        widget.pause()
        assert widget.steps.value == 1
        widget.step_button.click()
        assert widget.steps.value == 2
        widget.play()
        widget.close()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(play())


def test_playing_needs_an_event_loop():
    with pytest.raises(RuntimeError, match="event loop"):
        Slope().play()
