"""The reader's own samples in the playground: painted, pasted, loaded, saved."""

import asyncio

import numpy as np
import pytest

import nn_core
from nn_widgets import Playground
from nn_widgets.playground.panels.own_data_points import EditedPoints
from nn_widgets.playground.panels.own_data_table import MOST_SAMPLES, read_samples
from nn_widgets.playground.panels.plane_cells import SIDE


@pytest.fixture
def playground():
    made = Playground()
    made.folds.open("Your own data")
    yield made
    made.close()


def words(playground):
    return playground.own_data._words.value


def points(playground):
    return playground.own_data.points.points


def test_painting_starts_with_two_points_inside_the_plane_that_is_shown(playground):
    view = playground.run.view
    playground.own_data.paint_button.value = True
    assert playground.dataset.value == "your own"
    assert playground.run.view == view
    assert sorted(label for *_, label in points(playground)) == [0, 1]
    assert playground.train_data.inputs.shape == (2, 2)
    assert "None is held out: too few" in words(playground)


def test_a_press_on_a_cell_sets_a_point_at_its_place(playground):
    own = playground.own_data
    own.paint_button.value = True
    left, right, low, high = playground.run.view
    playground.plane_cells.box.children[
        SIDE - 1
    ].click()  # the first row's last: upper right
    own._kind.value = "class 1 (▲)"
    playground.plane_cells.box.children[
        -SIDE
    ].click()  # the last row's first: lower left
    *_, first, second = points(playground)
    assert (first[2], second[2]) == (0, 1)
    for place, x, y in ((first, right, high), (second, left, low)):
        assert abs(place[0] - x) < (right - left) / SIDE
        assert abs(place[1] - y) < (high - low) / SIDE
    assert "Epoch 0." in playground.describe()
    assert playground.run.own_data.inputs.shape == (2, 4)


def test_the_cells_cover_the_plane_of_the_picture(playground):
    playground.own_data.paint_button.value = True
    edges = [float(one.rstrip("%")) for one in _cells(playground).layout.margin.split()]
    top, right, bottom, left = (edge / 100 * 480 for edge in edges)
    box = playground.painter.boundary_axes.get_window_extent()
    assert (left, bottom) == pytest.approx((box.x0, box.y0), abs=1)
    assert (480 - right, 460 - top) == pytest.approx((box.x1, box.y1), abs=1)


def _cells(playground):
    return playground.plane_cells.box


def test_many_presses_on_one_cell_are_as_many_points_inside_it():
    edited = EditedPoints((-1, 1, -1, 1))
    for _ in range(15):
        edited.add(*edited.place_in(2, 7), 0)
    places = np.array([point[:2] for point in edited.points[2:]])
    assert len(np.unique(places.round(6), axis=0)) == 15
    middle = [2 * 7.5 / SIDE - 1, 1 - 2 * 2.5 / SIDE]
    assert np.abs(places - middle).max() < 1 / SIDE


@pytest.mark.slow
def test_by_keyboard_a_point_is_set_erased_and_taken_back(playground):
    """The sliders move with the arrow keys, and the buttons beside them set points."""
    own = playground.own_data
    own.paint_button.value = True
    own._place[0].value, own._place[1].value = 1.0, -0.5
    own.set(1)
    x, y, label = points(playground)[-1]
    assert (x, y, label) == pytest.approx((1.0, -0.5, 1), abs=0.03)
    assert "A point of class 1 is set at input 1 = 1.0" in words(playground)
    own.erase()
    assert len(points(playground)) == 2
    own.undo()
    assert points(playground)[-1] == (x, y, label)
    own.undo()
    own.undo()
    assert "nothing to take back" in words(playground)
    own._place[0].value, own._place[1].value = points(playground)[0][:2]
    own.erase()
    assert "last point of class 0, so it stays" in words(playground)
    assert not any(cell.tabbable for cell in playground.plane_cells.box.children)


