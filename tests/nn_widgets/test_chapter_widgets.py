"""Every control of chapters 1 to 7's widgets changes picture and words, without a browser."""

import base64
import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image

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
from tests.nn_widgets.every_widget import pixels

# Every control of every widget, and a value other than its initial one.
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
