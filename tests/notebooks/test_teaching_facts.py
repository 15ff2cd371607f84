"""Facts that the chapters state, each measured, so that a test fails if one becomes wrong.

Figures in names and comments were measured with the setups below. The bounds leave room for
other versions of NumPy, but not for another conclusion.
"""

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork, numerical_gradient, sigmoid
from tests.nn_core.nn_core_reference import NAMES, relative_error


def flat(gradients):
    return np.concatenate([array.ravel() for array in gradients])


def check(net, data):
    """Return the relative error over all parameters, ‖a − n‖ / (‖a‖ + ‖n‖)."""
    found, expected = net.backpropagate(*data), numerical_gradient(net, *data)
    return relative_error(flat(found), flat(expected))


def accuracy(net, data):
    outputs = net.feedforward(data.inputs)
    return float(np.mean((outputs > 0.5) == (data.targets == 1)))


DATA = {"xor": nn_core.xor, "moons": nn_core.moons, "circles": nn_core.circles}


class TestGradientCheck:
    @pytest.mark.parametrize("name", DATA)
    @pytest.mark.parametrize("init", ["xavier", "uniform"])
    def test_the_exact_gradient_is_below_1e_7(self, name, init):
        for seed in range(5):
            net = NeuralNetwork(2, 8, 1, init=init, seed=seed)
            assert check(net, DATA[name]()) < 1e-7

    @pytest.mark.parametrize("name", DATA)
    @pytest.mark.parametrize(
        ("init", "low", "high"), [("xavier", 0.58, 0.78), ("uniform", 0.80, 0.99)]
    )
    def test_the_blogs_rule_is_far_above_1e_2(self, name, init, low, high):
        """H = 8, 20 seeds: 0.59 to 0.77 with xavier, 0.82 to 0.98 with uniform."""
        errors = [
            check(NeuralNetwork(2, 8, 1, init=init, update_rule="blog", seed=s), data)
            for s in range(20)
            for data in [DATA[name]()]
        ]
        assert low < min(errors)
        assert max(errors) < high

    def test_with_two_hidden_nodes_on_xor(self):
        """0.798 with xavier, 0.837 with uniform, seed 0."""
        for init, expected in (("xavier", 0.798), ("uniform", 0.837)):
            net = NeuralNetwork(2, 2, 1, init=init, update_rule="blog")
            assert check(net, nn_core.xor()) == pytest.approx(expected, abs=5e-4)

    def test_only_the_output_weights_of_the_blogs_rule_are_right(self):
        net, data = NeuralNetwork(2, 8, 1, update_rule="blog"), nn_core.moons()
        found, expected = net.backpropagate(*data), numerical_gradient(net, *data)
        errors = {
            name: relative_error(getattr(found, name), getattr(expected, name))
            for name in NAMES
        }
        assert errors.pop("weights_hidden_output") < 1e-7
        assert min(errors.values()) > 0.5

    def test_a_loss_curve_does_not_show_it(self):
        """Both rules bring the loss down on blobs to the same accuracy."""
        data = nn_core.blobs()
        for rule in ("gradient", "blog"):
            net = NeuralNetwork(2, 8, 1, update_rule=rule)
            losses = net.fit(*data, learning_rate=0.5, epochs=300)
            assert losses[-1] < 0.3 * losses[0]
            assert accuracy(net, data) > 0.97


class TestBlogRule:
    @pytest.mark.parametrize("init", ["xavier", "uniform"])
    def test_one_sample_the_hidden_direction_is_right_and_4_times_longer(self, init):
        for seed in range(20):
            x, t = np.random.default_rng(seed).normal(size=2), [1.0]
            blog, exact = (
                NeuralNetwork(2, 8, 1, init=init, update_rule=rule, seed=seed)
                .backpropagate(x, t)
                .weights_input_hidden
                for rule in ("blog", "gradient")
            )
            ratio = np.linalg.norm(blog) / np.linalg.norm(exact)
            np.testing.assert_allclose(blog, ratio * exact, rtol=1e-9)
            assert ratio >= 4

    def test_output_biases_follow_cross_entropy_and_output_weights_squared_error(self):
        data = nn_core.moons()
        blog = NeuralNetwork(2, 8, 1, update_rule="blog").backpropagate(*data)
        mse = NeuralNetwork(2, 8, 1, loss="mse").backpropagate(*data)
        entropy = NeuralNetwork(2, 8, 1, loss="cross_entropy").backpropagate(*data)
        np.testing.assert_allclose(blog.biases_output, entropy.biases_output)
        np.testing.assert_allclose(
            blog.weights_hidden_output, mse.weights_hidden_output
        )
        np.testing.assert_allclose(
            blog.weights_input_hidden, entropy.weights_input_hidden
        )
        assert relative_error(blog.biases_hidden, entropy.biases_hidden) > 0.3

    @pytest.mark.slow
    def test_xor_with_two_hidden_nodes(self):
        """Full batch, rate 1, 5000 epochs, uniform: blog 2 of 20 seeds, gradient 15."""
        solved = {}
        for rule in ("blog", "gradient"):
            networks = [
                NeuralNetwork(2, 2, 1, init="uniform", update_rule=rule, seed=seed)
                for seed in range(20)
            ]
            for net in networks:
                net.fit(*nn_core.xor(), learning_rate=1.0, epochs=5000)
            solved[rule] = sum(accuracy(net, nn_core.xor()) == 1 for net in networks)
        assert solved["blog"] <= 6
        assert solved["gradient"] >= 12


