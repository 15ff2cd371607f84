"""Figures (matplotlib) and live widgets (ipywidgets) for the book.

The first part draws: each function takes an `ax`, keeps nothing and returns what it drew.
The second part is LiveFigure, a picture that follows its controls. The chapters' widgets
come after it, one class each, and at the end the playground.
"""

import asyncio
import base64
import io
import time  # noqa: F401

import ipywidgets as widgets
import matplotlib.colors
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import nn_core

# Blue and orange are told apart by every common form of colour blindness; class 0 is also
# always drawn as circles and class 1 as triangles.
CLASS_COLOURS = ("#0072B2", "#D55E00")
CLASS_MARKERS = ("o", "^")
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
    for label, (colour, marker) in enumerate(
        zip(CLASS_COLOURS, CLASS_MARKERS, strict=True)
    ):
        chosen = dataset.targets[0] == label
        drawn.append(
            ax.scatter(
                *dataset.inputs[:, chosen],
                s=size,
                marker=marker,
                facecolors="none" if hollow else colour,
                edgecolors=colour if hollow else "white",
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
    """Draw the loss of each epoch on a logarithmic axis."""
    ax = _axes(ax)
    (drawn,) = ax.semilogy(np.arange(1, len(losses) + 1), losses, label=label, **line)
    ax.set(xlabel="epoch", ylabel="loss")
    return drawn


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
    """

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
        super().__init__([self.controls, self.image, self.words], **kwargs)
        for control in _leaves(self.controls):
            if control.has_trait("value"):
                control.observe(self._changed, "value")
        self.draw()

    def paint(self):
        """Change the figure to what the controls say; return it in words, as HTML."""
        raise NotImplementedError

    def draw(self):
        """Bring picture and words up to date now."""
        self.words.value = self.paint()
        self.canvas.draw()
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


def _plain_text(html):
    import html as entities
    import re

    return entities.unescape(re.sub(r"<[^>]+>", " ", html)).replace("  ", " ").strip()
