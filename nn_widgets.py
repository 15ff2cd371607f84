"""Figures (matplotlib) and live widgets (ipywidgets) for the book.

The first part draws: each function takes an `ax`, keeps nothing and returns what it drew.
The second part is LiveFigure, a picture that follows its controls. The chapters' widgets
come after it, one class each, and at the end the playground.
"""

import asyncio
import base64
import copy
import html
import inspect
import io
import re
import time
from collections.abc import Callable
from typing import NamedTuple

import contourpy
import ipywidgets as widgets
import matplotlib.collections
import matplotlib.colors
import matplotlib.lines
import matplotlib.patches
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import nn_check
import nn_core

# Blue and orange are told apart by every common form of colour blindness; class 0 is also
# always drawn as circles and class 1 as triangles.
CLASS_COLOURS = ("#0072B2", "#D55E00")
CLASS_MARKERS = ("o", "^")
HOLLOW_COLOURS = ("#00395a", "#7a2f00")  # darker: thin lines on a coloured map
LINE_COLOURS = (*CLASS_COLOURS, "black")  # of curves in one plot
OUTPUT_COLOURS = matplotlib.colors.LinearSegmentedColormap.from_list(
    "outputs", ["#6aaed6", "#f7f7f7", "#f0965a"]
)
DATASETS = {
    "xor": nn_core.xor,
    "moons": nn_core.moons,
    "circles": nn_core.circles,
    "spiral": nn_core.spiral,
    "blobs": nn_core.blobs,
}

# --- Figures --------------------------------------------------------------------------


def _axes(ax):
    if ax is None:
        import matplotlib.pyplot as plt  # only here: the live widgets do without pyplot

        ax = plt.gca()
    return ax


def view_limits(inputs, margin=0.15):
    """Return (x_min, x_max, y_min, y_max) of a square around the samples, (2, N)."""
    low, high = inputs.min(axis=1), inputs.max(axis=1)
    middle, half = (low + high) / 2, (high - low).max() / 2 * (1 + 2 * margin)
    return (
        middle[0] - half,
        middle[0] + half,
        middle[1] - half,
        middle[1] + half,
    )


def grid_points(limits, steps):
    """Return steps × steps points of the square as columns, (2, steps²), row by row."""
    x = np.linspace(limits[0], limits[1], steps)
    y = np.linspace(limits[2], limits[3], steps)
    return np.stack(np.meshgrid(x, y)).reshape(2, -1)


def plot_samples(dataset, ax=None, hollow=False, size=36):
    """Draw two-dimensional samples: blue circles for class 0, orange triangles for 1."""
    ax = _axes(ax)
    drawn = []
    for label, (colour, edge, marker) in enumerate(
        zip(CLASS_COLOURS, HOLLOW_COLOURS, CLASS_MARKERS, strict=True)
    ):
        chosen = dataset.targets[0] == label
        drawn.append(
            ax.scatter(
                *dataset.inputs[:, chosen],
                s=size,
                marker=marker,
                facecolors="none" if hollow else colour,
                edgecolors=edge if hollow else "white",
                linewidths=1.2 if hollow else 0.7,
                label=f"class {label}" + (" (test)" if hollow else ""),
                zorder=3,
            )
        )
    ax.set(xlabel="input 1", ylabel="input 2")
    return drawn


def plot_boundary(net, dataset, ax=None, steps=100):
    """Draw the network's output over the plane, its boundary at 0.5, and the samples."""
    ax = _axes(ax)
    limits = view_limits(dataset.inputs)
    outputs = net.feedforward(grid_points(limits, steps)).reshape(steps, steps)
    image = ax.imshow(
        outputs,
        extent=limits,
        origin="lower",
        cmap=OUTPUT_COLOURS,
        vmin=0,
        vmax=1,
        interpolation="bilinear",
    )
    if outputs.min() < 0.5 < outputs.max():
        ax.contour(outputs, [0.5], extent=limits, colors="black", linewidths=1.5)
    plot_samples(dataset, ax)
    return image


def plot_losses(losses, ax=None, label=None, **line):
    """Draw the loss of each epoch on a logarithmic axis, in the next of LINE_COLOURS."""
    ax = _axes(ax)
    line = {"color": LINE_COLOURS[len(ax.lines) % len(LINE_COLOURS)], **line}
    (drawn,) = ax.semilogy(np.arange(1, len(losses) + 1), losses, label=label, **line)
    ax.set(xlabel="epoch", ylabel="loss")
    return drawn


def plot_network(input_nodes, hidden_nodes, output_nodes, ax=None, net=None, most=8):
    """Draw a network's nodes and connections; return {(layer, node): (x, y)}.

    Layers are 0 to 2. Of a layer with more than `most` nodes only the first `most - 1` are
    drawn, above a mark for the others. With a `net`, a connection's width follows its
    weight: orange and solid above zero, blue and dashed below.
    """
    ax = _axes(ax)
    places = {}
    for layer, nodes in enumerate((input_nodes, hidden_nodes, output_nodes)):
        shown = nodes if nodes <= most else most - 1
        slots = shown + (nodes > shown)
        heights = 0.5 + (np.arange(slots)[::-1] - (slots - 1) / 2) / max(slots, 4)
        for node in range(shown):
            places[layer, node] = (float(layer), float(heights[node]))
        if nodes > shown:
            text = f"⋮ {nodes - shown} more"
            ax.text(layer, heights[-1], text, ha="center", va="center", fontsize=11)
    lines, widths, colours, styles = [], [], [], []
    for (layer, node), start in places.items():
        for (next_layer, next_node), end in places.items():
            if next_layer != layer + 1:
                continue
            lines.append([start, end])
            weight = 0.0
            if net is not None:
                weights = (net.weights_input_hidden, net.weights_hidden_output)[layer]
                weight = weights[next_node, node] / max(np.abs(weights).max(), 1e-12)
            widths.append(1.0 if net is None else 0.4 + 4 * abs(weight))
            colours.append("#6b7785" if net is None else CLASS_COLOURS[int(weight > 0)])
            styles.append("--" if weight < 0 else "-")
    ax.add_collection(
        matplotlib.collections.LineCollection(
            lines, linewidths=widths, colors=colours, linestyles=styles, zorder=1
        )
    )
    ax.scatter(
        *np.transpose(list(places.values())),
        s=900,
        facecolors="#f7f7f7",
        edgecolors="#33475b",
        linewidths=1.5,
        zorder=4,
    )
    for layer, name in enumerate(("inputs", "hidden layer", "output")):
        ax.text(layer, -0.06, name, ha="center", va="top", fontsize=11)
    ax.set(xlim=(-0.35, 2.35), ylim=(-0.16, 1.05))
    ax.set_axis_off()
    return places


def accuracy(net, dataset):
    """Return the share of samples, 0 to 1, whose output is on the target's side of 0.5.

    With several outputs a sample counts as right when its largest output is the target's.
    """
    outputs, targets = net.feedforward(dataset.inputs), dataset.targets
    if len(targets) == 1:
        return float(np.mean((outputs > 0.5) == (targets > 0.5)))
    return float(np.mean(outputs.argmax(axis=0) == targets.argmax(axis=0)))


# --- A live figure --------------------------------------------------------------------


class LiveFigure(widgets.VBox):
    """Controls, a picture that follows them, and the picture in words.

    A subclass makes its controls and its figure, hands both to `__init__`, and says in
    `paint` how the figure follows the controls. Displayed where no widget can live (a
    printed page, a static one), it shows the same picture.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Made without pyplot, so that nothing else shows or closes it.
    controls : list of ipywidgets.Widget
        Shown above the picture, from left to right. A change of the `value` of any of them,
        or of a control inside them, redraws the picture.

    Attributes
    ----------
    moving : sequence of matplotlib artists, default ()
        What `paint` changes, in the order of drawing, if a subclass names it. The rest is then
        drawn once and kept, which makes each further picture several times as quick.
    """

    moving = ()

    def __init__(self, figure, controls, **kwargs):
        self.figure = figure
        self.canvas = FigureCanvasAgg(figure)
        self.image = widgets.Image(layout=widgets.Layout(max_width="100%"))
        self.words = widgets.HTML()
        self.controls = widgets.Box(
            controls,
            layout=widgets.Layout(flex_flow="row wrap", align_items="center"),
        )
        self._waiting = False
        self._background = None
        super().__init__([self.controls, self.image, self.words], **kwargs)
        for control in _leaves(self.controls):
            if control.has_trait("value"):
                control.observe(self._changed, "value")
        self.draw()
        figure.set_layout_engine("none")  # laid out once; again for each frame is slow

    def paint(self):
        """Change the figure to what the controls say; return it in words, as HTML."""
        raise NotImplementedError

    def draw(self):
        """Bring picture and words up to date now."""
        self.words.value = self.paint()
        if self._background is None or not self.moving:
            for artist in self.moving:
                artist.set_animated(True)  # left out of the background
            self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self._background)
        for artist in self.moving:
            artist.draw(self.canvas.renderer)
        self.image.value = self._encode("png")

    def _encode(self, kind):
        pixels = Image.frombuffer(
            "RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba()
        )
        file = io.BytesIO()
        options = {"quality": 85} if kind == "jpeg" else {"compress_level": 1}
        pixels.convert("RGB").save(file, kind, **options)
        return file.getvalue()

    def _changed(self, change):
        """Draw soon: of several changes that arrive meanwhile, the newest is drawn."""
        if self._waiting:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop: a plain script
            self.draw()
            return
        self._waiting = True
        loop.call_later(0.02, self._draw_waiting)

    def _draw_waiting(self):
        self._waiting = False
        if self.comm is not None:  # not closed meanwhile
            self.draw()

    def close(self):
        """Take the widget off the page, with all that it consists of."""
        parts = [] if self.comm is None else list(_parts(self))
        super().close()
        for part in parts:
            part.close()

    def _repr_mimebundle_(self, **kwargs):
        self.draw()
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        bundle["image/png"] = base64.b64encode(self._encode("png")).decode()
        bundle["text/plain"] = self.describe()
        return bundle

    def describe(self):
        """Return the words below the picture as plain text."""
        return _plain_text(self.words.value)


