"""Chapter 8: a digit drawn by hand, which a network classifies after every change."""

import html

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

import nn_arguments
from nn_widgets.controls import button
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import CLASS_COLOURS

SIDE = 8  # cells, and pixels, along each side
PAPER, INK = "#ffffff", "#1b2733"
FIVE = """
.#####..
.#......
.####...
.....#..
.....#..
.#...#..
..###...
........
"""
# How the data set's pictures were made: digits were scanned at 32 × 32 points and scaled to
# the full height, and the inked points in each square of 4 × 4 were counted.
POINTS = 32
INKED_POINTS = 312  # of 1024: the mean over all 1,797 pictures
MARGIN = 2.0  # points from a stroke's centre line to the upper and lower edge
WIDEST = 15.0  # points between the leftmost and rightmost centre lines


def as_the_data_set(cells):
    """Convert an 8 × 8 drawing to the data set's format: 64 numbers from 0 to 1.

    Adjacent inked cells are joined to strokes. The strokes are scaled to the full height, but
    not wider than the data set's digits, and centred. Of 32 × 32 points, the 312 nearest to
    the strokes are inked. Each number is the fraction of inked points in a square of 4 × 4.
    Without ink, all numbers are 0.

    Parameters
    ----------
    cells : (8, 8) array of bool
        True where there is ink; the first row is the top row.

    References
    ----------
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.
    """
    cells = np.asarray(cells, bool)
    if not cells.any():
        return np.zeros(SIDE * SIDE)
    strokes = _strokes(cells)  # (S, 2, 2): both ends, row and column
    low, high = strokes.min(axis=(0, 1)), strokes.max(axis=(0, 1))
    height, breadth = high - low
    # A horizontal stroke has no height and a vertical one no breadth, so neither is scaled.
    upright = (POINTS - 1 - 2 * MARGIN) / height if height else 1.0
    sideways = WIDEST / breadth if breadth else 1.0
    if height:
        sideways = min(sideways, upright)
    placed = (strokes - (low + high) / 2) * [upright, sideways] + (POINTS - 1) / 2
    nearest = np.argsort(_distances(placed), kind="stable")[:INKED_POINTS]
    points = np.zeros(POINTS * POINTS)
    points[nearest] = 1
    square = POINTS // SIDE
    return points.reshape(SIDE, square, SIDE, square).mean(axis=(1, 3)).ravel()


def _strokes(cells):
    """Return lines between adjacent inked cells, and each cell as a line of length 0."""
    lines = [(place, place) for place in np.argwhere(cells)]
    for row, column in np.argwhere(cells):
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            to = row + down, column + right
            if not (to[0] < SIDE and 0 <= to[1] < SIDE and cells[to]):
                continue
            corner = down and right and (cells[row, to[1]] or cells[to[0], column])
            if not corner:  # the two straight lines already join these cells
                lines.append(((row, column), to))
    return np.array(lines, float)


def _distances(strokes):
    """Return the distance of each of the 32 × 32 points from the nearest stroke."""
    points = np.stack(np.mgrid[:POINTS, :POINTS], axis=-1).reshape(-1, 1, 2)
    start, along = strokes[:, 0], strokes[:, 1] - strokes[:, 0]
    lengths = (along**2).sum(axis=1)
    share = ((points - start) * along).sum(axis=2) / np.where(lengths > 0, lengths, 1)
    foot = start + np.clip(share, 0, 1)[:, :, None] * along  # (1024, S, 2)
    return np.linalg.norm(points - foot, axis=2).min(axis=1)


