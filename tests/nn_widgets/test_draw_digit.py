"""DrawDigit: the network's input for a drawing, and the description of its output."""

import re

import numpy as np
import pytest

import nn_core
from nn_widgets import DrawDigit, as_the_data_set

# Ten digits as somebody may draw them, all in the upper left corner.
DRAWINGS = """
.###.. ..#... .###.. .###.. ...#.. #####. ..##.. #####. .###.. .###..
#...#. .##... #...#. #...#. ..#... #..... .#.... ....#. #...#. #...#.
#...#. ..#... ....#. ....#. .#.... ####.. #..... ...#.. #...#. #...#.
#...#. ..#... ...#.. ..##.. #..#.. ....#. ####.. ...#.. .###.. .####.
#...#. ..#... ..#... ....#. #####. ....#. #...#. ..#... #...#. ....#.
#...#. ..#... .#.... #...#. ...#.. #...#. #...#. ..#... #...#. ...#..
.###.. ..#... #####. .###.. ...#.. .###.. .###.. .#.... .###.. .##...
"""
EMPTY = "\n".join(["........"] * 8)


def drawing(digit, right=0, down=0):
    """Return one of the drawings on 8 × 8 cells, moved by some cells."""
    rows = [line.split()[digit] for line in DRAWINGS.strip().splitlines()]
    lines = [("." * right + row).ljust(8, ".")[:8] for row in rows]
    return "\n".join((["........"] * down + lines + ["........"])[:8])


def cells(text):
    return np.array([[character == "#" for character in line] for line in text.split()])


@pytest.fixture(scope="module")
def net():
    """Return chapter 8's network, trained in the same way."""
    inputs, targets = nn_core.digits()
    known = np.random.default_rng(0).permutation(inputs.shape[1])[360:]
    trained = nn_core.NeuralNetwork(64, 32, 10)
    options = {"learning_rate": 3.0, "epochs": 40, "batch_size": 10}
    trained.fit(inputs[:, known], targets[:, known], **options)
    return trained


# --- Conversion to the data set's format ----------------------------------------------


def test_it_has_the_ink_and_the_height_of_the_data_set():
    """The 1,797 pictures have 19.5 of 64 on average, and ink in each of the eight rows."""
    pictures = nn_core.digits().inputs
    assert pictures.sum(axis=0).mean() == pytest.approx(312 / 16, abs=0.05)
    assert (pictures.reshape(8, 8, -1).max(axis=1) > 0).all()
    for digit in range(10):
        made = as_the_data_set(cells(drawing(digit)))
        assert made.shape == (64,)
        assert made.sum() == 312 / 16
        assert (made.reshape(8, 8).max(axis=1) > 0).all(), digit
        assert set(made * 16) <= set(range(17))


def test_it_is_the_same_wherever_it_is_drawn():
    for digit in range(10):
        here, there = (
            as_the_data_set(cells(drawing(digit, *by))) for by in ((0, 0), (2, 1))
        )
        np.testing.assert_array_equal(here, there)


def test_it_is_centred_and_no_wider_than_the_data_set():
    wide = np.zeros((8, 8), bool)
    wide[0], wide[7] = True, True
    made = as_the_data_set(wide).reshape(8, 8)
    np.testing.assert_allclose(made, made[:, ::-1], atol=1 / 16)
    assert not made[:, [0, 7]].any()


def test_diagonals_within_corners_are_not_strokes():
    """An L of three cells is two strokes; the diagonal between its ends is not drawn."""
    corner, diagonal = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
    corner[[0, 7, 7], [0, 0, 7]] = True
    corner[:, 0] = corner[7] = True
    diagonal[range(8), range(8)] = True
    corner, diagonal = (
        as_the_data_set(one).reshape(8, 8) for one in (corner, diagonal)
    )
    assert corner[1, 5] == 0
    assert diagonal[3, 3] == diagonal[4, 4] == 1
    assert diagonal[6, 1] == 0


@pytest.mark.parametrize("place", [(0, 0), (7, 7), (3, 4)])
def test_one_cell_is_a_dot_in_the_middle(place):
    dot = np.zeros((8, 8), bool)
    dot[place] = True
    made = as_the_data_set(dot).reshape(8, 8)
    assert made[3:5, 3:5].min() == 1
    np.testing.assert_allclose(made, made.T, atol=2 / 16)


def test_no_ink_stays_no_ink():
    assert not as_the_data_set(np.zeros((8, 8), bool)).any()


@pytest.mark.slow
def test_all_ten_converted_drawings_are_read(net):
    widget = DrawDigit(net)
    right = {True: 0, False: 0}
    for digit in range(10):
        widget.cells[:] = cells(drawing(digit, 1))
        for prepared in right:
            widget.as_data_set.value = prepared
            widget.draw()
            right[prepared] += int(widget.outputs.argmax() == digit)
    assert right[True] >= 9  # all ten with the current versions
    assert right[False] <= 7  # unconverted cells: five