def _leaves(widget):
    """Yield the controls inside boxes, at any depth."""
    for child in getattr(widget, "children", ()):
        yield from _leaves(child) if hasattr(child, "children") else (child,)


def _parts(widget):
    """Yield the widgets that a widget consists of; ipywidgets keeps them until closed."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
        yield child
    yield from (
        getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name)
    )


def _plain_text(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


# --- Controls: an ipywidgets control each, with its whole description and a checked value


_LABEL = {"description_width": "initial"}


def _width(width):
    return widgets.Layout(width=width, margin="2px 8px")


def _dropdown(description, name, options, value):
    """Return a drop-down list; the widest option decides its width."""
    values = [option[1] if isinstance(option, tuple) else option for option in options]
    if value not in values:
        raise ValueError(f"{name}: expected one of {values}, got {value!r}")
    texts = [
        str(option[0] if isinstance(option, tuple) else option) for option in options
    ]
    width = f"{len(description) * 0.55 + max(map(len, texts)) * 0.6 + 4:.0f}em"
    return widgets.Dropdown(
        options=options,
        value=value,
        description=description,
        style=_LABEL,
        layout=_width(width),
    )


def _slider(kind, description, value, low, high, step, width="21em"):
    return kind(
        value=_within(description, value, low, high),
        min=low,
        max=high,
        step=step,
        description=description,
        style=_LABEL,
        layout=_width(width),
    )


def _log_slider(description, value, low, high):
    """Return a slider from 10^low to 10^high."""
    return widgets.FloatLogSlider(
        value=_within(description, value, 10.0**low, 10.0**high),
        base=10,
        min=low,
        max=high,
        step=0.02,
        readout_format=".3g",
        description=description,
        style=_LABEL,
        layout=_width("21em"),
    )


def _within(description, value, low, high):
    name = description.replace(" ", "_")
    expected = f"expected a number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{name}: {expected}, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name}: {expected}, got {value!r}")
    return value


def _pair(name, values):
    if np.shape(values) != (2,):
        raise ValueError(f"{name}: expected two numbers, got {values!r}")
    return values


def _whole_number(name, value, lowest):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < lowest:
        raise ValueError(f"{name}: expected {lowest} or more, got {value}")
    return int(value)


def _button(description, tooltip, on_click):
    button = widgets.Button(
        description=description, tooltip=tooltip, layout=widgets.Layout(width="auto")
    )
    button.on_click(on_click)
    return button


# --- Chapter 1: one neuron ------------------------------------------------------------


class Neuron(LiveFigure):
    """One neuron as a dot product: two weights and a bias move a line through points.

    One sample is ringed, and its sum is written out.

    Parameters
    ----------
    dataset : nn_core.Dataset or None, default None
        Two inputs, one target of 0 or 1; None is nn_core.blobs(60).
    weights : (float, float), default (1.0, 0.0)
        From -3 to 3 each.
    bias : float, default 1.0
        From -3 to 3.
    sample : int, default 1
        Which sample is ringed; the first is 1.

    Attributes
    ----------
    weight_1, weight_2, bias : ipywidgets.FloatSlider
    sample : ipywidgets.IntSlider
    right : int
        How many samples lie on their class's side: class 1 where the sum is above 0.
    """

    def __init__(self, dataset=None, weights=(1.0, 0.0), bias=1.0, sample=1):
        self.samples = _two_input_dataset(
            nn_core.blobs(60) if dataset is None else dataset
        )
        self.weight_1, self.weight_2, self.bias = (
            _slider(widgets.FloatSlider, name, value, -3, 3, 0.1)
            for name, value in zip(
                ("weight 1", "weight 2", "bias"),
                (*_pair("weights", weights), bias),
                strict=True,
            )
        )
        self.sample = _slider(
            widgets.IntSlider, "sample", sample, 1, self.samples.inputs.shape[1], 1
        )
        figure = Figure(figsize=(9, 4.6), dpi=100, layout="constrained")
        axes, self._sums_axes = figure.subplots(1, 2, width_ratios=[1, 0.9])
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
        super().__init__(figure, [self.weight_1, self.weight_2, self.bias, self.sample])

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
            foot = -bias * weights / length  # the point of the line next to the origin
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
        """Write out the ringed sample's sum, and whether it answers right."""
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
    """Return a number with a real minus sign, in brackets if it is below zero."""
    text = f"{abs(number):.{decimals}f}"
    return f"(−{text})" if number < 0 and float(text) else text


def _signed(number):
    """Return a number with its sign set apart, as in a sum: "+ 1.5", "− 0.2"."""
    return f"{'−' if number < 0 else '+'} {abs(number):.1f}"


# --- Chapter 2: architecture ----------------------------------------------------------


class Architecture(LiveFigure):
    """A network drawn from its three numbers, and the four arrays that they make.

    Parameters
    ----------
    input_nodes : int, default 2
        From 1 to 64.
    hidden_nodes : int, default 4
        From 1 to 64.
    output_nodes : int, default 1
        From 1 to 10.

    Attributes
    ----------
    input_nodes, hidden_nodes, output_nodes : ipywidgets.IntSlider
    network : nn_core.NeuralNetwork
    parameters : int
        How many numbers its four arrays hold.
    """

    MOST = 8  # nodes of a layer, and rows or columns of an array, that are drawn
    COLOURS = ("#009E73", "#CC79A7")  # what leads to the hidden layer, to the output

    def __init__(self, input_nodes=2, hidden_nodes=4, output_nodes=1):
        self.input_nodes, self.hidden_nodes, self.output_nodes = (
            _slider(
                widgets.IntSlider,
                name.replace("_", " "),
                _whole_number(name, value, 1),
                1,
                highest,
                1,
            )
            for name, value, highest in (
                ("input_nodes", input_nodes, 64),
                ("hidden_nodes", hidden_nodes, 64),
                ("output_nodes", output_nodes, 10),
            )
        )
        figure = Figure(figsize=(9.6, 4.8), dpi=100)
        self._drawing = figure.add_axes([0.0, 0.0, 0.46, 0.92])
        self._arrays = figure.add_axes([0.48, 0.02, 0.51, 0.9])
        self._title = figure.text(0.485, 0.945, "", fontsize=12)
        controls = [self.input_nodes, self.hidden_nodes, self.output_nodes]
        super().__init__(figure, controls)

    def paint(self):
        sizes = [control.value for control in self.controls.children]
        self.network = net = nn_core.NeuralNetwork(*sizes)
        arrays = {
            name: getattr(net, name)
            for name in (
                "weights_input_hidden",
                "biases_hidden",
                "weights_hidden_output",
                "biases_output",
            )
        }
        self.parameters = sum(array.size for array in arrays.values())
        self._draw_network(sizes)
        self._draw_arrays(arrays)
        counts = " + ".join(f"{array.size:,}" for array in arrays.values())
        total = f"{counts} = {self.parameters:,}"
        self._title.set_text(f"Four arrays: {total} parameters")
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        return (
            f"{_count(sizes[0], 'input')}, {_count(sizes[1], 'hidden neuron')} and "
            f"{_count(sizes[2], 'output')}. The arrays and their shapes: {shapes}. "
            f"Together they hold {total} numbers: <b>{self.parameters:,} parameters.</b>"
        )

    def _draw_network(self, sizes):
        axes = self._drawing
        axes.clear()
        plot_network(*sizes, ax=axes, most=self.MOST)
        axes.set_title("The network", fontsize=12)
        inputs, hidden, outputs = (
            nodes if nodes <= self.MOST else self.MOST - 1 for nodes in sizes
        )
        lines = axes.collections[0]
        lines.set_color(
            [self.COLOURS[0]] * (inputs * hidden)
            + [self.COLOURS[1]] * (hidden * outputs)
        )

    def _draw_arrays(self, arrays):
        """Draw each array as a block of cells: a layer's weights, and its biases beside."""
        axes = self._arrays
        axes.clear()
        axes.set_axis_off()
        cells, colours, top = [], [], 0
        names = list(arrays)
        for layer, colour in enumerate(self.COLOURS):
            left, height = 0, 0
            for name in names[2 * layer : 2 * layer + 2]:
                rows, columns = arrays[name].shape
                shown_rows, shown_columns = (
                    n if n <= self.MOST else self.MOST - 1 for n in (rows, columns)
                )
                cells += [
                    matplotlib.patches.Rectangle((left + column, top + row), 0.9, 0.9)
                    for row in range(shown_rows)
                    for column in range(shown_columns)
                ]
                colours += [colour] * (shown_rows * shown_columns)
                middle = left + shown_columns / 2, top + shown_rows / 2
                style = {"ha": "center", "va": "center", "fontsize": 12}
                if rows > shown_rows:
                    axes.text(middle[0], top + self.MOST - 0.5, "⋮", **style)
                if columns > shown_columns:
                    axes.text(left + self.MOST - 0.5, middle[1], "⋯", **style)
                numbers = _count(arrays[name].size, "number")
                label = f"{name}\n{rows, columns}: {numbers}"
                axes.text(left, top - 0.25, label, va="bottom", fontsize=10)
                height = max(height, min(rows, self.MOST))
                left = 9.5
            top += height + 3
        axes.add_collection(
            matplotlib.collections.PatchCollection(cells, facecolors=colours)
        )
        bottom = max(top - 3, 12)
        axes.set(
            xlim=(-0.3, 16.5), ylim=(bottom + 0.3, -2.2), aspect="equal", anchor="W"
        )


