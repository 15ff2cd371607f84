"""The widgets of chapters 1 to 7, without a browser: pictures, words, numbers."""

import base64
import io
import itertools
import re

import ipywidgets
import numpy as np
import pytest
from PIL import Image

import nn_core
from nn_widgets import (
    Activation,
    Architecture,
    Feedforward,
    GradientCheck,
    Initialisation,
    Landscape,
    Neuron,
    OneStep,
    Slope,
)
from tests.widgets.every_widget import pixels

# Every control of every widget, and a value other than the one it starts with.
CONTROLS = [
    (Neuron, "weight_1", -0.4),
    (Neuron, "weight_2", 1.5),
    (Neuron, "bias", -2.0),
    (Neuron, "sample", 60),
    (Architecture, "input_nodes", 9),
    (Architecture, "hidden_nodes", 64),
    (Architecture, "output_nodes", 3),
    (Initialisation, "init", "normal"),
    (Initialisation, "inputs", 784),
    (Initialisation, "data", "around 0"),
    (Initialisation, "seed", 5),
    (Feedforward, "input_1", -1.5),
    (Feedforward, "input_2", 1.5),
    (Activation, "activation", "relu"),
    (Activation, "z", -3.0),
    (Activation, "hidden_nodes", 3),
    (Activation, "epochs", 30),
    (Slope, "weight", "biases_output[0, 0]"),
    (Slope, "start", -6.0),
    (Slope, "learning_rate", 100.0),
    (Slope, "steps", 5),
    (Landscape, "pair", "two weights of hidden neuron 1"),
    (Landscape, "start_across", 3.0),
    (Landscape, "start_up", -2.0),
    (Landscape, "learning_rate", 100.0),
    (Landscape, "steps", 7),
    (OneStep, "line", 6),
    (OneStep, "sample", "(1, 1) → 0"),
    (OneStep, "update_rule", "blog"),
    (OneStep, "learning_rate", 0.1),
    (GradientCheck, "source", "blog"),
    (GradientCheck, "hidden_nodes", 7),
    (GradientCheck, "seed", 3),
    (GradientCheck, "epochs", 100),
]
each_widget = pytest.mark.parametrize(
    "kind", list(dict.fromkeys(row[0] for row in CONTROLS))
)
each_control = pytest.mark.parametrize(("kind", "name", "value"), CONTROLS)


def controls_of(widget):
    return [c for c in widget.controls.children if hasattr(c, "value")]


# --- Every widget ------------------------------------------------------------------------


@pytest.mark.slow
@each_control
def test_a_control_changes_picture_and_words_and_back(kind, name, value):
    widget = kind()
    before, words = pixels(widget), widget.describe()
    control = getattr(widget, name)
    start = control.value
    control.value = value
    assert (pixels(widget) != before).any()
    assert widget.describe() != words
    control.value = start
    assert (pixels(widget) == before).all()
    assert widget.describe() == words


@pytest.mark.slow
@each_widget
def test_every_control_is_tested_and_named(kind):
    widget = kind()
    tested = [getattr(widget, name) for owner, name, _ in CONTROLS if owner is kind]
    assert tested == controls_of(widget)
    descriptions = [control.description for control in tested]
    assert all(descriptions)
    assert len(set(descriptions)) == len(descriptions)
    assert all(c.style.description_width == "initial" for c in tested)


@pytest.mark.slow
@each_widget
def test_a_notebook_without_widgets_shows_picture_and_words(kind):
    widget = kind()
    bundle = widget._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.format == "PNG"
    assert (np.asarray(picture.convert("RGB")) == pixels(widget)).all()
    assert bundle["text/plain"] == widget.describe()
    assert "application/vnd.jupyter.widget-view+json" in bundle


@each_widget
def test_it_is_a_box_of_controls_picture_and_words(kind):
    widget = kind()
    assert isinstance(widget, ipywidgets.VBox)
    assert isinstance(widget.image, ipywidgets.Image)
    assert "<" not in widget.describe()
    assert len(widget.describe()) > 40


