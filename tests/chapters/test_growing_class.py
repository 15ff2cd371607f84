"""The reader's class: each chapter goes on where the one before has left it."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

import nn_core

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
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


@pytest.mark.parametrize("chapter", [3, 4, 5])
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
    assert np.array_equal(ours.rng.random(5), core._rng.random(5)), "drew as many"