def _count(number, noun):
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# --- Chapter 3: initialisation --------------------------------------------------------


class Initialisation(LiveFigure):
    """A hidden layer before training: its weights, its sums and their slopes.

    Each control changes how 16 hidden neurons start. The histograms show their weights,
    their sums for 200 random samples, and the sigmoid's slope at each sum.

    Parameters
    ----------
    init : {"uniform", "xavier", "normal", "zeros"}, default "uniform"
        As in nn_core.NeuralNetwork.
    inputs : {2, 8, 30, 64, 256, 784}, default 64
        How many inputs each neuron has: its fan-in.
    data : {"from 0 to 1", "around 0"}, default "from 0 to 1"
        Samples drawn uniformly from [0, 1), like the grey of pixels, or from a normal
        distribution with mean 0 and standard deviation 1.
    seed : int, default 0
        From 0 to 20.

    Attributes
    ----------
    init, inputs, data : ipywidgets.Dropdown
    seed : ipywidgets.IntSlider
    network : nn_core.NeuralNetwork
    mean_slope : float
        Over all neurons and samples; at most 0.25.
    saturated : int
        How many neurons have a slope below 0.01 for most samples.
    """

    HIDDEN_NODES = 16
    SAMPLES = 200
    FLAT = 0.01  # a slope below it is called flat: 4 % of the steepest, 0.25

    def __init__(self, init="uniform", inputs=64, data="from 0 to 1", seed=0):
        self.init = _dropdown("start", "init", nn_core.INITS, init)
        self.inputs = _dropdown("inputs", "inputs", (2, 8, 30, 64, 256, 784), inputs)
        kinds = ("from 0 to 1", "around 0")
        self.data = _dropdown("samples drawn", "data", kinds, data)
        self.seed = _slider(widgets.IntSlider, "seed", seed, 0, 20, 1, width="16em")
        figure = Figure(figsize=(9.6, 3.9), dpi=100, layout="constrained")
        figure.get_layout_engine().set(wspace=0.06)
        self._axes = figure.subplots(1, 3, width_ratios=[1, 1.25, 1])
        colours = ("#748292", CLASS_COLOURS[0], CLASS_COLOURS[1])
        self._bars = [
            axes.stairs(np.zeros(40), np.arange(41.0), fill=True, color=colour)
            for axes, colour in zip(self._axes, colours, strict=True)
        ]
        for axes, title, label in zip(
            self._axes,
            ("1. The weights", "2. The sums z", "3. The slopes σ′(z)"),
            ("weight", "weights · inputs + bias", "slope of the sigmoid"),
            strict=True,
        ):
            axes.set(title=title, xlabel=label, yticks=[])
        self._axes[0].set_ylabel("how many")
        self._slope_line = self._axes[1].plot(
            [], [], color="black", label="slope σ′(z)"
        )
        self._axes[1].legend(loc="upper left", fontsize=10, framealpha=0.9)
        self._axes[2].set(xlim=(-0.01, 0.26), xticks=[0, 0.05, 0.1, 0.15, 0.2, 0.25])
        self._axes[2].axvspan(-0.01, self.FLAT, color="#d9d9d9", zorder=0)
        self._axes[2].text(
            self.FLAT + 0.004,
            0.97,
            "← flat",
            transform=self._axes[2].get_xaxis_transform(),
            va="top",
            fontsize=10,
        )
        figure.draw_without_rendering()  # the layout is worked out once, not in every draw
        figure.set_layout_engine("none")
        super().__init__(figure, [self.init, self.inputs, self.data, self.seed])

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
        outputs = nn_core.sigmoid(sums)
        slopes = outputs * (1 - outputs)
        self.mean_slope = float(slopes.mean())
        self.saturated = int(np.sum((slopes < self.FLAT).mean(axis=1) > 0.5))

        widest = max(np.abs(weights).max(), 1)
        furthest = max(np.abs(sums).max() * 1.05, 7)
        edges = (
            np.linspace(-widest, widest, 41),
            np.linspace(-furthest, furthest, 41),
            np.linspace(0, 0.25, 41),
        )
        for axes, bars, values, limits in zip(
            self._axes, self._bars, (weights, sums, slopes), edges, strict=True
        ):
            counts = np.histogram(values, limits)[0]
            bars.set_data(counts, limits)
            axes.set_ylim(0, counts.max() * 1.1)
        z = np.linspace(-furthest, furthest, 400)
        steepness = nn_core.sigmoid(z) * (1 - nn_core.sigmoid(z)) / 0.25
        self._slope_line[0].set_data(z, steepness * self._axes[1].get_ylim()[1] * 0.9)
        self._axes[0].set_xlim(-widest * 1.05, widest * 1.05)
        self._axes[1].set_xlim(-furthest, furthest)
        return self._in_words(weights, sums)

    def _in_words(self, weights, sums):
        numbers = (
            f"With {weights.shape[1]} inputs and the start “{self.init.value}”, weights lie "
            f"from {weights.min():.2f} to {weights.max():.2f} and sums from "
            f"{sums.min():.1f} to {sums.max():.1f}. The mean slope is "
            f"<b>{_power_of_ten(self.mean_slope)}</b> (at most 0.25). "
        ).replace("-", "−")
        if self.init.value == "zeros":
            return numbers + (
                f"No neuron is saturated, yet all {len(weights)} are the same: every update "
                "will be the same for all of them."
            )
        return numbers + (
            f"<b>{self.saturated} of {len(weights)} neurons are saturated</b> (slope below "
            f"{self.FLAT} for most samples)"
            + (": the layer can hardly learn." if self.saturated > 8 else ".")
        )


def _power_of_ten(number):
    """Write a small number for people: 0.186, 6.8 × 10⁻⁴, 0."""
    if number == 0 or number >= 0.001:
        return f"{number:.3g}"
    digits, exponent = f"{number:.1e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


# --- Chapter 4: feedforward -----------------------------------------------------------


