"""Chapter 8: a digit drawn by hand, and what a network reads while it is drawn."""

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
# What the data set's pictures have in common. Its digits were scanned to 32 × 32 points,
# scaled to the full height, and counted in squares of 4 × 4 points.
POINTS = 32
INKED_POINTS = 312  # of 1024: the mean over all 1,797 pictures
MARGIN = 2.0  # points from the middle of the pen to the upper and lower edge
WIDEST = 15.0  # points between the middle of the pen at its far left and far right


def as_the_data_set(cells):
    """Return an 8 × 8 drawing as the data set would have it: 64 numbers, 0 to 1.

    Neighbouring cells with ink are joined to strokes. The strokes are scaled to the full
    height, and no wider than the data set's digits are, and moved to the middle. The 312 of
    the 32 × 32 points that lie nearest to them get ink. Each number is the share of inked
    points in a square of 4 × 4. Without any ink all numbers are 0.

    Parameters
    ----------
    cells : (8, 8) array of bool
        True where there is ink; the first row is the upper one.

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
    # A level stroke has no height, an upright one no breadth: nothing to scale there.
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
    """Return the lines between neighbouring cells, and each cell as a line of length 0."""
    lines = [(place, place) for place in np.argwhere(cells)]
    for row, column in np.argwhere(cells):
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            to = row + down, column + right
            if not (to[0] < SIDE and 0 <= to[1] < SIDE and cells[to]):
                continue
            corner = down and right and (cells[row, to[1]] or cells[to[0], column])
            if not corner:  # a diagonal beside two straight lines is no stroke
                lines.append(((row, column), to))
    return np.array(lines, float)


def _distances(strokes):
    """Return each of the 32 × 32 points' distance from the nearest stroke."""
    points = np.stack(np.mgrid[:POINTS, :POINTS], axis=-1).reshape(-1, 1, 2)
    start, along = strokes[:, 0], strokes[:, 1] - strokes[:, 0]
    lengths = (along**2).sum(axis=1)
    share = ((points - start) * along).sum(axis=2) / np.where(lengths > 0, lengths, 1)
    foot = start + np.clip(share, 0, 1)[:, :, None] * along  # (1024, S, 2)
    return np.linalg.norm(points - foot, axis=2).min(axis=1)


class DrawDigit(LiveFigure):
    """Draw a digit on 8 × 8 cells; a network reads it at every change.

    A cell is a button: a click, a touch, or the space bar when it has the focus, turns
    paper into ink and back.

    Parameters
    ----------
    net : any object with feedforward(inputs)
        It gets (64, 1) numbers from 0 (paper) to 1 (ink), row by row, and returns (10, 1).
    drawing : str, default a five
        Eight lines of eight characters; `#` is ink, `.` is paper.

    Attributes
    ----------
    cells : (8, 8) array of bool
        Where there is ink.
    as_data_set : ipywidgets.Checkbox
        Whether the network gets the drawing as `as_the_data_set` makes it, or the cells.
    outputs : (10,) array, or None where the network failed
    """

    BARS = 0.61  # of the picture's width
    _styles = ()  # a widget that could not be made is closed, too

    def __init__(self, net, drawing=FIVE):
        nn_arguments.has_all("net", net, ("feedforward",))
        self.net = net
        self.cells = _cells(drawing)
        self.outputs = self._read(
            np.zeros((SIDE * SIDE, 1))
        )  # a wrong network fails now
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
        self._buttons = {}  # by row and column; an array would never be set free
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
        """Turn a cell over, from paper to ink or back; both numbers count from 0."""
        self.cells[row, column] ^= True
        self.draw_soon()

    def clear(self):
        """Take all ink away."""
        self.cells[:] = False
        self.draw_soon()

    def close(self):
        """Take the widget off the page, and the style that no cell may have now."""
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
        except Exception as error:  # the reader's own network: say it, and live on
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
    """Return a drawing of eight lines as an array of bool, (8, 8)."""
    lines = drawing.split() if isinstance(drawing, str) else []
    if len(lines) != SIDE or any(len(line) != SIDE for line in lines):
        raise ValueError(
            f"drawing: expected {SIDE} lines of {SIDE} characters, # for ink, got "
            f"{drawing!r}"
        )
    return np.array([[character == "#" for character in line] for line in lines])
