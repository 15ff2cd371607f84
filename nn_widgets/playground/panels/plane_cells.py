"""Transparent buttons over the picture of the plane, for panels that a press on it serves."""

import ipywidgets as widgets
import numpy as np

from nn_widgets.playground.drawing.picture import edges_of_plane
from nn_widgets.playground.layout import HIDDEN, SHOWN, over

SIDE = 12  # cells along each side of the plane


class PlaneCells:
    """SIDE × SIDE buttons over the plane; with the keyboard, sliders do the same.

    Parameters
    ----------
    show_over_plane : function
        Called with the box of cells when it is first needed.

    Attributes
    ----------
    box : ipywidgets.GridBox or None
        The cells, row by row; None until a panel connects.
    """

    def __init__(self, show_over_plane):
        self._show_over_plane = show_over_plane
        self.box, self._callbacks = None, []

    def connect(self, callback):
        """Call callback(row, column) for each press; row 0 is the top row.

        Only the callback that was connected last is called.
        """
        self.disconnect(callback)
        self._callbacks.append(callback)
        if self.box is None:
            self.box = self._make()
            self._show_over_plane(self.box)
        self.box.layout.display = SHOWN

    def disconnect(self, callback):
        """Stop calling a callback; hide the cells if none is left."""
        self._callbacks = [one for one in self._callbacks if one != callback]
        if self.box is not None and not self._callbacks:
            self.box.layout.display = HIDDEN

    def _make(self):
        style = widgets.ButtonStyle(button_color="transparent")
        layout = widgets.Layout(width="auto", min_width="0", margin="0", padding="0")
        # Fill the row without making it taller, even on a phone.
        layout.height, layout.min_height = "0", "100%"
        cells = []
        for place in np.ndindex(SIDE, SIDE):
            cell = widgets.Button(layout=layout, style=style, tabbable=False)
            cell.tooltip = f"row {place[0] + 1}, column {place[1] + 1} of the plane"
            cell.on_click(lambda _, place=place: self._callbacks[-1](*place))
            cells.append(cell)
        return over(cells, SIDE, edges_of_plane())


def middle_of(row, column, view):
    """Return the inputs, (2,), at the centre of a cell when the plane shows this view."""
    left, right, low, high = view
    across, up = (column + 0.5) / SIDE, 1 - (row + 0.5) / SIDE
    return np.array([left + across * (right - left), low + up * (high - low)])
