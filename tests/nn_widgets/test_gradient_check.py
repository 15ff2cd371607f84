"""Chapter 7's widget, measured slopes beside computed ones, without a browser."""

import pytest

import nn_core
from nn_widgets import (
    GradientCheck,
)


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
