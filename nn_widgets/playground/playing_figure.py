"""A live figure that plays: it works for a moment, draws, and repeats."""

import asyncio
import html
import time

from nn_widgets.controls import button
from nn_widgets.live_figure import FASTEST_FORMAT, LiveFigure, running_loop


class PlayingFigure(LiveFigure):
    """A live figure with a button that plays and pauses it.

    A subclass implements `work_for_one_frame(began)`, the work between two pictures, and may
    implement `get_ready`, which runs before the first. To end, it sets `playing` to False.

    Attributes
    ----------
    playing : bool
    partial : bool
        Whether the current drawing may leave out what only every third frame updates.
    play_button : ipywidgets.Button
    """

    FRAME_SECONDS = 1 / 60  # the eye does not see more frames
    # Words and numbers are read more slowly than the picture, so only every third frame
    # updates them.
    WHOLE_FRAMES = 3

    def __init__(self, painter, controls):
        self.playing, self._task, self._frames = False, None, 0
        self.partial = False
        super().__init__(painter, controls)
        self._view_count = 0  # not None, so that the front end counts the views
        self.observe(self._views_changed, "_view_count")

    def make_play_button(self):
        """Make the button; the subclass adds it to the controls."""
        self.play_button = button("Play", "Train until paused", self._toggle)
        return self.play_button

    def play(self):
        """Train and draw until `pause`, divergence, or the last view is closed."""
        if self.playing:
            return
        loop = running_loop("call advance(epochs) and draw()")
        self.get_ready()
        self.playing, self._frames = True, 0
        self._show_playing()
        self._task = loop.create_task(self._keep_playing())

    def pause(self):
        """Stop training; the network keeps what it has learnt."""
        self.playing = False
        self._show_playing()
        if self.comm is not None:
            self.draw()

    def pause_if_playing(self):
        """Pause, but draw nothing if it is paused already."""
        if self.playing:
            self.pause()

    def close(self):
        """Stop training and remove the widget from the page."""
        self.playing = False
        super().close()

    def get_ready(self):
        """Prepare the first frame."""

    def work_for_one_frame(self, began):
        """Do the work between two pictures; `began` is the time by perf_counter."""
        raise NotImplementedError

    @property
    def picture_format(self):
        """The fastest format while it plays; else PNG, which is lossless and small."""
        return FASTEST_FORMAT if self.playing else "png"

    def draw_soon(self, change=None):
        """Draw after the current series of changes; while it plays, the next frame does."""
        if not self.playing:
            super().draw_soon(change)

    async def _keep_playing(self):
        try:
            while self.playing:
                began = time.perf_counter()
                self.work_for_one_frame(began)
                if self.playing:
                    self._draw_frame()
                spent = time.perf_counter() - began
                await asyncio.sleep(max(self.FRAME_SECONDS - spent, 0.004))
            if self.comm is not None:
                self._show_playing()
                self.draw()
        except Exception as error:
            self.playing = False
            self.words.value = f"<b>Stopped by an error</b>: {html.escape(repr(error))}"
            self._show_playing()
            raise

    def _draw_frame(self):
        self.partial = self._frames % self.WHOLE_FRAMES != 0
        self._frames += 1
        try:
            self.draw()
        finally:
            self.partial = False

    def _toggle(self, _):
        if self.playing:
            self.pause()
        else:
            self.play()

    def _show_playing(self):
        self.play_button.description = "Pause" if self.playing else "Play"
        self.play_button.icon = "pause" if self.playing else "play"

    def _views_changed(self, change):
        if change["old"] and not change["new"]:
            self.pause_if_playing()  # the last view was closed
