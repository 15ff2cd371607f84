"""Any call either raises a clear error and changes nothing, or leaves all numbers finite.

Hypothesis generates the arguments: numbers of every shape, type and size. Any warning fails
the test, because pytest turns warnings into errors. With FUZZ_TIMES=100 in the environment
there are a hundred times as many examples.
"""

import copy
import os
import tempfile

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import nn_core
from nn_core import NeuralNetwork, sigmoid
from tests.nn_core.nn_core_reference import NAMES, snapshot

ARGUMENTS = ("inputs", "targets", "learning_rate", "epochs", "batch_size", "seed")
pytestmark = [pytest.mark.slow, pytest.mark.fuzz]
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
EXTREMES = [0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 1.7976931348623157e308, 1e-308, 5e-324]
EXTREMES += [
    -5e-324,
    2.2250738585072014e-308,
    1e154,
    1e-154,
    3.4e38,
    1e39,
    1e-45,
    710.0,
]
quick = settings(
    max_examples=60 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

sizes = st.integers(1, 4)
finite = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(EXTREMES)
small = st.floats(-10, 10)
rates = (
    st.floats(min_value=0, exclude_min=True, allow_infinity=False, allow_nan=False)
    | st.floats(1e-3, 10)
    | st.sampled_from([5e-324, 1e308, 1e-300, 1e300])
)


@st.composite
def networks(draw):
    """Return a network with any settings, and sometimes extreme parameters."""
    net = NeuralNetwork(
        draw(sizes),
        draw(sizes),
        draw(sizes),
        activation=draw(st.sampled_from(sorted(nn_core.ACTIVATIONS))),
        init=draw(st.sampled_from(nn_core.INITS)),
        loss=draw(st.sampled_from(nn_core.LOSSES)),
        update_rule=draw(st.sampled_from(nn_core.UPDATE_RULES)),
        seed=draw(st.integers(0, 2**64)),
        dtype=draw(st.sampled_from([np.float32, np.float64])),
    )
    if draw(st.booleans()):
        largest = float(np.finfo(net.dtype).max)
        for name in NAMES:
            shape = getattr(net, name).shape
            values = draw(hnp.arrays(float, shape, elements=finite | small))
            setattr(net, name, np.clip(values, -largest, largest))
    return net


@st.composite
def samples(draw, net, numbers=finite | small):
    """Return inputs and targets that fit the network."""
    count = draw(st.integers(1, 6))
    inputs = draw(hnp.arrays(float, (net.input_nodes, count), elements=numbers))
    if net.loss_function == "cross_entropy":
        numbers = st.floats(0, 1)
    return inputs, draw(hnp.arrays(float, (net.output_nodes, count), elements=numbers))


def all_finite(net):
    return all(np.isfinite(getattr(net, name)).all() for name in NAMES)


def call(net, function):
    """Return the function's result, or None if it raises a clear error and changes nothing."""
    before, failure = snapshot(net), None
    try:
        result = function()
    except (ValueError, TypeError) as error:
        failure = str(error)
    if failure is not None:
        assert failure.partition(":")[0] in ARGUMENTS, f"no argument named: {failure}"
        assert snapshot(net) == before, failure
        return None
    assert all_finite(net)
    return result


@quick
@given(st.data())
def test_feedforward_is_finite_between_0_and_1(data):
    net = data.draw(networks())
    inputs, _ = data.draw(samples(net))
    before = snapshot(net)
    outputs = call(net, lambda: net.feedforward(inputs))
    assert snapshot(net) == before
    if outputs is not None:
        assert outputs.shape == (net.output_nodes, inputs.shape[1])
        assert outputs.dtype == net.dtype
        assert outputs.min() >= 0
        assert outputs.max() <= 1


@quick
@given(st.data())
def test_loss_and_gradients_are_finite(data):
    net = data.draw(networks())
    pair = data.draw(samples(net))
    before = snapshot(net)
    loss = call(net, lambda: net.loss(*pair))
    assert loss is None or (type(loss) is float and 0 <= loss < np.inf)
    steps = call(net, lambda: net.backpropagate(*pair))
    for name, step in zip(NAMES, steps or (), strict=bool(steps)):
        assert step.shape == getattr(net, name).shape
        assert np.isfinite(step).all()
    assert snapshot(net) == before


@quick
@given(st.data())
def test_train(data):
    net = data.draw(networks())
    pair, rate = data.draw(samples(net)), data.draw(rates)
    loss = call(net, lambda: net.train(*pair, rate))
    assert loss is None or 0 <= loss < np.inf


@quick
@given(st.data())
def test_fit(data):
    net = data.draw(networks())
    pair, rate = data.draw(samples(net)), data.draw(rates)
    options = {
        "epochs": data.draw(st.integers(1, 4)),
        "batch_size": data.draw(st.none() | st.integers(1, 8)),
        "seed": data.draw(st.none() | st.integers(0, 2**40)),
    }
    losses = call(net, lambda: net.fit(*pair, learning_rate=rate, **options))
    if losses is not None:
        assert len(losses) == options["epochs"]
        assert all(0 <= loss < np.inf for loss in losses)


@quick
@given(st.data())
def test_a_shape_fits_or_is_named(data):
    net = NeuralNetwork(2, 3, 1)
    shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    inputs, targets = np.ones(data.draw(shapes)), np.ones(data.draw(shapes))
    loss = call(net, lambda: net.train(inputs, targets, 0.1))
    right_inputs = inputs.shape == (2,) or (
        inputs.ndim == 2 and len(inputs) == 2 and inputs.shape[1] > 0
    )
    columns = 1 if inputs.ndim == 1 else inputs.shape[-1] if inputs.ndim else 0
    right_targets = targets.shape == (1, columns) or (
        columns == 1 and targets.shape == (1,)
    )
    assert (loss is not None) == (right_inputs and right_targets)


@quick
@given(
    st.sampled_from(["?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "g"]),
    st.sampled_from(["<", ">"]),
    st.sampled_from([np.float32, np.float64]),
    st.data(),
)
def test_every_kind_of_number_gives_the_same_as_floats(kind, order, dtype, data):
    limits = st.floats(-60000, 60000, width=16) if kind in "efdg" else None
    numbers = data.draw(hnp.arrays(np.dtype(kind), (2, 3), elements=limits))
    numbers = numbers.astype(numbers.dtype.newbyteorder(order))
    net = NeuralNetwork(2, 3, 1, dtype=dtype)
    expected = call(net, lambda: net.feedforward(numbers.astype(dtype)))
    assert expected is not None
    assert np.array_equal(net.feedforward(numbers), expected)
    assert np.array_equal(net.feedforward(numbers.tolist()), expected)


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.lists(st.floats() | st.text(max_size=2) | st.none(), max_size=4)
    | st.lists(st.lists(st.floats(-5, 5), max_size=3), max_size=3)
    | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
    | hnp.arrays(
        hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)
    )
)


@settings(max_examples=50 * TIMES, deadline=None)
@given(st.data())
def test_any_object_as_any_argument(data):
    """Any object raises a TypeError or ValueError and changes nothing, or is accepted."""
    net = NeuralNetwork(2, 2, 1)
    options = {
        "inputs": [[0.5, 1], [2, 3]],
        "targets": [[0, 1]],
        "learning_rate": 0.1,
        "epochs": 2,
        "batch_size": 1,
        "seed": 0,
    }
    for name in data.draw(st.sets(st.sampled_from(sorted(options)), min_size=1)):
        options[name] = data.draw(anything)
    # Millions of epochs are allowed, but take too long.
    epochs = options["epochs"]
    assume(not isinstance(epochs, int | np.integer) or epochs < 100)
    assume(not (isinstance(epochs, np.ndarray) and epochs.ndim == 0))
    call(net, lambda: net.fit(**options))


@quick
@given(hnp.arrays(hnp.floating_dtypes(), hnp.array_shapes(), elements=None))
def test_sigmoid(x):
    finite_x = np.isfinite(x)
    found = sigmoid(np.where(finite_x, x, 0).astype(x.dtype))
    assert found.shape == x.shape
    assert np.all((found >= 0) & (found <= 1))
    rising = np.sort(x[finite_x].ravel())
    assert np.all(np.diff(sigmoid(rising)) >= 0)


@quick
@given(
    st.sampled_from(["moons", "circles", "spiral", "blobs"]),
    st.integers(2, 60),
    st.floats(0, 1e6),
    st.none() | st.integers(0, 2**130),
)
def test_data_sets(name, n, noise, seed):
    data = getattr(nn_core, name)(n, noise, seed)
    assert data.inputs.shape == (2, n)
    assert np.isfinite(data.inputs).all()
    assert data.targets.sum() == n // 2


@settings(max_examples=25 * TIMES, deadline=None)
@given(st.data())
def test_save_and_load_any_network(tmp_path_factory, data):
    net = data.draw(networks())
    path = tmp_path_factory.getbasetemp() / "fuzz.npz"
    net.save(path)
    assert snapshot(NeuralNetwork.load(path)) == snapshot(net)


class AnySequenceOfCalls(RuleBasedStateMachine):
    """After good and bad calls in any order the network is finite and reproducible.

    A twin that starts with the same weights gets the same calls and must stay equal.
    """

    @initialize(net=networks())
    def start(self, net):
        self.net, self.twin = net, copy.deepcopy(net)
        self.shapes = {name: getattr(net, name).shape for name in NAMES}
        self.folder = tempfile.TemporaryDirectory()

    def both(self, method, *arguments, **options):
        """Call a method of the network and of its twin; return the network's result."""
        results = [
            call(net, lambda net=net: getattr(net, method)(*arguments, **options))
            for net in (self.net, self.twin)
        ]
        assert repr(results[0]) == repr(results[1])
        return results[0]

    @rule(data=st.data(), rate=rates)
    def train(self, data, rate):
        loss = self.both("train", *data.draw(samples(self.net)), rate)
        assert loss is None or 0 <= loss < np.inf

    @rule(
        data=st.data(),
        rate=st.floats(1e-3, 5),
        epochs=st.integers(1, 5),
        size=st.none() | st.integers(1, 4),
        seed=st.none() | st.integers(0, 9),
    )
    def fit(self, data, rate, epochs, size, seed):
        pair = data.draw(samples(self.net, small))
        options = {"epochs": epochs, "batch_size": size, "seed": seed}
        losses = self.both("fit", *pair, learning_rate=rate, **options)
        assert losses is None or len(losses) == epochs

    @rule(data=st.data())
    def look(self, data):
        pair, before = data.draw(samples(self.net)), snapshot(self.net)
        self.both("feedforward", pair[0])
        self.both("loss", *pair)
        self.both("backpropagate", *pair)
        assert snapshot(self.net) == before

    @rule(data=st.data(), rate=anything, epochs=anything, size=anything)
    def fit_with_anything(self, data, rate, epochs, size):
        assume(not isinstance(epochs, int | np.integer) or epochs < 50)
        assume(not (isinstance(epochs, np.ndarray) and epochs.ndim == 0))
        pair = data.draw(samples(self.net))
        self.both("fit", *pair, learning_rate=rate, epochs=epochs, batch_size=size)

    @rule(first=anything, second=anything)
    def train_on_anything(self, first, second):
        self.both("train", first, second, 0.1)

    @rule(data=st.data())
    def change_the_callers_arrays_after_a_call(self, data):
        """The network must not keep references to its arguments."""
        inputs, targets = data.draw(samples(self.net, small))
        self.both("train", inputs, targets, 0.5)
        before = snapshot(self.net)
        inputs[...], targets[...] = 99.0, 0.0
        assert snapshot(self.net) == before

    @rule(rule=st.sampled_from(nn_core.UPDATE_RULES))
    def change_the_rule(self, rule):
        self.net.update_rule = self.twin.update_rule = rule

    @rule()
    def save_and_go_on_with_what_was_loaded(self):
        path = f"{self.folder.name}/net.npz"
        self.net.save(path)
        loaded = NeuralNetwork.load(path)
        assert repr(loaded) == repr(self.net)
        assert snapshot(loaded) == snapshot(self.net)
        self.net = loaded
        assert os.listdir(self.folder.name) == ["net.npz"]

    @rule()
    def save_where_no_file_can_be(self):
        before = snapshot(self.net)
        with pytest.raises(OSError, match="no such folder"):
            self.net.save(f"{self.folder.name}/no such folder/net.npz")
        assert snapshot(self.net) == before

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def assign(self, data, name):
        value = data.draw(hnp.arrays(float, self.shapes[name], elements=small))
        for net in (self.net, self.twin):
            setattr(net, name, value)
            assert np.array_equal(getattr(net, name), value.astype(net.dtype))

    @rule(value=anything, name=st.sampled_from(NAMES))
    def assign_anything(self, value, name):
        for net in (self.net, self.twin):
            before, failure = snapshot(net), None
            try:
                setattr(net, name, value)
            except (ValueError, TypeError) as error:
                failure = str(error)
            if failure is not None:
                assert failure.startswith(f"{name}: ")
                assert snapshot(net) == before

    @invariant()
    def finite_and_in_shape(self):
        assert all_finite(self.net)
        for name, shape in self.shapes.items():
            assert getattr(self.net, name).shape == shape
            assert getattr(self.net, name).dtype == self.net.dtype

    @invariant()
    def same_as_its_twin(self):
        assert snapshot(self.net) == snapshot(self.twin)

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestAnySequenceOfCalls = AnySequenceOfCalls.TestCase
TestAnySequenceOfCalls.settings = settings(
    max_examples=15 * TIMES,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
