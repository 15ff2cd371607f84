"""The reader's class: each chapter continues with the previous chapter's class."""

import ast

import nbformat
import numpy as np
import pytest

import nn_core
from publish.paths import NOTEBOOKS

ARRAYS = nn_core.Gradients._fields


def source_of(chapter, name):
    """Return the source of a chapter's cell."""
    (path,) = NOTEBOOKS.glob(f"{chapter:02}_*.ipynb")
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    return cells[name].source


def class_of(chapter):
    space = {"np": np}
    exec(source_of(chapter, "class-now"), space)
    return space["NeuralNetwork"]


@pytest.mark.parametrize("chapter", [3, 4, 5, 6])
def test_a_chapter_begins_with_the_class_that_the_one_before_left(chapter):
    assert source_of(chapter, "class-so-far") == source_of(chapter - 1, "class-now")


def test_the_class_of_chapter_2_keeps_three_numbers_and_nothing_else():
    sizes = {"input_nodes": 2, "hidden_nodes": 4, "output_nodes": 1}
    assert vars(class_of(2)(2, 4, 1)) == sizes


@pytest.mark.parametrize("sizes", [(2, 4, 1), (64, 16, 10), (1, 1, 1)])
@pytest.mark.parametrize("seed", [0, 1, 20])
def test_the_class_of_chapter_3_starts_as_the_core_does(sizes, seed):
    ours = class_of(3)(*sizes, seed=seed)
    core = nn_core.NeuralNetwork(*sizes, init="uniform", seed=seed)
    for name in ARRAYS:
        assert np.array_equal(getattr(ours, name), getattr(core, name)), name
    assert np.array_equal(ours.rng.random(5), core._rng.random(5)), "the streams differ"


# --- Chapter 6: the complete class --------------------------------------------------------


def parts_of(source):
    """Return {name: code} of a source's functions and of NeuralNetwork's methods."""
    parts = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == "sigmoid":
            parts["sigmoid"] = ast.unparse(node)
        elif isinstance(node, ast.ClassDef) and node.name == "NeuralNetwork":
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    parts[method.name] = ast.unparse(method)
    return parts


def assembled():
    """Return the class that chapter 6 builds, method by method, from its first version."""
    space = {"np": np}
    for name in ("class-so-far", "loss", "train", "fit"):
        exec(source_of(6, name), space)
    return space["NeuralNetwork"]


def complete():
    space = {"np": np}
    exec(source_of(6, "complete-class"), space)
    return space["NeuralNetwork"]


def same_arrays(a, b):
    for name in ARRAYS:
        np.testing.assert_allclose(
            getattr(a, name), getattr(b, name), rtol=1e-12, atol=1e-15, err_msg=name
        )


def test_the_complete_class_is_made_of_the_chapters_cells():
    cells = "class-so-far", "loss", "train", "fit"
    made = {}
    for name in cells:
        made |= parts_of(source_of(6, name))
    listing = source_of(6, "complete-class")
    assert made == parts_of(listing)
    assert sum(bool(line.strip()) for line in listing.splitlines()) <= 50
    assert source_of(7, "class-so-far") == listing


@pytest.mark.parametrize("sizes", [(2, 4, 1), (64, 16, 10), (1, 1, 1)])
@pytest.mark.parametrize("made_by", [assembled, complete])
def test_each_method_of_the_complete_class_is_the_cores(made_by, sizes):
    ours, core = made_by()(*sizes, seed=3), nn_core.NeuralNetwork(*sizes, seed=3)
    same_arrays(ours, core)
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(sizes[0], 25)), rng.random((sizes[2], 25))
    for mine, theirs in zip(
        ours.layer_outputs(inputs), core.layer_outputs(inputs), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    np.testing.assert_allclose(
        ours.feedforward(inputs), core.feedforward(inputs), rtol=1e-12
    )
    assert ours.loss(inputs, targets) == pytest.approx(
        core.loss(inputs, targets), rel=1e-12
    )
    ours.train(inputs, targets, 0.7)
    core.train(inputs, targets, 0.7)
    same_arrays(ours, core)


@pytest.mark.parametrize("made_by", [assembled, complete])
@pytest.mark.parametrize("batch_size", [1, 30])
def test_the_complete_class_trains_to_the_same_losses_as_the_core(made_by, batch_size):
    data = nn_core.moons(60)
    ours, core = made_by()(2, 8, 1, seed=2), nn_core.NeuralNetwork(2, 8, 1, seed=2)
    losses = ours.fit(*data, 1.0, 20, batch_size)
    expected = core.fit(*data, learning_rate=1.0, epochs=20, batch_size=batch_size)
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    assert losses[-1] < losses[0]
    np.testing.assert_allclose(
        ours.weights_input_hidden, core.weights_input_hidden, rtol=1e-9
    )