class Feedforward(LiveFigure):
    """Move one sample and see every number on its way through the network.

    Parameters
    ----------
    net : nn_core.NeuralNetwork or None, default None
        Two inputs, at most 6 hidden nodes, one output. None trains one with 3 hidden nodes
        to tell an inner circle of points from an outer one.
    inputs : (float, float), default (0.5, -0.5)
        Where the sample starts; from -2 to 2 each.

    Attributes
    ----------
    input_1, input_2 : ipywidgets.FloatSlider
    network : nn_core.NeuralNetwork
    """

    def __init__(self, net=None, inputs=(0.5, -0.5)):
        if net is None:
            net = nn_core.NeuralNetwork(2, 3, 1, seed=4)
            net.fit(*nn_core.circles(), learning_rate=5, epochs=2000)
        sizes = net.input_nodes, net.hidden_nodes, net.output_nodes
        if sizes[0] != 2 or sizes[1] > 6 or sizes[2] != 1:
            raise ValueError(
                "net: expected 2 input nodes, at most 6 hidden nodes and 1 output node, "
                f"got {sizes[0]}, {sizes[1]} and {sizes[2]}"
            )
        self.network = net
        self.input_1, self.input_2 = (
            _slider(widgets.FloatSlider, f"input {i}", float(value), -2, 2, 0.05)
            for i, value in enumerate(_pair("inputs", inputs), 1)
        )
        figure = Figure(figsize=(9.6, 5.2), dpi=100)
        self._axes = figure.add_axes([0.01, 0.26, 0.5, 0.66])
        self._axes.set_title("The network, with what each neuron gives")
        self._places = plot_network(*sizes, ax=self._axes, net=net)
        self._numbers = {
            place: self._axes.text(
                *xy, "", ha="center", va="center", fontsize=10, zorder=5
            )
            for place, xy in self._places.items()
        }
        self._discs = self._axes.collections[-1]
        self._plane = figure.add_axes([0.6, 0.335, 0.38, 0.585])
        limits = (-2.0, 2.0, -2.0, 2.0)
        outputs = net.feedforward(grid_points(limits, 100)).reshape(100, 100)
        self._plane.imshow(
            outputs, extent=limits, origin="lower", cmap=OUTPUT_COLOURS, vmin=0, vmax=1
        )
        if outputs.min() < 0.5 < outputs.max():
            self._plane.contour(outputs, [0.5], extent=limits, colors="black")
        self._plane.set(
            title="Where the sample lies",
            xlabel="input 1",
            ylabel="input 2",
            aspect="equal",
        )
        (self._point,) = self._plane.plot(
            [], [], "o", ms=12, mec="black", mfc="#ffd700", clip_on=False
        )
        self._product, self._sum = (
            figure.text(x, 0.03, "", family="monospace", fontsize=10, va="bottom")
            for x in (0.02, 0.6)
        )
        self.moving = [
            self._discs,
            *self._numbers.values(),
            self._point,
            self._product,
            self._sum,
        ]
        super().__init__(figure, [self.input_1, self.input_2])

    def paint(self):
        net = self.network
        inputs = np.array([[self.input_1.value], [self.input_2.value]])
        hidden, outputs = net.layer_outputs(inputs)  # (hidden_nodes, 1), (1, 1)
        sums = net.weights_input_hidden @ inputs + net.biases_hidden
        final = float((net.weights_hidden_output @ hidden + net.biases_output)[0, 0])
        values = np.concatenate([inputs, hidden, outputs])[:, 0]
        shades = np.concatenate([inputs / 6 + 0.5, hidden, outputs])[:, 0]
        if net.activation == "tanh":
            shades[2:-1] = (shades[2:-1] + 1) / 2
        self._discs.set_facecolor(OUTPUT_COLOURS(np.clip(shades, 0, 1)))
        for text, value in zip(self._numbers.values(), values, strict=True):
            text.set_text(f"{value:.2f}")
        self._point.set_data(inputs[0], inputs[1])
        self._product.set_text(self._matrices(inputs, sums, hidden))
        self._sum.set_text(self._sum_of_output(hidden, final))
        side = "1" if outputs[0, 0] > 0.5 else "0"
        return (
            f"The sample ({inputs[0, 0]:.2f}, {inputs[1, 0]:.2f}) gives the hidden outputs "
            f"{', '.join(f'{value:.2f}' for value in hidden[:, 0])}. The output neuron's sum "
            f"is {final:.2f}, its output <b>{outputs[0, 0]:.3f}</b>: nearer to class {side}."
        )

    def _matrices(self, inputs, sums, hidden):
        """Write the first layer's matrix product with its numbers, row by row."""
        net = self.network
        lines = []
        middle = net.hidden_nodes // 2
        for row in range(net.hidden_nodes):
            weights = " ".join(f"{w:6.2f}" for w in net.weights_input_hidden[row])
            sample = f"[{inputs[row, 0]:6.2f}]" if row < 2 else " " * 8
            dot, plus, equals, then = (
                ("·", "+", "=", net.activation) if row == middle else (" ",) * 4
            )
            lines.append(
                f"[{weights}] {dot} {sample} {plus} [{net.biases_hidden[row, 0]:6.2f}] "
                f"{equals} [{sums[row, 0]:6.2f}]  {then:>7}  [{hidden[row, 0]:5.2f}]"
            )
        titles = f"{'weights':^15}   {'inputs':^8}   {'biases':^8}   {'sums':^8}"
        return "\n".join([f"{titles}  {'':>7}  outputs", *lines])

    def _sum_of_output(self, hidden, final):
        """Write the output neuron's sum with its numbers, four terms in a line."""
        weights = self.network.weights_hidden_output[0]
        terms = [
            f"{w:+.2f}·{h:.2f}" for w, h in zip(weights, hidden[:, 0], strict=True)
        ]
        terms.append(f"{self.network.biases_output[0, 0]:+.2f}")
        lines = ["  ".join(terms[i : i + 4]) for i in range(0, len(terms), 4)]
        return "\n".join(["the output's sum", *lines, f"= {final:.2f}"])


# --- Chapter 5: the activation function -----------------------------------------------


class Activation(LiveFigure):
    """An activation function, its slope at one sum, and the boundaries it can make.

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
    z : float, default 1.0
        The sum at which the slope is shown, -6 to 6.
    hidden_nodes : int, default 8
        Of the network on the right, which learns the moons; 1 to 32.

    Attributes
    ----------
    activation : ipywidgets.Dropdown
    z : ipywidgets.FloatSlider
    hidden_nodes : ipywidgets.IntSlider
    epochs : ipywidgets.Dropdown
        How long the network on the right was trained, in batches of 10 at rate 1.
    """

    def __init__(self, activation="sigmoid", z=1.0, hidden_nodes=8):
        names = list(nn_core.ACTIVATIONS)
        self.activation = _dropdown("activation", "activation", names, activation)
        self.z = _slider(widgets.FloatSlider, "z", z, -6, 6, 0.1, "18em")
        self.hidden_nodes = _slider(
            widgets.IntSlider, "hidden nodes", hidden_nodes, 1, 32, 1, "18em"
        )
        self.epochs = _dropdown("epochs", "epochs", [0, 30, 100, 300], 300)
        self._data, self._trained = nn_core.moons(), {}
        self._sums = np.linspace(-6, 6, 241)
        figure = Figure(figsize=(9.6, 4.6), dpi=100, layout="constrained")
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
        self.moving = [
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
            figure, [self.activation, self.z, self.hidden_nodes, self.epochs]
        )

    def value_and_slope(self, sums):
        """Return the chosen activation function and its derivative at the sums."""
        apply, slope = {
            "sigmoid": (nn_core.sigmoid, lambda h: h * (1 - h)),
            "tanh": (np.tanh, lambda h: 1 - h**2),
            "relu": (lambda z: np.maximum(z, 0), lambda h: (h > 0) * 1.0),
        }[self.activation.value]
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
        share = accuracy(net, self._data)
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
        """Return the network for the present controls, trained once."""
        key = self.activation.value, self.hidden_nodes.value, self.epochs.value
        if key not in self._trained:
            net = nn_core.NeuralNetwork(2, key[1], 1, activation=key[0])
            if key[2]:
                net.fit(*self._data, learning_rate=1.0, epochs=key[2], batch_size=10)
            self._trained[key] = net
        return self._trained[key]


# --- Chapter 6: training --------------------------------------------------------------


