"""Points that a reader sets on the plane: set, erased, and taken back."""

import numpy as np

import nn_core
from nn_widgets.playground.sample_table import MOST

SIDE = 12  # cells along each side of the plane
STEPS_BACK = 200
FIRST = [(-0.5, 0.0, 0), (0.5, 0.0, 1)]  # as fractions of half the plane


class PaintedPoints:
    """Points of two classes inside a square; there is always one of each at least.

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
            self.points = [(*self._at(x, y), label) for x, y, label in FIRST]
        self._before = []

    def _at(self, x, y):
        """Return the place that is so far from the middle: -1 and 1 are the edges."""
        left, right, low, high = self.view
        return (
            (left + right + x * (right - left)) / 2,
            (low + high + y * (high - low)) / 2,
        )

    def place_in(self, row, column):
        """Return where the next point in a cell is set; row 0 is the highest.

        The first is set in the middle, more of them around it, so that each can be seen.
        """
        x, y = (2 * column + 1) / SIDE - 1, 1 - (2 * row + 1) / SIDE
        middle = self._at(x, y)
        width = (self.view[1] - self.view[0]) / SIDE
        taken = len(self._near(*middle, width / 2))
        angle, distance = 2.4 * taken, 0.4 * width * min(1, (taken / 12) ** 0.5)
        return (
            middle[0] + distance * np.cos(angle),
            middle[1] + distance * np.sin(angle),
        )

    def _near(self, x, y, distance):
        """Return the numbers of the points at most so far away, sideways and upright."""
        return [
            number
            for number, (px, py, _) in enumerate(self.points)
            if abs(px - x) <= distance and abs(py - y) <= distance
        ]

    def add(self, x, y, label):
        """Set a point."""
        if len(self.points) >= MOST:
            raise ValueError(f"There are {MOST:,} points already: erase some first.")
        self._note()
        self.points.append((float(x), float(y), label))

    def erase_near(self, x, y):
        """Erase the nearest point within a cell's width; return it, None if there is none."""
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
        self._note()
        return self.points.pop(nearest)

    def start_again(self):
        """Leave only the two points that a plane begins with."""
        self._note()
        self.points = PaintedPoints(self.view).points

    def undo(self):
        """Take back the last change; return whether there was one."""
        if self._before:
            self.points = self._before.pop()
            return True
        return False

    def _note(self):
        self._before = [*self._before[1 - STEPS_BACK :], list(self.points)]

    def dataset(self):
        """Return the points as a Dataset, in the order in which they were set."""
        table = np.array(self.points).T
        return nn_core.Dataset(table[:2], table[2:])
