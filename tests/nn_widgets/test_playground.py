"""The playground without a browser: training, pictures, descriptions."""

import base64
import doctest
import io
import sys

import numpy as np
import pytest
from PIL import Image

import nn_core
import nn_fast
import nn_widgets
from nn_widgets import Challenge, Playground
from nn_widgets.playground.advice import advice
from nn_widgets.playground.network.settings import Training
from tests.nn_widgets.every_widget import pixels


def region(playground, axes):
    """Return the part of the picture inside the axes."""
    shown = pixels(playground)
    box = axes.get_window_extent()
    height = len(shown)
    rows = slice(round(height - box.y1), round(height - box.y0))
    return shown[rows, round(box.x0) : round(box.x1)]


def test_it_starts_untrained_and_at_rest():
    playground = Playground()
    assert playground.history == []
    assert not playground.playing
    assert playground.network.hidden_nodes == 8
    assert playground.learning_rate.value == 1.0
    assert playground.dataset.value == "moons"
    assert "Not trained yet" in playground.describe()


def test_advance_equals_fit_also_in_several_calls():
    playground = Playground("circles", 5, 2.5, batch_size=10, activation="tanh", seed=3)
    playground.advance(7)
    playground.advance(30)
    for fit, close in ((nn_fast.fit, 0), (nn_core.NeuralNetwork.fit, 1e-10)):
        net = nn_core.NeuralNetwork(2, 5, 1, activation="tanh", seed=3)
        losses = fit(
            *(net, *nn_core.circles(200, seed=3)),
            learning_rate=2.5,
            epochs=37,
            batch_size=10,
        )
        assert playground.history == pytest.approx(losses, rel=close, abs=0)
        weights = playground.network.weights_input_hidden
        assert np.allclose(weights, net.weights_input_hidden, rtol=close, atol=0)


def test_the_docstring_s_examples_run():
    module = sys.modules[Playground.__module__]
    result = doctest.testmod(module)
    assert result.attempted >= 3
    assert result.failed == 0


def test_training_changes_boundary_curve_neurons_and_words():
    playground = Playground(learning_rate=10)
    axes = (
        playground.painter.boundary_axes,
        playground.painter.loss_axes,
        playground.painter.neuron_axes,
    )
    before = [region(playground, one) for one in axes]
    words = playground.describe()
    playground.advance(90)
    playground.draw()
    for one, old in zip(axes, before, strict=True):
        assert not np.array_equal(region(playground, one), old)
    assert playground.describe() != words
    assert "Epoch 90." in playground.describe()


def test_the_picture_shows_the_network_s_own_boundary():
    """The black line must be where the network's output crosses one half."""
    playground = Playground("blobs", 2, 3.0)
    playground.advance(300)
    playground.draw()
    axes, height = playground.painter.boundary_axes, len(pixels(playground))
    x = np.linspace(*axes.get_xlim(), 200)
    y = np.linspace(*axes.get_ylim(), 200)
    points = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    outputs = playground.network.feedforward(points)[0]
    near = np.abs(outputs - 0.5) < 0.002
    assert near.sum() > 20
    columns, rows = axes.transData.transform(points[:, near].T).T
    inside = (columns > 90) & (columns < 430) & (rows > 50) & (rows < 390)
    dark = pixels(playground).max(axis=2) < 90
    found = [
        dark[row - 3 : row + 4, column - 3 : column + 4].any()
        for row, column in zip(
            (height - rows[inside]).astype(int),
            columns[inside].astype(int),
            strict=True,
        )
    ]
    assert np.mean(found) > 0.95


