"""nn_core's interface: shapes, starting values, seeds, training, docstrings."""

import copy
import doctest
import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn_core
from nn_core import Dataset, Gradients, NeuralNetwork, sigmoid
from tests.nn_core.nn_core_reference import (
    HIDDEN,
    NAMES,
    forward,
    logistic,
    parameters,
    snapshot,
)

SHAPES = {
    "weights_input_hidden": (4, 2),
    "weights_hidden_output": (3, 4),
    "biases_hidden": (4, 1),
    "biases_output": (3, 1),
}


class TestCreation:
    def test_the_blogs_call(self):
        net = NeuralNetwork(2, 4, 3)
        assert (net.input_nodes, net.hidden_nodes, net.output_nodes) == (2, 4, 3)
        for name, shape in SHAPES.items():
            array = getattr(net, name)
            assert isinstance(array, np.ndarray)
            assert array.shape == shape
            assert array.dtype == np.float64

    def test_options_may_be_named(self):
        net = NeuralNetwork(
            input_nodes=2,
            hidden_nodes=4,
            output_nodes=1,
            activation="tanh",
            init="normal",
            loss="cross_entropy",
            update_rule="blog",
            seed=3,
            dtype=np.float32,
        )
        assert net.weights_input_hidden.dtype == np.float32
        assert eval(repr(net), {"NeuralNetwork": NeuralNetwork}).seed == 3

    @pytest.mark.parametrize("size", [np.int8(2), np.uint64(2), np.int64(2)])
    def test_numpy_integers_are_integers(self, size):
        assert NeuralNetwork(size, size, size).weights_input_hidden.shape == (2, 2)

    @pytest.mark.parametrize("dtype", [float, "float64", "float32", np.dtype("f4")])
    def test_dtype_is_kept_everywhere(self, dtype):
        net = NeuralNetwork(2, 4, 3, dtype=dtype)
        inputs, targets = [[1, 2], [3, 4]], np.zeros((3, 2), int)
        results = [net.feedforward(inputs), *net.backpropagate(inputs, targets)]
        assert type(net.train(inputs, targets, 0.1)) is float
        net.fit(inputs, targets, learning_rate=0.1, epochs=2, batch_size=1)
        results += [getattr(net, name) for name in NAMES]
        assert {array.dtype for array in results} == {np.dtype(dtype)}


def all_values(net):
    return np.concatenate([getattr(net, name).ravel() for name in NAMES])


class TestStartingValues:
    def test_uniform_is_the_blogs(self):
        values = all_values(NeuralNetwork(30, 50, 20, init="uniform"))
        assert values.min() >= 0
        assert values.max() < 1
        assert values.mean() == pytest.approx(0.5, abs=0.02)
        assert values.std() == pytest.approx(12**-0.5, abs=0.02)

    def test_uniform_draws_the_biases_too(self):
        net = NeuralNetwork(2, 400, 400, init="uniform")
        for biases in (net.biases_hidden, net.biases_output):
            assert biases.mean() == pytest.approx(0.5, abs=0.06)
            assert len(np.unique(biases)) == 400

    def test_xavier(self):
        net = NeuralNetwork(30, 50, 20, init="xavier")
        for weights in (net.weights_input_hidden, net.weights_hidden_output):
            limit = np.sqrt(6 / sum(weights.shape))
            assert 0.97 * limit < np.abs(weights).max() <= limit
            assert weights.mean() == pytest.approx(0, abs=0.1 * limit)
            assert weights.std() == pytest.approx(limit / 3**0.5, rel=0.05)
        assert not net.biases_hidden.any()
        assert not net.biases_output.any()

    def test_normal(self):
        net = NeuralNetwork(30, 50, 20, init="normal")
        for weights in (net.weights_input_hidden, net.weights_hidden_output):
            wanted = weights.shape[1] ** -0.5  # 1 / sqrt(fan-in)
            assert weights.std() == pytest.approx(wanted, rel=0.06)
            assert weights.mean() == pytest.approx(0, abs=0.1 * wanted)
            assert np.abs(weights).max() > 2.5 * wanted  # it has tails
        assert not net.biases_hidden.any()

    def test_zeros(self):
        assert not all_values(NeuralNetwork(3, 4, 2, init="zeros")).any()

    def test_xavier_is_the_default(self):
        a, b = NeuralNetwork(3, 4, 2), NeuralNetwork(3, 4, 2, init="xavier")
        assert np.array_equal(all_values(a), all_values(b))


