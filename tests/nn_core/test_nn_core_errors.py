"""Each method raises errors that name bad arguments, and changes nothing then.

test_nn_arguments.py tests all kinds of bad values. Here each argument of each method gets
one bad value of each type of error.
"""

import re

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork
from tests.nn_core.nn_core_reference import snapshot

NAN, INF = float("nan"), float("inf")


def fails(error, name, *parts):
    """Expect exactly this error, whose message starts with the argument's name."""
    pattern = rf"^{re.escape(name)}: " + "".join(
        rf"(?=.*{re.escape(p)})" for p in parts
    )
    return pytest.raises(error, match=pattern)


@pytest.fixture(params=["gradient", "blog"])
def net(request):
    """Yield a trained network, and check that the test leaves every bit unchanged."""
    net = NeuralNetwork(2, 4, 1, update_rule=request.param, seed=1)
    net.fit(*nn_core.moons(20), learning_rate=0.5, epochs=2, batch_size=6)
    before = snapshot(net)
    yield net
    assert snapshot(net) == before


def calls(net, inputs=((1, 2), (3, 4)), targets=((0, 1),), learning_rate=0.1):
    """Return {name: function} for each way to pass samples to a network."""
    return {
        "loss": lambda: net.loss(inputs, targets),
        "backpropagate": lambda: net.backpropagate(inputs, targets),
        "train": lambda: net.train(inputs, targets, learning_rate),
        "fit": lambda: net.fit(inputs, targets, learning_rate=learning_rate, epochs=2),
        "fit in batches": lambda: net.fit(
            inputs, targets, learning_rate=learning_rate, epochs=2, batch_size=1
        ),
        "numerical_gradient": lambda: nn_core.numerical_gradient(net, inputs, targets),
    }


CALLS = list(calls(None))
NOT_POSITIVE = [0, -1, NAN, INF]
each_call = pytest.mark.parametrize("call", CALLS)
each_training = pytest.mark.parametrize("call", ["train", "fit", "fit in batches"])


class TestSamples:
    BAD_INPUTS = [
        (TypeError, ["a", "b"], "expected numbers"),
        (ValueError, [[1, 2, 3]], "expected shape (2, N), got (1, 3)"),
        (ValueError, [[1, 2], [3, NAN]], "expected finite"),
    ]
    BAD_TARGETS = [
        (TypeError, ["a", "b"], "expected numbers"),
        (ValueError, [[0, 1, 0]], "expected shape (1, 2), got (1, 3)"),
        (ValueError, [[0, INF]], "expected finite"),
    ]

    @each_call
    @pytest.mark.parametrize(("error", "bad", "words"), BAD_INPUTS)
    def test_inputs(self, net, call, error, bad, words):
        with fails(error, "inputs", words):
            calls(net, inputs=bad)[call]()

    @pytest.mark.parametrize("method", ["feedforward", "layer_outputs"])
    @pytest.mark.parametrize(("error", "bad", "words"), BAD_INPUTS)
    def test_inputs_without_targets(self, net, method, error, bad, words):
        with fails(error, "inputs", words):
            getattr(net, method)(bad)

    @each_call
    @pytest.mark.parametrize(("error", "bad", "words"), BAD_TARGETS)
    def test_targets(self, net, call, error, bad, words):
        with fails(error, "targets", words):
            calls(net, targets=bad)[call]()

    @each_call
    @pytest.mark.parametrize("rule", ["gradient", "blog"])
    def test_targets_of_cross_entropy(self, call, rule):
        net = NeuralNetwork(2, 4, 1, loss="cross_entropy", update_rule=rule)
        before = snapshot(net)
        with fails(ValueError, "targets", "0 to 1", "cross-entropy", "1.01"):
            calls(net, targets=[[0.5, 1.01]])[call]()
        assert snapshot(net) == before

    def test_too_large_for_float32(self):
        net = NeuralNetwork(2, 4, 1, dtype=np.float32)
        with fails(ValueError, "inputs", "float32"):
            net.feedforward([1e39, 0])


class TestLearningRate:
    @each_training
    @pytest.mark.parametrize("bad", NOT_POSITIVE)
    def test_out_of_range(self, net, call, bad):
        with fails(ValueError, "learning_rate", "finite", "above 0", "got"):
            calls(net, learning_rate=bad)[call]()

    @each_training
    @pytest.mark.parametrize("bad", ["0.1", True])
    def test_not_a_number(self, net, call, bad):
        with fails(TypeError, "learning_rate", "expected a finite number", "got"):
            calls(net, learning_rate=bad)[call]()

    @pytest.mark.parametrize("fine", [1, 1e-300, 5e-324, np.float32(0.5), np.int8(1)])
    def test_positive_numbers_are_taken(self, fine):
        assert NeuralNetwork(2, 4, 1).train([1, 2], [0], fine) > 0

    @each_training
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_divergence_names_it_and_undoes_the_update(self, call, dtype):
        net = NeuralNetwork(2, 4, 1, "relu", update_rule="blog", dtype=dtype)
        before = snapshot(net)
        huge = np.full((2, 2), 1e30)
        rate = 1e307 if dtype is np.float64 else 1e30
        with fails(nn_core.Diverged, "learning_rate", "diverged"):
            calls(net, huge, learning_rate=rate)[call]()
        assert snapshot(net) == before, "also its random numbers"

    def test_a_rate_too_large_for_float32(self):
        net = NeuralNetwork(2, 4, 1, dtype=np.float32)
        before = snapshot(net)
        with fails(ValueError, "learning_rate"):
            net.train([1, 2], [0], 1e300)
        assert snapshot(net) == before


