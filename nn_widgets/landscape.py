"""Chapter 6: the loss as a function of two weights, as a map, and the path down."""

import contourpy
import ipywidgets as widgets
import matplotlib.collections
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

import nn_arguments
from nn_widgets.controls import button, dropdown, slider
from nn_widgets.descent import HOLLOW, LIMIT, PATH, Descent, in_words, loss_axes
from nn_widgets.live_figure import Painter
from nn_widgets.plots import CLASS_COLOURS


class Landscape(Descent):
    """The loss as a function of two weights: a map with contour lines, and the path down.

    Parameters
    ----------
    net : object with `loss` and the four arrays, or None, default None
        A network with at least 2 inputs and 2 hidden nodes; it may be your own class. None
        is nn_core.NeuralNetwork(2, 2, 1, seed=1).
    dataset : nn_core.Dataset or None, default None
        None is nn_core.moons().
    pair : str, default "the first two output weights"
        The two weights that change: a name in Landscape.PAIRS.
    start : (float, float), default (-6.0, 8.0)
        From -10 to 10 each.
    learning_rate : float, default 30.0
        From 1 to 316. Two weights alone allow larger steps than a whole network.
    steps : int, default 40
        From 0 to 100.

    Attributes
    ----------
    pair, start_across, start_up, learning_rate, steps : the controls
    points : numpy.ndarray, (steps + 2, 2)
        Both weights at the start, after each step, and after the next one.
    losses : numpy.ndarray, (steps + 2,)
        The loss at these points.
    """

    PAIRS = {
        "the first two output weights": (
            "weights_hidden_output[0, 0]",
            "weights_hidden_output[0, 1]",
        ),
        "two weights of hidden neuron 1": (
            "weights_input_hidden[0, 0]",
            "weights_input_hidden[0, 1]",
        ),
        "a hidden and an output weight": (
            "weights_input_hidden[0, 0]",
            "weights_hidden_output[0, 0]",
        ),
    }
    GRID = 33  # the loss is computed at GRID × GRID points
    STYLES = {"dashed": "--", "dotted": ":", "dash-dotted": "-."}  # of kept paths

    def __init__(
        self,
        net=None,
        dataset=None,
        pair="the first two output weights",
        start=(-6.0, 8.0),
        learning_rate=30.0,
        steps=40,
    ):
        self.prepare(net, dataset, learning_rate, steps)
        for name in ("input_nodes", "hidden_nodes"):
            nn_arguments.whole_number(name, getattr(self.net, name), 2)
        across, up = nn_arguments.two_numbers("start", start)
        self.pair = dropdown("weights", "pair", list(self.PAIRS), pair)
        kind = widgets.FloatSlider
        self.start_across = slider(kind, "start across", across, -LIMIT, LIMIT, 0.1)
        self.start_up = slider(kind, "start up", up, -LIMIT, LIMIT, 0.1)
        self.keep_button = button(
            "Keep this path", "Leave it in the picture to compare", self._keep
        )
        self._kept = []  # (rate, points, losses) of earlier paths of this pair
        self._kept_pair = pair
        self._grid = np.linspace(-LIMIT, LIMIT, self.GRID)
        self._maps = {name: self._map(names) for name, names in self.PAIRS.items()}
        self._build_figure()
        controls = [self.pair, self.start_across, self.start_up, self.learning_rate]
        controls += [self.steps, self.step_button, self.play_button, self.keep_button]
        super().__init__(self._painter, controls)

    def _map(self, names):
        """Return the loss on the grid; each row has one value of the second weight."""
        points = np.stack(np.meshgrid(self._grid, self._grid), axis=-1).reshape(-1, 2)
        return self.loss_at(names, points).reshape(self.GRID, self.GRID)

    def _build_figure(self):
        figure = Figure(figsize=(8.9, 3.8), dpi=100)
        axes = figure.add_axes([0.085, 0.145, 0.325, 0.76])
        bar, history = (
            figure.add_axes(box)
            for box in ([0.418, 0.145, 0.012, 0.76], [0.585, 0.145, 0.395, 0.76])
        )
        lowest = min(losses.min() for losses in self._maps.values())
        highest = max(losses.max() for losses in self._maps.values())
        self._levels = np.linspace(lowest, highest, 16)
        edge = LIMIT * (
            1 + 1 / (self.GRID - 1)
        )  # a grid point is the centre of its cell
        self._image = axes.imshow(
            np.zeros((self.GRID, self.GRID)),
            extent=(-edge, edge, -edge, edge),
            origin="lower",
            cmap="cividis",
            vmin=lowest,
            vmax=highest,
            interpolation="bilinear",
        )
        ticks = MaxNLocator(5, steps=[1, 2, 5, 10])
        figure.colorbar(self._image, cax=bar, label="loss", ticks=ticks)
        self._contours = axes.add_collection(
            matplotlib.collections.LineCollection(
                [], colors=(0, 0, 0, 0.55), linewidths=0.6
            )
        )
        outline = withStroke(linewidth=3.5, foreground="white")
        self._old_paths = [
            axes.plot([], [], style, color=CLASS_COLOURS[1], path_effects=[outline])[0]
            for style in self.STYLES.values()
        ]
        self._old_losses = [
            history.plot([], [], style, color="#555555", linewidth=1.4)[0]
            for style in self.STYLES.values()
        ]
        (self._path,) = axes.plot([], [], **PATH, markerfacecolor="white")
        (self._here,) = axes.plot([], [], "o", markersize=10, **HOLLOW)
        axes.set(
            title="The loss from above, and the way down",
            xlabel="the first weight (across)",
            ylabel="the second weight (up)",
            xlim=(-LIMIT, LIMIT),
            ylim=(-LIMIT, LIMIT),
        )
        self._history = loss_axes(history, self.LAST_STEP, 1.05 * highest)
        moving = [self._image, self._contours, *self._old_paths, self._path, self._here]
        moving += [*axes.spines.values(), *self._old_losses, self._history]
        self._painter = Painter(figure, moving, cuts=[0.5])

    def paint(self):
        pair, names = self.pair.value, self.PAIRS[self.pair.value]
        if pair != self._kept_pair:
            self._kept, self._kept_pair = [], pair  # those belong to another map
        start = self.start_across.value, self.start_up.value
        self.points, self.losses, slopes = self.walk(names, start)
        losses = self._maps[pair]
        self._image.set_data(losses)
        contours = contourpy.contour_generator(self._grid, self._grid, losses)
        self._contours.set_segments(
            [line for level in self._levels for line in contours.lines(level)]
        )
        self._path.set_data(*self.points[:-1].T)
        self._here.set_data(*self.points[-2:-1].T)
        self._history.set_data(np.arange(len(self.losses) - 1), self.losses[:-1])
        for number, lines in enumerate(
            zip(self._old_paths, self._old_losses, strict=True)
        ):
            kept = number < len(self._kept)
            _, points, past = self._kept[number] if kept else ("", [(0, 0)], [])
            lines[0].set_data(*np.transpose(points) if kept else ([], []))
            lines[1].set_data(np.arange(len(past)), past)
        words = self.describe_step(self.points, self.losses, slopes)
        lowest = np.unravel_index(losses.argmin(), losses.shape)
        return (
            f"{words} The lowest loss of the map, {losses.min():.4f}, is near "
            f"{in_words(self._grid[[lowest[1], lowest[0]]])}.{self._kept_in_words()}"
        )

    def _kept_in_words(self):
        kept = [
            f"{style}: rate {rate:.3g}, loss {losses[-1]:.4f} after {len(losses) - 1} steps"
            for style, (rate, _, losses) in zip(self.STYLES, self._kept, strict=False)
        ]
        return f" Kept: {'; '.join(kept)}." if kept else ""

    def _keep(self, _):
        path = self.learning_rate.value, self.points[:-1], self.losses[:-1]
        self._kept = [*self._kept, path][-len(self.STYLES) :]
        self.draw()