class TestFeedforward:
    @pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
    @pytest.mark.parametrize("samples", [1, 2, 100])
    def test_equals_the_reference(self, activation, samples):
        net = NeuralNetwork(3, 5, 2, activation, init="normal", seed=1)
        inputs = np.random.default_rng(2).normal(0, 3, (3, samples))
        _, hidden, _, outputs = forward(parameters(net), inputs, activation)
        np.testing.assert_allclose(net.feedforward(inputs), outputs, rtol=1e-12)
        for found, wanted in zip(
            net.layer_outputs(inputs), (hidden, outputs), strict=True
        ):
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)

    def test_one_sample_in_either_shape(self):
        net = NeuralNetwork(3, 5, 2)
        flat, column = net.feedforward([1, 2, 3]), net.feedforward([[1], [2], [3]])
        assert flat.shape == column.shape == (2, 1)
        assert np.array_equal(flat, column)

    def test_targets_of_one_sample_in_either_shape(self):
        net = NeuralNetwork(3, 5, 2)
        a, b = net.loss([1, 2, 3], [0, 1]), net.loss([[1], [2], [3]], [[0], [1]])
        assert a == b

    def test_result_is_the_callers_to_keep(self):
        net = NeuralNetwork(2, 3, 1)
        first = net.feedforward([1, 2])
        kept = first.copy()
        net.train([5, 5], [1], 10)
        net.feedforward([3, 4])
        assert np.array_equal(first, kept)
        first[...] = 7
        assert net.feedforward([1, 2]) != 7

    def test_gradients_are_the_callers_to_keep(self):
        net = NeuralNetwork(2, 3, 1)
        steps = net.backpropagate([1, 2], [0])
        kept = [step.copy() for step in steps]
        net.train([5, 5], [1], 10)
        for step, before in zip(steps, kept, strict=True):
            assert np.array_equal(step, before)

    def test_columns_do_not_influence_each_other(self):
        net = NeuralNetwork(2, 8, 1, "tanh")
        inputs = nn_core.moons(20).inputs
        whole = net.feedforward(inputs)
        for n in range(20):
            np.testing.assert_allclose(net.feedforward(inputs[:, n])[:, 0], whole[:, n])

    @pytest.mark.parametrize("order", ["C", "F"])
    def test_memory_layout_does_not_matter(self, order):
        net = NeuralNetwork(3, 4, 2)
        inputs = np.random.default_rng(0).normal(size=(3, 12))
        wide = np.random.default_rng(0).normal(size=(3, 24))
        wide[:, ::2] = inputs
        expected = net.feedforward(inputs)
        for same in (np.array(inputs, order=order), wide[:, ::2], inputs.tolist()):
            assert np.array_equal(net.feedforward(same), expected)

    def test_arguments_are_never_written_to(self):
        net = NeuralNetwork(2, 3, 1)
        data = nn_core.moons(30)
        for array in data:
            array.setflags(write=False)
        net.feedforward(data.inputs)
        net.loss(*data)
        net.backpropagate(*data)
        net.train(*data, 0.1)
        net.fit(*data, learning_rate=0.1, epochs=2, batch_size=7)
        nn_core.numerical_gradient(net, *data)


