"""Chapter 7: check gradients, right and wrong ones, against measured slopes."""

import copy

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import nn_core
from nn_widgets.controls import dropdown, slider
from nn_widgets.descent import in_words
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import CLASS_COLOURS, CLASS_MARKERS


class GradientCheck(LiveFigure):
    """Compare a computed gradient with measured slopes, array by array.

    One half of the picture shows the relative error of each array, the other every slope.

    Parameters
    ----------
    source : str or None, default None
        Where the gradient comes from: "gradient" and "blog" are nn_core's update rules; the
        others in GradientCheck.SOURCES have one bug each. None is "your train" if a network
        is given, else "gradient".
    hidden_nodes : int, default 4
        From 1 to 16.
    seed : int, default 0
    epochs : {0, 100, 1000}, default 0
        For how many epochs the network is trained before the check.
    network : class or None, default None
        Your own class with the blog's constructor, the four arrays and `train`. Its gradient
        is what one update with a learning rate of 1 subtracts.

    Attributes
    ----------
    source, hidden_nodes, seed, epochs : the controls
    errors : dict
        The relative error of each array, ‖a − n‖ / (‖a‖ + ‖n‖).
    """

    OWN = "your train"
    SOURCES = {
        "gradient": "the exact gradient",
        "blog": "the blog's rule",
        "no slope in the hidden error": "without the output's slope in the error sent back",
        "hidden biases from one sample": "with biases_hidden from the first sample only",
        "sum instead of mean": "with sums over the samples in place of means",
        "sign of the hidden weights": "with the hidden weights' sign turned",
    }

    def __init__(self, source=None, hidden_nodes=4, seed=0, epochs=0, *, network=None):
        sources = list(self.SOURCES)
        if network is not None:
            sources.insert(0, self.OWN)
        self._network = network
        self.source = dropdown("gradient from", "source", sources, source or sources[0])
        self.hidden_nodes = slider(
            widgets.IntSlider, "hidden nodes", hidden_nodes, 1, 16, 1
        )
        self.seed = slider(widgets.IntSlider, "seed", seed, 0, 20, 1)
        self.epochs = dropdown("epochs before", "epochs", [0, 100, 1000], epochs)
        self._data = nn_core.moons(40)
        figure = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        errors, slopes = (half.subplots() for half in figure.subfigures(1, 2))
        self._draw_errors(errors)
        self._draw_slopes(slopes)
        super().__init__(
            Painter(figure, cuts=[0.5]),
            [self.source, self.hidden_nodes, self.seed, self.epochs],
        )

    def _draw_errors(self, axes):
        """Draw a bar for each array, and the two thresholds."""
        names = nn_core.Gradients._fields
        self._bars = axes.barh(range(4), np.ones(4), height=0.4, edgecolor="white")
        self._labels = [axes.text(1, row, "", va="center") for row in range(4)]
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        for row, name in enumerate(names):
            axes.text(1.5e-13, row - 0.27, name, va="bottom", bbox=behind)
        for x, text, side in (
            (1e-7, "right \nbelow 1e-7 ", "right"),
            (1e-2, " wrong\n above 1e-2", "left"),
        ):
            axes.axvline(x, color="black", linestyle="--", linewidth=1, zorder=0)
            axes.text(x, -0.95, text, ha=side, va="center")
        axes.set(
            xscale="log",
            xlim=(1e-13, 1e3),
            ylim=(3.5, -1.3),
            yticks=[],
            title="The error of each group",
            xlabel="relative error against measured slopes",
        )

    def _draw_slopes(self, axes):
        """Draw the diagonal, on which computed and measured slopes are equal."""
        axes.axline((0, 0), slope=1, color="black", linestyle="--", linewidth=1)
        self._points = [
            axes.plot([], [], marker, color=colour)[0]
            for marker, colour in zip(CLASS_MARKERS, CLASS_COLOURS, strict=True)
        ]
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        axes.set(
            title="Each slope: on the line, both agree",
            xlabel="measured slope",
            ylabel="computed slope",
            aspect="equal",
        )
        self._slopes = axes

    def computed(self, net):
        """Return the network's Gradients as the selected source computes them."""
        inputs, targets = self._data
        source = self.source.value
        if source == self.OWN:
            return self._used_by_own_train(net)
        if source == "no slope in the hidden error":
            blog = copy.deepcopy(net)
            blog.update_rule = "blog"
            wrong = blog.backpropagate(inputs, targets).weights_input_hidden
            return net.backpropagate(inputs, targets)._replace(
                weights_input_hidden=wrong
            )
        gradients = net.backpropagate(inputs, targets)
        if source == "hidden biases from one sample":
            one = net.backpropagate(inputs[:, :1], targets[:, :1])
            return gradients._replace(biases_hidden=one.biases_hidden)
        if source == "sum instead of mean":
            return nn_core.Gradients(*(inputs.shape[1] * array for array in gradients))
        if source == "sign of the hidden weights":
            return gradients._replace(weights_input_hidden=-gradients[0])
        return gradients

    def _used_by_own_train(self, net):
        """Return what one update of the reader's class subtracts at a learning rate of 1."""
        own = self._network(net.input_nodes, net.hidden_nodes, net.output_nodes)
        before = [getattr(net, name) for name in nn_core.Gradients._fields]
        for name, array in zip(nn_core.Gradients._fields, before, strict=True):
            setattr(own, name, array.copy())
        own.train(*self._data, 1.0)
        after = [getattr(own, name) for name in nn_core.Gradients._fields]
        for name, old, new in zip(
            nn_core.Gradients._fields, before, after, strict=True
        ):
            if np.shape(new) != old.shape:
                raise ValueError(
                    f"network: its train made {name} {np.shape(new)}; expected the shape "
                    f"{old.shape} that it had"
                )
        return nn_core.Gradients(*map(np.subtract, before, after))

    def paint(self):
        source = self.source.value
        net = nn_core.NeuralNetwork(2, self.hidden_nodes.value, 1, seed=self.seed.value)
        if self.epochs.value:
            net.fit(*self._data, learning_rate=1.0, epochs=self.epochs.value)
        if source == "blog":
            net.update_rule = "blog"
        measured = nn_core.numerical_gradient(net, *self._data)
        computed = self.computed(net)
        self.errors = {
            name: nn_core.relative_error(a, n)
            for name, a, n in zip(measured._fields, computed, measured, strict=True)
        }
        furthest = self._show_slopes(computed, measured)
        for bar, label, error in zip(
            self._bars, self._labels, self.errors.values(), strict=True
        ):
            bar.set_width(max(error, 1e-13))
            bar.set_facecolor(CLASS_COLOURS[int(error > 1e-2)])
            bar.set_hatch("//" if error > 1e-2 else "")
            label.set_text(f" {error:.1e}")
            label.set_x(max(error, 1e-13))
        wrong = [name for name, error in self.errors.items() if error > 1e-2]
        verdict = (
            f"<b>Wrong: {', '.join(wrong)}</b>."
            if wrong
            else "<b>All four groups agree.</b>"
        )
        worst = max(self.errors.values())
        across, up = (in_words([slope]) for slope in furthest)
        title = self.SOURCES.get(source, source).capitalize()
        return (
            f"{title}: {verdict} Largest relative error {worst:.1e}. Furthest from the line "
            f"is the slope measured as {across}, computed as {up}."
        )

    def _show_slopes(self, computed, measured):
        """Plot computed against measured slopes; return the pair that differs most."""
        wrong = np.repeat(
            [error > 1e-2 for error in self.errors.values()], [n.size for n in measured]
        )
        pairs = np.stack(
            [np.concatenate([n.ravel() for n in all_]) for all_ in (measured, computed)]
        )  # (2, slopes)
        for points, chosen in zip(self._points, (~wrong, wrong), strict=True):
            points.set_data(*pairs[:, chosen])
        largest = np.abs(pairs[np.isfinite(pairs)]).max() * 1.1 or 1.0
        self._slopes.set(xlim=(-largest, largest), ylim=(-largest, largest))
        return pairs[:, np.abs(pairs[0] - pairs[1]).argmax()]
