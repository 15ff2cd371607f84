"""Chapter 6: gradient descent, step by step, in one or two weights of a network."""

import asyncio
import copy

import ipywidgets as widgets
import numpy as np

import nn_arguments
import nn_core
from nn_widgets.controls import button, log_slider, slider
from nn_widgets.live_figure import LiveFigure, running_loop
from nn_widgets.plots import CLASS_COLOURS

LIMIT = 10  # the pictures show each weight from -10 to 10
PATH = {"color": "black", "marker": "o", "markersize": 4, "linewidth": 1.2}
HOLLOW = {
    "markerfacecolor": "white",
    "markeredgecolor": "black",
    "markeredgewidth": 1.5,
}


class Descent(LiveFigure):
    """The controls and the arithmetic of gradient descent, for Slope and Landscape.

    The network is copied. Only the chosen weights of the copy change; all others stay fixed.
    Slopes are measured by central differences.
    """

    LAST_STEP = 100
    playing = False
    _task = _walked = None

    def prepare(self, net, dataset, learning_rate, steps):
        """Copy the network and make the controls that both subclasses share."""
        net = nn_core.NeuralNetwork(2, 2, 1, seed=1) if net is None else net
        nn_arguments.has_all("net", net, ("loss", *nn_core.Gradients._fields))
        self.net = copy.deepcopy(net)
        self.data = nn_core.moons() if dataset is None else dataset
        self.learning_rate = log_slider("learning rate", learning_rate, 0, 2.5)
        self.steps = slider(widgets.IntSlider, "steps", steps, 0, self.LAST_STEP, 1)
        self.step_button = button("One step", "Go one step down", self._one_step)
        self.play_button = button("Play", "Go step after step", self._toggle)

    def loss_at(self, names, points):
        """Return the loss at each point; a point has one value for each named weight."""
        places = [_place(self.net, name) for name in names]
        before = [array[index] for array, index in places]
        losses = []
        for point in points:
            for (array, index), value in zip(places, point, strict=True):
                array[index] = value
            losses.append(float(self.net.loss(*self.data)))
        for (array, index), value in zip(places, before, strict=True):
            array[index] = value
        return np.array(losses)

    def slopes_at(self, names, point, distance=1e-4):
        """Return the measured slope of the loss with respect to each named weight."""
        nudges = distance * np.eye(len(point))
        above = self.loss_at(names, point + nudges)
        below = self.loss_at(names, point - nudges)
        return (above - below) / (2 * distance)

    def walk(self, names, start):
        """Return the points of the descent, (steps + 2, weights), losses and last slopes.

        The last point is the result of the next step, and the slopes are those it follows.
        """
        rate = self.learning_rate.value
        if (names, start, rate) != self._walked:
            self._walked = names, start, rate
            self._points, self._slopes = [np.array(start, float)], []
            self._losses = list(self.loss_at(names, self._points))
        while len(self._slopes) <= self.steps.value:  # continue where it stopped
            self._slopes.append(self.slopes_at(names, self._points[-1]))
            self._points.append(self._points[-1] - rate * self._slopes[-1])
            self._losses += list(self.loss_at(names, self._points[-1:]))
        end = self.steps.value + 2
        points, losses = np.array(self._points[:end]), np.array(self._losses[:end])
        return points, losses, self._slopes[end - 2]

    def play(self):
        """Do one step after another until the last; from the last, start again."""
        if self.playing:
            return
        loop = running_loop("set steps.value")
        if self.steps.value == self.LAST_STEP:
            self.steps.value = 0
        self.playing = True
        self._show_playing()
        self._task = loop.create_task(self._run())

    def pause(self):
        """Stop at the current step."""
        if self.playing:
            self._task.cancel()
            self.playing = False
            self._show_playing()

    async def _run(self):
        while self.steps.value < self.LAST_STEP:
            self.steps.value += 1
            await asyncio.sleep(0.1)
        self.playing = False
        self._show_playing()

    def close(self):
        """Stop, and remove the widget from the page."""
        self.pause()
        super().close()

    def _show_playing(self):
        self.play_button.description = "Pause" if self.playing else "Play"

    def _toggle(self, _):
        (self.pause if self.playing else self.play)()

    def _one_step(self, _):
        self.pause()
        self.steps.value = (self.steps.value + 1) % (self.LAST_STEP + 1)

    def describe_step(self, points, losses, slopes):
        """Describe as HTML the current point, and what the next step does."""
        here, after = points[-2], points[-1]
        steps = self.steps.value
        start = f"After {steps} step{'s' * (steps != 1)}" if steps else "At the start,"
        place, measured, landing = map(in_words, (here, slopes, after))
        noun = "slope" if len(slopes) == 1 else "slopes"
        verdict = ""
        if losses[-1] > losses[-2] * (1 + 1e-9):
            verdict = " <b>It is too long: the loss rises.</b>"
        elif losses[-2] - losses[-1] < 1e-5:
            verdict = " It hardly changes the loss."
        if np.abs(here).max() > LIMIT:
            verdict += " The walk has left the picture."
        return (
            f"<b>{start}</b> at {place} the loss is <b>{losses[-2]:.4f}</b> and its {noun} "
            f"{measured}. Minus {self.learning_rate.value:.3g} times the {noun}, the next "
            f"step leads to {landing}, with the loss {losses[-1]:.4f}.{verdict}"
        )


def _place(net, name):
    """Return the array and the index of a name such as "biases_output[0, 0]"."""
    field, _, index = name.rstrip("]").partition("[")
    return getattr(net, field), tuple(int(number) for number in index.split(","))


def in_words(values):
    """Return one number as text, or two in brackets."""
    texts = [f"{value:.4g}".replace("-", "−") for value in values]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def loss_axes(axes, last_step, highest):
    """Set up a plot of the loss after each step; return its line."""
    axes.set(
        title="The loss after each step",
        xlabel="step",
        ylabel="loss",
        xlim=(0, last_step),
        ylim=(0, highest),
    )
    return axes.plot([], [], color=CLASS_COLOURS[0], marker=".")[0]
