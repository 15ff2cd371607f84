"""Chapter 4: the forward pass of one sample, with all its numbers."""

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

import nn_arguments
import nn_core
from nn_widgets.controls import slider
from nn_widgets.live_figure import LiveFigure, Painter
from nn_widgets.plots import OUTPUT_COLOURS, grid_points, plot_network


class Feedforward(LiveFigure):
    """Move one sample and see every number of its forward pass.

    Parameters
    ----------
    net : nn_core.NeuralNetwork, a network of your own, or None, default None
        Two inputs, at most 6 hidden nodes, one output. None trains one with 3 hidden nodes
        on the circles data set. Your own class needs the three layer sizes, the four arrays,
        `layer_outputs` and `feedforward`, as in chapter 4; if it has no `activation`, it
        counts as sigmoid.
    inputs : (float, float), default (0.5, -0.5)
        The sample's initial inputs, from -2 to 2 each.

    Attributes
    ----------
    input_1, input_2 : ipywidgets.FloatSlider
    network : nn_core.NeuralNetwork
    """

    def __init__(self, net=None, inputs=(0.5, -0.5)):
        if net is None:
            net = nn_core.NeuralNetwork(2, 3, 1, seed=4)
            net.fit(*nn_core.circles(), learning_rate=5, epochs=2000)
        needed = "input_nodes", "hidden_nodes", "output_nodes", "layer_outputs"
        nn_arguments.has_all(
            "net", net, (*needed, "feedforward", *nn_core.Gradients._fields)
        )
        sizes = net.input_nodes, net.hidden_nodes, net.output_nodes
        if sizes[0] != 2 or sizes[1] > 6 or sizes[2] != 1:
            raise ValueError(
                "net: expected 2 input nodes, at most 6 hidden nodes and 1 output node, "
                f"got {sizes[0]}, {sizes[1]} and {sizes[2]}"
            )
        self.network = net
        self._activation = getattr(net, "activation", "sigmoid")
        self.input_1, self.input_2 = (
            slider(widgets.FloatSlider, f"input {i}", float(value), -2, 2, 0.05)
            for i, value in enumerate(nn_arguments.two_numbers("inputs", inputs), 1)
        )
        figure = Figure(figsize=(9, 5.2), dpi=100)
        self._axes = figure.add_axes([0.01, 0.28, 0.48, 0.65])
        self._axes.set_title("The network, with what each neuron gives")
        self._places = plot_network(*sizes, ax=self._axes, net=net)
        self._numbers = {
            place: self._axes.text(
                *xy, "", ha="center", va="center", fontsize=10, zorder=5
            )
            for place, xy in self._places.items()
        }
        self._discs = self._axes.collections[-1]
        self._plane = figure.add_axes([0.585, 0.335, 0.39, 0.595])
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
            figure.text(x, 0.24, "", family="monospace", fontsize=10, va="top")
            for x in (0.015, 0.53)
        )
        moving = [
            self._discs,
            *self._numbers.values(),
            self._point,
            self._product,
            self._sum,
        ]
        painter = Painter(figure, moving, cuts=[0.5])
        super().__init__(painter, [self.input_1, self.input_2])

    def paint(self):
        net = self.network
        inputs = np.array([[self.input_1.value], [self.input_2.value]])
        hidden, outputs = net.layer_outputs(inputs)  # (hidden_nodes, 1), (1, 1)
        sums = net.weights_input_hidden @ inputs + net.biases_hidden
        final = float((net.weights_hidden_output @ hidden + net.biases_output)[0, 0])
        values = np.concatenate([inputs, hidden, outputs])[:, 0]
        shades = np.concatenate([inputs / 6 + 0.5, hidden, outputs])[:, 0]
        if self._activation == "tanh":
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
        """Return the first layer's matrix product as text, with its numbers, row by row."""
        net = self.network
        lines = [
            f"{'weights':^15} {'inputs':^7} {'biases':^8} {'sums':^8} {self._activation:^7}"
        ]
        middle = net.hidden_nodes // 2
        for row in range(net.hidden_nodes):
            weights = " ".join(f"{w:6.2f}" for w in net.weights_input_hidden[row])
            sample = f"[{inputs[row, 0]:5.2f}]" if row < 2 else " " * 7
            dot, plus, equals, then = "·+=→" if row == middle else " " * 4
            lines.append(
                f"[{weights}]{dot}{sample}{plus}[{net.biases_hidden[row, 0]:6.2f}]"
                f"{equals}[{sums[row, 0]:6.2f}]{then}[{hidden[row, 0]:5.2f}]"
            )
        return "\n".join(lines)

    def _sum_of_output(self, hidden, final):
        """Return the output neuron's sum as text, with its numbers, four terms a line."""
        weights = self.network.weights_hidden_output[0]
        terms = [
            f"{w:+.2f}·{h:.2f}" for w, h in zip(weights, hidden[:, 0], strict=True)
        ]
        terms.append(f"{self.network.biases_output[0, 0]:+.2f}")
        lines = [" ".join(terms[i : i + 4]) for i in range(0, len(terms), 4)]
        return "\n".join(["the output's sum", *lines, f"= {final:.2f}"])