class TestSigmoid:
    def test_equals_the_reference(self):
        x = np.linspace(-40, 40, 1001)
        np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x)), rtol=1e-15)

    @pytest.mark.parametrize("x", [-1e308, -1e4, -710, -709.79, 710, 1e308])
    def test_limits_without_a_warning(self, x):
        assert sigmoid(x) == (1 if x > 0 else 0)

    @pytest.mark.parametrize(
        "dtype", [np.float16, np.float32, np.float64, np.longdouble]
    )
    def test_float_types_stay(self, dtype):
        values = np.array([-60000, -100, -1, 0, 1, 100, 60000], dtype)
        assert sigmoid(values).dtype == dtype
        np.testing.assert_allclose(
            sigmoid(values).astype(float), logistic(values.astype(float)), atol=1e-3
        )

    @pytest.mark.parametrize("x", [0, True, [0, 1], [[1], [2]], np.int8(-3)])
    def test_numbers_lists_and_integers(self, x):
        np.testing.assert_allclose(sigmoid(x), logistic(np.asarray(x, float)))
        assert np.shape(sigmoid(x)) == np.shape(x)

    def test_symmetry(self):
        x = np.linspace(-30, 30, 301)
        np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1, rtol=1e-15)


class TestParameters:
    def test_assigning_works(self):
        net = NeuralNetwork(2, 1, 1, init="zeros")
        net.weights_input_hidden = [[1, 2]]
        net.biases_hidden = [[-1]]
        net.weights_hidden_output = np.float32([[3]])
        net.biases_output = [0.5]
        hidden = logistic(1 * 1 + 2 * 1 - 1)
        expected = logistic(3 * hidden + 0.5)
        np.testing.assert_allclose(net.feedforward([1, 1]), [[expected]], rtol=1e-14)

    def test_assigning_copies(self):
        net, mine = NeuralNetwork(2, 1, 1), np.array([[1.0, 2.0]])
        net.weights_input_hidden = mine
        mine[...] = 9
        assert net.weights_input_hidden.tolist() == [[1, 2]]

    def test_changing_in_place_works(self):
        net = NeuralNetwork(2, 3, 1, init="zeros")
        net.weights_input_hidden[0, 1] = 5
        net.biases_hidden += 2
        net.weights_hidden_output[:] = 1
        assert net.weights_input_hidden.tolist() == [[0, 5], [0, 0], [0, 0]]
        assert net.biases_hidden.tolist() == [[2], [2], [2]]
        expected = logistic(logistic(2 + 5 * 3) + 2 * logistic(2))
        np.testing.assert_allclose(net.feedforward([1, 3]), [[expected]], rtol=1e-14)

    def test_training_by_hand_equals_train(self):
        a, b = NeuralNetwork(2, 4, 1, seed=1), NeuralNetwork(2, 4, 1, seed=1)
        data = nn_core.moons(20)
        for _ in range(10):
            a.train(*data, 0.5)
            steps = b.backpropagate(*data)
            b.weights_input_hidden -= 0.5 * steps.weights_input_hidden
            b.weights_hidden_output -= 0.5 * steps.weights_hidden_output
            b.biases_hidden -= 0.5 * steps.biases_hidden
            b.biases_output -= 0.5 * steps.biases_output
        for name in NAMES:
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-12)

    def test_training_changes_the_array_in_hand(self):
        net = NeuralNetwork(2, 3, 1)
        weights = net.weights_input_hidden
        net.train([1, 1], [0], 1.0)
        assert np.array_equal(weights, net.weights_input_hidden)

    def test_two_networks_share_nothing(self):
        a, b = NeuralNetwork(2, 3, 1), NeuralNetwork(2, 3, 1)
        before = snapshot(b)
        a.fit(*nn_core.xor(), learning_rate=1, epochs=3, batch_size=2)
        assert snapshot(b) == before

    @pytest.mark.parametrize(
        "duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))]
    )
    def test_a_copy_is_independent_and_goes_on_the_same(self, duplicate):
        net = NeuralNetwork(2, 3, 1)
        net.fit(*nn_core.moons(20), learning_rate=1, epochs=2, batch_size=3)
        other = duplicate(net)
        assert snapshot(other) == snapshot(net)
        net.fit(*nn_core.moons(20), learning_rate=1, epochs=2, batch_size=3)
        assert snapshot(other) != snapshot(net)
        other.fit(*nn_core.moons(20), learning_rate=1, epochs=2, batch_size=3)
        assert snapshot(other) == snapshot(net)


