"""The reader's own samples: painted on the plane, pasted, or loaded from a file."""

import base64
import html

import ipywidgets as widgets
import numpy as np

from nn_widgets.controls import button, slider, width
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.painted import PaintedPoints
from nn_widgets.playground.sample_table import MOST, read_samples, write_samples

CLASSES = {"class 0 (●)": 0, "class 1 (▲)": 1, "erase": None}
HELD_OUT = "Every fifth sample is held out for testing"
HOW = (
    "Press on the plane to set a point of the chosen class. With the keyboard: move the ring "
    "on the plane with the two sliders, then press a button below them. On the book's page, "
    "the keys 0 and 1 set a point from the sliders, too."
)


class OwnData:
    """Three ways to samples of one's own, and one back to a file.

    Parameters
    ----------
    playground : Playground
        Its `use_samples` takes what is made here.
    """

    def __init__(self, playground):
        self._playground = playground
        self.points = None  # PaintedPoints, while points are painted
        self.labels = ("0", "1")

    def content(self):
        """Return the controls."""
        self.paint_button = widgets.ToggleButton(
            description="Paint points",
            tooltip="Set points on the plane",
            layout=widgets.Layout(width="auto"),
        )
        self.paint_button.observe(self._painting, "value")
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
        for n in (0, 1):  # the book's page gives each a key
            actions[n].add_class(f"sets-class-{n}")
        for control in self._place:
            control.observe(self._playground._changed, "value")
        tools = widgets.VBox([row([self._kind, *self._place]), row(actions)])
        tools.add_class("sets-points")
        return tools

    def cursor(self):
        """Return the inputs, (2,), where the next point is set; None if none is painted."""
        if self.points is None or not self.paint_button.value:
            return None
        return np.array([control.value for control in self._place])

    # --- Painting

    def _painting(self, change):
        if change["new"]:
            self._begin()
        cells = self._playground.plane_cells
        (cells.ask if change["new"] else cells.leave)(self.press)
        self._tools.layout.display = SHOWN if change["new"] else HIDDEN
        self._playground._changed(change)  # with a ring or without

    def _begin(self):
        """Begin with the samples that are shown, if they are the reader's own."""
        playground = self._playground
        view, points = playground.run.view, None
        if playground.run.is_own_data:
            inputs, targets = playground.run.own_data
            points = [
                (*map(float, place), int(target > 0.5))
                for place, target in zip(inputs.T, targets[0], strict=True)
            ]
        self.points = PaintedPoints(view, points)
        for control, low in zip(self._place, (0, 2), strict=True):
            least, most = view[low], view[low + 1]
            with control.hold_trait_notifications():
                control.min, control.max = least, most
                control.step = (most - least) / 200
                control.value = (least + most) / 2
        self._changed(HOW)

    def press(self, across, along):
        """Set or erase a point in a cell of the plane, by its row and column."""
        x, y = self.points.place_in(across, along)
        label = CLASSES[self._kind.value]
        self._at(x, y, label)

    def set(self, label):
        """Set a point of a class where the sliders say."""
        self._at(*(control.value for control in self._place), label)

    def erase(self):
        """Erase the point nearest to where the sliders say."""
        self._at(*(control.value for control in self._place), None)

    def _at(self, x, y, label):
        place = f"at input 1 = {x:.2f}, input 2 = {y:.2f}"
        try:
            if label is not None:
                self.points.add(x, y, label)
                self._changed(f"A point of class {label} is set {place}.")
            elif self.points.erase_near(x, y) is None:
                self._say(f"There is no point {place}.")
            else:
                self._changed(f"The point {place} is erased.")
        except ValueError as error:
            self._say(str(error))

    def undo(self):
        """Take back the last change."""
        if self.points.undo():
            self._changed("The last change is taken back.")
        else:
            self._say("There is nothing to take back.")

    def _start_again(self, _):
        self.points.start_again()
        self._changed("Two points are left. Undo brings the others back.")

    def _changed(self, what):
        self.labels = ("0", "1")
        self._playground.use_samples(self.points.dataset(), self.points.view)
        self._say(what)

    # --- Lines of text

    def read(self):
        """Use the samples in the lines; what cannot be read is said, and nothing changes."""
        try:
            data, self.labels = read_samples(self._lines.value)
        except ValueError as error:
            self._say(f"Nothing has changed. {error}")
            return
        self.paint_button.value = False
        self._playground.use_samples(data)
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
        """Offer the samples as a file, and as lines to copy."""
        run = self._playground.run
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
        run = self._playground.run
        train, test = (data.inputs.shape[1] for data in (run.train_data, run.test_data))
        split = f"{train} samples to train on, {test} to test with."
        if run.is_own_data and run.has_test_data:
            split += f" {HELD_OUT}."
        elif run.is_own_data:
            split = f"{train} samples to train on. None is held out: too few."
        self._words.value = f"<div>{html.escape(words)}</div><div>{split}</div>"


HOW_LINES = (
    f"Paint points, or paste lines: two numbers and a label in each, at most {MOST:,}, "
    f"parted by commas, semicolons or tabs. {HELD_OUT}."
)
