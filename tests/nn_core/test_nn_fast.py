"""nn_fast.fit equals net.fit: the same numbers except for rounding, and the same errors.

In float64, numbers may differ by 1e-12 times the largest number of the array, which is 4,504
times the precision of float64; the same multiple is 5.4e-4 for float32. Sums in another
order differ by a few units of precision in each update, and training can amplify that: with
ReLU or a large learning rate without limit. So these tests train for at most 100 updates,
with inputs up to 1 and learning rates up to 1/2.
"""

import copy
import os
import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_core
import nn_fast
from nn_core import Diverged, NeuralNetwork
from tests.nn_core.nn_core_reference import NAMES, snapshot
from tests.nn_core.test_nn_core_errors import fails
from tests.nn_core.test_nn_core_fuzz import (
    TIMES,
    all_finite,
    anything,
    call,
    networks,
    rates,
    samples,
)

UNITS = 1e-12 / np.finfo(float).eps
KINDS = [
    (activation, loss, rule, dtype)
    for activation in nn_core.ACTIVATIONS
    for loss in nn_core.LOSSES
    for rule in nn_core.UPDATE_RULES
    for dtype in ("float64", "float32")
]


def generic_data(inputs, outputs, count, seed):
    """Return samples whose hidden sums are not near 0, the kink of ReLU."""
    rng = np.random.default_rng(seed)
    targets = rng.random((outputs, count)).round(rng.integers(0, 3))
    return rng.uniform(-1, 1, (inputs, count)), targets


def assert_same_training(net, data, **options):
    """Train copies with net.fit and with nn_fast.fit, and compare their whole state."""
    slow, fast = copy.deepcopy(net), copy.deepcopy(net)
    arrays = [getattr(fast, name) for name in NAMES]
    given = [array.copy() for array in data]
    expected = slow.fit(*data, **options)
    found = nn_fast.fit(fast, *data, **options)
    assert all(np.array_equal(a, b) for a, b in zip(data, given, strict=True))
    rtol = UNITS * np.finfo(net.dtype).eps
    assert [type(loss) for loss in found] == [float] * options["epochs"]
    np.testing.assert_allclose(found, expected, rtol=rtol)
    for name, array in zip(NAMES, arrays, strict=True):
        assert getattr(fast, name) is array, f"{name} is another array"
        right = getattr(slow, name)
        assert array.dtype == right.dtype
        largest = np.abs(right).max()
        np.testing.assert_allclose(array, right, rtol=0, atol=rtol * largest)
    assert snapshot(fast)[1:] == snapshot(slow)[1:], "settings or random numbers"
    return fast


