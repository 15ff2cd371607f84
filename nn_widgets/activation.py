"""Chapter 5: an activation function, its slope, and the boundaries it can make."""

import contourpy
import ipywidgets as widgets
import matplotlib.collections
import numpy as np
from matplotlib.figure import Figure

import nn_core
from nn_widgets.controls import dropdown, slider
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import (
    CLASS_COLOURS,
    OUTPUT_COLOURS,
    grid_points,
    plot_samples,
    view_limits,
)


class Activation(LiveFigure):
    """An activation function, its slope at one sum, and the boundaries it can make.

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
    z : float, default 1.0
        The weighted sum at which the slope is shown, -6 to 6.
    hidden_nodes : int, default 8
        Of the network on the right, which learns the moons data set; 1 to 32.

    Attributes
    ----------
    activation : ipywidgets.Dropdown
    z : ipywidgets.FloatSlider
    hidden_nodes : ipywidgets.IntSlider
    epochs : ipywidgets.Dropdown
        For how many epochs the network on the right is trained, with batches of 10 and a
        learning rate of 1.
    """

    def __init__(self, activation="sigmoid", z=1.0, hidden_nodes=8):
        names = list(nn_core.ACTIVATIONS)
        self.activation = dropdown("activation", "activation", names, activation)
        self.z = slider(widgets.FloatSlider, "z", z, -6, 6, 0.1, "18em")
        self.hidden_nodes = slider(
            widgets.IntSlider, "hidden nodes", hidden_nodes, 1, 32, 1, "18em"
        )
        self.epochs = dropdown("epochs", "epochs", [0, 30, 100, 300], 300)
        self._data, self._trained = nn_core.moons(), {}
        self._sums = np.linspace(-6, 6, 241)
        figure = Figure(figsize=(8.9, 4.6), dpi=100, layout="constrained")
        (function, slope), plane = (
            part.subplots(rows, 1, sharex=True) if rows == 2 else part.subplots()
            for part, rows in zip(figure.subfigures(1, 2), (2, 1), strict=True)
        )
        function.set(title="The function", ylabel="output", ylim=(-1.3, 3.3))
        slope.set(title="Its slope", ylabel="slope", xlabel="sum z", ylim=(-0.1, 1.15))
        for axes in (function, slope):
            axes.grid(color="#dddddd")
        self._curves = [
            axes.plot(self._sums, self._sums, color=CLASS_COLOURS[0], linewidth=2)[0]
            for axes in (function, slope)
        ]
        self._marks = [
            axes.plot([], [], "o", color="black", ms=7)[0] for axes in (function, slope)
        ]
        self._tangent = function.plot([], [], color=CLASS_COLOURS[1], linestyle="--")[0]
        limits = view_limits(self._data.inputs)
        self._grid = grid_points(limits, 100)
        self._plane = plane.imshow(
            np.zeros((100, 100)),
            extent=limits,
            origin="lower",
            cmap=OUTPUT_COLOURS,
            vmin=0,
            vmax=1,
            interpolation="bilinear",
        )
        self._boundary = plane.add_collection(
            matplotlib.collections.LineCollection([], colors="black", linewidths=1.5)
        )
        plane.set(xlabel="input 1", ylabel="input 2")
        self._title = plane.set_title(" ")
        moving = [
            *self._curves,
            self._tangent,
            *self._marks,
            self._plane,
            self._boundary,
            *plot_samples(self._data, plane, size=24),
            *plane.spines.values(),
            self._title,
        ]
        super().__init__(
            Painter(figure, moving, cuts=[0.5]),
            [self.activation, self.z, self.hidden_nodes, self.epochs],
        )

    def value_and_slope(self, sums):
        """Return the chosen activation function and its derivative at the sums."""
        apply, slope = nn_core.ACTIVATIONS[self.activation.value]
        outputs = apply(np.asarray(sums, float))
        return outputs, slope(outputs)

    def paint(self):
        for curve, values in zip(
            self._curves, self.value_and_slope(self._sums), strict=True
        ):
            curve.set_ydata(values)
        z = self.z.value
        value, slope = (float(number) for number in self.value_and_slope(z))
        for mark, height in zip(self._marks, (value, slope), strict=True):
            mark.set_data([z], [height])
        ends = np.array([z - 1.5, z + 1.5])
        self._tangent.set_data(ends, value + slope * (ends - z))
        net = self._network()
        outputs = net.feedforward(self._grid).reshape(100, 100)
        self._plane.set_data(outputs)
        self._boundary.set_segments(self._lines_at_one_half(outputs))
        share = nn_core.accuracy(net, self._data)
        self._title.set_text(
            f"{net.hidden_nodes} hidden nodes, {self.epochs.value} epochs: {share:.1%} right"
        )
        flat = " Here it is flat: almost nothing passes back." if slope < 0.01 else ""
        return (
            f"At z = {z:.1f}, {self.activation.value} gives <b>{value:.3f}</b> and its slope "
            f"is <b>{slope:.3f}</b>.{flat} The network on the right has "
            f"{share:.1%} of the points on the right side."
        )

    def _lines_at_one_half(self, outputs):
        """Return the decision boundary as a list of lines, each (points, 2)."""
        if not outputs.min() < 0.5 < outputs.max():
            return []
        corners = self._grid.reshape(2, 100, 100)
        return contourpy.contour_generator(*corners, outputs).lines(0.5)

    def _network(self):
        """Return the trained network for the current controls; each is trained only once."""
        key = self.activation.value, self.hidden_nodes.value, self.epochs.value
        if key not in self._trained:
            net = nn_core.NeuralNetwork(2, key[1], 1, activation=key[0])
            if key[2]:
                net.fit(*self._data, learning_rate=1.0, epochs=key[2], batch_size=10)
            self._trained[key] = net
        return self._trained[key]