@pytest.mark.parametrize(
    ("name", "bad"),
    [("epochs", 0), ("batch_size", -1), ("seed", -1)]
    + [(name, bad) for name in ("epochs", "batch_size", "seed") for bad in (2.0, "3")]
    + [("epochs", None)],
)
@pytest.mark.parametrize("batch_size", [None, 2])
def test_other_arguments_of_fit(net, name, bad, batch_size):
    options = {"learning_rate": 0.1, "epochs": 2, "batch_size": batch_size, name: bad}
    error = ValueError if isinstance(bad, int) else TypeError
    with fails(error, name, "expected an integer", f"got {bad!r}"):
        net.fit(*nn_core.xor(), **options)


@pytest.mark.parametrize(
    ("error", "bad"),
    [
        *((ValueError, bad) for bad in NOT_POSITIVE),
        (TypeError, "0.1"),
        (TypeError, None),
    ],
)
def test_epsilon(net, error, bad):
    with fails(error, "epsilon", "expected a finite number, above 0", "got"):
        nn_core.numerical_gradient(net, [1, 2], [0], epsilon=bad)


NODES = ["input_nodes", "hidden_nodes", "output_nodes"]
NAMES = ["activation", "init", "loss", "update_rule"]


@pytest.mark.parametrize(
    ("error", "name", "bad", "expected"),
    [(ValueError, name, 0, "an integer, 1 or more") for name in NODES]
    + [(TypeError, name, 2.0, "an integer, 1 or more") for name in NODES]
    + [(ValueError, name, "junk", "one of") for name in NAMES]
    + [(TypeError, name, None, "one of") for name in NAMES]
    + [(ValueError, "seed", -1, "0 or more"), (TypeError, "seed", 1.0, "0 or more")]
    + [(ValueError, "dtype", int, "float64 or float32")]
    + [(TypeError, "dtype", "junk", "float64 or float32")],
)
def test_arguments_of_a_new_network(error, name, bad, expected):
    sizes = dict(zip(NODES, (2, 3, 1), strict=True))
    with fails(error, name, "expected", expected, "got"):
        NeuralNetwork(**(sizes | {name: bad}))


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("activation", "sigmoid, tanh, relu"),
        ("init", "xavier, uniform, normal, zeros"),
        ("loss", "mse, cross_entropy"),
        ("update_rule", "gradient, blog"),
    ],
)
def test_an_unknown_name_gets_a_list_of_those_there_are(name, choices):
    with fails(ValueError, name, f"expected one of {choices}, got 'junk'"):
        NeuralNetwork(2, 3, 1, **{name: "junk"})
    for choice in choices.split(", "):
        NeuralNetwork(2, 3, 1, **{name: choice})


class TestAssignment:
    @pytest.mark.parametrize(
        ("name", "shape"),
        [
            ("weights_input_hidden", (4, 2)),
            ("weights_hidden_output", (1, 4)),
            ("biases_hidden", (4, 1)),
            ("biases_output", (1, 1)),
        ],
    )
    def test_bad_arrays(self, net, name, shape):
        for bad in (np.zeros((7, 7)), np.zeros(0), 0.0, np.zeros((*shape, 1))):
            with fails(ValueError, name, str(shape), "got"):
                setattr(net, name, bad)
        for bad in (NAN, INF, -INF):
            with fails(ValueError, name, "finite"):
                setattr(net, name, np.full(shape, bad))
        for bad in (None, "junk", np.full(shape, "1"), np.full(shape, 1j)):
            with fails(TypeError, name, str(shape)):
                setattr(net, name, bad)


class TestOverflow:
    """Finite arguments with an infinite result: a clear error, no warning, no nan."""

    @pytest.mark.parametrize("call", ["loss", "train", "fit", "fit in batches"])
    def test_huge_targets(self, net, call):
        with pytest.raises(ValueError, match=r"^(inputs|targets|learning_rate): .*"):
            calls(net, targets=[[1e308, -1e308]])[call]()

    @pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
    def test_sums_of_both_infinities(self, activation):
        """inf - inf is nan, but some matrix products give ±inf, and so an output of 0 or 1."""
        net = NeuralNetwork(2, 1, 1, activation)
        net.weights_input_hidden = [[1e10, -1e10]]
        try:
            outputs = net.feedforward([1e308, 1e308])
        except ValueError as error:
            assert re.match("inputs: .*overflowed.*divide", str(error))  # noqa: PT017
        else:
            assert np.isfinite(outputs).all()

    def test_a_sum_that_is_surely_infinite(self):
        net = NeuralNetwork(2, 1, 1, "relu")
        net.weights_input_hidden = [[1e10, 1e10]]
        with fails(ValueError, "inputs", "overflowed", "divide"):
            net.feedforward([1e308, 1e308])

    def test_poisoned_parameters_are_found(self, net):
        good = net.biases_output.copy()
        net.biases_output[...] = NAN  # in place, so that it is not checked
        for call in (lambda: net.feedforward([1, 2]), *calls(net).values()):
            with pytest.raises(ValueError, match="^[a-z_]+: "):
                call()
        net.biases_output = good


@pytest.mark.parametrize(
    ("attribute", "wrong"),
    [("update_rule", "bolg"), ("loss_function", "MSE"), ("activation", "step")],
)
def test_a_setting_that_is_mistyped_later_is_refused(attribute, wrong):
    net = NeuralNetwork(2, 4, 1)
    before = snapshot(net)
    with fails(ValueError, attribute, repr(wrong)):
        setattr(net, attribute, wrong)
    assert snapshot(net) == before


def test_a_path_without_a_name_is_refused():
    with fails(ValueError, "path", "''"):
        NeuralNetwork(2, 4, 1).save("")


def test_a_gradient_is_measured_of_a_network_only():
    with fails(TypeError, "net", "NeuralNetwork", "str"):
        nn_core.numerical_gradient("x", *nn_core.xor())