# --- Neuron ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "bias"), [((1.0, 0.0), 1.0), ((-0.5, 1.2), 0.3), ((1.0, 1.0), 0.0)]
)
def test_neuron_counts_what_a_loop_counts(weights, bias):
    data = nn_core.blobs(60)
    widget = Neuron(data, weights, bias)
    right = 0
    for (x1, x2), target in zip(data.inputs.T, data.targets[0], strict=True):
        total = weights[0] * x1 + weights[1] * x2 + bias
        right += (total > 0) == (target == 1)
    assert widget.right == right
    assert f"{right} of 60 samples" in widget.describe()


def test_neuron_writes_out_the_ringed_samples_sum():
    data = nn_core.blobs(60)
    widget = Neuron(data, weights=(-1.2, 0.8), bias=-0.5)
    for number in (1, 17, 18, 60):
        widget.sample.value = number
        x1, x2 = data.inputs[:, number - 1]
        total = -1.2 * x1 + 0.8 * x2 - 0.5
        words = widget.describe().replace("(−", "-").replace("−", "-").replace(")", "")
        terms = f"{number}: -1.2 · {x1:.3f} + 0.8 · {x2:.3f} - 0.5 = {total:.2f}."
        assert terms in words
        answer = int(total > 0)
        assert f"answers class {answer}" in words
        right = answer == data.targets[0, number - 1]
        assert ("which is right" if right else "which is wrong") in words
        ring, ring_of_sum = widget._rings
        assert np.allclose(ring.get_xydata(), [[x1, x2]])
        assert ring_of_sum.get_xdata() == pytest.approx([total])


def test_neuron_separates_the_blobs():
    assert Neuron(weights=(1.0, 1.0), bias=0.0).right == 60
    assert Neuron(weights=(-1.0, -1.0), bias=0.0).right == 0


def test_neuron_colours_the_two_sides_of_its_line():
    """Left of x = 0 the sum is negative: blue; right of it orange."""
    widget = Neuron(weights=(1.0, 0.0), bias=0.0)
    shown = pixels(widget).astype(int)
    axes = widget.figure.axes[0]

    def colour(x, y):
        column, row = axes.transData.transform((x, y))
        return shown[len(shown) - round(row), round(column)]

    left, right = colour(-0.8, 2.2), colour(0.8, 2.4)
    assert left[2] > left[0]
    assert right[0] > right[2]
    widget.weight_1.value = -1.0
    shown = pixels(widget).astype(int)
    assert (colour(-0.8, 2.2) == right).all()
    assert (colour(0.8, 2.4) == left).all()


def test_neuron_without_weights_has_no_line():
    widget = Neuron(weights=(0.0, 0.0), bias=0.5)
    assert "no line" in widget.describe()
    assert widget.right == 30


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"weights": (4.0, 0.0)}, ValueError, "weight_1"),
        ({"weights": (0.0, "1")}, TypeError, "weights"),
        ({"weights": (0.0, 1.0, 2.0)}, ValueError, "weights"),
        ({"weights": 1.0}, ValueError, "weights"),
        ({"bias": np.nan}, ValueError, "bias"),
        ({"sample": 0}, ValueError, "sample"),
        ({"sample": 61}, ValueError, "sample"),
        ({"dataset": nn_core.digits()}, ValueError, "inputs"),
    ],
)
def test_neuron_names_a_bad_argument(arguments, error, message):
    with pytest.raises(error, match=message):
        Neuron(**arguments)