# --- The widget -----------------------------------------------------------------------


def test_a_press_switches_a_cell_and_its_name_says_so(net):
    widget = DrawDigit(net, EMPTY)
    assert "Nothing is drawn yet" in widget.describe()
    cell = widget._buttons[2, 4]
    paper = cell.style.button_color
    assert cell.tooltip == "row 3, column 5: paper"
    cell.click()
    assert widget.cells.sum() == widget.cells[2, 4] == 1
    assert cell.tooltip == "row 3, column 5: ink"
    assert cell.style.button_color != paper
    before = widget.image.value
    assert "The network reads a" in widget.describe()
    cell.click()
    assert not widget.cells.any()
    assert widget.image.value != before


def test_every_cell_can_be_reached_and_named(net):
    buttons = DrawDigit(net)._buttons
    names = {button.tooltip.split(":")[0] for button in buttons.values()}
    assert len(names) == 64
    assert not any(button.disabled for button in buttons.values())


def test_the_words_and_the_bars_say_what_the_network_says(net):
    widget = DrawDigit(net)
    given = as_the_data_set(widget.cells).reshape(-1, 1)
    outputs = net.feedforward(given)[:, 0]
    np.testing.assert_array_equal(widget.outputs, outputs)
    assert [bar.get_height() for bar in widget._bars] == list(outputs)
    said = dict(re.findall(r"(\d): (\d\.\d\d)", widget.describe()))
    assert said == {str(digit): f"{output:.2f}" for digit, output in enumerate(outputs)}


def test_clear_takes_all_ink_away(net):
    widget = DrawDigit(net)
    widget.clear()
    assert not widget.cells.any()
    assert "Nothing is drawn yet" in widget.describe()


class OnlyFeedforward:
    """A reader's own network, with only the required method."""

    def __init__(self, answer):
        self.answer = answer

    def feedforward(self, inputs):
        assert inputs.shape == (64, 1)
        return self.answer(inputs)


def test_any_network_with_feedforward_will_do():
    last = OnlyFeedforward(lambda inputs: np.eye(10)[:, [9]] * 0.4)
    assert "reads a 9 , output 0.40" in DrawDigit(last).describe()
    assert "No output is above 0.5" in DrawDigit(last).describe()


def test_the_error_of_a_failing_network_is_quoted_and_the_widget_still_works():
    def answer(inputs):
        if inputs.any() and inputs.sum() < 3:
            raise RuntimeError("<too little ink>")
        return np.zeros((10, 1))

    widget = DrawDigit(OnlyFeedforward(answer), EMPTY)
    widget.as_data_set.value = False
    widget.turn(0, 0)
    assert "The network failed. RuntimeError: <too little ink>" in widget.describe()
    assert "<too" not in widget.words.value  # shown as text, not as HTML
    assert widget.outputs is None
    for column in (1, 2, 3):
        widget.turn(0, column)
    assert "failed" not in widget.describe()


def test_what_does_not_fit_is_refused_in_words(net):
    with pytest.raises(TypeError, match="feedforward"):
        DrawDigit("a network")
    with pytest.raises(ValueError, match=r"\(10, 1\).*got \(1, 1\)"):
        DrawDigit(nn_core.NeuralNetwork(64, 4, 1))
    for text in ("###", EMPTY + "\n........", 7):
        with pytest.raises(ValueError, match="8 lines of 8 characters"):
            DrawDigit(net, text)


# --- What chapter 8 says a reader sees ------------------------------------------------


def test_the_five_is_read_and_without_preparation_it_is_not(net):
    widget = DrawDigit(net)
    assert widget.outputs.argmax() == 5
    assert widget.outputs[5] > 0.8
    assert widget.outputs[9] < 0.3  # the second largest
    widget.as_data_set.value = False
    assert widget.outputs.argmax() == 4
    assert widget.outputs.max() < 0.1
    assert "unsure" in widget.describe()


def test_a_dot_is_read_with_great_certainty(net):
    widget = DrawDigit(net, EMPTY)
    widget.turn(6, 1)
    assert widget.outputs.argmax() == 4
    assert widget.outputs[4] > 0.98


@pytest.mark.slow
def test_the_place_matters_only_without_preparation(net):
    answers = {True: set(), False: set()}
    for prepared, found in answers.items():
        for right in range(3):
            widget = DrawDigit(net, drawing(3, right))
            widget.as_data_set.value = prepared
            found.add(int(widget.outputs.argmax()))
    assert answers[True] == {3}
    assert len(answers[False]) > 1
