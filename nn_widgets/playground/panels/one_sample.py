"""The panel that follows one sample through the network, also while it trains."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from nn_widgets.controls import slider
from nn_widgets.live_figure import Painter, sized
from nn_widgets.playground.drawing.picture import HALF
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.panels.panel import Panel
from nn_widgets.playground.panels.plane_cells import SIDE, middle_of
from nn_widgets.plots import OUTPUT_COLOURS, plot_network, style_of_connections

MOST_DRAWN = 8  # neurons; if there are more, the first ones are drawn
HOW = (
    "Press on the plane near a sample, or choose one with the slider. The ring on the plane "
    "marks it; press again for the next one there."
)


class OneSample(Panel):
    """The numbers that a selected sample has on its way through the network.

    Parameters
    ----------
    state : State
    plane_cells : PlaneCells

    Attributes
    ----------
    number : ipywidgets.IntSlider
        The selected sample: training samples come first, then test samples.
    """

    title = "One sample"

    def __init__(self, state, plane_cells):
        super().__init__(state)
        self._plane_cells = plane_cells
        self._nodes_drawn, self._pressed = None, (None, 0)

    def make_box(self):
        self.number = slider(widgets.IntSlider, "sample", 1, 1, 1, 1, size="30em")
        self.number.observe(lambda _: self.state.redraw_soon(), "value")
        self.words = widgets.HTML()
        self.image = sized(widgets.Image(layout=widgets.Layout(height="auto")), HALF)
        how = widgets.HTML(HOW)
        return widgets.VBox([row([self.number]), self.words, how, self.image])

    def toggled(self):
        cells = self._plane_cells
        (cells.connect if self.is_open else cells.disconnect)(self.press)
        self.state.redraw_soon()  # with or without the ring

    def place(self, run):
        """Return the selected sample's inputs, (2,); None while the panel is closed."""
        if not self.is_open:
            return None
        return self._samples(run)[0][:, self.number.value - 1]

    def _samples(self, run):
        """Return all inputs, (2, N), and targets, (N,), test samples last."""
        parts = [run.train_data, run.test_data][: 1 + run.has_test_data]
        inputs = np.concatenate([part.inputs for part in parts], axis=1)
        targets = np.concatenate([part.targets[0] for part in parts])
        if self.number.max != len(targets):
            self.number.max = len(targets)
        return inputs, targets

    def press(self, row, column):
        """Select the sample nearest to a cell of the plane, or the next one in the cell."""
        run = self.state.shown
        inputs, _ = self._samples(run)
        middle = middle_of(row, column, run.view)
        distances = np.abs(inputs - middle[:, None]).max(axis=0)
        inside = np.count_nonzero(distances <= (run.view[1] - run.view[0]) / SIDE / 2)
        cell, count = self._pressed
        count = (count + 1) % max(1, inside) if cell == (row, column) else 0
        self._pressed = (row, column), count
        self.number.value = int(np.argsort(distances, kind="stable")[count]) + 1

    # --- Showing

    def update(self, run, picture_format, playing):
        """Show the sample's current numbers, if the panel is open."""
        if not self.is_open:
            return
        inputs, targets = self._samples(run)
        index = self.number.value - 1
        sample, target = inputs[:, index : index + 1], targets[index]
        hidden, outputs = run.layer_outputs(sample)
        if outputs is None:  # the reader's class has just made a mistake
            return
        tested = index >= run.train_data.inputs.shape[1]
        words = in_words(index + 1, tested, sample, target, hidden, outputs, run)
        if not playing:  # a screen reader would read every frame
            words = f"<div role='status'>{words}</div>"
        self.words.value = words
        arrays = hidden is not None and run.network.weights_hidden_output is not None
        self.image.layout.display = SHOWN if arrays else HIDDEN
        if arrays:
            self._paint(run.network, sample, hidden, outputs)
            with self.image.hold_sync():
                self.image.format = picture_format
                self.image.value = self._painter.picture(picture_format)

    def _paint(self, net, sample, hidden, outputs):
        net = getattr(net, "own", net)
        if self._nodes_drawn != len(hidden):
            self._nodes_drawn = len(hidden)
            self._make_painter(net, len(hidden))
        values = np.concatenate([sample, hidden, outputs])[:, 0]
        places = [0, 1, *range(2, 2 + self._count), len(values) - 1]
        values = values[places]
        shades = values.copy()
        shades[:2] = values[:2] / 6 + 0.5
        if getattr(net, "activation", "sigmoid") == "tanh":
            shades[2:-1] = (values[2:-1] + 1) / 2
        self._discs.set_facecolor(OUTPUT_COLOURS(np.clip(shades, 0, 1)))
        for text, value in zip(self._numbers, values, strict=True):
            text.set_text(f"{value:.2f}")
        widths, colours, styles = style_of_connections(net, self._places)
        self._lines.set(linewidths=widths, colors=colours, linestyles=styles)

    def _make_painter(self, net, nodes):
        figure = Figure(figsize=(4.8, 4.4), dpi=100, facecolor="white")
        axes = figure.add_axes([0, 0, 1, 0.94])
        self._places = plot_network(2, nodes, 1, ax=axes, net=net, most=MOST_DRAWN)
        self._count = len(self._places) - 3
        self._lines, self._discs = axes.collections
        axes.set_title("The picked sample, and what each neuron gives", fontsize=11.5)
        self._numbers = [
            axes.text(*xy, "", ha="center", va="center", fontsize=11.5, zorder=5)
            for xy in self._places.values()
        ]
        for text in axes.texts:
            text.set_fontsize(11.5)
        self._painter = Painter(figure, [self._lines, self._discs, *self._numbers])


def in_words(number, tested, sample, target, hidden, outputs, run):
    """Describe as HTML a sample's numbers in the network, and whether the answer is right."""
    output = float(outputs[0, 0])
    right = (output > 0.5) == (target > 0.5)
    words = (
        f"<b>Sample {number}</b>, {'to test with' if tested else 'to train on'}, class "
        f"{target:.3g}, at ({sample[0, 0]:.2f}, {sample[1, 0]:.2f}), after epoch "
        f"{len(run.history)}. "
    )
    gives = "The output is"
    if hidden is not None:
        given = ", ".join(f"{value:.2f}" for value in hidden[:, 0])
        words += f"The hidden neurons give {given}. "
        net = getattr(run.network, "own", run.network)
        weights = getattr(net, "weights_hidden_output", None)
        biases = getattr(net, "biases_output", None)
        if weights is not None and biases is not None:
            total = float((weights @ hidden + biases)[0, 0])
            gives = f"The output neuron's sum is {total:.2f}, so the output is"
    words += f"{gives} <b>{output:.3f}</b>: class {int(output > 0.5)}, "
    words += "which is right." if right else "which is wrong."
    return words