class OneStep(LiveFigure):
    """One update by hand: each line of `train` beside the numbers it computes.

    Parameters
    ----------
    update_rule : {"gradient", "blog"}, default "gradient"
    learning_rate : float, default 1.0
        From 0.001 to 100.
    seed : int, default 0
        Of the network, which has 2 input, 2 hidden and 1 output nodes.

    Attributes
    ----------
    line : ipywidgets.IntSlider
        How many lines have been computed.
    sample : ipywidgets.Dropdown
        Which of the four points of XOR is used.
    next_button : ipywidgets.Button
        Goes to the next line, and from the last to the first.
    apply_button : ipywidgets.Button
        Changes the network by the whole update.
    network : nn_core.NeuralNetwork
    """

    def __init__(self, update_rule="gradient", learning_rate=1.0, seed=0):
        rules = list(nn_core.UPDATE_RULES)
        self.update_rule = _dropdown("update rule", "update_rule", rules, update_rule)
        self.learning_rate = _log_slider("learning rate", learning_rate, -3, 2)
        data = nn_core.xor()
        self._points = {
            f"({x[0]:.0f}, {x[1]:.0f}) → {target:.0f}": (
                x[:, None],
                np.array([[target]]),
            )
            for x, target in zip(data.inputs.T, data.targets[0], strict=True)
        }
        names = list(self._points)
        self.sample = _dropdown("sample", "sample", names, names[1])
        self.network = nn_core.NeuralNetwork(2, 2, 1, seed=seed)
        figure = Figure(figsize=(9.8, 4.2), dpi=100)
        rows = len(self._computed())
        self.line = _slider(widgets.IntSlider, "line", rows, 1, rows, 1)
        self.next_button = _button("Next line", "Compute one line more", self._next)
        self.apply_button = _button(
            "Apply the update", "Change the weights and biases", self._apply
        )
        heights = 0.95 - 0.9 * np.arange(rows) / (rows - 1)
        style = {"family": "monospace", "va": "center", "fontsize": 10}
        self._rows = [
            (
                figure.text(0.012, height, "", **style),
                figure.text(0.675, height, "", color="#00527d", **style),
            )
            for height in heights
        ]
        for last in (3, 7):  # the lines of feedforward, of the errors, of the changes
            height = (heights[last] + heights[last + 1]) / 2
            line = matplotlib.lines.Line2D([0, 1], [height] * 2, color="#c5ced8")
            figure.add_artist(line)
        self.moving = [text for row in self._rows for text in row]
        super().__init__(
            figure,
            [
                self.line,
                self.next_button,
                self.sample,
                self.update_rule,
                self.learning_rate,
                self.apply_button,
            ],
        )

    def _computed(self):
        """Return (code, its result, what it means) for each line of the update."""
        net, rate = self.network, self.learning_rate.value
        blog = self.update_rule.value == "blog"
        inputs, targets = self._points[self.sample.value]
        hidden_inputs = net.weights_input_hidden @ inputs + net.biases_hidden
        hidden_outputs = nn_core.sigmoid(hidden_inputs)
        final_inputs = net.weights_hidden_output @ hidden_outputs + net.biases_output
        final_outputs = nn_core.sigmoid(final_inputs)
        errors = targets - final_outputs
        delta = errors * final_outputs * (1 - final_outputs)
        sent_back = errors if blog else delta
        hidden_errors = net.weights_hidden_output.T @ sent_back
        hidden_delta = hidden_errors * hidden_outputs * (1 - hidden_outputs)
        bias_of, bias_hidden = (
            (errors, hidden_errors) if blog else (delta, hidden_delta)
        )
        names = (
            ("output_errors", "hidden_errors")
            if blog
            else ("output_delta", "hidden_delta")
        )
        return [
            (
                "hidden_inputs = weights_input_hidden @ inputs + biases_hidden",
                hidden_inputs,
                "the hidden neurons' sums",
            ),
            (
                "hidden_outputs = sigmoid(hidden_inputs)",
                hidden_outputs,
                "what the hidden neurons pass on",
            ),
            (
                "final_inputs = weights_hidden_output @ hidden_outputs + biases_output",
                final_inputs,
                "the output neuron's sum",
            ),
            (
                "final_outputs = sigmoid(final_inputs)",
                final_outputs,
                "the network's answer",
            ),
            (
                "output_errors = targets - final_outputs",
                errors,
                "how far the answer is off",
            ),
            (
                "output_delta = output_errors * final_outputs * (1 - final_outputs)",
                delta,
                "the error, times the slope of the output's sigmoid",
            ),
            (
                f"hidden_errors = weights_hidden_output.T @ {names[0]}",
                hidden_errors,
                "the error, sent back through the same weights",
            ),
            (
                "hidden_delta = hidden_errors * hidden_outputs * (1 - hidden_outputs)",
                hidden_delta,
                "times the slope of each hidden neuron's sigmoid",
            ),
            (
                "weights_hidden_output += learning_rate * output_delta @ hidden_outputs.T",
                rate * delta @ hidden_outputs.T,
                "the change of the output's weights",
            ),
            (
                f"biases_output += learning_rate * {names[0]}",
                rate * bias_of,
                "the change of the output's bias",
            ),
            (
                "weights_input_hidden += learning_rate * hidden_delta @ inputs.T",
                rate * hidden_delta @ inputs.T,
                "the change of the hidden weights, a row for each neuron",
            ),
            (
                f"biases_hidden += learning_rate * {names[1]}",
                rate * bias_hidden,
                "the change of the hidden biases",
            ),
        ]

    def paint(self):
        computed = self._computed()
        current = self.line.value - 1
        for row, ((code, value, _), (text, numbers)) in enumerate(
            zip(computed, self._rows, strict=True)
        ):
            text.set_text(f"{row + 1:2} {code}")
            text.set_color("black" if row <= current else "#6b7785")
            text.set_weight("bold" if row == current else "normal")
            decimals = 4 if np.abs(value).max() < 9.9999 else 2
            shown = "; ".join(
                " ".join(f"{x:+.{decimals}f}" for x in line) for line in value
            )
            numbers.set_text(f"[{shown}]" if row <= current else "")
        code, value, meaning = computed[current]
        inputs, targets = self._points[self.sample.value]
        now = self.network.loss(inputs, targets)
        after = copy.deepcopy(self.network)
        after.update_rule = self.update_rule.value
        after.train(inputs, targets, self.learning_rate.value)
        numbers = ", ".join(f"{x:+.4f}" for x in np.ravel(value))
        return (
            f"Line {current + 1}, <code>{code}</code>: {meaning}, <b>{numbers}</b>. The whole "
            f"update takes this sample's loss from {now:.4f} to "
            f"<b>{after.loss(inputs, targets):.4f}</b>."
        )

    def _next(self, _):
        self.line.value = self.line.value % self.line.max + 1

    def _apply(self, _):
        self.network.update_rule = self.update_rule.value
        self.network.train(*self._points[self.sample.value], self.learning_rate.value)
        self.draw()


class GradientCheck(LiveFigure):
    """Compare a way to compute the gradient with measured slopes, group by group.

    Parameters
    ----------
    source : str, default "gradient"
        Where the gradient comes from: "gradient" and "blog" are nn_core's update rules; the
        others, in GradientCheck.SOURCES, have one fault each.
    hidden_nodes : int, default 4
        From 1 to 16.
    seed : int, default 0
    epochs : {0, 100, 1000}, default 0
        How long the network was trained before the check.

    Attributes
    ----------
    source, hidden_nodes, seed, epochs : the controls
    errors : dict
        The relative error of each group, ‖a − n‖ / (‖a‖ + ‖n‖).
    """

    SOURCES = {
        "gradient": "the exact gradient",
        "blog": "the blog's rule",
        "no slope in the hidden error": "without the output's slope in the error sent back",
        "hidden biases from one sample": "with biases_hidden from the first sample only",
        "sum instead of mean": "with sums over the samples in place of means",
        "sign of the hidden weights": "with the hidden weights' sign turned",
    }

    def __init__(self, source="gradient", hidden_nodes=4, seed=0, epochs=0):
        self.source = _dropdown("gradient from", "source", list(self.SOURCES), source)
        self.hidden_nodes = _slider(
            widgets.IntSlider, "hidden nodes", hidden_nodes, 1, 16, 1
        )
        self.seed = _slider(widgets.IntSlider, "seed", seed, 0, 20, 1)
        self.epochs = _dropdown("epochs before", "epochs", [0, 100, 1000], epochs)
        self._data = nn_core.moons(40)
        figure = Figure(figsize=(9, 3.8), dpi=100, layout="constrained")
        axes = figure.subplots()
        names = nn_core.Gradients._fields
        self._bars = axes.barh(names, np.ones(4), height=0.6, edgecolor="white")
        self._labels = [axes.text(1, row, "", va="center") for row in range(4)]
        for x, text in ((1e-7, "right below 1e-7"), (1e-2, "wrong above 1e-2")):
            axes.axvline(x, color="black", linestyle="--", linewidth=1)
            axes.text(x, -0.75, f" {text}", ha="left", va="center", fontsize=10)
        axes.set(
            xscale="log",
            xlim=(1e-13, 1e2),
            ylim=(3.6, -1.1),
            title="Gradient check",
            xlabel="relative error against measured slopes",
        )
        super().__init__(
            figure, [self.source, self.hidden_nodes, self.seed, self.epochs]
        )

    def computed(self, net):
        """Return the Gradients that the chosen source gives for the network."""
        inputs, targets = self._data
        source = self.source.value
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

    def paint(self):
        source = self.source.value
        net = nn_core.NeuralNetwork(2, self.hidden_nodes.value, 1, seed=self.seed.value)
        if self.epochs.value:
            net.fit(*self._data, learning_rate=1.0, epochs=self.epochs.value)
        if source == "blog":
            net.update_rule = "blog"
        measured = nn_core.numerical_gradient(net, *self._data)
        self.errors = {
            name: nn_check.relative_error(a, n)
            for name, a, n in zip(
                measured._fields, self.computed(net), measured, strict=True
            )
        }
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
        title = self.SOURCES[source].capitalize()
        return f"{title}: {verdict} Largest relative error {worst:.1e}."


# --- The playground -------------------------------------------------------------------


class Challenge(NamedTuple):
    """A task for the playground's reader, which turns green once `met` was true."""

    text: str
    met: Callable  # given the Playground, True or False


def _solved(dataset, share, hidden_nodes=32, epochs=None):
    def met(playground):
        return (
            playground.dataset.value == dataset
            and playground.hidden_nodes.value <= hidden_nodes
            and (epochs is None or 0 < len(playground.history) <= epochs)
            and playground.test_accuracy >= share
        )

    return met


CHALLENGES = {
    "xor": Challenge(
        "XOR with 2 hidden nodes: all four points right", _solved("xor", 1, 2)
    ),
    "moons": Challenge(
        "Moons above 97 % on the test samples within 300 epochs",
        _solved("moons", 0.9701, epochs=300),
    ),
    "circles": Challenge(
        "Circles with 3 hidden nodes: above 95 % on the test samples",
        _solved("circles", 0.9501, 3),
    ),
    "spiral": Challenge(
        "Spiral above 95 % on the test samples", _solved("spiral", 0.9501)
    ),
}


