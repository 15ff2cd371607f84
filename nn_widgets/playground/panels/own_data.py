"""The panel for the reader's own samples: set on the plane, pasted, or loaded from a file."""

import base64
import html

import ipywidgets as widgets
import numpy as np

from nn_widgets.controls import button, slider, width
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.panels.own_data_points import EditedPoints
from nn_widgets.playground.panels.own_data_table import (
    MOST_SAMPLES,
    read_samples,
    write_samples,
)
from nn_widgets.playground.panels.panel import Panel

CLASSES = {"class 0 (●)": 0, "class 1 (▲)": 1, "erase": None}
HELD_OUT = "Every fifth sample is held out for testing"
HOW = (
    "Press on the plane to set a point of the chosen class. With the keyboard: move the ring "
    "on the plane with the two sliders, then press a button below them. On the book's page, "
    "the keys 0 and 1 set a point from the sliders, too."
)


class OwnData(Panel):
    """Three ways to enter samples, and one to save them to a file.

    Parameters
    ----------
    state : State
    plane_cells : PlaneCells

    Attributes
    ----------
    points : EditedPoints or None
        None until points are set on the plane.
    labels : (str, str)
        The names of class 0 and class 1 in a table.
    """

    title = "Your own data"

    def __init__(self, state, plane_cells):
        super().__init__(state)
        self._plane_cells = plane_cells
        self.points, self.labels = None, ("0", "1")

    def make_box(self):
        self.paint_button = widgets.ToggleButton(
            description="Paint points",
            tooltip="Set points on the plane",
            layout=widgets.Layout(width="auto"),
        )
        self.paint_button.observe(self._paint_toggled, "value")
        self._lines = widgets.Textarea(
            description="lines",
            placeholder="0.5, 1.2, yes\n-0.3, 0.8, no",
            layout=widgets.Layout(width="100%", height="8em"),
        )
        self._file = widgets.FileUpload(
            accept=".csv,.tsv,.txt", layout=widgets.Layout(width="auto")
        )
        self._file.description = "Load a file"
        self._file.observe(self._loaded, "value")
        use = button("Use these lines", "Read the samples", lambda _: self.read())
        save = button("Save as CSV", "Write the samples as lines", self._save)
        self._saved = widgets.HTML()
        self._words = widgets.HTML(HOW_LINES)
        self._tools = self._make_tools()
        self._tools.layout.display = HIDDEN
        return widgets.VBox(
            [
                self._words,
                row([self.paint_button, self._file, use, save, self._saved]),
                self._tools,
                self._lines,
            ]
        )

    def _make_tools(self):
        self._kind = widgets.Dropdown(
            options=list(CLASSES), description="press sets", layout=width("16em")
        )
        self._place = [
            slider(widgets.FloatSlider, f"input {n}", 0.0, -1, 1, 0.01) for n in (1, 2)
        ]
        actions = [
            button(f"Set class {n}", f"Set a point of class {n} at this place", click)
            for n, click in ((0, lambda _: self.set(0)), (1, lambda _: self.set(1)))
        ]
        actions += [
            button("Erase here", "Erase the nearest point", lambda _: self.erase()),
            button("Undo", "Take back the last change", lambda _: self.undo()),
            button("Start with two points", "Erase all others", self._start_again),
        ]
        for n in (0, 1):  # the book's page assigns a key to each
            actions[n].add_class(f"sets-class-{n}")
        for control in self._place:
            control.observe(lambda _: self.state.redraw_soon(), "value")
        tools = widgets.VBox([row([self._kind, *self._place]), row(actions)])
        tools.add_class("sets-points")
        return tools

    def cursor(self):
        """Return the inputs, (2,), that the sliders point to; None while painting is off."""
        if self.points is None or not self.paint_button.value:
            return None
        return np.array([control.value for control in self._place])

    # --- Setting points

    def _paint_toggled(self, change):
        if change["new"]:
            self._begin()
        cells = self._plane_cells
        (cells.connect if change["new"] else cells.disconnect)(self.press)
        self._tools.layout.display = SHOWN if change["new"] else HIDDEN
        self.state.redraw_soon()  # with or without the ring

    def _begin(self):
        """Start with the current samples, if they are the reader's own."""
        run = self.state.run
        view, points = run.view, None
        if run.is_own_data:
            inputs, targets = run.own_data
            points = [
                (*map(float, place), int(target > 0.5))
                for place, target in zip(inputs.T, targets[0], strict=True)
            ]
        self.points = EditedPoints(view, points)
        for control, low in zip(self._place, (0, 2), strict=True):
            least, most = view[low], view[low + 1]
            with control.hold_trait_notifications():
                control.min, control.max = least, most
                control.step = (most - least) / 200
                control.value = (least + most) / 2
        self._points_changed(HOW)

    def press(self, row, column):
        """Set or erase a point in a cell of the plane."""
        x, y = self.points.place_in(row, column)
        self._edit(x, y, CLASSES[self._kind.value])

    def set(self, label):
        """Set a point of a class at the position of the sliders."""
        self._edit(*(control.value for control in self._place), label)

    def erase(self):
        """Erase the point nearest to the position of the sliders."""
        self._edit(*(control.value for control in self._place), None)

    def _edit(self, x, y, label):
        """Set a point of a class, or erase the nearest one if label is None."""
        place = f"at input 1 = {x:.2f}, input 2 = {y:.2f}"
        try:
            if label is not None:
                self.points.add(x, y, label)
                self._points_changed(f"A point of class {label} is set {place}.")
            elif self.points.erase_near(x, y) is None:
                self._say(f"There is no point {place}.")
            else:
                self._points_changed(f"The point {place} is erased.")
        except ValueError as error:
            self._say(str(error))

    def undo(self):
        """Undo the last change."""
        if self.points.undo():
            self._points_changed("The last change is taken back.")
        else:
            self._say("There is nothing to take back.")

    def _start_again(self, _):
        self.points.start_again()
        self._points_changed("Two points are left. Undo brings the others back.")

    def _points_changed(self, words):
        self.labels = ("0", "1")
        self.state.use_samples(self.points.dataset(), self.points.view)
        self._say(words)

    # --- Lines of text

    def read(self):
        """Use the samples in the text field, or say which lines cannot be read."""
        try:
            data, self.labels = read_samples(self._lines.value)
        except ValueError as error:
            self._say(f"Nothing has changed. {error}")
            return
        self.paint_button.value = False
        self.state.use_samples(data)
        largest = np.abs(data.inputs).max()
        hint = ""
        if largest > 10:
            hint = (
                f" The largest input is {largest:.3g}: with inputs this large neurons "
                "saturate. Divide them first, so that they lie between -1 and 1 or so."
            )
        self._say(f"Class 0 is {self.labels[0]}, class 1 is {self.labels[1]}.{hint}")

    def _loaded(self, change):
        for file in change["new"]:
            try:
                self._lines.value = bytes(file["content"]).decode("utf-8-sig")
            except UnicodeDecodeError:
                self._say(
                    f"Nothing has changed. {file['name']}: expected text in UTF-8."
                )
            else:
                self.read()

    def _save(self, _):
        """Offer the samples as a file, and as text to copy."""
        run = self.state.run
        if run.is_own_data:
            lines = write_samples(run.own_data, self.labels)
        else:
            lines = write_samples(run.train_data)
        self._lines.value = lines
        packed = base64.b64encode(lines.encode()).decode()
        self._saved.value = (
            f"<a download='samples.csv' href='data:text/csv;base64,{packed}'>samples.csv"
            "</a>, and the lines are below"
        )

    def _say(self, words):
        run = self.state.run
        train, test = (data.inputs.shape[1] for data in (run.train_data, run.test_data))
        split = f"{train} samples to train on, {test} to test with."
        if run.is_own_data and run.has_test_data:
            split += f" {HELD_OUT}."
        elif run.is_own_data:
            split = f"{train} samples to train on. None is held out: too few."
        self._words.value = f"<div>{html.escape(words)}</div><div>{split}</div>"


HOW_LINES = (
    f"Paint points, or paste lines: two numbers and a label in each, at most {MOST_SAMPLES:,}, "
    f"parted by commas, semicolons or tabs. {HELD_OUT}."
)
