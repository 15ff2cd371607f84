"""The points that a reader sets and erases on the plane, with undo."""

import numpy as np

import nn_core
from nn_widgets.playground.panels.own_data_table import MOST_SAMPLES
from nn_widgets.playground.panels.plane_cells import SIDE, middle_of

UNDO_STEPS = 200
FIRST = [(-0.5, 0.0, 0), (0.5, 0.0, 1)]  # from the centre, -1 and 1 are the edges


class EditedPoints:
    """Points of two classes inside a square; each class keeps at least one point.

    Parameters
    ----------
    view : (4,) floats
        The square: lowest and highest input 1, lowest and highest input 2.
    points : list of (float, float, int), default two points
        Both inputs and the class, 0 or 1.
    """

    def __init__(self, view, points=None):
        self.view = view
        self.points = list(points or [])
        if not self.points:
            self.points = [(*self._inputs_at(x, y), label) for x, y, label in FIRST]
        self._undo_stack = []

    def _inputs_at(self, x, y):
        """Return the inputs at a position in the square, whose edges are -1 and 1."""
        left, right, low, high = self.view
        return (
            (left + right + x * (right - left)) / 2,
            (low + high + y * (high - low)) / 2,
        )

    def place_in(self, row, column):
        """Return the inputs of the next point in a cell; row 0 is the top row.

        The first point is set at the centre and later ones around it, so that all are visible.
        """
        middle = middle_of(row, column, self.view)
        width = (self.view[1] - self.view[0]) / SIDE
        taken = len(self._near(*middle, width / 2))
        angle, distance = 2.4 * taken, 0.4 * width * min(1, (taken / 12) ** 0.5)
        return (
            middle[0] + distance * np.cos(angle),
            middle[1] + distance * np.sin(angle),
        )

    def _near(self, x, y, distance):
        """Return the indices of the points within a distance in each direction."""
        return [
            number
            for number, (px, py, _) in enumerate(self.points)
            if abs(px - x) <= distance and abs(py - y) <= distance
        ]

    def add(self, x, y, label):
        """Add a point."""
        if len(self.points) >= MOST_SAMPLES:
            raise ValueError(
                f"There are {MOST_SAMPLES:,} points already: erase some first."
            )
        self._remember()
        self.points.append((float(x), float(y), label))

    def erase_near(self, x, y):
        """Erase and return the nearest point within a cell's width; None if there is none."""
        width = (self.view[1] - self.view[0]) / SIDE
        near = self._near(x, y, width)
        if not near:
            return None
        nearest = min(
            near, key=lambda i: np.hypot(self.points[i][0] - x, self.points[i][1] - y)
        )
        label = self.points[nearest][2]
        if sum(point[2] == label for point in self.points) == 1:
            raise ValueError(f"This is the last point of class {label}, so it stays.")
        self._remember()
        return self.points.pop(nearest)

    def start_again(self):
        """Reset to the two points that a plane starts with."""
        self._remember()
        self.points = EditedPoints(self.view).points

    def undo(self):
        """Undo the last change; return whether there was one."""
        if self._undo_stack:
            self.points = self._undo_stack.pop()
            return True
        return False

    def _remember(self):
        self._undo_stack = [*self._undo_stack[1 - UNDO_STEPS :], list(self.points)]

    def dataset(self):
        """Return the points as a Dataset, in the order in which they were added."""
        table = np.array(self.points).T
        return nn_core.Dataset(table[:2], table[2:])
