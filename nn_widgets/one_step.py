"""Chapter 6: one update, line by line."""

import copy
import re
import textwrap

import ipywidgets as widgets
import matplotlib.lines
import numpy as np
from matplotlib.figure import Figure

import nn_core
from nn_arguments import UPDATE_RULES
from nn_widgets.controls import button, dropdown, log_slider, slider
from nn_widgets.live_figure import LiveFigure, Painter

FORWARD = [
    (
        "hidden_inputs = weights_input_hidden @ inputs + biases_hidden",
        "the hidden neurons' sums",
    ),
    ("hidden_outputs = sigmoid(hidden_inputs)", "what the hidden neurons pass on"),
    (
        "final_inputs = weights_hidden_output @ hidden_outputs + biases_output",
        "the output neuron's sum",
    ),
    ("final_outputs = sigmoid(final_inputs)", "the network's answer"),
    ("errors = final_outputs - targets", "how far the answer is off"),
    (
        "output_delta = errors * final_outputs * (1 - final_outputs)",
        "the error, times the slope of the output's sigmoid",
    ),
]


def _backward(sent_back, to_biases):
    """Return the lines from the hidden error on; the update rules differ in two names."""
    return [
        (
            f"hidden_errors = weights_hidden_output.T @ {sent_back}",
            "the error, sent back through the same weights",
        ),
        (
            "hidden_delta = hidden_errors * hidden_outputs * (1 - hidden_outputs)",
            "times the slope of each hidden neuron's sigmoid",
        ),
        (
            "weights_input_hidden -= learning_rate * hidden_delta @ inputs.T",
            "the change of the hidden weights, a row for each neuron",
        ),
        (
            "weights_hidden_output -= learning_rate * output_delta @ hidden_outputs.T",
            "the change of the output's weights",
        ),
        (
            f"biases_hidden -= learning_rate * {to_biases}",
            "the change of the hidden biases",
        ),
        (
            f"biases_output -= learning_rate * {sent_back}",
            "the change of the output's bias",
        ),
    ]


# The lines of each update rule, with a description of each result.
LINES = {
    "gradient": FORWARD + _backward("output_delta", "hidden_delta"),
    "blog": FORWARD + _backward("errors", "hidden_errors"),
}
IN_A_COLUMN = 6  # lines; on a phone, the two columns are below each other
CHARACTERS = 52  # in a line
LINE_HEIGHT = 18  # pixels
# The background of the current line. It is not set in bold, because Python in a page may
# have no bold monospace font.
MARKED = {"facecolor": "#ffe9c7", "edgecolor": "none", "pad": 1.5}


class OneStep(LiveFigure):
    """One update by hand: each line of `train`, with the numbers it computes.

    The lines are those of chapter 6's class, for one sample. The blog's rule has the same
    sign convention, so that both can be compared line by line.

    Parameters
    ----------
    update_rule : {"gradient", "blog"} or None, default None
        The rule selected first. None is "gradient", without a menu to choose another.
    learning_rate : float, default 1.0
        From 0.001 to 100.
    seed : int, default 0
        Of the network, which has 2 input, 2 hidden and 1 output nodes.

    Attributes
    ----------
    line : ipywidgets.IntSlider
        The number of lines computed so far.
    sample : ipywidgets.Dropdown
        The point of XOR that is used.
    next_button : ipywidgets.Button
        Goes to the next line, and from the last to the first.
    apply_button : ipywidgets.Button
        Applies the whole update to the network.
    network : nn_core.NeuralNetwork
    """

    def __init__(self, update_rule=None, learning_rate=1.0, seed=0):
        self.update_rule = dropdown(
            "update rule", "update_rule", UPDATE_RULES, update_rule or "gradient"
        )
        if update_rule is None:
            self.update_rule.layout.display = "none"
        self.learning_rate = log_slider("learning rate", learning_rate, -3, 2)
        data = nn_core.xor()
        self._points = {
            f"({x[0]:.0f}, {x[1]:.0f}) → {target:.0f}": (
                x[:, None],
                np.array([[target]]),
            )
            for x, target in zip(data.inputs.T, data.targets[0], strict=True)
        }
        names = list(self._points)
        self.sample = dropdown("sample", "sample", names, names[1])
        self.network = nn_core.NeuralNetwork(2, 2, 1, seed=seed)
        figure = Figure(figsize=(9, 4.2), dpi=100)
        rows = len(LINES[self.update_rule.value])
        self.line = slider(widgets.IntSlider, "line", rows, 1, rows, 1)
        self.next_button = button("Next line", "Compute one line more", self._next)
        self.apply_button = button(
            "Apply the update", "Change the weights and biases", self._apply
        )
        style = {"family": "monospace", "va": "top", "fontsize": 10}
        self._rows = []
        for row in range(rows):
            column, place = divmod(row, IN_A_COLUMN)
            x, top = 0.012 + column / 2, 0.98 - place / IN_A_COLUMN
            code = figure.text(x, top, "", **style)
            self._rows.append((code, figure.text(x, top, "", color="#00527d", **style)))
            if row in (4, 8):  # above the errors, and above the updates
                ends = [x, x + 0.476]
                line = matplotlib.lines.Line2D(ends, [top + 0.025] * 2, color="#c5ced8")
                figure.add_artist(line)
        super().__init__(
            Painter(figure, [text for row in self._rows for text in row], cuts=[0.5]),
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
        """Execute each line; return its code, result and description.

        The result of a line that updates an array is the change of the array.
        """
        inputs, targets = self._points[self.sample.value]
        names = {"sigmoid": nn_core.sigmoid, "inputs": inputs, "targets": targets}
        names["learning_rate"] = self.learning_rate.value
        for name in nn_core.Gradients._fields:
            names[name] = getattr(self.network, name).copy()
        computed = []
        for code, meaning in LINES[self.update_rule.value]:
            name, operation = code.split()[:2]
            before = names[name].copy() if operation == "-=" else 0.0
            exec(code, names)
            computed.append((code, names[name] - before, meaning))
        return computed

    def paint(self):
        computed = self._computed()
        current = self.line.value - 1
        for row, ((code, value, _), (text, numbers)) in enumerate(
            zip(computed, self._rows, strict=True)
        ):
            text.set_text(_wrapped(f"{row + 1:2} {code}"))
            below = LINE_HEIGHT * (1 + text.get_text().count("\n"))
            numbers.set_y(text.get_position()[1] - below / self.figure.bbox.height)
            text.set_color("black" if row <= current else "#6b7785")
            text.set_bbox(MARKED if row == current else None)
            decimals = 4 if np.abs(value).max() < 9.9999 else 2
            shown = "; ".join(
                " ".join(f"{x:+.{decimals}f}" for x in line) for line in value
            )
            numbers.set_text(f"   [{shown}]" if row <= current else "")
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


def _wrapped(code):
    """Wrap a line of code onto two lines if needed, before an operator."""
    whole = re.sub(r"([@*+=]) ", "\\1\xa0", code).replace(" - ", "\xa0-\xa0")
    lines = textwrap.fill(
        whole, CHARACTERS, subsequent_indent=" " * 7, break_on_hyphens=False
    )
    return lines.replace("\xa0", " ")