# --- Architecture ---------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(2, 4, 1), (64, 32, 10), (1, 1, 1), (5, 9, 8)])
def test_architecture_counts_what_nodes_and_connections_make(sizes):
    inputs, hidden, outputs = sizes
    weights = inputs * hidden, hidden * outputs
    widget = Architecture(*sizes)
    total = sum(weights) + hidden + outputs
    assert widget.parameters == total
    words = widget.describe()
    assert f"{total:,} parameters" in words
    assert f"weights_input_hidden ({hidden}, {inputs})" in words
    assert f"weights_hidden_output ({outputs}, {hidden})" in words
    assert f"biases_hidden ({hidden}, 1)" in words
    assert f"biases_output ({outputs}, 1)" in words
    counted = re.search(r"hold ([\d, +]+) = ", words)[1].replace(",", "").split(" + ")
    sizes_of_arrays = [weights[0], hidden, weights[1], outputs]
    assert [int(number) for number in counted] == sizes_of_arrays


def lines_and_cells(widget):
    drawing, arrays = widget.figure.axes
    return len(drawing.collections[0].get_paths()), len(
        arrays.collections[0].get_paths()
    )


def texts(widget):
    return [text.get_text() for axes in widget.figure.axes for text in axes.texts]


def test_architecture_draws_a_line_for_each_weight_and_a_cell_for_each_number():
    assert lines_and_cells(Architecture(2, 4, 1)) == (12, 17)
    assert lines_and_cells(Architecture(8, 8, 8)) == (128, 144)


def test_architecture_leaves_out_what_does_not_fit_and_says_so():
    widget = Architecture(64, 9, 2)
    assert lines_and_cells(widget) == (7 * 7 + 7 * 2, 7 * 7 + 7 + 2 * 7 + 2)
    assert "⋮ 57 more" in texts(widget)
    assert texts(widget).count("⋯") == 2
    assert "⋮ 2 more" in texts(widget)
    widget.input_nodes.value = widget.hidden_nodes.value = 8
    assert not [text for text in texts(widget) if "more" in text or text == "⋯"]


def test_lines_and_cells_of_a_layer_share_their_colour():
    drawing, arrays = Architecture(2, 3, 1).figure.axes
    lines = drawing.collections[0].get_colors()
    cells = arrays.collections[0].get_facecolors()
    of_hidden_layer, of_output = lines[0], lines[-1]
    assert not np.allclose(of_hidden_layer, of_output)
    assert np.allclose(lines[: 2 * 3], of_hidden_layer)
    assert np.allclose(lines[2 * 3 :], of_output)
    assert np.allclose(cells[: 2 * 3 + 3], of_hidden_layer)
    assert np.allclose(cells[2 * 3 + 3 :], of_output)


@pytest.mark.parametrize("sizes", [(64, 64, 10), (1, 64, 10), (64, 1, 1), (7, 9, 10)])
def test_architecture_keeps_its_texts_inside_the_picture_and_apart(sizes):
    widget = Architecture(*sizes)
    picture = widget.figure.bbox
    boxes = [
        text.get_window_extent()
        for axes in widget.figure.axes
        for text in [*axes.texts, axes.title]
        if text.get_text()
    ] + [text.get_window_extent() for text in widget.figure.texts]
    for number, box in enumerate(boxes):
        assert box.x0 >= -1
        assert box.x1 <= picture.x1 + 1
        assert box.y0 >= -1
        assert box.y1 <= picture.y1 + 1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize(
    ("sizes", "error", "name"),
    [
        ((0, 4, 1), ValueError, "input_nodes"),
        ((2, 65, 1), ValueError, "hidden_nodes"),
        ((2, 4, 11), ValueError, "output_nodes"),
        ((2, 4.0, 1), TypeError, "hidden_nodes"),
        ((True, 4, 1), TypeError, "input_nodes"),
    ],
)
def test_architecture_names_a_bad_argument(sizes, error, name):
    with pytest.raises(error, match=name):
        Architecture(*sizes)


# --- Initialisation -------------------------------------------------------------------


