"""One sample's way through the network, with its numbers, also while it trains."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from nn_widgets.controls import slider
from nn_widgets.live_figure import Painter, sized
from nn_widgets.playground.layout import HIDDEN, SHOWN, row
from nn_widgets.playground.painted import SIDE
from nn_widgets.playground.picture import HALF
from nn_widgets.playground.plane_cells import middle_of
from nn_widgets.plots import OUTPUT_COLOURS, plot_network, style_of_connections

MOST = 8  # neurons that are drawn; of more, the first ones
HOW = (
    "Press on the plane near a sample, or choose one with the slider. The ring on the plane "
    "marks it; press again for the next one there."
)


class SampleWay:
    """The part of the playground that shows a picked sample's way.

    Parameters
    ----------
    playground : Playground

    Attributes
    ----------
    number : ipywidgets.IntSlider
        Which sample: those to train on come first, then those to test with.
    """

    title = "One sample"

    def __init__(self, playground):
        self._playground = playground
        self.number, self._drawn, self._pressed = None, None, (None, 0)

    def content(self):
        """Return the slider, the words and the picture."""
        self.number = slider(widgets.IntSlider, "sample", 1, 1, 1, 1, size="30em")
        self.number.observe(self._playground._changed, "value")
        self.words = widgets.HTML()
        self.image = sized(widgets.Image(layout=widgets.Layout(height="auto")), HALF)
        opener = self._playground.folds.buttons[self.title]
        opener.observe(self._opened, "value")
        if opener.value:  # it is opened just now
            self._opened({"new": True})
        how = widgets.HTML(HOW)
        return widgets.VBox([row([self.number]), self.words, how, self.image])

    def _opened(self, change):
        cells = self._playground.plane_cells
        (cells.ask if change["new"] else cells.leave)(self.press)
        self._playground._changed(change)

    @property
    def looked_at(self):
        """Whether this part is open."""
        buttons = self._playground.folds.buttons
        return self.number is not None and buttons[self.title].value

    def place(self, run):
        """Return the picked sample's inputs, (2,); None while nobody looks."""
        if not self.looked_at:
            return None
        return self._samples(run)[0][:, self.number.value - 1]

    def _samples(self, run):
        """Return all inputs, (2, N), and targets, (N,), those to test with last."""
        parts = [run.train_data, run.test_data][: 1 + run.has_test_data]
        inputs = np.concatenate([part.inputs for part in parts], axis=1)
        targets = np.concatenate([part.targets[0] for part in parts])
        if self.number.max != len(targets):
            self.number.max = len(targets)
        return inputs, targets

    def press(self, across, along):
        """Pick the nearest sample to a cell of the plane, or the next one in it."""
        run = self._playground.time.shown()
        inputs, _ = self._samples(run)
        middle = middle_of(across, along, run.view)
        far = np.abs(inputs - middle[:, None]).max(axis=0)
        inside = np.count_nonzero(far <= (run.view[1] - run.view[0]) / SIDE / 2)
        cell, count = self._pressed
        count = (count + 1) % max(1, inside) if cell == (across, along) else 0
        self._pressed = (across, along), count
        self.number.value = int(np.argsort(far, kind="stable")[count]) + 1

    # --- Showing

    def follow(self, run, format_):
        """Show the way as it is now, if somebody looks."""
        if not self.looked_at:
            return
        inputs, targets = self._samples(run)
        index = self.number.value - 1
        sample, target = inputs[:, index : index + 1], targets[index]
        hidden, outputs = run.layer_outputs(sample)
        if outputs is None:  # the reader's class made a mistake just now
            return
        tested = index >= run.train_data.inputs.shape[1]
        said = in_words(index + 1, tested, sample, target, hidden, outputs, run)
        if not self._playground.playing:  # else it would be read out without an end
            said = f"<div role='status'>{said}</div>"
        self.words.value = said
        arrays = hidden is not None and run.network.weights_hidden_output is not None
        self.image.layout.display = SHOWN if arrays else HIDDEN
        if arrays:
            self._paint(run.network, sample, hidden, outputs)
            with self.image.hold_sync():
                self.image.format = format_
                self.image.value = self._painter.picture(format_)

    def _paint(self, net, sample, hidden, outputs):
        net = getattr(net, "own", net)
        if self._drawn != len(hidden):
            self._drawn = len(hidden)
            self._build(net, len(hidden))
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

    def _build(self, net, nodes):
        figure = Figure(figsize=(4.8, 4.4), dpi=100, facecolor="white")
        axes = figure.add_axes([0, 0, 1, 0.94])
        self._places = plot_network(2, nodes, 1, ax=axes, net=net, most=MOST)
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
    """Say a sample's way, as HTML: its inputs, what the neurons give, whether it is right."""
    output = float(outputs[0, 0])
    right = (output > 0.5) == (target > 0.5)
    said = (
        f"<b>Sample {number}</b>, {'to test with' if tested else 'to train on'}, class "
        f"{target:.3g}, at ({sample[0, 0]:.2f}, {sample[1, 0]:.2f}), after epoch "
        f"{len(run.history)}. "
    )
    gives = "The output is"
    if hidden is not None:
        given = ", ".join(f"{value:.2f}" for value in hidden[:, 0])
        said += f"The hidden neurons give {given}. "
        net = getattr(run.network, "own", run.network)
        weights = getattr(net, "weights_hidden_output", None)
        biases = getattr(net, "biases_output", None)
        if weights is not None and biases is not None:
            total = float((weights @ hidden + biases)[0, 0])
            gives = f"The output neuron's sum is {total:.2f}, so the output is"
    said += f"{gives} <b>{output:.3f}</b>: class {int(output > 0.5)}, "
    said += "which is right." if right else "which is wrong."
    return said
