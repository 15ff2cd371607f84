"""What the chapters say a reader sees in a widget: each answer, on the widget's own code."""

import numpy as np
import pytest

from nn_widgets import Architecture, Neuron

ARRAYS = (
    "weights_input_hidden",
    "weights_hidden_output",
    "biases_hidden",
    "biases_output",
)


# --- Chapter 1: Neuron ------------------------------------------------------------------


def test_several_biases_get_all_samples_right():
    neuron = Neuron()
    assert neuron.right < 60  # "a line that gets many samples wrong"
    neuron.weight_2.value = 1.0
    good = []
    for bias in np.round(np.arange(-3, 3.05, 0.1), 1):
        neuron.bias.value = bias
        if neuron.right == 60:
            good.append(bias)
    assert len(good) > 1


def test_doubling_all_three_numbers_moves_the_sums_but_not_the_line():
    neuron = Neuron(weights=(1.0, 1.0), bias=0.4)
    line = neuron._line.get_xydata()
    ((x, y),) = neuron._rings[0].get_xydata()
    before, right = neuron._rings[1].get_xdata()[0], neuron.right
    neuron.weight_1.value = neuron.weight_2.value = 2.0
    neuron.bias.value = 0.8
    # Both pairs of points lie on one line: x + y + 0.4 = 0.
    for ends in (line, neuron._line.get_xydata()):
        assert ends.sum(axis=1) + 0.4 == pytest.approx([0, 0], abs=1e-9)
    assert neuron._rings[1].get_xdata()[0] == pytest.approx(2 * before)
    assert before == pytest.approx(x + y + 0.4)
    assert neuron.right == right


def test_with_both_signs_turned_the_arrow_turns_and_every_answer_is_wrong():
    neuron = Neuron(weights=(1.0, 1.0), bias=0.0)
    line, arrow = neuron._line.get_xydata(), np.array(neuron._arrow.xy)
    assert neuron.right == 60
    neuron.weight_1.value = neuron.weight_2.value = -1.0
    assert neuron.right == 0
    assert neuron._arrow.xy == pytest.approx(-arrow)
    assert neuron._line.get_xydata().sum(axis=1) == pytest.approx([0, 0], abs=1e-9)
    assert line.sum(axis=1) == pytest.approx([0, 0], abs=1e-9)


# --- Chapter 2: Architecture ------------------------------------------------------------


def shapes(widget):
    return {name: getattr(widget.network, name).shape for name in ARRAYS}


def test_a_hidden_node_brings_two_rows_and_a_column():
    widget = Architecture(2, 4, 1)
    before = shapes(widget)
    widget.hidden_nodes.value = 5
    after = shapes(widget)
    grown = {
        name: tuple(np.subtract(after[name], before[name]))
        for name in ARRAYS
        if after[name] != before[name]
    }
    assert grown == {
        "weights_input_hidden": (1, 0),
        "biases_hidden": (1, 0),
        "weights_hidden_output": (0, 1),
    }


def test_most_parameters_of_64_32_10_lead_from_the_inputs():
    widget = Architecture(64, 32, 10)
    assert widget.parameters == 2410
    assert widget.network.weights_input_hidden.size == 2048


def test_2_4_1_and_1_4_2_have_as_many_lines_but_not_parameters():
    lines, parameters = {}, {}
    for sizes in ((2, 4, 1), (1, 4, 2)):
        widget = Architecture(*sizes)
        drawing = widget.figure.axes[0]
        lines[sizes] = len(drawing.collections[0].get_paths())
        parameters[sizes] = widget.parameters
    assert lines == {(2, 4, 1): 12, (1, 4, 2): 12}
    assert parameters == {(2, 4, 1): 17, (1, 4, 2): 18}