def slopes_of(widget, around_0=False):
    """Return the sigmoid's slope for every hidden neuron and sample, worked out anew."""
    net, inputs = widget.network, widget.inputs.value
    rng = np.random.default_rng([1, widget.seed.value])
    draw = rng.standard_normal if around_0 else rng.random
    sums = np.dot(net.weights_input_hidden, draw((inputs, 200))) + net.biases_hidden
    return 1 / (4 * np.cosh(sums / 2) ** 2)


@pytest.mark.parametrize("inputs", [2, 30, 64])
@pytest.mark.parametrize("init", ["uniform", "xavier", "normal", "zeros"])
@pytest.mark.parametrize("data", ["from 0 to 1", "around 0"])
@pytest.mark.slow
def test_initialisation_measures_the_slopes(init, inputs, data):
    widget = Initialisation(init, inputs, data, seed=3)
    slopes = slopes_of(widget, data == "around 0")
    assert widget.mean_slope == pytest.approx(slopes.mean(), rel=1e-6)
    assert widget.saturated == sum(np.mean(row < 0.01) > 0.5 for row in slopes)
    same = nn_core.NeuralNetwork(inputs, 16, 1, init=init, seed=3)
    assert np.array_equal(
        widget.network.weights_input_hidden, same.weights_input_hidden
    )


@pytest.mark.parametrize(
    ("init", "inputs", "saturated"),
    [
        ("uniform", 2, 0),
        ("uniform", 30, 16),
        ("uniform", 784, 16),
        ("xavier", 2, 0),
        ("xavier", 784, 0),
        ("normal", 784, 0),
    ],
)
@pytest.mark.slow
def test_initialisation_counts_saturated_neurons(init, inputs, saturated):
    words = Initialisation(init, inputs).describe()
    assert f"{saturated} of 16 neurons are saturated" in words
    assert ("can hardly learn" in words) == (saturated == 16)


@pytest.mark.slow
def test_initialisation_writes_small_numbers_for_people():
    assert Initialisation("uniform", 784).mean_slope == 0
    assert "mean slope is 0 (" in Initialisation("uniform", 784).describe()
    widget = Initialisation("uniform", 64)
    digits, exponent = re.search(
        r"slope is ([\d.]+) × 10(\S+) \(", widget.describe()
    ).groups()
    power = int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert float(digits) * 10.0**power == pytest.approx(widget.mean_slope, rel=0.05)


def test_zeros_are_not_saturated_but_all_the_same():
    widget = Initialisation("zeros", 2)
    assert widget.mean_slope == 0.25
    assert "all 16 are the same" in widget.describe()


def test_the_histograms_hold_every_number():
    widget = Initialisation("xavier", 30)
    counts = [axes.patches[0].get_data().values.sum() for axes in widget.figure.axes]
    assert counts == [16 * 30, 16 * 200, 16 * 200]


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"init": "ones"}, ValueError, "init"),
        ({"inputs": 3}, ValueError, "inputs"),
        ({"data": "digits"}, ValueError, "data"),
        ({"seed": -1}, ValueError, "seed"),
        ({"seed": "0"}, TypeError, "seed"),
    ],
)
def test_initialisation_names_a_bad_argument(arguments, error, name):
    with pytest.raises(error, match=name):
        Initialisation(**arguments)


# --- Feedforward ----------------------------------------------------------------------


def test_feedforward_shows_the_network_s_own_numbers():
    net = nn_core.NeuralNetwork(2, 4, 1, activation="tanh", seed=2)
    widget = Feedforward(net, inputs=(0.3, -1.2))
    inputs = np.array([[0.3], [-1.2]])
    hidden = np.tanh(net.weights_input_hidden @ inputs + net.biases_hidden)
    final = float((net.weights_hidden_output @ hidden + net.biases_output)[0, 0])
    words = widget.describe()
    assert ", ".join(f"{value:.2f}" for value in hidden[:, 0]) in words
    assert f"sum is {final:.2f}" in words
    assert f"output {1 / (1 + np.exp(-final)):.3f}" in words
    drawn = [text.get_text() for text in widget._numbers.values()]
    assert drawn[:2] == ["0.30", "-1.20"]
    assert drawn[2:6] == [f"{value:.2f}" for value in hidden[:, 0]]
    for weight in net.weights_input_hidden.ravel():
        assert f"{weight:.2f}" in widget._product.get_text()
    assert f"= {final:.2f}" in widget._sum.get_text()