class TestFit:
    def test_full_batch_is_train_repeated(self):
        a, b = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1)
        data = nn_core.moons(50)
        losses = a.fit(*data, learning_rate=0.7, epochs=20)
        assert losses == [b.train(*data, 0.7) for _ in range(20)]
        assert snapshot(a)[0] == snapshot(b)[0]

    @pytest.mark.parametrize("size", [50, 51, 10**6])
    def test_a_batch_of_everything_is_a_full_batch(self, size):
        a, b = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1)
        data = nn_core.moons(50)
        a.fit(*data, learning_rate=0.7, epochs=5, batch_size=size)
        b.fit(*data, learning_rate=0.7, epochs=5)
        assert snapshot(a)[0] == snapshot(b)[0]

    @pytest.mark.parametrize("size", [1, 3, 10, 49])
    def test_batches_are_a_shuffle_of_all_samples(self, size):
        """The batches are slices of one random order, as a reader would write it."""
        data, rate = nn_core.moons(50), 0.5
        a, b = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1)
        losses = a.fit(*data, learning_rate=rate, epochs=3, batch_size=size, seed=7)
        rng = np.random.default_rng(7)
        for epoch in range(3):
            order, total = rng.permutation(50), 0
            for start in range(0, 50, size):
                batch = order[start : start + size]
                x, t = data.inputs[:, batch], data.targets[:, batch]
                total += b.train(x, t, rate) * len(batch)
            assert losses[epoch] == pytest.approx(total / 50, rel=1e-12)
        for name in NAMES:
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-10)

    def test_without_a_seed_it_goes_on_with_its_own_numbers(self):
        data = nn_core.moons(50)
        a, b = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1)
        a.fit(*data, learning_rate=1, epochs=4, batch_size=10)
        for _ in range(4):
            b.fit(*data, learning_rate=1, epochs=1, batch_size=10)
        assert snapshot(a) == snapshot(b)

    def test_losses_are_python_floats_and_fall(self):
        net = NeuralNetwork(2, 8, 1)
        losses = net.fit(
            *nn_core.blobs(100), learning_rate=1, epochs=100, batch_size=10
        )
        assert len(losses) == 100
        assert all(type(value) is float for value in losses)
        assert losses[-1] < 0.1 * losses[0]

    @pytest.mark.parametrize("loss_name", ["mse", "cross_entropy"])
    @pytest.mark.parametrize("activation", sorted(HIDDEN))
    @pytest.mark.slow
    def test_it_learns_moons(self, activation, loss_name):
        data = nn_core.moons(200)
        net = NeuralNetwork(2, 16, 1, activation, loss=loss_name, seed=1)
        net.fit(*data, learning_rate=1.0, epochs=500, batch_size=10, seed=1)
        right = (net.feedforward(data.inputs) > 0.5) == (data.targets == 1)
        assert right.mean() > 0.97

    def test_it_learns_digits_it_has_not_seen(self):
        inputs, targets = nn_core.digits()
        net = NeuralNetwork(64, 30, 10, loss="cross_entropy")
        net.fit(
            inputs[:, :1300],
            targets[:, :1300],
            learning_rate=0.5,
            epochs=30,
            batch_size=10,
        )
        found = net.feedforward(inputs[:, 1300:]).argmax(axis=0)
        assert (found == targets[:, 1300:].argmax(axis=0)).mean() > 0.9

    def test_learning_rate_must_be_named(self):
        with pytest.raises(TypeError):
            NeuralNetwork(2, 4, 1).fit(*nn_core.xor(), 0.1, 10)


