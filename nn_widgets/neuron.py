"""Chapter 1: one neuron and its decision boundary."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

import nn_arguments
import nn_core
from nn_widgets.controls import slider
from nn_widgets.data_sets import two_inputs
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import (
    CLASS_COLOURS,
    CLASS_MARKERS,
    OUTPUT_COLOURS,
    grid_points,
    plot_samples,
    view_limits,
)


class Neuron(LiveFigure):
    """One neuron as a dot product: two weights and a bias move its decision boundary.

    One sample is marked with a ring, and its weighted sum is written out.

    Parameters
    ----------
    dataset : nn_core.Dataset or None, default None
        Two inputs, one target of 0 or 1; None is nn_core.blobs(60).
    weights : (float, float), default (1.0, 0.0)
        From -3 to 3 each.
    bias : float, default 1.0
        From -3 to 3.
    sample : int, default 1
        The sample with the ring, counted from 1.

    Attributes
    ----------
    weight_1, weight_2, bias : ipywidgets.FloatSlider
    sample : ipywidgets.IntSlider
    right : int
        The number of samples on the side of their class: class 1 where the sum is above 0.
    """

    def __init__(self, dataset=None, weights=(1.0, 0.0), bias=1.0, sample=1):
        self.samples = two_inputs(nn_core.blobs(60) if dataset is None else dataset)
        self.weight_1, self.weight_2, self.bias = (
            slider(widgets.FloatSlider, name, value, -3, 3, 0.1)
            for name, value in zip(
                ("weight 1", "weight 2", "bias"),
                (*nn_arguments.two_numbers("weights", weights), bias),
                strict=True,
            )
        )
        self.sample = slider(
            widgets.IntSlider, "sample", sample, 1, self.samples.inputs.shape[1], 1
        )
        figure = Figure(figsize=(8.9, 4.6), dpi=100, layout="constrained")
        axes, self._sums_axes = (half.subplots() for half in figure.subfigures(1, 2))
        self._limits = view_limits(self.samples.inputs)
        self._grid = grid_points(self._limits, 120)
        self._sides = axes.imshow(
            np.zeros((120, 120)),
            extent=self._limits,
            origin="lower",
            cmap=OUTPUT_COLOURS,
            vmin=0,
            vmax=1,
        )
        plot_samples(self.samples, axes)
        self._line = axes.plot([], [], color="black", linewidth=2, zorder=2)[0]
        self._arrow = axes.annotate(
            "",
            (0, 0),
            (0, 0),
            arrowprops={"arrowstyle": "-|>", "linewidth": 2, "color": "black"},
            zorder=4,
        )
        axes.set(
            title="The plane, cut where the sum is 0",
            xlim=self._limits[:2],
            ylim=self._limits[2:],
        )
        self._dots = [
            self._sums_axes.plot([], [], marker, color=colour, alpha=0.85)[0]
            for colour, marker in zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)
        ]
        self._sums_axes.axvline(0, color="black", linewidth=2)
        ring = {"markersize": 17, "markeredgecolor": "black", "markerfacecolor": "none"}
        self._rings = [
            axes.plot([], [], "o", markeredgewidth=2, zorder=4, **ring)[0]
            for axes in (axes, self._sums_axes)
        ]
        self._sums_axes.set(
            title="Each sample's sum",
            xlabel="weight 1 · input 1 + weight 2 · input 2 + bias",
            yticks=[0, 1],
            yticklabels=["class 0", "class 1"],
            ylim=(-0.6, 1.6),
        )
        super().__init__(
            Painter(figure, cuts=[0.5]),
            [self.weight_1, self.weight_2, self.bias, self.sample],
        )

    def paint(self):
        weights = np.array([self.weight_1.value, self.weight_2.value])
        bias = self.bias.value
        sums = weights @ self.samples.inputs + bias  # (N,)
        of_class_1 = self.samples.targets[0] > 0.5
        self.right = int(np.sum((sums > 0) == of_class_1))
        grid = weights @ self._grid + bias
        self._sides.set_data(np.where(grid > 0, 0.85, 0.15).reshape(120, 120))
        length = float(weights @ weights)
        if length > 0:
            foot = -bias * weights / length  # the line's point nearest to 0
            along = np.array([-weights[1], weights[0]]) / np.sqrt(length)
            ends = foot[:, None] + along[:, None] * np.array([-20, 20])
            self._line.set_data(*ends)
            self._arrow.xy = foot + 0.6 * weights / np.sqrt(length)
            self._arrow.set_position(foot)
        self._line.set_visible(length > 0)
        self._arrow.set_visible(length > 0)
        spread = np.linspace(-0.3, 0.3, len(sums))
        for dots, chosen in zip(self._dots, (~of_class_1, of_class_1), strict=True):
            dots.set_data(
                sums[chosen], chosen[chosen] * of_class_1[chosen] + spread[chosen]
            )
        furthest = max(np.abs(sums).max() * 1.1, 1)
        self._sums_axes.set_xlim(-furthest, furthest)
        chosen = self.sample.value - 1
        place = self.samples.inputs[:, chosen]
        self._rings[0].set_data(place[:1], place[1:])
        height = of_class_1[chosen] + spread[chosen]
        self._rings[1].set_data([sums[chosen]], [height])
        return (
            self._one_sum(weights, bias, place, of_class_1[chosen])
            + f"<b>{self.right} of {len(sums)}</b> samples lie on their class's side. "
            + (
                "With both weights 0 the sum is the same everywhere: no line."
                if length == 0
                else "The arrow, made of the two weights, points to where the sum grows."
            )
        )

    def _one_sum(self, weights, bias, place, of_class_1):
        """Describe as HTML the ringed sample's sum, and whether the answer is right."""
        total = float(weights @ place + bias)
        terms = " + ".join(
            f"{_number(weight, 1)} · {_number(value, 3)}"
            for weight, value in zip(weights, place, strict=True)
        )
        answer = total > 0
        return (
            f"The ringed sample {self.sample.value}: {terms} {_signed(bias)} = "
            f"<b>{_number(total, 2)}.</b> {'Above' if answer else 'Not above'} 0: the "
            f"neuron answers class {int(answer)}, which is "
            f"{'right' if answer == of_class_1 else 'wrong'}.<br>"
        )


def _number(number, decimals):
    """Return a number as text with a true minus sign, in brackets if it is negative."""
    text = f"{abs(number):.{decimals}f}"
    return f"(−{text})" if number < 0 and float(text) else text


def _signed(number):
    """Return a number as a term of a sum, with a space after its sign: "+ 1.5"."""
    return f"{'−' if number < 0 else '+'} {abs(number):.1f}"
