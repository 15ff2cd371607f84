"""Chapter 8's figures, measured with the class that it contains."""

import nbformat
import numpy as np
import pytest

import nn_core
from publish.paths import NOTEBOOKS

INPUTS, TARGETS = nn_core.digits()
ORDER = np.random.default_rng(0).permutation(INPUTS.shape[1])
TEST, VALIDATION, TRAINING = ORDER[:360], ORDER[360:720], ORDER[720:]


def cell(chapter, name):
    """Return the code of a chapter's cell, "" if there is no cell of that name."""
    notebook = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4)
    return next((c.source for c in notebook.cells if c.id == name), "")


def reader(hidden_nodes=32, seed=0):
    """Return an object of the class at the beginning of the chapter."""
    names = {"np": np}
    exec(cell("08_read_digits", "class-so-far"), names)
    return names["NeuralNetwork"](64, hidden_nodes, 10, seed)


def wrong(net, chosen, pictures=INPUTS):
    answers = net.feedforward(pictures[:, chosen]).argmax(axis=0)
    return int(np.sum(answers != TARGETS[:, chosen].argmax(axis=0)))


@pytest.fixture(scope="module")
def trained():
    net = reader()
    known = ORDER[360:]
    net.fit(INPUTS[:, known], TARGETS[:, known], 3.0, 40, 10)
    return net


def test_the_class_is_the_one_that_chapter_6_ends_with():
    complete = cell("06_train", "complete-class")
    if complete:  # chapter 6 may begin it with the import
        ours = cell("08_read_digits", "class-so-far")
        assert complete.replace("import numpy as np", "").strip() == ours.strip()


def test_the_readers_class_reads_352_of_360_as_nn_core_does(trained):
    net, known = nn_core.NeuralNetwork(64, 32, 10), ORDER[360:]
    options = {"learning_rate": 3.0, "epochs": 40, "batch_size": 10}
    net.fit(INPUTS[:, known], TARGETS[:, known], **options)
    assert abs(wrong(trained, TEST) - 8) <= 1
    assert wrong(net, TEST) == wrong(trained, TEST)
    for name in nn_core.Gradients._fields:
        np.testing.assert_allclose(
            getattr(trained, name), getattr(net, name), rtol=1e-6, atol=1e-9
        )


def test_more_updates_get_further_in_as_many_epochs():
    """282, 76 and 17 wrong."""
    counts = []
    for batch_size in (1077, 100, 10):
        net = reader()
        net.fit(INPUTS[:, TRAINING], TARGETS[:, TRAINING], 3.0, 10, batch_size)
        counts.append(wrong(net, VALIDATION))
    np.testing.assert_allclose(counts, [282, 76, 17], atol=2)


def test_the_two_losses_diverge_and_less_so_with_more_pictures():
    """After 100 epochs 0.0057 and 0.0715 with 200 pictures; 0.0059 and 0.0339 with all."""
    ratios = []
    for chosen, epochs, expected in (
        (TRAINING[:200], 100, (0.0057, 0.0715)),
        (TRAINING, 40, (0.0059, 0.0339)),
    ):
        net = reader()
        parts = [(INPUTS[:, part], TARGETS[:, part]) for part in (chosen, VALIDATION)]
        before = [net.loss(*part) for part in parts]
        assert before[0] == pytest.approx(before[1], rel=0.05)
        net.fit(*parts[0], 3.0, epochs, 10)
        losses = [net.loss(*part) for part in parts]
        assert losses == pytest.approx(expected, rel=0.05)
        ratios.append(losses[1] / losses[0])
    assert ratios == pytest.approx([12, 6], abs=0.9)


@pytest.mark.slow
def test_from_16_nodes_on_the_counts_hardly_differ():
    """64, 24, 21, 16 and 16 wrong after 20 epochs; the standard error is four."""
    counts = []
    for hidden_nodes in (4, 8, 16, 32, 64):
        net = reader(hidden_nodes)
        net.fit(INPUTS[:, TRAINING], TARGETS[:, TRAINING], 3.0, 20, 10)
        counts.append(wrong(net, VALIDATION))
    np.testing.assert_allclose(counts, [64, 24, 21, 16, 16], atol=2)


def test_a_pixel_to_the_right_costs_more_than_half(trained):
    """168 right; inverted, 1."""
    moved = np.roll(INPUTS.reshape(8, 8, -1), 1, axis=1).reshape(64, -1)
    assert moved.reshape(8, 8, -1)[:, 3, 0] == pytest.approx(
        INPUTS.reshape(8, 8, -1)[:, 2, 0]
    )
    assert 150 <= 360 - wrong(trained, TEST, moved) < 180
    assert 360 - wrong(trained, TEST, 1 - INPUTS) <= 3
    assert 360 - wrong(trained, TEST, INPUTS / 2) >= 345  # self-check: half as dark


def test_inputs_that_are_not_divided_by_16_saturate_it():
    """From 72 to 169 wrong, depending on rounding errors, instead of 17."""
    net = reader()
    net.fit(16 * INPUTS[:, TRAINING], TARGETS[:, TRAINING], 3.0, 10, 10)
    assert wrong(net, VALIDATION, 16 * INPUTS) > 2 * 17


def test_the_rates_of_exercise_3():
    """74, 29, 17 and 19 wrong."""
    counts = []
    for rate in (0.3, 1.0, 3.0, 10.0):
        net = reader()
        net.fit(INPUTS[:, TRAINING], TARGETS[:, TRAINING], rate, 10, 10)
        counts.append(wrong(net, VALIDATION))
    np.testing.assert_allclose(counts, [74, 29, 17, 19], atol=2)
