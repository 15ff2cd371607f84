"""Chapter 2: a network's architecture from its three layer sizes."""

import ipywidgets as widgets
import matplotlib.collections
import matplotlib.patches
from matplotlib.figure import Figure

import nn_core
from nn_widgets.controls import slider
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import plot_network


class Architecture(LiveFigure):
    """A drawing of a network with three layer sizes, and of its four parameter arrays.

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
        The number of weights and biases.
    """

    MOST = 8  # drawn nodes of a layer, and drawn rows or columns of an array
    COLOURS = ("#009E73", "#CC79A7")  # of the hidden layer, and of the output

    def __init__(self, input_nodes=2, hidden_nodes=4, output_nodes=1):
        self.input_nodes, self.hidden_nodes, self.output_nodes = (
            slider(
                widgets.IntSlider,
                name,
                value,
                1,
                highest,
                1,
            )
            for name, value, highest in (
                ("input nodes", input_nodes, 64),
                ("hidden nodes", hidden_nodes, 64),
                ("output nodes", output_nodes, 10),
            )
        )
        figure = Figure(figsize=(8.9, 4.8), dpi=100)
        self._drawing = figure.add_axes([0.0, 0.0, 0.46, 0.92])
        self._arrays = figure.add_axes([0.505, 0.02, 0.49, 0.9])
        self._title = figure.text(0.51, 0.945, "", fontsize=10)
        controls = [self.input_nodes, self.hidden_nodes, self.output_nodes]
        super().__init__(Painter(figure, cuts=[0.5]), controls)

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
        axes.set_title("The network", fontsize=10)
        inputs, hidden, outputs = (
            nodes if nodes <= self.MOST else self.MOST - 1 for nodes in sizes
        )
        lines = axes.collections[0]
        lines.set_color(
            [self.COLOURS[0]] * (inputs * hidden)
            + [self.COLOURS[1]] * (hidden * outputs)
        )

    def _draw_arrays(self, arrays):
        """Draw each array as a block of cells: a layer's weights beside its biases."""
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
