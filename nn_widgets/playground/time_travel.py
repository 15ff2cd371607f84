"""Back to any epoch of a run: what is shown, and the slider that chooses it."""

import ipywidgets as widgets

import nn_arguments
from nn_widgets.controls import button, slider
from nn_widgets.playground.layout import row

WORDS = (
    "Move back to see the boundary, the neurons and the numbers as they were. Play, and "
    "Step, go on from there, with the settings as they are now; the curve of the first way "
    "stays to compare."
)
NOT_POSSIBLE = "Networks of your class cannot be copied, so there is no way back."


class TimeTravel:
    """Which epoch of the playground's run is shown: the last one, or one before.

    Parameters
    ----------
    playground : Playground
    """

    def __init__(self, playground):
        self._playground = playground
        self._epoch, self._then = None, None  # None: now
        self._slider = None

    @property
    def away(self):
        """Whether an earlier epoch is shown than the last."""
        return self._epoch is not None

    def shown(self):
        """Return the run as it is to be seen."""
        if not self.away:
            return self._playground.run
        if self._then is None or len(self._then.history) != self._epoch:
            self._then = self._playground.run.at(self._epoch)
        return self._then

    def go(self, epoch):
        """Choose an epoch, from 0 to the last one."""
        run = self._playground.run
        last = len(run.history)
        epoch = nn_arguments.whole_number("epoch", epoch, 0)
        if epoch > last:
            raise ValueError(f"epoch: expected 0 to {last}, the last one, got {epoch}")
        if epoch < last and not run.states.possible:
            raise ValueError(f"epoch: {NOT_POSSIBLE}")
        self._epoch = None if epoch == last else epoch

    def leave(self):
        """Be at the last epoch of the run, whichever that is now."""
        self._epoch, self._then = None, None

    def in_words(self):
        """Say that an earlier epoch is shown, as HTML; nothing if it is the last."""
        if not self.away:
            return ""
        last = len(self._playground.run.history)
        return f"<div>This is how it was; {last} epochs are trained.</div>"

    # --- On the page

    def content(self):
        """Return the slider and its words."""
        self._slider = slider(widgets.IntSlider, "epoch", 0, 0, 0, 1, size="30em")
        self._words = widgets.HTML()
        self.follow()
        self._slider.observe(self._moved, "value")
        now = button("Back to now", "Show the last epoch again", self._now)
        return widgets.VBox([row([self._slider, now]), self._words])

    def follow(self):
        """Let the slider show where the playground is."""
        if self._slider is None:
            return
        run = self._playground.run
        epoch = self._epoch if self.away else len(run.history)
        self._slider.unobserve_all("value")
        self._slider.max = max(len(run.history), epoch)
        self._slider.value = epoch
        self._slider.observe(self._moved, "value")
        self._slider.disabled = not run.states.possible
        self._words.value = WORDS if run.states.possible else NOT_POSSIBLE

    def _moved(self, change):
        playground = self._playground
        if playground.playing:
            playground.pause()
        self.go(min(change["new"], len(playground.run.history)))
        playground._changed(change)  # soon: of many moves the newest is drawn

    def _now(self, _):
        self.leave()
        self._playground.draw()