def test_feedforward_needs_a_network_that_fits_the_picture():
    with pytest.raises(ValueError, match="^net: expected 2 input nodes"):
        Feedforward(nn_core.NeuralNetwork(3, 4, 1))
    with pytest.raises(ValueError, match="at most 6 hidden nodes"):
        Feedforward(nn_core.NeuralNetwork(2, 7, 1))
    with pytest.raises(TypeError, match="^net: expected a NeuralNetwork .* without"):
        Feedforward("a network")


# --- Activation -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("z", [-4.0, 0.5, 3.0])
@pytest.mark.slow
def test_activation_tells_value_and_measured_slope(name, z):
    function = {
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "tanh": np.tanh,
        "relu": lambda x: max(x, 0.0),
    }[name]
    slope = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
    words = Activation(name, z, hidden_nodes=2).describe()
    assert f"gives {function(z):.3f} and its slope is {slope:.3f}" in words.replace(
        " .", "."
    )
    assert ("flat" in words) == (slope < 0.01)


@pytest.mark.parametrize(("name", "epochs"), [("tanh", 0), ("tanh", 30), ("relu", 30)])
@pytest.mark.slow
def test_activation_draws_the_boundary_where_the_output_is_one_half(name, epochs):
    widget = Activation(name)
    widget.epochs.value = epochs
    net = nn_core.NeuralNetwork(2, 8, 1, activation=name)
    if epochs:
        net.fit(*nn_core.moons(), learning_rate=1.0, epochs=epochs, batch_size=10)
    points = np.vstack(widget._boundary.get_segments()).T
    assert points.shape[1] > 50
    assert np.abs(net.feedforward(points) - 0.5).max() < 0.01
    share = np.mean(
        (net.feedforward(nn_core.moons().inputs) > 0.5) == nn_core.moons().targets
    )
    assert f"{share:.1%} of the points" in widget.describe()


def test_activation_draws_no_boundary_where_there_is_none():
    widget = Activation()
    net = nn_core.NeuralNetwork(2, 8, 1)
    net.biases_output = [[20.0]]
    widget._trained["sigmoid", 8, 300] = net
    widget.draw()
    assert len(widget._boundary.get_segments()) == 0
    assert "50.0% of the points" in widget.describe()


# --- One update -----------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["gradient", "blog"])
def test_onestep_computes_what_train_does(rule):
    widget = OneStep(rule, learning_rate=0.7, seed=5)
    widget.sample.value = "(1, 0) → 1"
    net = nn_core.NeuralNetwork(2, 2, 1, update_rule=rule, seed=5)
    before = [getattr(net, name).copy() for name in nn_core.Gradients._fields]
    net.train([1, 0], [1], 0.7)
    changes = {
        name: getattr(net, name) - old
        for name, old in zip(nn_core.Gradients._fields, before, strict=True)
    }
    shown = {code.split(" ")[0]: value for code, value, _ in widget._computed()}
    assert np.allclose(
        shown["weights_input_hidden"], changes["weights_input_hidden"], rtol=1e-12
    )
    assert np.allclose(
        shown["weights_hidden_output"], changes["weights_hidden_output"], rtol=1e-12
    )
    assert np.allclose(shown["biases_hidden"], changes["biases_hidden"], rtol=1e-12)
    assert np.allclose(shown["biases_output"], changes["biases_output"], rtol=1e-12)
    assert f"to {net.loss([1, 0], [1]):.4f}" in widget.describe()
    widget.apply_button.click()
    assert np.array_equal(widget.network.weights_input_hidden, net.weights_input_hidden)