class Playground(LiveFigure):
    """Train a network and watch its loss, its decision boundary and its hidden neurons.

    The controls act at once, also while it trains. A new learning rate, batch size or
    update rule goes on with the same network; anything else starts a new one and leaves the
    earlier run's loss as a faint curve.

    Parameters
    ----------
    dataset : {"moons", "xor", "circles", "spiral", "blobs"} or nn_core.Dataset
        What to learn; default "moons". A Dataset of your own has two inputs and one target;
        every fifth sample of it is held out for testing.
    hidden_nodes : int, default 8
        From 1 to 32.
    learning_rate : float, default 1.0
        From 0.001 to 100.
    noise : float or None, default None
        How far the samples are spread, 0 to 0.5; None is the data set's own default.
    activation, init, loss, update_rule
        As for nn_core.NeuralNetwork.
    batch_size : int or None, default None
        Samples in one update; None is all of them.
    seed : int, default 0
        From 0 to 9999. Decides the samples, the start and the order of the samples.
    epochs_per_frame : int, default 10
        Epochs between two pictures while it plays.
    hide : list of str, default ()
        Names of controls to leave out, for a task in class: "dataset", "noise",
        "hidden_nodes", "learning_rate", "activation", "init", "update_rule", "batch_size",
        "seed", "epochs_per_frame", "play", "step", "reset", "copy", "challenges".
    challenge : str, Challenge, list of them, or None, default None
        Which tasks to show: names in CHALLENGES or your own; None shows all of those.

    Attributes
    ----------
    network : nn_core.NeuralNetwork
    history : list of float
        The current run's training loss, one for each epoch.
    train_data, test_data : nn_core.Dataset
    train_accuracy, test_accuracy : float

    Raises
    ------
    ValueError, TypeError
        For an argument outside the ranges above; the message names it.
    """

    FRAME_SECONDS = 1 / 40  # drawing more often than this is not seen
    TRAINING_SECONDS = 0.02  # of a frame, at most: so that the controls stay quick
    GRID = 64  # the network's output is computed at GRID × GRID points
    SHOWN = 600  # points of a curve that are drawn

    def __init__(
        self,
        dataset="moons",
        hidden_nodes=8,
        learning_rate=1.0,
        *,
        noise=None,
        activation="sigmoid",
        init="xavier",
        loss="mse",
        update_rule="gradient",
        batch_size=None,
        seed=0,
        epochs_per_frame=10,
        hide=(),
        challenge=None,
    ):
        self._own_data = None
        names = list(DATASETS)
        if isinstance(dataset, nn_core.Dataset):
            self._own_data, dataset = _two_input_dataset(dataset), "your own"
            names.append(dataset)
        self._loss_function = nn_core.NeuralNetwork(1, 1, 1, loss=loss).loss_function
        self._challenges = _challenges(challenge)
        self._met = set()

        self.dataset = _dropdown("data set", "dataset", names, dataset)
        self.noise = _slider(
            widgets.FloatSlider, "noise", 0 if noise is None else noise, 0, 0.5, 0.01
        )
        if noise is None:
            self.noise.value = _default_noise(dataset)
        self.hidden_nodes = _slider(
            widgets.IntSlider, "hidden nodes", hidden_nodes, 1, 32, 1
        )
        self.learning_rate = _log_slider("learning rate", learning_rate, -3, 2)
        self.activation = _dropdown(
            "activation", "activation", list(nn_core.ACTIVATIONS), activation
        )
        self.init = _dropdown("start", "init", list(nn_core.INITS), init)
        self.update_rule = _dropdown(
            "update rule", "update_rule", list(nn_core.UPDATE_RULES), update_rule
        )
        sizes = [1, 10, 50]
        if batch_size is not None:
            sizes = sorted({*sizes, _whole_number("batch_size", batch_size, 1)})
        self.batch_size = _dropdown(
            "batch size", "batch_size", ["all", *sizes], batch_size or "all"
        )
        self.seed = widgets.BoundedIntText(
            _within("seed", _whole_number("seed", seed, 0), 0, 9999),
            min=0,
            max=9999,
            description="seed",
            layout=_width("9em"),
            style=_LABEL,
        )
        self.epochs_per_frame = _dropdown(
            "epochs per frame",
            "epochs_per_frame",
            sorted(
                {1, 10, 50, 200, _whole_number("epochs_per_frame", epochs_per_frame, 1)}
            ),
            epochs_per_frame,
        )
        self.play_button = _button("Play", "Train until paused", self._toggle)
        self.step_button = _button("Step", "Train for one epoch", self._step)
        self.reset_button = _button("Reset", "Start a new network", self._restart)
        self.copy_button = _button(
            "Copy as Python", "Show the lines that repeat this run", self._toggle_code
        )
        self.code = widgets.Textarea(
            description="Python",
            layout=widgets.Layout(width="100%", height="16em", display="none"),
        )
        self.challenges = widgets.HTML()
        hideable = {
            "play": self.play_button,
            "step": self.step_button,
            "reset": self.reset_button,
            "copy": self.copy_button,
            "dataset": self.dataset,
            "noise": self.noise,
            "hidden_nodes": self.hidden_nodes,
            "learning_rate": self.learning_rate,
            "activation": self.activation,
            "init": self.init,
            "update_rule": self.update_rule,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "epochs_per_frame": self.epochs_per_frame,
            "challenges": self.challenges,
        }
        for name in hide:
            if name not in hideable:
                raise ValueError(
                    f"hide: expected names out of {', '.join(hideable)}, got {name!r}"
                )
            hideable[name].layout.display = "none"

        self.playing = False
        self._task = None
        self._earlier = []  # (label, losses) of runs before this one
        self._started = {}  # the settings that the current network was made with
        self._background = None
        figure = Figure(figsize=(9.6, 4.9), dpi=100, facecolor="white")
        self._build_figure(figure)
        self._curve_limits = (100, 1e-3, 1.0)
        self._start_run()
        super().__init__(
            figure,
            [control for name, control in hideable.items() if name != "challenges"],
        )
        self.children = (*self.children, self.challenges, self.code)
        self._view_count = 0  # asks the front end to count the places that show this
        self.observe(self._views_changed, "_view_count")

    # --- What the buttons and other code call

    def play(self):
        """Train, draw and go on until `pause`, the end of the display, or divergence."""
        if self.playing:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError as error:
            raise RuntimeError(
                "play() needs a running event loop, as every notebook has; "
                "elsewhere call advance(epochs) and draw()"
            ) from error
        self.playing = True
        self._show_playing()
        self._task = loop.create_task(self._run())

    def pause(self):
        """Stop training; the network keeps what it has learnt."""
        self.playing = False
        self._show_playing()
        if self.comm is not None:
            self.draw()

    def reset(self):
        """Start a new network with the present settings; keep the old run's curve."""
        self._remember_run()
        self._start_run()
        self.draw()

    def advance(self, epochs):
        """Train for so many epochs, without drawing; first take up changed settings."""
        epochs = _whole_number("epochs", epochs, 1)
        self._follow_settings()
        chunk = max(10, epochs // 60)  # the test loss is measured after each
        for done in range(0, epochs, chunk):
            if not self._diverged:
                self._fit(min(chunk, epochs - done))

    @property
    def _full_batch(self):
        return self.batch_size.value == "all"

    def _fit(self, epochs):
        settings = {
            "learning_rate": self.learning_rate.value,
            "batch_size": None if self._full_batch else self.batch_size.value,
            "update_rule": self.update_rule.value,
        }
        self.network.update_rule = settings["update_rule"]
        try:
            self.history += self.network.fit(
                *self.train_data,
                learning_rate=settings["learning_rate"],
                batch_size=settings["batch_size"],
                epochs=epochs,
            )
        except ValueError as error:
            if "diverged" not in str(error):
                raise
            self._diverged = True
            self.playing = False
            return
        if self._segments and self._segments[-1][1] == settings:
            self._segments[-1][0] += epochs
        else:
            self._segments.append([epochs, settings])
        self._measure()

    def close(self):
        """Stop training and take the widget off the page."""
        self.playing = False
        super().close()

    def python_code(self):
        """Return the lines of Python that repeat the current run exactly."""
        settings = self._started | {"update_rule": self._first_rule}
        dataset, noise = settings.pop("dataset"), settings.pop("noise")
        seed, hidden = settings["seed"], settings.pop("hidden_nodes")
        lines = ["import nn_core", ""]
        if dataset == "xor":
            lines.append("train = test = nn_core.xor()")
        elif dataset == "your own":
            lines.append("inputs, targets = ...  # your own data: (2, N) and (1, N)")
            if self.test_data is self.train_data:  # too few to hold some out
                lines.append("train = test = nn_core.Dataset(inputs, targets)")
            else:
                lines += [
                    "held_out = np.arange(inputs.shape[1]) % 5 == 4",
                    "train = nn_core.Dataset(inputs[:, ~held_out], targets[:, ~held_out])",
                    "test = nn_core.Dataset(inputs[:, held_out], targets[:, held_out])",
                ]
                lines.insert(1, "import numpy as np")
        else:
            call = f"nn_core.{dataset}(200, noise={noise:g}, seed={seed})"
            lines.append(f"train = {call}")
            lines.append(
                f"test = nn_core.{dataset}(100, noise={noise:g}, seed={seed + 1})"
            )
        options = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        lines.append(f"net = nn_core.NeuralNetwork(2, {hidden}, 1, {options})")
        for epochs, fit in self._segments:
            if fit["update_rule"] != settings["update_rule"]:
                lines.append(f"net.update_rule = {fit['update_rule']!r}")
                settings["update_rule"] = fit["update_rule"]
            batch = f", batch_size={fit['batch_size']}" if fit["batch_size"] else ""
            lines.append(
                f"net.fit(*train, learning_rate={fit['learning_rate']!r}, "
                f"epochs={epochs}{batch})"
            )
        lines += ["", 'print("test loss:", net.loss(*test))']
        lines.append(f"# {len(self.history)} epochs; test loss {self.test_loss!r}")
        return "\n".join(lines) + "\n"

    # --- Training

    async def _run(self):
        try:
            while self.playing:
                began = time.perf_counter()
                self._train_for_one_frame(began)
                if self.playing:
                    self.draw()
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

    def _train_for_one_frame(self, began):
        self._follow_settings()
        epochs = self.epochs_per_frame.value
        chunk = 10 if self._full_batch else 1
        for done in range(0, epochs, chunk):
            if self.playing and time.perf_counter() - began < self.TRAINING_SECONDS:
                self._fit(min(chunk, epochs - done))

    def _follow_settings(self):
        """Start a new run if a setting that needs one has changed."""
        if self._run_settings() != self._started:
            if self._started.get("dataset") != self.dataset.value:
                self._earlier.clear()  # losses on other data do not compare
            self._remember_run()
            self._start_run()

    def _run_settings(self):
        settings = {
            name: getattr(self, name).value
            for name in (
                "dataset",
                "noise",
                "hidden_nodes",
                "activation",
                "init",
                "seed",
            )
        }
        if settings["dataset"] in ("xor", "your own"):
            settings["noise"] = 0
        return settings | {"loss": self._loss_function}

    def _remember_run(self):
        if len(getattr(self, "history", ())) >= 50:  # a curve worth comparing with
            rate = self._segments[-1][1]["learning_rate"]
            label = f"H = {self.network.hidden_nodes}, rate {rate:.3g}"
            self._earlier = [*self._earlier[-3:], (label, self.history)]

    def _start_run(self):
        settings = self._run_settings()
        name, noise, seed = (settings[key] for key in ("dataset", "noise", "seed"))
        if name == "xor":
            self.train_data = self.test_data = nn_core.xor()
        elif name == "your own":
            self.train_data, self.test_data = _hold_out(self._own_data)
        else:
            self.train_data = DATASETS[name](200, noise, seed)
            self.test_data = DATASETS[name](100, noise, seed + 1)
        self.noise.disabled = name in ("xor", "your own")
        self.network = nn_core.NeuralNetwork(
            2,
            settings["hidden_nodes"],
            1,
            activation=settings["activation"],
            init=settings["init"],
            loss=settings["loss"],
            update_rule=self.update_rule.value,
            seed=seed,
        )
        self._started, self._first_rule = settings, self.update_rule.value
        self.history, self._segments, self._diverged = [], [], False
        self._test_losses = []  # (epoch, loss), one a frame
        self._measure()
        self._background = None

    def _measure(self):
        self.train_accuracy = accuracy(self.network, self.train_data)
        self.test_accuracy = accuracy(self.network, self.test_data)
        self.test_loss = self.network.loss(*self.test_data)
        self._test_losses.append((len(self.history), self.test_loss))
        for number, challenge in enumerate(self._challenges):
            if self.history and challenge.met(self):
                self._met.add(number)

    # --- Drawing

    def _build_figure(self, figure):
        """Make the axes, and the two animated lines that are drawn anew in every frame."""
        self.boundary_axes = figure.add_axes([0.075, 0.115, 0.4, 0.784])
        self.boundary_axes.set(
            title="Output: blue 0, orange 1, boundary 0.5",
            xlabel="input 1   (● class 0, ▲ class 1; hollow: test)",
            ylabel="input 2",
        )
        self.loss_axes = figure.add_axes([0.565, 0.61, 0.42, 0.289])
        self.neuron_axes = figure.add_axes([0.53, 0.02, 0.46, 0.4])
        self.neuron_axes.set_axis_off()
        lines = {"test": (CLASS_COLOURS[1], "--"), "train": (CLASS_COLOURS[0], "-")}
        self._lines = {
            name: self.loss_axes.plot([], [], style, color=colour, animated=True)[0]
            for name, (colour, style) in lines.items()
        }

    def _draw_background(self):
        """Draw what stays the same from frame to frame, and keep a copy of it."""
        limits = view_limits(self.train_data.inputs)
        self.boundary_axes.set(xlim=limits[:2], ylim=limits[2:])
        axes = self.loss_axes
        for line in [line for line in axes.lines if not line.get_animated()]:
            line.remove()
        for text in list(axes.texts):
            text.remove()
        for label, losses in self._earlier:
            epochs, values = _thin(losses, self.SHOWN)
            axes.plot(epochs, values, color="#888888", linewidth=1, alpha=0.7)
            beyond_middle = epochs[-1] > self._curve_limits[0] / 2
            axes.annotate(
                label,
                (epochs[-1], values[-1]),
                ha="right" if beyond_middle else "left",
                va="bottom",
                color="#555555",
                fontsize=9,
            )
        axes.set(
            xlabel="epoch",
            ylabel="loss",
            title="Loss: train (line), test (dashed)",
            yscale="log",
            xlim=(0, self._curve_limits[0]),
            ylim=self._curve_limits[1:],
        )
        self.neuron_axes.set_title("What each hidden neuron sees; bar: its weight")
        self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        self._lay_out_maps(limits)

    def _lay_out_maps(self, limits):
        """Work out which pixels belong to the boundary, the points and the neurons."""
        height = self.canvas.get_width_height()[1]

        def pixels_of(axes):
            box = axes.get_window_extent()
            top, bottom = round(height - box.y1) + 1, round(height - box.y0) - 1
            return slice(top, bottom), slice(round(box.x0) + 1, round(box.x1) - 1)

        self._boundary_pixels = pixels_of(self.boundary_axes)
        half = (
            (limits[1] - limits[0]) / self.GRID / 2
        )  # a grid point is its cell's middle
        left, right, low, high = limits
        inner = (left + half, right - half, high - half, low + half)  # top row first
        self._grid = grid_points(inner, self.GRID)

        overlay = Figure(figsize=self.figure.get_size_inches(), dpi=self.figure.dpi)
        overlay.patch.set_alpha(0)
        axes = overlay.add_axes(self.boundary_axes.get_position(), xlim=limits[:2])
        axes.set_ylim(limits[2:])
        plot_samples(self.train_data, axes)
        if self.test_data is not self.train_data:
            plot_samples(self.test_data, axes, hollow=True, size=22)
        axes.set_axis_off()
        canvas = FigureCanvasAgg(overlay)
        canvas.draw()
        points = np.array(canvas.buffer_rgba()).reshape(-1, 4)
        self._point_pixels = np.flatnonzero(points[:, 3])
        opacity = points[self._point_pixels, 3:].astype(np.float32) / 255
        self._point_colours = points[self._point_pixels, :3] * opacity
        self._point_gaps = 1 - opacity

        rows, columns = pixels_of(self.neuron_axes)
        room = rows.stop - rows.start, columns.stop - columns.start
        self._tiles, self._tile = _tiles(self.network.hidden_nodes, *room)
        self._tiles += (rows.start, columns.start)

    def draw(self):
        """Bring the picture and the words up to date now."""
        self._follow_settings()
        limits = self._limits_of_curves()
        if self._background is None or limits != self._curve_limits:
            self._curve_limits = limits
            self._draw_background()
        self.canvas.restore_region(self._background)
        self._paint_maps()
        self._paint_losses()
        kind = (
            "jpeg" if self.playing else "png"
        )  # a JPEG is ready sooner, a PNG is crisp
        with self.image.hold_sync():
            self.image.format = kind
            self.image.value = self._encode(kind)
        self.words.value = self._in_words()
        self.challenges.value = self._challenge_list()

    def _limits_of_curves(self):
        """Return (last epoch, lowest, highest loss) to show: they grow in large steps."""
        longest = max(len(losses) for _, losses in [*self._earlier, ("", self.history)])
        last = 100
        while last < longest:
            last *= 2
        recent = min((*self.history[-1:], self.test_loss))
        before = self._curve_limits[1] if self._background else 1e-3
        lowest = min(before, 10.0 ** np.floor(np.log10(max(recent, 1e-12))))
        return last, lowest, 1.0 if self._loss_function == "mse" else 10.0

    def _paint_maps(self):
        hidden, outputs = self.network.layer_outputs(self._grid)
        pixels = np.asarray(self.canvas.buffer_rgba())
        colours = pixels.view(np.uint32)[..., 0]  # a pixel's four bytes as one number

        area = colours[self._boundary_pixels]
        grid = Image.fromarray(outputs.reshape(self.GRID, self.GRID).astype(np.float32))
        shades = np.asarray(grid.resize(area.shape[::-1], Image.Resampling.BILINEAR))
        np.take(_SHADES, (shades * 255).astype(np.uint8), out=area, mode="clip")
        above = shades > 0.5
        edge = (above[1:, 1:] != above[:-1, 1:]) | (above[1:, 1:] != above[1:, :-1])
        edge[:-1] |= edge[1:]  # two pixels wide
        area[1:, 1:][edge] = _BLACK
        flat = pixels.reshape(-1, 4)
        covered = flat[self._point_pixels, :3] * self._point_gaps
        flat[self._point_pixels, :3] = covered + self._point_colours

        shades = _shades_of_hidden(hidden, self.network.activation)
        shades = shades.reshape(-1, self.GRID, self.GRID)
        size = self._tile
        near = np.arange(size) * self.GRID // size
        tiles = _SHADES[shades[:, near[:, None], near]]  # (hidden_nodes, size, size)
        weights = self.network.weights_hidden_output[0]
        lengths = weights / max(np.abs(weights).max(), 1e-12) * (size // 2)
        for tile, (top, left), length in zip(tiles, self._tiles, lengths, strict=True):
            colours[top : top + size, left : left + size] = tile
            middle, end = left + size // 2, left + size // 2 + round(length)
            bar = slice(min(middle, end), max(middle, end) + 1)
            colours[top + size + 3 : top + size + 8, bar] = _SIGNS[int(length > 0)]

    def _paint_losses(self):
        self._lines["train"].set_data(*_thin(self.history, self.SHOWN))
        step = -(-len(self._test_losses) // self.SHOWN)
        self._lines["test"].set_data(*zip(*self._test_losses[::step], strict=True))
        for line in self._lines.values():
            self.loss_axes.draw_artist(line)

    # --- Words

    def _in_words(self):
        epochs = len(self.history)
        loss = self.network.loss(*self.train_data)
        samples = "" if self.test_data is not self.train_data else " (no test samples)"
        return (
            f"<div><b>Epoch {epochs}.</b> Loss: train {loss:.3g}, test {self.test_loss:.3g}. "
            f"Accuracy: train {self.train_accuracy:.1%}, test {self.test_accuracy:.1%}"
            f"{samples}.</div><div role='status'>{self._advice()}</div>"
        )

    def _advice(self):
        """Say how training goes and, where it does not go well, what to try."""
        rate = self.learning_rate.value
        if self._diverged:
            return (
                f"<b>Training diverged</b>: with a learning rate of {rate:.3g} the numbers "
                "outgrew the computer. Try a tenth of it, then press Reset."
            )
        if not self.history:
            return "Not trained yet. Press Play."
        if self.train_accuracy == 1 and self.history[-1] < 0.01:
            return "Every training sample is right."
        if len(self.history) >= 100:
            recent = np.array(self.history[-100:])
            early, late = recent[:50].mean(), recent[50:].mean()
            swings = np.abs(np.diff(recent)).mean()
            if late > 1.2 * self.history[0]:
                return (
                    "<b>Training diverges</b>: the loss is higher than at the start. A "
                    f"learning rate of {rate:.3g} is too large; try a tenth of it and "
                    "press Reset."
                )
            if self._full_batch and swings > 0.05 * late and late > 0.02:
                return (
                    f"<b>The loss jumps up and down</b>: a learning rate of {rate:.3g} "
                    "steps over the minimum. Try a third of it."
                )
            if late > 0.997 * early and self.train_accuracy < 0.99:
                return f"<b>Training has stalled</b>: {self._why_stalled()}"
        return "Training." if self.playing else "Paused."

    def _why_stalled(self):
        net = self.network
        hidden, outputs = net.layer_outputs(self.train_data.inputs)
        if net.hidden_nodes > 1 and np.ptp(hidden, axis=0).max() < 1e-9:
            return (
                "all hidden neurons are the same, so they get the same updates for ever. "
                "Try a random start: xavier."
            )
        if net.activation == "relu" and (hidden == 0).all(axis=1).mean() > 0.5:
            return (
                "more than half of the hidden neurons are 0 for every sample: dead ReLUs "
                "learn no more. Try a smaller learning rate or another seed."
            )
        if net.loss_function == "mse" and (outputs * (1 - outputs)).mean() < 0.01:
            return (
                "the outputs are saturated near 0 or 1, where the sigmoid is flat. "
                "Try another start (xavier) or another seed."
            )
        if self._full_batch:
            return (
                "it is on a plateau, or its steps are too small to see. Try a larger "
                "learning rate, or smaller batches: more steps in every epoch."
            )
        return "it is on a plateau. Try more hidden nodes, tanh, or another seed."

    def _challenge_list(self):
        if not self._challenges:
            return ""
        done = "<li style='font-weight:bold'>✓ met: {}</li>"
        items = "".join(
            (done if number in self._met else "<li>○ to do: {}</li>").format(
                html.escape(challenge.text)
            )
            for number, challenge in enumerate(self._challenges)
        )
        return f"<b>Challenges</b><ul style='list-style:none;margin:0;padding:0'>{items}</ul>"

    # --- Buttons

    def _toggle(self, _):
        if self.playing:
            self.pause()
        else:
            self.play()

    def _step(self, _):
        self.pause()
        self.advance(1)
        self.draw()

    def _restart(self, _):
        self.reset()

    def _toggle_code(self, _):
        shown = self.code.layout.display != "none"
        self.code.value = self.python_code()
        self.code.layout.display = "none" if shown else "flex"

    def _show_playing(self):
        self.play_button.description = "Pause" if self.playing else "Play"
        self.play_button.icon = "pause" if self.playing else "play"

    def _changed(self, change):
        if not self.playing:  # else the next frame reads the controls
            super()._changed(change)

    def _views_changed(self, change):
        if change["old"] and not change["new"] and self.playing:
            self.pause()  # nobody is looking any more


# A palette as the four bytes of each pixel, read as one number: quick to put into a picture.
_SHADES = OUTPUT_COLOURS(np.arange(256), bytes=True).view(np.uint32)[:, 0]
_BLACK, *_SIGNS = (
    (matplotlib.colors.to_rgba_array(["black", *CLASS_COLOURS]) * 255)
    .astype(np.uint8)
    .view(np.uint32)[:, 0]
)


def _shades_of_hidden(hidden, activation):
    """Return hidden outputs as 0 to 255: sigmoid's 0 to 1, tanh's -1 to 1, ReLU's 0 up."""
    if activation == "tanh":
        hidden = (hidden + 1) / 2
    elif activation == "relu":
        highest = hidden.max(axis=1, keepdims=True)
        hidden = 0.5 + 0.5 * hidden / np.maximum(highest, 1e-12)
    return (hidden * 255).astype(np.uint8)


def _tiles(count, height, width, gap=12):
    """Return the (top, left) of count square tiles that fill the room best, and their size."""
    rows = max(
        range(1, count + 1),
        key=lambda rows: min(height // rows, width // -(-count // rows)),
    )
    columns = -(-count // rows)
    pitch = min(height // rows, width // columns, 96)
    corners = [(pitch * (i // columns), pitch * (i % columns)) for i in range(count)]
    return np.array(corners), pitch - gap


def _thin(losses, most):
    """Return epochs and losses of at most that many points of a curve, the last included."""
    step = max(1, -(-len(losses) // most))
    epochs = np.arange(len(losses), 0, -step)[::-1]
    return epochs, np.array(losses)[epochs - 1]


def _challenges(challenge):
    if challenge is None:
        return list(CHALLENGES.values())
    if isinstance(challenge, (str, Challenge)):
        challenge = [challenge]
    for name in challenge:
        if not isinstance(name, Challenge) and name not in CHALLENGES:
            raise ValueError(
                f"challenge: expected a Challenge or one of {', '.join(CHALLENGES)}, "
                f"got {name!r}"
            )
    return [CHALLENGES[one] if isinstance(one, str) else one for one in challenge]


def _two_input_dataset(dataset):
    net = nn_core.NeuralNetwork(2, 1, 1, loss="cross_entropy")
    net.loss(*dataset)  # checks both arrays, and that targets lie in [0, 1]
    return nn_core.Dataset(*(np.asarray(array, float) for array in dataset))


def _hold_out(dataset):
    """Return every fifth sample as test data and the others as training data."""
    held_out = np.arange(dataset.inputs.shape[1]) % 5 == 4
    if not held_out.any():
        return dataset, dataset
    return tuple(
        nn_core.Dataset(dataset.inputs[:, chosen], dataset.targets[:, chosen])
        for chosen in (~held_out, held_out)
    )


def _default_noise(dataset):
    if dataset not in DATASETS or dataset == "xor":
        return 0
    return inspect.signature(DATASETS[dataset]).parameters["noise"].default