def test_numbers_in_words_are_the_network_s():
    playground = Playground("circles", 6, 5.0)
    playground.advance(50)
    playground.draw()
    net = playground.network
    data, held_out = nn_core.circles(200, seed=0), nn_core.circles(100, seed=1)
    right = (net.feedforward(held_out.inputs) > 0.5) == (held_out.targets > 0.5)
    assert f"train {net.loss(*data):.3g}, test {net.loss(*held_out):.3g}" in (
        playground.describe()
    )
    assert f"test {right.mean():.1%}" in playground.describe()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dataset", "spiral"),
        ("noise", 0.3),
        ("hidden_nodes", 3),
        ("activation", "relu"),
        ("init", "uniform"),
        ("seed", 5),
    ],
)
@pytest.mark.slow
def test_a_setting_of_the_network_starts_a_new_run(name, value):
    playground = Playground()
    playground.advance(60)
    old = playground.network
    getattr(playground, name).value = value  # redraws at once: there is no event loop
    assert playground.network is not old
    assert playground.history == []
    if name != "dataset":
        assert len(playground.state.earlier) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("learning_rate", 0.1), ("batch_size", 10), ("update_rule", "blog")],
)
def test_a_setting_of_training_keeps_the_network(name, value):
    playground = Playground()
    playground.advance(20)
    old = playground.network
    getattr(playground, name).value = value
    playground.advance(20)
    assert playground.network is old
    assert len(playground.history) == 40


def test_copied_python_repeats_the_run_to_the_last_bit(capsys):
    playground = Playground("circles", 4, 2.0, noise=0.2, batch_size=10, seed=7)
    playground.advance(15)
    playground.learning_rate.value = 0.7
    playground.advance(12)
    playground.update_rule.value = "blog"
    playground.batch_size.value = "all"
    playground.advance(9)
    names = {}
    exec(playground.python_code(), names)
    assert names["net"].loss(*names["test"]) == playground.test_loss
    assert np.array_equal(
        names["net"].weights_input_hidden, playground.network.weights_input_hidden
    )
    assert repr(playground.test_loss) in capsys.readouterr().out


def test_own_data():
    data = nn_core.blobs(50, noise=1.0, seed=4)
    playground = Playground(nn_core.Dataset(*data), 3)
    assert playground.train_data.inputs.shape == (2, 40)
    assert playground.test_data.inputs.shape == (2, 10)
    playground.advance(10)
    code = playground.python_code().replace(
        "inputs, targets = ...", "inputs, targets = d"
    )
    names = {"d": data}
    exec(code, names)
    assert names["net"].loss(*names["test"]) == playground.test_loss


@pytest.mark.slow
def test_own_data_too_few_to_hold_some_out():
    playground = Playground(nn_core.blobs(4, noise=0.1), 3)
    playground.advance(10)
    names = {"d": nn_core.blobs(4, noise=0.1)}
    exec(playground.python_code().replace("= ...", "= d"), names)
    assert names["net"].loss(*names["test"]) == playground.test_loss


def test_advance_takes_up_changed_settings_first():
    playground = Playground()
    playground.hidden_nodes.value = 4
    playground.advance(20)
    assert playground.network.hidden_nodes == 4
    playground.draw()
    assert len(playground.history) == 20


@pytest.mark.parametrize("epochs", [0, -1, 1.5])
def test_advance_requires_a_number_of_epochs(epochs):
    with pytest.raises((ValueError, TypeError), match="epochs: expected"):
        Playground().advance(epochs)


@pytest.mark.parametrize("seed", [-1, 10_000, None, 0.5])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises((ValueError, TypeError), match="seed: expected"):
        Playground(seed=seed)


def test_earlier_runs_stay_as_faint_labelled_curves():
    playground = Playground(learning_rate=5)
    playground.advance(60)
    playground.reset()
    faint = [
        line for line in playground.painter.loss_axes.lines if not line.get_animated()
    ]
    assert len(faint) == 1
    assert [text.get_text() for text in playground.painter.loss_axes.texts] == [
        "H = 8, rate 5"
    ]
    assert len(faint[0].get_xdata()) == 60


@pytest.mark.parametrize(
    ("settings", "epochs", "words"),
    [
        ({"init": "zeros"}, 200, "all hidden neurons are the same"),
        ({"init": "uniform", "hidden_nodes": 32}, 200, "saturated"),
        ({"learning_rate": 0.001}, 200, "Try a larger learning rate"),
        (
            {"learning_rate": 30, "loss": "cross_entropy"},
            2000,
            "jumps up and down",
        ),
        (
            {"learning_rate": 100, "loss": "cross_entropy", "activation": "relu"},
            400,
            "diverges",
        ),
        ({"learning_rate": 60}, 2000, "Every training sample is right"),
    ],
)
@pytest.mark.slow
def test_it_says_how_training_goes_and_what_to_try(settings, epochs, words):
    playground = Playground(**settings)
    playground.advance(epochs)
    playground.draw()
    assert words in playground.describe()