class TestSameNumbers:
    @pytest.mark.parametrize("batch_size", [None, 1, 3, 8, 20, 99])
    @pytest.mark.parametrize(("activation", "loss", "rule", "dtype"), KINDS)
    def test_every_kind_of_network(self, activation, loss, rule, dtype, batch_size):
        settings = {"loss": loss, "update_rule": rule, "dtype": dtype, "seed": 3}
        net = NeuralNetwork(3, 4, 2, activation, "normal", **settings)
        data = generic_data(3, 2, 20, seed=1)
        for seed in (None, 5):
            options = {"batch_size": batch_size, "seed": seed}
            trained = assert_same_training(
                net, data, learning_rate=0.4, epochs=5, **options
            )
            for name in NAMES:
                moved = getattr(trained, name) != getattr(net, name)
                assert moved.mean() > 0.4, f"{name} hardly moved"

    @pytest.mark.fuzz
    @settings(max_examples=50 * TIMES, deadline=None)
    @given(
        kind=st.sampled_from(KINDS),
        sizes=st.tuples(*[st.integers(1, 6)] * 3),
        init=st.sampled_from(["xavier", "normal", "uniform"]),
        count=st.integers(1, 20),
        batch_size=st.none() | st.integers(1, 25),
        epochs=st.integers(1, 5),
        rate=st.floats(0.01, 0.5),
        seed=st.integers(0, 2**32),
        order=st.none() | st.integers(0, 2**32),
    )
    def test_any_network(
        self, kind, sizes, init, count, batch_size, epochs, rate, seed, order
    ):
        activation, loss, rule, dtype = kind
        options = {"loss": loss, "update_rule": rule, "seed": seed, "dtype": dtype}
        net = NeuralNetwork(*sizes, activation, init, **options)
        net.weights_hidden_output += 1.0  # so that deltas do not nearly cancel
        data = generic_data(sizes[0], sizes[2], count, seed)
        options = {"epochs": epochs, "batch_size": batch_size, "seed": order}
        assert_same_training(net, data, learning_rate=rate, **options)

    @pytest.mark.parametrize("loss", nn_core.LOSSES)
    def test_sigmoids_that_are_full(self, loss):
        """exp overflows and an output is 1 or 0: the loss is the same, without a warning."""
        net = NeuralNetwork(2, 3, 1, loss=loss)
        net.weights_input_hidden = [[900, 0], [0, 900], [1, 1]]
        net.weights_hidden_output = [[800, -800, 0]]
        data = [[1.0, -1, 1, 0.5], [-1, 1.0, 1, 0.5]], [[0.0, 1, 0, 1]]
        slow, fast = copy.deepcopy(net), copy.deepcopy(net)
        with np.errstate(all="raise"):  # the reader's settings do not matter
            expected = slow.fit(*data, learning_rate=0.1, epochs=2)
            found = nn_fast.fit(fast, *data, learning_rate=0.1, epochs=2)
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        assert found[0] > (100 if loss == "cross_entropy" else 0.1)
        for name in NAMES:
            pair = getattr(fast, name), getattr(slow, name)
            np.testing.assert_allclose(*pair, rtol=0, atol=1e-12)

    def test_cross_entropy_keeps_its_digits(self):
        """With targets and outputs near 0 and 1, the loss is small and exact."""
        net = NeuralNetwork(1, 1, 1, loss="cross_entropy", init="zeros")
        data = np.zeros((1, 2)), np.array([[1 - 1e-10, 1e-10]])
        for bias in (-30.0, 30.0, -400.0, 400.0):
            net.biases_output[...] = bias
            expected = copy.deepcopy(net).fit(*data, learning_rate=1e-9, epochs=1)
            found = nn_fast.fit(net, *data, learning_rate=1e-9, epochs=1)
            np.testing.assert_allclose(found, expected, rtol=1e-14)

    def test_any_form_of_numbers(self):
        data = [[0, 1, 1, 0], [0, 0, 1, 1]], [False, True, False, True]
        data = data[0], [data[1]]
        net = NeuralNetwork(2, 3, 1, dtype=np.float32)
        expected = copy.deepcopy(net).fit(*data, learning_rate=1, epochs=2)
        found = nn_fast.fit(net, *data, learning_rate=np.float32(1), epochs=np.int8(2))
        np.testing.assert_allclose(found, expected, rtol=1e-5)

    def test_a_single_sample_as_a_vector(self):
        a, b = NeuralNetwork(2, 3, 1), NeuralNetwork(2, 3, 1)
        expected = a.fit([1, 2], [0], learning_rate=1, epochs=3)
        np.testing.assert_allclose(
            nn_fast.fit(b, [1, 2], [0], learning_rate=1, epochs=3), expected, rtol=1e-13
        )

    @pytest.mark.parametrize("batch_size", [None, 6])
    def test_columns_that_lie_apart_in_memory(self, batch_size):
        data = generic_data(2, 2, 40, seed=2)
        apart = [np.asfortranarray(array)[:, ::2] for array in data]
        net = NeuralNetwork(2, 3, 2)
        options = {"learning_rate": 0.5, "epochs": 3, "batch_size": batch_size}
        assert_same_training(net, apart, **options)

    def test_call_after_call_is_one_long_call(self):
        """The playground trains a few epochs for each frame."""
        a, b, data = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1), nn_core.moons(50)
        options = {"learning_rate": 0.5, "batch_size": 8}
        losses = [nn_fast.fit(a, *data, epochs=2, **options) for _ in range(4)]
        assert sum(losses, []) == nn_fast.fit(b, *data, epochs=8, **options)
        assert snapshot(a) == snapshot(b)

    def test_it_may_take_turns_with_net_fit(self):
        data, options = nn_core.moons(30), {"learning_rate": 0.5, "batch_size": 7}
        a, b = NeuralNetwork(2, 4, 1), NeuralNetwork(2, 4, 1)
        for _ in range(2):
            nn_fast.fit(a, *data, epochs=1, **options)
            a.fit(*data, epochs=1, **options)
        b.fit(*data, epochs=4, **options)
        assert snapshot(a)[1:] == snapshot(b)[1:]
        np.testing.assert_allclose(a.loss(*data), b.loss(*data), rtol=1e-12)

    def test_it_learns_digits_it_has_not_seen(self):
        inputs, targets = nn_core.digits()
        net = NeuralNetwork(64, 30, 10, loss="cross_entropy")
        options = {"learning_rate": 0.5, "epochs": 30, "batch_size": 10}
        nn_fast.fit(net, inputs[:, :1300], targets[:, :1300], **options)
        unseen = nn_core.Dataset(inputs[:, 1300:], targets[:, 1300:])
        assert nn_core.accuracy(net, unseen) > 0.9


