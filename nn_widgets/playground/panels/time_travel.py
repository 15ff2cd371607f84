"""The panel that goes back to any epoch of a run."""

import ipywidgets as widgets

from nn_widgets.controls import button, slider
from nn_widgets.playground.layout import row
from nn_widgets.playground.panels.panel import Panel
from nn_widgets.playground.state import NOT_POSSIBLE

WORDS = (
    "Move back to see the boundary, the neurons and the numbers as they were. Play, and "
    "Step, go on from there, with the settings as they are now; the curve of the first way "
    "stays to compare."
)


class TimeTravel(Panel):
    """A slider that chooses the epoch to show."""

    title = "Time"

    def __init__(self, state):
        super().__init__(state)
        self._slider = None

    def make_box(self):
        self._slider = slider(widgets.IntSlider, "epoch", 0, 0, 0, 1, size="30em")
        self._words = widgets.HTML()
        self.update()
        self._slider.observe(self._moved, "value")
        now = button("Back to now", "Show the last epoch again", self._back_to_now)
        return widgets.VBox([row([self._slider, now]), self._words])

    def update(self):
        """Set the slider to the epoch that is shown."""
        if self._slider is None:
            return
        run, epoch = self.state.run, self.state.epoch
        self._slider.unobserve_all("value")
        self._slider.max = max(len(run.history), epoch)
        self._slider.value = epoch
        self._slider.observe(self._moved, "value")
        self._slider.disabled = not run.checkpoints.possible
        self._words.value = WORDS if run.checkpoints.possible else NOT_POSSIBLE

    def in_words(self):
        """Say as HTML that an earlier epoch is shown; return "" if it is the last."""
        if not self.state.shows_past:
            return ""
        last = len(self.state.run.history)
        return f"<div>This is how it was; {last} epochs are trained.</div>"

    def _moved(self, change):
        self.state.pause()
        self.state.show_epoch(min(change["new"], len(self.state.run.history)))
        self.state.redraw_soon()

    def _back_to_now(self, _):
        self.state.show_latest()
        self.state.redraw_now()