class TestStartingValues:
    @pytest.mark.parametrize(
        ("inputs", "low", "high"),
        [(2, 0.17, 0.22), (30, 3e-4, 1.5e-3), (64, 1.5e-7, 6e-7), (784, 0, 0)],
    )
    def test_uniform_start_saturates_with_many_inputs(self, inputs, low, high):
        """Mean σ′ over 20 seeds 0.192, 6.8e-4, 3.0e-7 and 0; inputs uniform in [0, 1)."""
        for seed in range(20):
            assert low <= self.mean_slope("uniform", inputs, seed) <= high

    @pytest.mark.parametrize("init", ["xavier", "normal"])
    @pytest.mark.parametrize("inputs", [2, 30, 64, 784])
    def test_scaled_by_fan_in_the_slope_stays(self, init, inputs):
        """0.22 to 0.25, of at most 0.25."""
        slopes = [self.mean_slope(init, inputs, seed) for seed in range(20)]
        assert 0.21 < np.mean(slopes) < 0.25

    @staticmethod
    def mean_slope(init, inputs, seed):
        x = np.random.default_rng(1000 + seed).random((inputs, 200))
        hidden, _ = NeuralNetwork(inputs, 16, 1, init=init, seed=seed).layer_outputs(x)
        return float(np.mean(hidden * (1 - hidden)))

    def test_64_hidden_nodes_from_uniform_start_cannot_move(self):
        """Squared error stays 0.25, accuracy 50 %; cross-entropy gets 90 %."""
        data = nn_core.moons()
        net = NeuralNetwork(2, 64, 1, init="uniform")
        assert net.feedforward(data.inputs).min() > 0.9999
        losses = net.fit(*data, learning_rate=1.0, epochs=300)
        assert losses[0] == pytest.approx(0.25, abs=1e-6)
        assert losses[-1] == pytest.approx(losses[0], abs=1e-6)
        assert accuracy(net, data) == 0.5
        other = NeuralNetwork(2, 64, 1, init="uniform", loss="cross_entropy")
        other.fit(*data, learning_rate=1.0, epochs=300)
        assert accuracy(other, data) > 0.85

    def test_zeros_keep_all_hidden_nodes_the_same(self):
        """However long it trains, the eight hidden nodes stay identical."""
        data, options = nn_core.circles(), {"learning_rate": 1.0, "batch_size": 10}
        net = NeuralNetwork(2, 8, 1, init="zeros")
        net.fit(*data, epochs=300, **options)
        assert net.weights_input_hidden.any(), "they move"
        np.testing.assert_allclose(
            np.ptp(net.weights_input_hidden, axis=0), 0, atol=1e-12
        )
        np.testing.assert_allclose(np.ptp(net.weights_hidden_output), 0, atol=1e-12)
        assert accuracy(net, data) < 0.7
        other = NeuralNetwork(2, 8, 1)
        other.fit(*data, epochs=300, **options)
        assert accuracy(other, data) > 0.97

    @pytest.mark.parametrize("name", DATA)
    def test_zeros_and_a_balanced_full_batch_do_not_move_at_all(self, name):
        """Every output is 0.5, so the errors of the two classes cancel, up to rounding."""
        net, data = NeuralNetwork(2, 4, 1, init="zeros"), DATA[name]()
        net.fit(*data, learning_rate=1.0, epochs=1000)
        assert max(np.abs(getattr(net, name)).max() for name in NAMES) < 1e-12
        assert net.loss(*data) == 0.125


def test_x_times_1_minus_x_is_the_slope_of_an_output_only():
    step = 1e-6
    slope = (sigmoid(2 + step) - sigmoid(2 - step)) / (2 * step)
    assert sigmoid(2) * (1 - sigmoid(2)) == pytest.approx(slope, rel=1e-8)
    assert slope == pytest.approx(0.105, abs=1e-4)
    assert 2 * (1 - 2) == -2


