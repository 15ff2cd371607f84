"""The playground's parts, each tested alone, without a widget."""

import io

import numpy as np
import pytest
from PIL import Image

import nn_core
from nn_widgets.playground.advice import advice, in_words
from nn_widgets.playground.challenges import CHALLENGES, Challenge, ChallengeList
from nn_widgets.playground.drawing.picture import Picture
from nn_widgets.playground.drawing.pixels import (
    LEVELS,
    RGBA,
    paint_bars,
    paint_neurons,
    paint_output,
    tile_layout,
)
from nn_widgets.playground.network.run import Run
from nn_widgets.playground.network.settings import Settings, Training
from nn_widgets.playground.python_code import python_code

SETTINGS = Settings("moons", 0.1, 4, "sigmoid", "xavier", 0, "mse")
TRAINING = Training(1.0, None, "gradient")


def test_a_run_keeps_what_happened_to_its_network():
    run = Run(SETTINGS, "gradient")
    run.train(20, TRAINING)
    run.train(10, TRAINING)
    run.train(5, TRAINING._replace(learning_rate=0.5, update_rule="blog"))
    assert [epochs for epochs, _ in run.segments] == [30, 5]
    assert run.network.update_rule == "blog"
    assert [epoch for epoch, _ in run.test_losses] == [0, 20, 30, 35]
    net = nn_core.NeuralNetwork(2, 4, 1)
    losses = net.fit(*nn_core.moons(), learning_rate=1.0, epochs=30)
    assert run.history[:30] == pytest.approx(losses, rel=1e-12)
    test_loss = net.loss(*nn_core.moons(100, seed=1))
    assert run.test_losses[2][1] == pytest.approx(test_loss, rel=1e-12)


def test_a_run_that_overflowed_learns_no_more():
    run = Run(SETTINGS._replace(activation="relu", loss="cross_entropy"), "gradient")
    run.network.weights_hidden_output[...] = 1e307
    run.train(5, TRAINING._replace(learning_rate=100.0))
    assert run.diverged
    before = run.network.weights_input_hidden.copy()
    run.train(5, TRAINING)
    assert np.array_equal(run.network.weights_input_hidden, before)
    assert run.history == []
    assert "Training diverged" in advice(run, TRAINING, True)


def test_identical_neurons_differ_from_neurons_that_ignore_the_inputs():
    """Identical neurons stay identical. Neurons that only ignore the inputs differ."""
    run = Run(SETTINGS, "gradient")
    run.train(150, TRAINING)
    run.history[:] = [0.1] * 150  # the loss has stalled
    run.network.weights_input_hidden[...] = [[1.0, -2.0]]
    run.network.biases_hidden[...] = 0.5
    assert "all hidden neurons are the same" in advice(run, TRAINING, True)
    run.network.weights_input_hidden[...] = 0.0
    run.network.biases_hidden[...] = [[-1.0], [0.0], [1.0], [2.0]]
    assert "stalled" in advice(run, TRAINING, True)
    assert "all hidden neurons are the same" not in advice(run, TRAINING, True)


def test_every_fifth_sample_of_your_own_data_is_held_out():
    data = nn_core.blobs(23)
    run = Run(SETTINGS._replace(dataset="your own"), "gradient", data)
    assert np.array_equal(run.test_data.inputs, data.inputs[:, 4::5])
    assert run.train_data.inputs.shape == (2, 19)
    assert run.has_test_data
    few = Run(SETTINGS._replace(dataset="your own"), "gradient", nn_core.blobs(4))
    assert not few.has_test_data


def test_the_words_describe_the_run():
    run = Run(SETTINGS._replace(dataset="xor", noise=0), "gradient")
    assert "(no test samples)" in in_words(run, TRAINING, False)
    run.train(7, TRAINING)
    words = in_words(run, TRAINING, True)
    assert "Epoch 7." in words
    assert f"train {run.network.loss(*nn_core.xor()):.3g}" in words
    assert "Training." in words


def test_the_code_repeats_the_run():
    run = Run(SETTINGS._replace(dataset="circles", seed=3), "blog")
    run.train(6, TRAINING._replace(update_rule="blog", batch_size=10))
    run.train(6, TRAINING)
    names = {}
    exec(python_code(run), names)
    assert names["net"].loss(*names["test"]) == run.test_loss


