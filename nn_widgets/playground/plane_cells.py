"""Cells over the plane that can be pressed, for whoever asks for them."""

import ipywidgets as widgets
import numpy as np

from nn_widgets.playground.layout import HIDDEN, SHOWN, over
from nn_widgets.playground.painted import SIDE
from nn_widgets.playground.picture import edges_of_plane


class PlaneCells:
    """SIDE × SIDE buttons over the picture of the plane; who uses the keyboard has sliders.

    Parameters
    ----------
    playground : Playground

    Attributes
    ----------
    box : ipywidgets.GridBox or None
        Of the cells, row by row, once somebody has asked for them.
    """

    def __init__(self, playground):
        self._playground = playground
        self.box, self._askers = None, []

    def ask(self, pressed):
        """Call pressed(row, column) for each press from now on; row 0 is the highest."""
        self.leave(pressed)
        self._askers.append(pressed)  # of several, the last one hears it
        if self.box is None:
            self.box = self._make()
            plane = self._playground.plane
            plane.children = (*plane.children, self.box)
        self.box.layout.display = SHOWN

    def leave(self, pressed):
        """Call it no more."""
        self._askers = [one for one in self._askers if one != pressed]
        if self.box is not None and not self._askers:
            self.box.layout.display = HIDDEN

    def _make(self):
        style = widgets.ButtonStyle(button_color="transparent")
        layout = widgets.Layout(width="auto", min_width="0", margin="0", padding="0")
        # As high as its row, and never the reason for a higher row: on a phone, too.
        layout.height, layout.min_height = "0", "100%"
        cells = []
        for place in np.ndindex(SIDE, SIDE):
            cell = widgets.Button(layout=layout, style=style, tabbable=False)
            cell.tooltip = f"row {place[0] + 1}, column {place[1] + 1} of the plane"
            cell.on_click(lambda _, place=place: self._askers[-1](*place))
            cells.append(cell)
        return over(cells, SIDE, edges_of_plane())


def middle_of(row, column, view):
    """Return the inputs, (2,), in the middle of a cell of a square that is shown."""
    left, right, low, high = view
    across, up = (column + 0.5) / SIDE, 1 - (row + 0.5) / SIDE
    return np.array([left + across * (right - left), low + up * (high - low)])