def test_onestep_shows_numbers_up_to_the_chosen_line():
    widget = OneStep()
    widget.line.value = 4
    shown = [numbers.get_text() != "" for _, numbers in widget._rows]
    assert shown == [True] * 4 + [False] * 8


def test_onestep_goes_on_line_by_line_and_then_from_the_start():
    widget = OneStep()
    widget.line.value = 11
    seen = []
    for _ in range(3):
        widget.next_button.click()
        seen.append(re.match(r"Line (\d+),", widget.describe())[1])
    assert seen == ["12", "1", "2"]


@pytest.mark.parametrize("rule", ["gradient", "blog"])
@pytest.mark.parametrize("learning_rate", [0.001, 100.0])
@pytest.mark.slow
def test_onestep_keeps_code_and_numbers_apart(rule, learning_rate):
    widget = OneStep(rule, learning_rate)
    for line in range(1, 13):
        widget.line.value = line
        for code, numbers in widget._rows:
            first, second = code.get_window_extent(), numbers.get_window_extent()
            assert first.y0 >= second.y1 or not numbers.get_text()
            assert first.x0 // 450 == max(first.x1, second.x1) // 450
        blocks = [[part.get_window_extent() for part in row] for row in widget._rows]
        for above, below in itertools.pairwise(blocks):
            same_column = above[0].x0 == below[0].x0
            assert not same_column or min(part.y0 for part in above) > below[0].y1


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["gradient", "blog"])
@pytest.mark.parametrize("sample", ["(0, 0) → 0", "(1, 0) → 1"])
def test_onestep_s_numbers_on_the_way_are_the_network_s(rule, sample):
    widget = OneStep(rule, learning_rate=0.7, seed=3)
    widget.sample.value = sample
    inputs, targets = widget._points[sample]
    net = nn_core.NeuralNetwork(2, 2, 1, update_rule=rule, seed=3)
    hidden, outputs = net.layer_outputs(inputs)
    shown = {code.split()[0]: value for code, value, _ in widget._computed()}
    assert np.allclose(shown["hidden_outputs"], hidden, rtol=1e-12)
    assert np.allclose(shown["final_outputs"], outputs, rtol=1e-12)
    assert np.allclose(shown["errors"], outputs - targets, rtol=1e-12)
    gradients = net.backpropagate(inputs, targets)
    if rule == "gradient":
        assert np.allclose(shown["output_delta"], gradients.biases_output, rtol=1e-12)
        assert np.allclose(shown["hidden_delta"], gradients.biases_hidden, rtol=1e-12)
    else:
        assert np.allclose(shown["hidden_errors"], gradients.biases_hidden, rtol=1e-12)


# --- Gradient check -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("gradient", set()),
        ("blog", {"weights_input_hidden", "biases_hidden", "biases_output"}),
        ("no slope in the hidden error", {"weights_input_hidden"}),
        ("hidden biases from one sample", {"biases_hidden"}),
        ("sum instead of mean", set(nn_core.Gradients._fields)),
        ("sign of the hidden weights", {"weights_input_hidden"}),
    ],
)
@pytest.mark.parametrize("epochs", [0, 1000])
@pytest.mark.slow
def test_gradient_check_finds_just_the_faulty_groups(source, wrong, epochs):
    widget = GradientCheck(source, epochs=epochs)
    assert {name for name, error in widget.errors.items() if error > 1e-2} == wrong
    assert all(
        error < 1e-7 for name, error in widget.errors.items() if name not in wrong
    )
    for name in wrong:
        assert name in widget.describe()
    assert ("All four groups agree" in widget.describe()) == (not wrong)


def test_every_source_of_the_gradient_check_is_tested():
    assert len(GradientCheck.SOURCES) == 6
