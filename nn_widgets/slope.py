"""Chapter 6: the loss as a function of one weight, its slope, and the steps down."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

import nn_core
from nn_widgets.controls import dropdown, slider
from nn_widgets.descent import HOLLOW, LIMIT, PATH, Descent, loss_axes
from nn_widgets.live_figure import Painter
from nn_widgets.plots import CLASS_COLOURS


class Slope(Descent):
    """The loss as a function of one weight: the slope at a point, and the steps down.

    Parameters
    ----------
    net : object with `loss` and the four arrays, or None, default None
        A network with at most 100 weights and biases; it may be your own class. None is
        nn_core.NeuralNetwork(2, 2, 1, seed=1).
    dataset : nn_core.Dataset or None, default None
        None is nn_core.moons().
    weight : str, default "weights_hidden_output[0, 0]"
        The weight or bias that changes: an array of the network, a row and a column.
    start : float, default 4.0
        From -10 to 10.
    learning_rate : float, default 30.0
        From 1 to 316. One weight alone allows larger steps than a whole network.
    steps : int, default 2
        From 0 to 20.

    Attributes
    ----------
    weight, start, learning_rate, steps : the controls
    points, losses : numpy.ndarray
        The weight and the loss at the start, after each step, and after the next one.
    """

    LAST_STEP = 20

    def __init__(
        self,
        net=None,
        dataset=None,
        weight="weights_hidden_output[0, 0]",
        start=4.0,
        learning_rate=30.0,
        steps=2,
    ):
        self.prepare(net, dataset, learning_rate, steps)
        names = _names(self.net)
        self.weight = dropdown("weight", "weight", names, weight)
        self.start = slider(widgets.FloatSlider, "start", start, -LIMIT, LIMIT, 0.1)
        self._across = np.linspace(-LIMIT, LIMIT, 81)
        self._curves = {
            name: self.loss_at([name], self._across[:, None]) for name in names
        }
        figure = Figure(figsize=(8.9, 4.2), dpi=100, layout="constrained")
        axes, history = (half.subplots() for half in figure.subfigures(1, 2))
        (self._curve,) = axes.plot([], [], color=CLASS_COLOURS[0], linewidth=2)
        (self._tangent,) = axes.plot([], [], "--", color=CLASS_COLOURS[1], linewidth=2)
        (self._path,) = axes.plot([], [], **PATH)
        (self._arrow,) = axes.plot([], [], ":", color="black", linewidth=1.5)
        (self._here,) = axes.plot([], [], "o", color="black", markersize=10)
        (self._next,) = axes.plot([], [], "o", markersize=10, **HOLLOW)
        highest = 1.15 * max(curve.max() for curve in self._curves.values())
        axes.set(
            title="Black: here, its tangent dashed;\nhollow: where the next step leads",
            xlabel="the weight that moves",
            ylabel="loss",
            xlim=(-LIMIT, LIMIT),
            ylim=(0, highest),
        )
        axes.title.set_fontsize(11)
        self._history = loss_axes(history, self.LAST_STEP, highest)
        moving = [self._curve, self._path, self._tangent, self._arrow]
        moving += [self._next, self._here, self._history]
        controls = [self.weight, self.start, self.learning_rate, self.steps]
        super().__init__(
            Painter(figure, moving, cuts=[0.5]),
            [*controls, self.step_button, self.play_button],
        )

    def paint(self):
        names = (self.weight.value,)
        points, self.losses, slopes = self.walk(names, (self.start.value,))
        self.points = points[:, 0]
        here, loss = self.points[-2], self.losses[-2]
        self._curve.set_data(self._across, self._curves[self.weight.value])
        ends = np.array([here - 3, here + 3])
        self._tangent.set_data(ends, loss + slopes[0] * (ends - here))
        self._path.set_data(self.points[:-1], self.losses[:-1])
        self._here.set_data([here], [loss])
        self._arrow.set_data(
            [here, self.points[-1], self.points[-1]], [loss, loss, self.losses[-1]]
        )
        self._next.set_data([self.points[-1]], [self.losses[-1]])
        self._history.set_data(np.arange(len(self.losses) - 1), self.losses[:-1])
        return self.describe_step(points, self.losses, slopes)


def _names(net):
    """Return the names of a network's weights and biases, array by array, row by row."""
    names = [
        f"{field}[{row}, {column}]"
        for field in nn_core.Gradients._fields
        for row, column in np.ndindex(getattr(net, field).shape)
    ]
    if len(names) > 100:
        raise ValueError(
            "net: expected at most 100 weights and biases, since each has a curve of its "
            f"own, got {len(names)}"
        )
    return names