@pytest.fixture
def net():
    """Yield a trained network, and check that the test leaves every bit unchanged."""
    net = NeuralNetwork(2, 4, 1, seed=1)
    net.fit(*nn_core.moons(20), learning_rate=0.5, epochs=2, batch_size=6)
    before, arrays = snapshot(net), [getattr(net, name) for name in NAMES]
    yield net
    assert snapshot(net) == before
    assert all(getattr(net, n) is array for n, array in zip(NAMES, arrays, strict=True))


GOOD = {
    "inputs": [[0.5, 1], [2, 3]],
    "targets": [[0, 1]],
    "learning_rate": 0.1,
    "epochs": 2,
    "batch_size": 1,
    "seed": 0,
}


class TestErrors:
    """Its arguments are checked like those of net.fit: one bad value for each."""

    @pytest.mark.parametrize(
        ("name", "bad", "error"),
        [
            ("inputs", [[1, 2, 3]], ValueError),
            ("inputs", [["a", "b"], ["c", "d"]], TypeError),
            ("targets", [[0, 1, 1]], ValueError),
            ("targets", [[0, np.nan]], ValueError),
            ("learning_rate", 0, ValueError),
            ("learning_rate", "fast", TypeError),
            ("epochs", 0, ValueError),
            ("epochs", 2.5, TypeError),
            ("batch_size", 0, ValueError),
            ("batch_size", True, TypeError),
            ("seed", -1, ValueError),
            ("seed", "x", TypeError),
        ],
    )
    def test_a_bad_argument(self, net, name, bad, error):
        with fails(error, name):
            nn_fast.fit(net, **GOOD | {name: bad})

    def test_targets_of_cross_entropy(self):
        net = NeuralNetwork(2, 4, 1, loss="cross_entropy")
        with fails(ValueError, "targets", "from 0 to 1"):
            nn_fast.fit(net, **GOOD | {"targets": [[0, 2]]})

    @pytest.mark.parametrize("bad", [None, "net", NeuralNetwork])
    def test_not_a_network(self, bad):
        with fails(TypeError, "net", "expected a NeuralNetwork"):
            nn_fast.fit(bad, **GOOD)

    @pytest.mark.parametrize("batch_size", [None, 5])
    @pytest.mark.parametrize("dtype", ["float64", "float32"])
    def test_diverging(self, dtype, batch_size):
        net = NeuralNetwork(2, 4, 1, "relu", update_rule="blog", dtype=dtype)
        before, huge = snapshot(net), np.full((2, 20), 1e30)
        rate = 1e307 if dtype == "float64" else 1e30
        options = {"learning_rate": rate, "epochs": 3, "batch_size": batch_size}
        with pytest.raises(Diverged) as theirs:
            net.fit(huge, nn_core.moons(20).targets, **options)
        with pytest.raises(Diverged) as ours:
            nn_fast.fit(net, huge, nn_core.moons(20).targets, **options)
        assert str(ours.value) == str(theirs.value)
        assert snapshot(net) == before, "also its random numbers"

    def test_what_overflows_here_alone_is_left_to_net_fit(self):
        """rate × error overflows here; net.fit first multiplies by the slope, which is 0."""
        net = NeuralNetwork(1, 1, 1, init="zeros")
        net.biases_output[...] = 800.0  # its output is 1, where the sigmoid is flat
        options = {"learning_rate": 1e308, "epochs": 2}
        assert nn_fast.fit(net, [[1.0]], [[-9.0]], **options) == [50.0, 50.0]

    def test_poisoned_parameters_are_found(self, net):
        good = net.biases_output.copy()
        net.biases_output[...] = np.nan  # in place, so that it is not checked
        with pytest.raises(Diverged):
            nn_fast.fit(net, **GOOD)
        net.biases_output[...] = good

    @pytest.mark.skipif(os.name == "nt", reason="no timer sends a signal there")
    def test_interrupting_leaves_the_network_as_it_was(self, net):
        def interrupt(*_):
            raise KeyboardInterrupt

        previous = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(KeyboardInterrupt):
                nn_fast.fit(net, **GOOD | {"epochs": 10**9, "seed": None})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    @pytest.mark.slow
    @pytest.mark.fuzz
    @settings(max_examples=30 * TIMES, deadline=None)
    @given(st.data())
    def test_any_numbers(self, data):
        """With numbers of any size all results are finite, or nothing has changed."""
        net = data.draw(networks())
        options = {
            "learning_rate": data.draw(rates),
            "epochs": data.draw(st.integers(1, 4)),
            "batch_size": data.draw(st.none() | st.integers(1, 8)),
            "seed": data.draw(st.none() | st.integers(0, 2**40)),
        }
        pair = data.draw(samples(net))
        losses = call(net, lambda: nn_fast.fit(net, *pair, **options))
        assert all_finite(net)
        assert losses is None or all(0 <= loss < np.inf for loss in losses)

    @pytest.mark.slow
    @pytest.mark.fuzz
    @settings(max_examples=30 * TIMES, deadline=None)
    @given(st.data())
    def test_any_object(self, data):
        """It accepts what net.fit accepts, and raises the same errors."""
        options = dict(GOOD)
        for name in data.draw(st.sets(st.sampled_from(sorted(GOOD)), min_size=1)):
            options[name] = data.draw(anything)
        if not isinstance(options["epochs"], float | str):
            options["epochs"] = 2  # millions of epochs take too long
        messages = []
        for train in (NeuralNetwork.fit, nn_fast.fit):
            net = NeuralNetwork(2, 2, 1)
            try:
                train(net, **options)
                messages.append(None)
            except (ValueError, TypeError) as error:
                messages.append((type(error), str(error)))
        assert messages[0] == messages[1]


def test_the_global_random_state_is_neither_read_nor_written():
    def trained():
        net = NeuralNetwork(2, 3, 1)
        nn_fast.fit(net, *nn_core.moons(20), learning_rate=1, epochs=2, batch_size=3)
        return snapshot(net)

    np.random.seed(1)
    before = repr(np.random.get_state())
    first = trained()
    assert repr(np.random.get_state()) == before
    np.random.seed(2)
    assert trained() == first