class DrawDigit(LiveFigure):
    """Draw a digit on 8 × 8 cells; a network classifies it after every change.

    A cell is a button: a click, a touch, or the space bar when it has the focus, switches it
    between paper and ink.

    Parameters
    ----------
    net : any object with feedforward(inputs)
        It takes (64, 1) numbers from 0 (paper) to 1 (ink), row by row, and returns (10, 1).
    drawing : str, default a five
        Eight lines of eight characters; `#` is ink, `.` is paper.

    Attributes
    ----------
    cells : (8, 8) array of bool
        True where there is ink.
    as_data_set : ipywidgets.Checkbox
        Whether the network gets the result of `as_the_data_set`, or the cells themselves.
    outputs : (10,) array, or None if the network failed
    """

    BARS = 0.61  # of the picture's width
    _styles = ()  # `close` also runs when `__init__` has failed

    def __init__(self, net, drawing=FIVE):
        nn_arguments.has_all("net", net, ("feedforward",))
        self.net = net
        self.cells = _cells(drawing)
        # Raise the error of an unsuitable network now.
        self.outputs = self._read(np.zeros((SIDE * SIDE, 1)))
        self.as_data_set = widgets.Checkbox(
            value=True,
            description="scale, centre and ink it as the data set",
            indent=False,
            layout=widgets.Layout(width="auto", margin="2px 8px"),
        )
        self._styles = [widgets.ButtonStyle(button_color=c) for c in (PAPER, INK)]
        small = widgets.Layout(
            width="30px",
            height="30px",
            margin="0",
            padding="0",
            border="1px solid #8a97a5",
        )
        # By row and column; a NumPy array of widgets would never be garbage-collected.
        self._buttons = {}
        for place in np.ndindex(SIDE, SIDE):
            self._buttons[place] = widgets.Button(layout=small, style=self._styles[0])
            self._buttons[place].on_click(lambda _, place=place: self.turn(*place))
        columns = widgets.Layout(
            grid_template_columns=f"repeat({SIDE}, 30px)", margin="4px 16px 4px 4px"
        )
        paper = widgets.GridBox(list(self._buttons.values()), layout=columns)
        clear = button("Clear", "Take all ink away", lambda _: self.clear())
        super().__init__(
            Painter(self._make_figure(), cuts=[1 - self.BARS]),
            [paper, widgets.VBox([self.as_data_set, clear])],
        )

    def _make_figure(self):
        figure = Figure(figsize=(7.2, 3.2), dpi=100, layout="constrained")
        shares = figure.subfigures(1, 2, width_ratios=[1 - self.BARS, self.BARS])
        picture, bars = (share.subplots() for share in shares)
        self._picture = picture.imshow(
            np.zeros((SIDE, SIDE)), cmap="gray_r", vmin=0, vmax=1
        )
        picture.set(title="What the network gets", xticks=[], yticks=[])
        self._bars = bars.bar(range(10), np.zeros(10), edgecolor="black")
        bars.set(
            title="Its ten outputs", xlabel="digit", xticks=range(10), ylim=(0, 1.05)
        )
        return figure

    def turn(self, row, column):
        """Switch a cell between paper and ink; row and column count from 0."""
        self.cells[row, column] ^= True
        self.draw_soon()

    def clear(self):
        """Remove all ink."""
        self.cells[:] = False
        self.draw_soon()

    def close(self):
        """Remove the widget from the page; also close a style that no cell uses now."""
        super().close()
        for style in self._styles:
            style.close()

    def paint(self):
        for (row, column), ink in np.ndenumerate(self.cells):
            cell = self._buttons[row, column]
            cell.style = self._styles[int(ink)]
            word = "ink" if ink else "paper"
            cell.tooltip = f"row {row + 1}, column {column + 1}: {word}"
        given = self.cells.ravel().astype(float)
        if self.as_data_set.value:
            given = as_the_data_set(self.cells)
        self._picture.set_data(given.reshape(SIDE, SIDE))
        try:
            self.outputs = self._read(given.reshape(-1, 1))
        except Exception as error:  # from the reader's network: show it and continue
            self.outputs = None
            heights, words = np.zeros(10), f"{type(error).__name__}: {error}"
            words = f"The network failed. {html.escape(words)}"
        else:
            heights, words = self.outputs, self._in_words()
        for digit, (bar, height) in enumerate(zip(self._bars, heights, strict=True)):
            bar.set_height(height)
            bar.set_facecolor(CLASS_COLOURS[int(digit == np.argmax(heights))])
        return words

    def _read(self, inputs):
        """Return the network's ten outputs for one picture, (64, 1)."""
        outputs = np.asarray(self.net.feedforward(inputs), float)
        if outputs.shape != (10, 1):
            raise ValueError(
                f"net: expected feedforward to return (10, 1) for inputs of (64, 1), one "
                f"output for each digit, got {outputs.shape}"
            )
        return outputs[:, 0]

    def _in_words(self):
        if not self.cells.any():
            return (
                "Nothing is drawn yet. Click a cell, or press space on it, to ink it."
            )
        first, second = np.argsort(-self.outputs, kind="stable")[:2]
        listed = ", ".join(
            f"{digit}: {output:.2f}" for digit, output in enumerate(self.outputs)
        )
        sure = "" if self.outputs[first] > 0.5 else " No output is above 0.5: unsure."
        return (
            f"The network reads a <b>{first}</b>, output {self.outputs[first]:.2f}. Next "
            f"comes {second}, output {self.outputs[second]:.2f}.{sure}<br>"
            f"All outputs: {listed}."
        )


def _cells(drawing):
    """Convert a drawing of eight lines to an array of bool, (8, 8)."""
    lines = drawing.split() if isinstance(drawing, str) else []
    if len(lines) != SIDE or any(len(line) != SIDE for line in lines):
        raise ValueError(
            f"drawing: expected {SIDE} lines of {SIDE} characters, # for ink, got "
            f"{drawing!r}"
        )
    return np.array([[character == "#" for character in line] for line in lines])