def test_sum_or_mean_over_the_batch_only_rescales_the_rate():
    data = nn_core.moons()
    a, b = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1)
    a.train(*data, 0.5)
    for x, t in zip(data.inputs.T, data.targets.T, strict=True):
        # The sum of the one-sample gradients, all from the same start, at rate 0.5 / 200.
        step = NeuralNetwork(2, 4, 1).backpropagate(x, t)
        for name in NAMES:
            getattr(b, name)[...] -= 0.5 / 200 * getattr(step, name)
    for name in NAMES:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-9)


@pytest.mark.parametrize(
    ("activation", "hidden_nodes", "epochs", "least", "most"),
    [
        ("sigmoid", 8, 200, 0.88, 0.92),  # almost straight
        ("sigmoid", 8, 300, 0.95, 1),  # the boundary winds
        ("sigmoid", 2, 1000, 0.88, 0.92),
        ("tanh", 8, 30, 0.88, 0.93),
        ("relu", 8, 30, 0.88, 0.93),
        ("tanh", 8, 100, 0.98, 1),
        ("relu", 8, 100, 0.98, 1),
        ("sigmoid", 8, 100, 0.88, 0.92),
    ],
)
@pytest.mark.slow
def test_when_the_boundary_winds_between_the_moons(
    activation, hidden_nodes, epochs, least, most
):
    net = NeuralNetwork(2, hidden_nodes, 1, activation=activation)
    data = nn_core.moons()
    net.fit(*data, learning_rate=1.0, epochs=epochs, batch_size=10)
    right = np.mean((net.feedforward(data.inputs) > 0.5) == data.targets)
    assert least <= right <= most


# --- Chapter 7: what the blog's rule is ----------------------------------------------------


def twists(rule, seed, data, hidden_nodes=4):
    """Return how the rule's slopes change with each parameter, (parameters, parameters)."""
    net = NeuralNetwork(2, hidden_nodes, 1, update_rule=rule, seed=seed)
    rows = []
    for name in NAMES:
        array = getattr(net, name)
        for index in np.ndindex(array.shape):
            value, found = array[index], []
            for moved in (value + 1e-5, value - 1e-5):
                array[index] = moved
                found.append(flat(net.backpropagate(*data)))
            array[index] = value
            rows.append((found[0] - found[1]) / 2e-5)
    return np.array(rows)


class TestGradientOfNoLoss:
    """Mixed derivatives of a loss do not depend on their order; those of the blog's rule do."""

    @pytest.mark.parametrize("samples", [[3], [1], [0, 1, 2, 3]])
    @pytest.mark.parametrize("seed", range(5))
    def test_the_blogs_table_of_twists_is_far_from_its_transpose(self, samples, seed):
        """0.50 to 0.65; the exact rule's below 1e-9."""
        data = [array[:, samples] for array in nn_core.xor()]
        blog, exact = (twists(rule, seed, data) for rule in ("blog", "gradient"))
        assert relative_error(blog, blog.T) > 0.4
        assert relative_error(exact, exact.T) < 1e-8


def solved(rule, seeds, learning_rate, updates):
    """Return how many uniform starts learn XOR with 2 hidden nodes, sample by sample.

    All starts are trained at once: each array has the starts as its first axis.
    """
    starts = [NeuralNetwork(2, 2, 1, init="uniform", seed=seed) for seed in seeds]
    w1, w2, b1, b2 = (
        np.stack([getattr(net, name) for net in starts]) for name in NAMES
    )
    inputs, targets = nn_core.xor()
    for update in range(updates):
        x, t = inputs[:, [update % 4]], targets[:, [update % 4]]
        h = 1 / (1 + np.exp(-(w1 @ x + b1)))
        o = 1 / (1 + np.exp(-(w2 @ h + b2)))
        delta = (o - t) * o * (1 - o)
        sent_back = o - t if rule == "blog" else delta
        hidden_errors = w2.transpose(0, 2, 1) @ sent_back
        hidden_delta = hidden_errors * h * (1 - h)
        w2 -= learning_rate * delta @ h.transpose(0, 2, 1)
        w1 -= learning_rate * hidden_delta @ x.T
        b2 -= learning_rate * sent_back
        b1 -= learning_rate * (hidden_errors if rule == "blog" else hidden_delta)
    outputs = 1 / (1 + np.exp(-(w2 @ (1 / (1 + np.exp(-(w1 @ inputs + b1)))) + b2)))
    return int(((outputs > 0.5) == (targets > 0.5)).all(axis=(1, 2)).sum())


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.slow
def test_how_often_each_rule_learns_xor_with_two_hidden_nodes():
    """Chapter 7's counts: 13 and 1 of 20; with a tenth of the rate 2 of the first 10."""
    assert solved("gradient", range(10, 30), 1.0, 4000) == 13
    assert solved("blog", range(10, 30), 1.0, 4000) == 1
    assert solved("blog", range(10, 20), 0.1, 40_000) == 2