class TestSeeds:
    @pytest.mark.parametrize("init", ["uniform", "xavier", "normal"])
    def test_the_same_seed_gives_the_same_numbers(self, init):
        def trained(seed):
            net = NeuralNetwork(2, 5, 1, init=init, seed=seed)
            net.fit(*nn_core.moons(40), learning_rate=1, epochs=3, batch_size=7)
            return snapshot(net)[0]

        assert trained(0) == trained(0) == trained(np.int64(0))
        assert trained(0) != trained(1)

    def test_none_gives_new_numbers_each_time(self):
        starts = {NeuralNetwork(2, 5, 1, seed=None).weights_input_hidden.tobytes()}
        starts.add(NeuralNetwork(2, 5, 1, seed=None).weights_input_hidden.tobytes())
        assert len(starts) == 2

    @pytest.mark.parametrize("seed", [2**53 + 1, 2**63, 2**128 + 7, np.uint64(2**63)])
    def test_large_seeds_count_to_the_last_bit(self, seed):
        a = NeuralNetwork(2, 3, 1, seed=seed).weights_input_hidden
        b = NeuralNetwork(2, 3, 1, seed=int(seed) - 1).weights_input_hidden
        assert not np.array_equal(a, b)

    def test_numbers_are_the_same_in_another_process(self):
        code = (
            "import nn_core; n = nn_core.NeuralNetwork(2, 5, 1, seed=3);"
            "n.fit(*nn_core.moons(40), learning_rate=1, epochs=3, batch_size=7);"
            "print(n.weights_input_hidden.tobytes().hex())"
        )
        net = NeuralNetwork(2, 5, 1, seed=3)
        net.fit(*nn_core.moons(40), learning_rate=1, epochs=3, batch_size=7)
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(nn_core.__file__).parent,
        )
        assert run.stdout.strip() == net.weights_input_hidden.tobytes().hex()


def use_everything():
    net = NeuralNetwork(2, 4, 1, init="uniform")
    for name in ("xor", "moons", "circles", "spiral", "blobs"):
        net.fit(*getattr(nn_core, name)(), learning_rate=0.1, epochs=2, batch_size=4)
    nn_core.numerical_gradient(net, *nn_core.xor())
    return snapshot(net)


class TestGlobalRandomState:
    def test_is_not_written(self):
        np.random.seed(1)
        random.seed(1)
        before = repr(np.random.get_state()), random.getstate()
        NeuralNetwork(2, 4, 1, seed=None).fit(
            *nn_core.moons(seed=None), learning_rate=1, epochs=1, batch_size=9
        )
        use_everything()
        assert (repr(np.random.get_state()), random.getstate()) == before

    def test_is_not_read(self):
        np.random.seed(1)
        first = use_everything()
        np.random.seed(2)
        assert use_everything() == first


class TestNumpySettings:
    def test_error_settings_are_neither_needed_nor_changed(self):
        """A reader's np.seterr(all="raise") must not turn training into an error."""
        with np.errstate(all="raise"):
            before = np.geterr()
            sigmoid(np.array([-1e4, 1e4]))
            net = NeuralNetwork(2, 3, 1)
            net.feedforward([1e5, -1e5])
            net.train([1e5, -1e5], [1], 0.1)
            net.loss([1e-320, 0], [0])
            assert np.geterr() == before

    def test_it_imports_numpy_and_the_standard_library_only(self):
        code = (
            "import sys, numpy; before = set(sys.modules); import nn_core;"
            "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
            "ours = {'nn_core', 'nn_arguments', 'nn_data', 'nn_files', 'numpy'};"
            "print(sorted(new - set(sys.stdlib_module_names) - ours))"
        )
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(nn_core.__file__).parent,
        )
        assert run.stdout.strip() == "[]"


def test_docstring_examples_run():
    result = doctest.testmod(nn_core)
    assert result.attempted >= 3
    assert result.failed == 0


def test_named_tuples():
    assert Gradients._fields == NAMES
    assert Dataset._fields == ("inputs", "targets")
    steps = NeuralNetwork(2, 4, 3).backpropagate([1, 2], [0, 0, 1])
    assert {name: getattr(steps, name).shape for name in NAMES} == SHAPES