def test_overflow_is_reported_and_the_network_stays_finite():
    playground = Playground(learning_rate=100, loss="cross_entropy", activation="relu")
    playground.network.weights_hidden_output[...] = 1e307
    playground.advance(50)
    training = Training(100, None, "gradient")
    assert playground.run.diverged
    assert "Training diverged" in advice(playground.run, training, False)
    assert np.isfinite(playground.network.weights_input_hidden).all()


@pytest.mark.slow
def test_challenges_turn_green_only_when_met():
    playground = Playground("xor", 2, 10.0, seed=1, challenge="xor")
    assert "to do" in playground.challenges.value
    playground.advance(3000)
    playground.draw()
    assert "met: XOR with 2 hidden nodes" in playground.challenges.value
    too_many = Playground("xor", 3, 10.0, seed=1, challenge="xor")
    too_many.advance(3000)
    too_many.draw()
    assert too_many.train_accuracy == 1
    assert "to do" in too_many.challenges.value


@pytest.mark.slow
def test_every_challenge_can_be_met():
    solutions = {
        "xor": {"dataset": "xor", "hidden_nodes": 2, "learning_rate": 10.0, "seed": 1},
        "moons": {"activation": "tanh", "learning_rate": 3.0, "batch_size": 10},
        "circles": {
            "dataset": "circles",
            "hidden_nodes": 3,
            "learning_rate": 3.0,
            "batch_size": 10,
        },
        "spiral": {
            "dataset": "spiral",
            "hidden_nodes": 32,
            "learning_rate": 3.0,
            "batch_size": 10,
            "activation": "relu",
            "seed": 2,
        },
    }
    assert set(solutions) == set(nn_widgets.CHALLENGES)
    for name, settings in solutions.items():
        playground = Playground(challenge=name, **settings)
        for _ in range(300):
            playground.advance(1 if name == "moons" else 10)
            if playground.state.challenges.met:
                break
        assert playground.state.challenges.met, name


def test_own_challenge_and_hidden_controls():
    task = Challenge("Ten epochs", lambda playground: len(playground.history) >= 10)
    playground = Playground(hide=["noise", "copy"], challenge=task)
    assert playground.noise.layout.display == "none"
    assert playground.copy_button.layout.display == "none"
    assert not playground.learning_rate.layout.display
    playground.advance(10)
    playground.draw()
    assert "met: Ten epochs" in playground.challenges.value


def test_parts_fold_and_are_made_when_they_are_opened_first():
    """A page whose Python runs in the browser would ignore a display of None."""
    playground = Playground()
    for title, opener in playground.folds.buttons.items():
        made = len(playground.folds.box.children)
        opener.value = True
        assert len(playground.folds.box.children) == made + (title != "More")
        content = playground.folds.panels[title].make()
        assert content.layout.display == ""
        opener.value = False
        assert content.layout.display == "none"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"dataset": "stars"}, "dataset"),
        ({"hidden_nodes": 0}, "hidden_nodes"),
        ({"hidden_nodes": 33}, "hidden_nodes"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"noise": 2}, "noise"),
        ({"activation": "swish"}, "activation"),
        ({"init": "ones"}, "init"),
        ({"batch_size": -5}, "batch_size"),
        ({"batch_size": "ten"}, "batch_size"),
        ({"epochs_per_frame": 0}, "epochs_per_frame"),
        ({"seed": -1}, "seed"),
        ({"loss": "hinge"}, "loss"),
        ({"update_rule": "adam"}, "update_rule"),
        ({"hide": ["everything"]}, "hide"),
        ({"challenge": "mars"}, "challenge"),
    ],
)
def test_bad_arguments_are_named(settings, name):
    with pytest.raises((ValueError, TypeError), match=f"^{name}: expected"):
        Playground(**settings)


def test_mime_bundle_holds_widget_picture_and_words():
    playground = Playground(learning_rate=10)
    playground.advance(30)
    bundle = playground._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.format == "PNG"
    width, height = picture.size
    assert width == 960
    assert height in (459, 460)  # matplotlib 3.8 rounds down
    assert "Epoch 30." in bundle["text/plain"]
