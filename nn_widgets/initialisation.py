"""Chapters 3 and 5: the initial weights of a hidden layer, and their effect."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

import nn_core
from nn_arguments import INITS
from nn_widgets.controls import dropdown, slider
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import CLASS_COLOURS


class Initialisation(LiveFigure):
    """A hidden layer before training: its weights, its weighted sums and their slopes.

    The controls determine how 16 hidden neurons are initialised. The histograms show their
    weights, their weighted sums for 200 random samples, and the sigmoid's slope at each sum.
    Chapter 3 comes before slopes, so it shows the first two; a neuron answers 1 if its sum is
    above 0.

    Parameters
    ----------
    init : {"uniform", "xavier", "normal", "zeros"}, default "uniform"
        As in nn_core.NeuralNetwork.
    inputs : {2, 8, 30, 64, 256, 784}, default 64
        The number of inputs of each neuron, its fan-in.
    data : {"from 0 to 1", "around 0"}, default "from 0 to 1"
        Random samples: uniform in [0, 1), like grey values of pixels, or from the standard
        normal distribution.
    seed : int, default 0
        From 0 to 20.
    slopes : bool, default True
        Whether to show slopes; without them, `init` is "uniform" or "zeros".

    Attributes
    ----------
    init, inputs, data : ipywidgets.Dropdown
    seed : ipywidgets.IntSlider
    network : nn_core.NeuralNetwork
    mean_slope : float
        The mean over all neurons and samples; at most 0.25.
    saturated : int
        The number of neurons whose slope is below 0.01 for most samples.
    indifferent : int
        The number of neurons whose sums all have the same sign: one answer for all samples.
    """

    HIDDEN_NODES = 16
    SAMPLES = 200
    FLAT = 0.01  # a slope below it counts as flat: 4 % of the maximum, 0.25

    def __init__(
        self, init="uniform", inputs=64, data="from 0 to 1", seed=0, slopes=True
    ):
        if not isinstance(slopes, bool):
            raise TypeError(f"slopes: expected True or False, got {slopes!r}")
        self._shows_slopes = slopes
        starts = INITS if slopes else ("uniform", "zeros")
        self.init = dropdown("start", "init", starts, init)
        self.inputs = dropdown("inputs", "inputs", (2, 8, 30, 64, 256, 784), inputs)
        kinds = ("from 0 to 1", "around 0")
        self.data = dropdown("samples drawn", "data", kinds, data)
        self.seed = slider(widgets.IntSlider, "seed", seed, 0, 20, 1, size="16em")
        plots = [
            ("1. The weights", "weight", "#748292"),
            ("2. The sums z", "weights · inputs + bias", CLASS_COLOURS[0]),
            ("3. The slopes σ′(z)", "slope of the sigmoid", CLASS_COLOURS[1]),
        ]
        shares = [0.31, 0.38, 0.31] if slopes else [0.5, 0.5]
        size = 9.6 if slopes else 8.9, 3.9
        figure = Figure(figsize=size, dpi=100, layout="constrained")
        parts = figure.subfigures(1, len(shares), width_ratios=shares)
        self._axes = [part.subplots() for part in parts]
        self._bars = []
        for axes, plot in zip(self._axes, plots, strict=False):
            title, label, colour = plot
            axes.set(title=title, xlabel=label, yticks=[])
            bars = axes.stairs(np.zeros(40), np.arange(41.0), fill=True, color=colour)
            self._bars.append(bars)
        self._axes[0].set_ylabel("how many")
        if slopes:
            self._prepare_slopes(*self._axes[1:])
        else:
            self._axes[1].axvline(0, color="black", linewidth=2)
        figure.draw_without_rendering()  # computes the layout while the plots are empty
        figure.set_layout_engine("none")
        super().__init__(
            Painter(figure, cuts=np.cumsum(shares)[:-1]),
            [self.init, self.inputs, self.data, self.seed],
        )

    def _prepare_slopes(self, sums_axes, slopes_axes):
        """Draw the fixed parts of the plots of slopes."""
        self._slope_line = sums_axes.plot([], [], color="black", label="slope σ′(z)")[0]
        sums_axes.legend(loc="upper left", fontsize=10, framealpha=0.9)
        slopes_axes.set(xlim=(-0.01, 0.26), xticks=[0, 0.05, 0.1, 0.15, 0.2, 0.25])
        slopes_axes.axvspan(-0.01, self.FLAT, color="#d9d9d9", zorder=0)
        slopes_axes.text(
            self.FLAT + 0.004,
            0.97,
            "← flat",
            transform=slopes_axes.get_xaxis_transform(),
            va="top",
            fontsize=10,
        )

    def paint(self):
        fan_in, init = self.inputs.value, self.init.value
        self.network = net = nn_core.NeuralNetwork(
            fan_in, self.HIDDEN_NODES, 1, init=init, seed=self.seed.value
        )
        rng = np.random.default_rng([1, self.seed.value])
        shape = fan_in, self.SAMPLES
        around_0 = self.data.value == "around 0"
        samples = rng.standard_normal(shape) if around_0 else rng.random(shape)
        weights = net.weights_input_hidden
        sums = weights @ samples + net.biases_hidden  # (hidden_nodes, N)
        _, slope = nn_core.ACTIVATIONS["sigmoid"]
        slopes = slope(net.layer_outputs(samples)[0])
        self.mean_slope = float(slopes.mean())
        self.saturated = int(np.sum((slopes < self.FLAT).mean(axis=1) > 0.5))
        is_one = sums > 0
        self.indifferent = int(np.sum(is_one.all(axis=1) | ~is_one.any(axis=1)))

        widest = max(np.abs(weights).max(), 1)
        furthest = max(np.abs(sums).max() * 1.05, 7)
        edges = (
            np.linspace(-widest, widest, 41),
            np.linspace(-furthest, furthest, 41),
            np.linspace(0, 0.25, 41),
        )
        shown = zip((weights, sums, slopes), edges, strict=True)
        for axes, bars, (values, limits) in zip(
            self._axes, self._bars, shown, strict=False
        ):
            counts = np.histogram(values, limits)[0]
            bars.set_data(counts, limits)
            axes.set_ylim(0, counts.max() * 1.1)
        if self._shows_slopes:
            z = np.linspace(-furthest, furthest, 400)
            height = slope(nn_core.sigmoid(z)) / 0.25 * self._axes[1].get_ylim()[1]
            self._slope_line.set_data(z, height * 0.9)
        self._axes[0].set_xlim(-widest * 1.05, widest * 1.05)
        self._axes[1].set_xlim(-furthest, furthest)
        return self._in_words(weights, sums)

    def _in_words(self, weights, sums):
        neurons = len(weights)
        numbers = (
            f"With {weights.shape[1]} inputs and the start “{self.init.value}”, weights lie "
            f"from {weights.min():.2f} to {weights.max():.2f} and sums from "
            f"{sums.min():.1f} to {sums.max():.1f}. "
        ).replace("-", "−")
        if not self._shows_slopes:
            if self.init.value == "zeros":
                return numbers + f"<b>All {neurons} neurons are the same.</b>"
            return numbers + (
                f"<b>{self.indifferent} of {neurons} neurons give all samples the same "
                "answer.</b>"
            )
        numbers += f"The mean slope is <b>{_power_of_ten(self.mean_slope)}</b> (at most 0.25). "
        if self.init.value == "zeros":
            return numbers + (
                f"No neuron is saturated, yet all {neurons} are the same: every update "
                "will be the same for all of them."
            )
        return numbers + (
            f"<b>{self.saturated} of {neurons} neurons are saturated</b> (slope below "
            f"{self.FLAT} for most samples)"
            + (": the layer can hardly learn." if self.saturated > 8 else ".")
        )


def _power_of_ten(number):
    """Return a small number as readable text: 0.186, 6.8 × 10⁻⁴, 0."""
    if number == 0 or number >= 0.001:
        return f"{number:.3g}"
    digits, exponent = f"{number:.1e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
