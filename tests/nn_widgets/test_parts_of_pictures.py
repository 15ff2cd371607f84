"""On a phone, a picture's parts are below each other, and nothing is cut in two."""

import numpy as np
import pytest

import nn_core
from nn_widgets import Feedforward, GradientCheck, OneStep, Playground
from nn_widgets.playground.drawing.picture import FONT
from tests.nn_widgets.every_widget import WIDGETS, pixels

WIDEST = 450  # pixels of a part; on a phone, its words of 10 points are then 11 pixels


def of_long_numbers():
    """Return a network with as many numbers as Feedforward can show, all of them long."""
    net = nn_core.NeuralNetwork(2, 6, 1, activation="relu")
    for name in nn_core.Gradients._fields:
        getattr(net, name)[:] = -88.88
    return net


WIDE = {
    "Feedforward, long numbers": lambda: Feedforward(of_long_numbers(), (-2, -2)),
    "GradientCheck, small slopes": lambda: GradientCheck(epochs=1000),
    "OneStep, long numbers": lambda: OneStep("blog", 100.0),
}


@pytest.fixture(scope="module", params=[*WIDGETS, *WIDE])
def widget(request):
    made = (WIDGETS | WIDE)[request.param]()
    yield made
    made.close()


@pytest.mark.slow
def test_each_part_is_narrow_enough_and_no_words_are_cut(widget):
    widths = widget.painter.widths
    size = FONT if isinstance(widget, Playground) else 10
    assert max(widths) <= WIDEST * size / 10
    shown = pixels(widget)
    for cut in np.cumsum(widths)[:-1]:
        assert (shown[:, cut - 1 : cut + 1] == shown[0, 0]).all()


@pytest.mark.slow
def test_the_parts_go_below_each_other_where_there_is_no_room(widget):
    assert widget.pictures.layout.flex_flow == "row wrap"
    for part, width in zip(
        widget.pictures.children, widget.painter.widths, strict=True
    ):
        assert part.layout.max_width == f"{width}px"
