"""A live figure that plays: it works for a moment, draws, and does so again."""

import asyncio
import html
import time

from nn_widgets.controls import button
from nn_widgets.live_figure import QUICKEST, LiveFigure, running_loop


class PlayingFigure(LiveFigure):
    """A live figure with a button that plays and pauses it.

    A subclass says in `work_for_one_frame(began)` what is done between two pictures, and in
    `get_ready` what comes before the first of them. It ends by setting `playing` to False.

    Attributes
    ----------
    playing : bool
    in_part : bool
        Whether the drawing under way may leave out what only whole frames show.
    play_button : ipywidgets.Button
    """

    FRAME_SECONDS = 1 / 60  # drawing more often than this is not seen
    WHOLE_FRAMES = (
        3  # every third frame shows all: words and numbers are read more slowly
    )

    def __init__(self, painter, controls):
        self.playing, self._task, self._frames = False, None, 0
        self.in_part = False
        super().__init__(painter, controls)
        self._view_count = 0  # asks the front end to count the places that show this
        self.observe(self._views_changed, "_view_count")

    def make_play_button(self):
        """Return the button; it has to be among the controls."""
        self.play_button = button("Play", "Train until paused", self._toggle)
        return self.play_button

    def play(self):
        """Train, draw and go on until `pause`, the end of the display, or divergence."""
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

    def close(self):
        """Stop training and take the widget off the page."""
        self.playing = False
        super().close()

    def get_ready(self):
        """Do what comes before the first picture."""

    def work_for_one_frame(self, began):
        """Do what comes between two pictures; `began` is the time by perf_counter."""
        raise NotImplementedError

    @property
    def picture_format(self):
        """While it plays, what is ready first; a PNG is crisp, and small."""
        return QUICKEST if self.playing else "png"

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
        self.in_part = self._frames % self.WHOLE_FRAMES != 0
        self._frames += 1
        try:
            self.draw()
        finally:
            self.in_part = False

    def _toggle(self, _):
        if self.playing:
            self.pause()
        else:
            self.play()

    def _show_playing(self):
        self.play_button.description = "Pause" if self.playing else "Play"
        self.play_button.icon = "pause" if self.playing else "play"

    def _changed(self, change):
        if not self.playing:  # else the next frame reads the controls
            super()._changed(change)

    def _views_changed(self, change):
        if change["old"] and not change["new"] and self.playing:
            self.pause()  # nobody is looking any more