def test_a_ring_on_the_plane_follows_the_sliders_while_it_is_painted(playground):
    def picture():
        playground.draw()
        return playground.image.value

    own = playground.own_data
    own.paint_button.value = True
    middle = picture()
    own._place[0].value += 0.5
    moved = picture()
    assert moved != middle
    own._place[0].value -= 0.5
    assert picture() == middle
    own.paint_button.value = False
    without = picture()  # of the two points
    assert without != middle
    own._place[0].value += 0.5
    assert picture() == without


@pytest.mark.slow
def test_painting_continues_with_own_samples_and_stops(playground):
    own = playground.own_data
    own._lines.value = "0,0,a\n1,1,b\n2,2,b\n3,3,a\n4,4,a\n5,5,b"
    own.read()
    own.paint_button.value = True
    assert len(points(playground)) == 6
    own._start_again(None)
    assert len(points(playground)) == 2
    own.undo()
    assert len(points(playground)) == 6
    own.paint_button.value = False
    assert playground.plane_cells.box.layout.display == "none"
    playground.dataset.value = "circles"
    assert playground.train_data.inputs.shape == (2, 200)
    playground.dataset.value = "your own"
    assert playground.train_data.inputs.shape == (2, 5)


def test_lines_are_read_and_a_wrong_line_changes_nothing(playground):
    own = playground.own_data
    own._lines.value = "x;y;kind\n0,5;1;no\n2;3;yes\n4;5;no\n1;1;yes\n2;2;no"
    own.read()
    assert playground.run.own_data.inputs[0, 0] == 0.5
    assert "Class 0 is no, class 1 is yes" in words(playground)
    assert "4 samples to train on, 1 to test with" in words(playground)
    before = playground.run
    own._lines.value = "1,2,a\n<b>,4,b"
    own.read()
    assert playground.run is before
    assert own._lines.value == "1,2,a\n<b>,4,b"
    assert "Nothing has changed" in words(playground)
    assert "line 2: expected two numbers" in words(playground)
    assert "<b>" not in words(playground)
    own._lines.value = "1,2,a\n300,4,b"
    own.read()
    assert "The largest input is 300" in words(playground)


@pytest.mark.slow
def test_files_are_loaded_and_samples_saved_exactly(playground):
    own = playground.own_data
    data = nn_core.moons(30, 0.1, 4)
    playground.use_samples(data)
    own._save(None)
    lines = own._lines.value
    assert "download='samples.csv'" in own._saved.value
    playground.dataset.value = "xor"
    file = {"name": "samples.csv", "content": memoryview(lines.encode())}
    own._loaded({"new": (file,)})
    assert np.array_equal(playground.run.own_data.inputs, data.inputs)
    assert np.array_equal(playground.run.own_data.targets, data.targets)
    own._loaded({"new": ({"name": "picture.png", "content": memoryview(b"\x89\xff")},)})
    assert "picture.png: expected text in UTF-8" in words(playground)
    playground.dataset.value = "circles"
    own._save(None)
    assert read_samples(own._lines.value)[0].inputs.shape == (2, 200)


def test_two_thousand_points_and_not_one_more():
    edited = EditedPoints((-1, 1, -1, 1))
    while len(edited.points) < MOST_SAMPLES:
        edited.add(0, 0, 1)
    with pytest.raises(ValueError, match="2,000 points already"):
        edited.add(0, 0, 1)
    assert edited.dataset().inputs.shape == (2, MOST_SAMPLES)


@pytest.mark.slow
def test_points_are_painted_while_it_trains():
    async def session():
        playground = Playground()
        playground.folds.open("Your own data")
        playground.play()
        await asyncio.sleep(0.05)
        playground.own_data.paint_button.value = True
        for cell in range(0, SIDE * SIDE, 13):
            playground.own_data.press(*divmod(cell, SIDE))
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.2)
        assert playground.playing
        assert playground.run.own_data.inputs.shape == (2, 2 + 12)
        assert playground.history
        playground.close()

    asyncio.run(session())
