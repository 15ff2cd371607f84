"""Chapter 2's widget, the nodes and connections of a network, without a browser."""

import re

import numpy as np
import pytest

from nn_widgets import (
    Architecture,
)


@pytest.mark.parametrize("sizes", [(2, 4, 1), (64, 32, 10), (1, 1, 1), (5, 9, 8)])
def test_architecture_counts_what_nodes_and_connections_make(sizes):
    inputs, hidden, outputs = sizes
    weights = inputs * hidden, hidden * outputs
    widget = Architecture(*sizes)
    total = sum(weights) + hidden + outputs
    assert widget.parameters == total
    words = widget.describe()
    assert f"{total:,} parameters" in words
    assert f"weights_input_hidden ({hidden}, {inputs})" in words
    assert f"weights_hidden_output ({outputs}, {hidden})" in words
    assert f"biases_hidden ({hidden}, 1)" in words
    assert f"biases_output ({outputs}, 1)" in words
    counted = re.search(r"hold ([\d, +]+) = ", words)[1].replace(",", "").split(" + ")
    sizes_of_arrays = [weights[0], hidden, weights[1], outputs]
    assert [int(number) for number in counted] == sizes_of_arrays


def lines_and_cells(widget):
    drawing, arrays = widget.figure.axes
    return len(drawing.collections[0].get_paths()), len(
        arrays.collections[0].get_paths()
    )


def texts(widget):
    return [text.get_text() for axes in widget.figure.axes for text in axes.texts]


def test_architecture_draws_a_line_for_each_weight_and_a_cell_for_each_number():
    assert lines_and_cells(Architecture(2, 4, 1)) == (12, 17)
    assert lines_and_cells(Architecture(8, 8, 8)) == (128, 144)


def test_architecture_leaves_out_what_does_not_fit_and_says_so():
    widget = Architecture(64, 9, 2)
    assert lines_and_cells(widget) == (7 * 7 + 7 * 2, 7 * 7 + 7 + 2 * 7 + 2)
    assert "⋮ 57 more" in texts(widget)
    assert texts(widget).count("⋯") == 2
    assert "⋮ 2 more" in texts(widget)
    widget.input_nodes.value = widget.hidden_nodes.value = 8
    assert not [text for text in texts(widget) if "more" in text or text == "⋯"]


def test_lines_and_cells_of_a_layer_share_their_colour():
    drawing, arrays = Architecture(2, 3, 1).figure.axes
    lines = drawing.collections[0].get_colors()
    cells = arrays.collections[0].get_facecolors()
    of_hidden_layer, of_output = lines[0], lines[-1]
    assert not np.allclose(of_hidden_layer, of_output)
    assert np.allclose(lines[: 2 * 3], of_hidden_layer)
    assert np.allclose(lines[2 * 3 :], of_output)
    assert np.allclose(cells[: 2 * 3 + 3], of_hidden_layer)
    assert np.allclose(cells[2 * 3 + 3 :], of_output)


@pytest.mark.parametrize("sizes", [(64, 64, 10), (1, 64, 10), (64, 1, 1), (7, 9, 10)])
def test_architecture_keeps_its_texts_inside_the_picture_and_apart(sizes):
    widget = Architecture(*sizes)
    picture = widget.figure.bbox
    boxes = [
        text.get_window_extent()
        for axes in widget.figure.axes
        for text in [*axes.texts, axes.title]
        if text.get_text()
    ] + [text.get_window_extent() for text in widget.figure.texts]
    for number, box in enumerate(boxes):
        assert box.x0 >= -1
        assert box.x1 <= picture.x1 + 1
        assert box.y0 >= -1
        assert box.y1 <= picture.y1 + 1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize(
    ("sizes", "error", "name"),
    [
        ((0, 4, 1), ValueError, "input_nodes"),
        ((2, 65, 1), ValueError, "hidden_nodes"),
        ((2, 4, 11), ValueError, "output_nodes"),
        ((2, 4.0, 1), TypeError, "hidden_nodes"),
        ((True, 4, 1), TypeError, "input_nodes"),
    ],
)
def test_architecture_names_a_bad_argument(sizes, error, name):
    with pytest.raises(error, match=name):
        Architecture(*sizes)