class TestSameNumbersAsTheChapters:
    """The random numbers are used as in the blog's class: weights first, then biases."""

    def test_uniform_start(self):
        rng = np.random.default_rng(5)
        net = NeuralNetwork(3, 4, 2, init="uniform", seed=5)
        for name, shape in zip(NAMES, [(4, 3), (2, 4), (4, 1), (2, 1)], strict=True):
            assert np.array_equal(getattr(net, name), rng.random(shape))

    @pytest.mark.parametrize("init", ["xavier", "normal"])
    def test_weights_in_the_blogs_order(self, init):
        rng = np.random.default_rng(5)
        net = NeuralNetwork(3, 4, 2, init=init, seed=5)
        for name, (nodes, fan_in) in zip(NAMES, [(4, 3), (2, 4)], strict=False):
            if init == "xavier":
                limit = np.sqrt(6 / (fan_in + nodes))
                expected = rng.uniform(-limit, limit, (nodes, fan_in))
            else:
                expected = rng.normal(0, 1 / np.sqrt(fan_in), (nodes, fan_in))
            assert np.array_equal(getattr(net, name), expected)


class TestDiverged:
    @pytest.mark.parametrize("batch_size", [None, 5])
    def test_fit_and_train_raise_it(self, batch_size):
        net = NeuralNetwork(2, 4, 1, "relu", update_rule="blog")
        before, huge = snapshot(net), np.full((2, 20), 1e30)
        targets = nn_core.moons(20).targets
        options = {"learning_rate": 1e307, "epochs": 3, "batch_size": batch_size}
        with pytest.raises(nn_core.Diverged, match=r"^learning_rate: .*1e\+307"):
            net.fit(huge, targets, **options)
        with pytest.raises(nn_core.Diverged):
            net.train(huge, targets, 1e307)
        assert snapshot(net) == before

    def test_it_is_a_value_error(self):
        assert issubclass(nn_core.Diverged, ValueError)


class TestRelativeError:
    @pytest.mark.parametrize("factor", [1e-300, 1.0, 1e200, 1e308])
    def test_scale_does_not_matter(self, factor):
        a, b = factor * np.array([1.0, 0.5]), factor * np.array([1.0, -0.5])
        expected = 1 / (2 * np.sqrt(1.25))
        assert nn_core.relative_error(a, b) == pytest.approx(expected, rel=1e-12)

    def test_limits(self):
        assert nn_core.relative_error([0.0, 0.0], [0.0, 0.0]) == 0
        assert nn_core.relative_error([1, 2], [1, 2]) == 0
        assert nn_core.relative_error([[1.0, 2]], [[-1.0, -2]]) == 1
        assert nn_core.relative_error(1e200, 1.0) == 1

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_what_is_not_finite_is_never_near(self, bad):
        assert not nn_core.relative_error([bad, 1.0], [1.0, 1.0]) <= 1
        assert not nn_core.relative_error([bad], [bad]) <= 1


class TestAccuracy:
    def test_one_output(self):
        net = NeuralNetwork(2, 2, 1, init="zeros")
        net.biases_output = [[1.0]]  # always above 0.5
        assert nn_core.accuracy(net, nn_core.xor()) == 0.5

    def test_several_outputs(self):
        net = NeuralNetwork(1, 2, 3, init="zeros")
        net.biases_output = [[0.0], [1.0], [0.5]]
        data = nn_core.Dataset(np.zeros((1, 4)), np.eye(3)[:, [1, 1, 2, 0]])
        assert nn_core.accuracy(net, data) == 0.5


class TestNumericalGradientOfAnyClass:
    def test_a_class_of_ones_own(self):
        class Mine:
            def __init__(self):
                net = NeuralNetwork(2, 3, 1, seed=4)
                for name in NAMES:
                    setattr(self, name, getattr(net, name).copy())

            def loss(self, inputs, targets):
                net = NeuralNetwork(2, 3, 1)
                for name in NAMES:
                    setattr(net, name, getattr(self, name))
                return net.loss(inputs, targets)

        mine, data = Mine(), nn_core.xor()
        before = [getattr(mine, name).copy() for name in NAMES]
        measured = nn_core.numerical_gradient(mine, *data)
        exact = NeuralNetwork(2, 3, 1, seed=4).backpropagate(*data)
        for got, right in zip(measured, exact, strict=True):
            assert nn_core.relative_error(got, right) < 1e-7
        for name, array in zip(NAMES, before, strict=True):
            assert np.array_equal(getattr(mine, name), array)