def test_a_picture_paints_any_run_and_curves_of_earlier_ones():
    picture, run = Picture(), Run(SETTINGS, "gradient")
    picture.paint(run, [])
    first = picture.picture()
    assert first.startswith(b"\x89PNG")
    assert picture.picture("jpeg").startswith(b"\xff\xd8")
    run.train(50, TRAINING)
    picture.paint(Run(SETTINGS, "gradient"), [("before", run.history)])
    assert [text.get_text() for text in picture.loss_axes.texts] == ["before"]
    assert picture.picture() != first


def shown(picture, kind):
    """Return the pixels of a picture as numbers, (height, width, 3)."""
    image = Image.open(io.BytesIO(picture.picture(kind)))
    return np.asarray(image.convert("RGB")).astype(int)


def test_a_quick_frame_is_a_full_one_but_for_smoothed_edges():
    picture, run = Picture(), Run(SETTINGS, "gradient")
    for part in (False, True, True, False):
        run.train(20, TRAINING)
        picture.paint(run, [], indexed=True, left_only=part)
        assert (picture.pictures("bmp")[1] is None) == part
    quick = shown(picture, "bmp")
    picture.paint(run, [])
    full = shown(picture, "bmp")
    fresh = Picture()
    fresh.paint(run, [])
    assert np.array_equal(full, shown(fresh, "png"))  # no traces of earlier ones
    apart = np.abs(quick - full).max(axis=2)
    edges = (apart > 16).mean(), (apart > 64).mean()  # mostly of the points
    assert edges < (0.01, 0.001)
    left, right = apart[:, :480], apart[:, 480:]
    assert np.median(left) == 0
    assert right[275:450].max() == 0  # the neurons and their weights
    assert right[20:200].max() <= 48  # the curve


def test_a_quick_frame_is_a_third_of_the_bytes():
    picture, run = Picture(), Run(SETTINGS, "gradient")
    sizes = []
    for quick in (False, True):
        picture.paint(run, [], indexed=quick)
        sizes.append(len(picture.picture("bmp")))
    assert sizes[1] < sizes[0] / 2.9


def test_outputs_become_shades_and_a_line_between_the_sides():
    area = np.zeros((64, 64), np.uint32)
    outputs = np.repeat([[0.0, 1.0]], 8, axis=0).repeat(4, axis=1)
    paint_output(area, outputs)
    assert (area[:, 5] == RGBA.shades[0]).all()
    assert (area[:, -5] == RGBA.shades[-1]).all()
    dark = np.flatnonzero(area[30] == np.uint32(0xFF000000))
    assert 30 <= dark.min() <= dark.max() <= 34


def test_neurons_are_tiles_with_bars_below():
    pixels = np.zeros((60, 60), np.uint32)
    shades = np.full((1, 4, 4), LEVELS // 2, np.uint8)
    paint_neurons(pixels, np.array([[5, 10]]), 20, shades)
    paint_bars(pixels, np.array([[5, 10]]), 20, np.array([-1.0]))
    assert (pixels[5:25, 10:30] == RGBA.shades[LEVELS // 2]).all()
    assert (pixels[28:33, 10:21] == RGBA.signs[0]).all()
    assert np.count_nonzero(pixels) == 20 * 20 + 5 * 11


@pytest.mark.parametrize("count", [1, 2, 7, 32])
def test_tiles_do_not_overlap_and_are_inside(count):
    corners, size = tile_layout(count, 190, 440)
    assert len({tuple(corner) for corner in corners}) == count
    assert size >= 20
    assert (corners >= 0).all()
    assert (corners + size <= (190, 440)).all()


def test_a_task_that_was_met_stays_so():
    class Played:
        history = (0.5,)

    task = Challenge("high <rate>", lambda playground: playground.rate > 5)
    tasks, played = ChallengeList([task, "xor"]), Played()
    assert tasks.challenges == [task, CHALLENGES["xor"]]
    tasks.challenges.pop()
    for rate, met in ((1, set()), (9, {0}), (1, {0})):
        played.rate = rate
        tasks.update(played)
        assert tasks.met == met
    assert "✓ met: high &lt;rate&gt;" in tasks.as_html()
