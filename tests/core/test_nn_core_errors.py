"""Every bad argument: the right exception, its name in the message, nothing changed."""

import re
from decimal import Decimal

import numpy as np
import pytest

import nn_core
from nn_core import NeuralNetwork
from tests.conftest import named
from tests.core.nn_core_reference import snapshot

NAN, INF = float("nan"), float("inf")


def fails(error, name, *parts):
    """Expect exactly this error, whose message starts with the argument's name."""
    pattern = rf"^{re.escape(name)}: " + "".join(
        rf"(?=.*{re.escape(p)})" for p in parts
    )
    return pytest.raises(error, match=pattern)


@pytest.fixture(params=["gradient", "blog"])
def net(request):
    """A network that has trained, and that must be bit for bit the same at the end."""
    net = NeuralNetwork(2, 4, 1, update_rule=request.param, seed=1)
    net.fit(*nn_core.moons(20), learning_rate=0.5, epochs=2, batch_size=6)
    before = snapshot(net)
    yield net
    assert snapshot(net) == before


def calls(net, inputs=((1, 2), (3, 4)), targets=((0, 1),), learning_rate=0.1):
    """Return each way to hand samples to a network, as (name, function)."""
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
NOT_NUMBERS = [
    None,
    "ab",
    ["a", "b"],
    [["1", "2"], ["3", "4"]],
    b"ab",
    {"x": 1},
    {1, 2},
    object(),
    [object(), object()],
    [1j, 2],
    np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"),
    [None, 1],
    (number for number in (1, 2)),
    [Decimal(1), Decimal(2)],
]
WRONG_INPUT_SHAPES = [
    [],
    [[], []],
    np.empty((2, 0)),
    np.empty((0, 2)),
    1.0,
    [1, 2, 3],
    [[1, 2, 3]],
    [[[1, 2], [3, 4]]],
    np.zeros((3, 2)),
    np.zeros((2, 2, 2)),
    np.zeros((2, 1, 1)),
    [[1, 2], [3]],
    [[1, 2], 3],
]
WRONG_TARGET_SHAPES = [
    [],
    [[]],
    1.0,
    [0, 1],
    [[0, 1, 0]],
    [[0]],
    [[0], [1]],
    [[0, 1], [0, 1]],
    [[[0, 1]]],
    [[0, 1], [1]],
]
NOT_FINITE = [NAN, INF, -INF, np.float32(INF), np.longdouble("1e4000")]


class TestInputs:
    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("bad", NOT_NUMBERS, ids=named)
    def test_not_numbers(self, net, call, bad):
        with fails(TypeError, "inputs", "expected numbers"):
            calls(net, inputs=bad)[call]()

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("bad", WRONG_INPUT_SHAPES, ids=named)
    def test_wrong_shapes(self, net, call, bad):
        with fails(ValueError, "inputs", "expected", "(2, N)", "got"):
            calls(net, inputs=bad)[call]()

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("bad", NOT_FINITE, ids=named)
    def test_not_finite(self, net, call, bad):
        with fails(ValueError, "inputs", "finite", "1 place"):
            calls(net, inputs=[[1, 2], [3, bad]])[call]()

    @pytest.mark.parametrize(
        "bad", [*NOT_NUMBERS[:4], [], [1, 2, 3], [1, NAN]], ids=named
    )
    @pytest.mark.parametrize("method", ["feedforward", "layer_outputs"])
    def test_feedforward(self, net, method, bad):
        with pytest.raises((TypeError, ValueError), match="^inputs: expected"):
            getattr(net, method)(bad)

    def test_too_large_for_float32(self):
        net = NeuralNetwork(2, 4, 1, dtype=np.float32)
        with fails(ValueError, "inputs", "float32"):
            net.feedforward([1e39, 0])

    def test_rows_instead_of_columns_get_a_hint(self, net):
        with fails(ValueError, "inputs", "(2, N)", "(5, 2)", "transpose (.T)"):
            net.feedforward(np.zeros((5, 2)))

    def test_a_flat_row_gets_a_hint(self):
        net = NeuralNetwork(1, 4, 1)
        with fails(ValueError, "inputs", "(1, N)", "(5,)", "reshape(1, -1)"):
            net.feedforward(np.zeros(5))


class TestTargets:
    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("bad", NOT_NUMBERS, ids=named)
    def test_not_numbers(self, net, call, bad):
        if hasattr(bad, "__next__"):
            bad = iter(())
        with fails(TypeError, "targets", "expected numbers"):
            calls(net, targets=bad)[call]()

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("bad", WRONG_TARGET_SHAPES, ids=named)
    def test_wrong_shapes(self, net, call, bad):
        with fails(ValueError, "targets", "expected", "(1, 2)", "got"):
            calls(net, targets=bad)[call]()

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("bad", NOT_FINITE, ids=named)
    def test_not_finite(self, net, call, bad):
        with fails(ValueError, "targets", "finite"):
            calls(net, targets=[[0, bad]])[call]()

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        "bad", [-0.01, 1.01, -1, 2, 255, -1e308, np.nextafter(1, 2)]
    )
    @pytest.mark.parametrize("rule", ["gradient", "blog"])
    def test_cross_entropy_wants_0_to_1(self, call, bad, rule):
        net = NeuralNetwork(2, 4, 1, loss="cross_entropy", update_rule=rule)
        before = snapshot(net)
        with fails(ValueError, "targets", "0 to 1", "cross-entropy", f"{bad:g}"):
            calls(net, targets=[[0.5, bad]])[call]()
        assert snapshot(net) == before

    @pytest.mark.parametrize("fine", [0, 1, 0.5, True, -0.0, 5e-324])
    def test_cross_entropy_takes_its_limits(self, fine):
        assert (
            NeuralNetwork(2, 4, 1, loss="cross_entropy").train([1, 2], [fine], 0.1) > 0
        )

    def test_mse_takes_any_finite_target(self):
        assert NeuralNetwork(2, 4, 1).train([1, 2], [-7.5], 0.1) > 0


NOT_REAL = [None, "0.1", b"1", True, False, np.True_, 1j, [0.1], (0.1,), [[1], [1, 2]]]
NOT_REAL += [np.array([0.1]), {}, object(), {"rate": 0.1}, float, lambda: 0.1]
NOT_POSITIVE = [0, 0.0, -0.0, -1, -1e-300, NAN, INF, -INF, np.float32(NAN), 10**400]
NOT_POSITIVE += [-(10**400)]


class TestLearningRate:
    @pytest.mark.parametrize("call", ["train", "fit", "fit in batches"])
    @pytest.mark.parametrize("bad", NOT_REAL, ids=named)
    def test_not_a_number(self, net, call, bad):
        with fails(TypeError, "learning_rate", "expected a finite number", "got"):
            calls(net, learning_rate=bad)[call]()

    @pytest.mark.parametrize("call", ["train", "fit", "fit in batches"])
    @pytest.mark.parametrize("bad", NOT_POSITIVE, ids=lambda bad: repr(bad)[:12])
    def test_not_finite_and_positive(self, net, call, bad):
        with fails(ValueError, "learning_rate", "finite", "above 0", "got"):
            calls(net, learning_rate=bad)[call]()

    @pytest.mark.parametrize("fine", [1, 1e-300, 5e-324, np.float32(0.5), np.int8(1)])
    def test_positive_numbers_are_taken(self, fine):
        assert NeuralNetwork(2, 4, 1).train([1, 2], [0], fine) > 0

    @pytest.mark.parametrize("call", ["train", "fit", "fit in batches"])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_divergence_names_it_and_undoes_the_update(self, call, dtype):
        net = NeuralNetwork(2, 4, 1, "relu", update_rule="blog", dtype=dtype)
        before = snapshot(net)
        huge = np.full((2, 2), 1e30)
        with fails(ValueError, "learning_rate", "diverged"):
            calls(net, huge, learning_rate=1e307 if dtype is np.float64 else 1e30)[
                call
            ]()
        assert snapshot(net) == before, "also its random numbers"

    def test_a_rate_too_large_for_float32(self):
        net = NeuralNetwork(2, 4, 1, dtype=np.float32)
        before = snapshot(net)
        with fails(ValueError, "learning_rate"):
            net.train([1, 2], [0], 1e300)
        assert snapshot(net) == before


class TestFitsOtherArguments:
    BAD_COUNTS = [0, -1, -(10**30)]
    NOT_INTEGERS = ["3", 2.0, NAN, True, np.True_, [3], 1j, np.float64(2), Decimal(2)]

    def fit(self, net, **options):
        options = {"learning_rate": 0.1, "epochs": 2} | options
        return net.fit(*nn_core.xor(), **options)

    @pytest.mark.parametrize("name", ["epochs", "batch_size"])
    @pytest.mark.parametrize("bad", BAD_COUNTS)
    def test_counts_are_positive(self, net, name, bad):
        with fails(ValueError, name, "expected an integer", "1 or more", f"got {bad}"):
            self.fit(net, **{name: bad})

    @pytest.mark.parametrize("name", ["epochs", "batch_size"])
    @pytest.mark.parametrize("bad", NOT_INTEGERS, ids=named)
    def test_counts_are_integers(self, net, name, bad):
        with fails(TypeError, name, "expected an integer", "got"):
            self.fit(net, **{name: bad})

    def test_epochs_may_not_be_none(self, net):
        with fails(TypeError, "epochs", "got None"):
            self.fit(net, epochs=None)

    @pytest.mark.parametrize("batch_size", [None, 2])
    @pytest.mark.parametrize("bad", NOT_INTEGERS, ids=named)
    def test_seed(self, net, bad, batch_size):
        with fails(TypeError, "seed"):
            self.fit(net, seed=bad, batch_size=batch_size)
        with fails(ValueError, "seed"):
            self.fit(net, seed=-1, batch_size=batch_size)


class TestEpsilon:
    @pytest.mark.parametrize("bad", NOT_REAL, ids=named)
    def test_not_a_number(self, net, bad):
        with fails(TypeError, "epsilon"):
            nn_core.numerical_gradient(net, [1, 2], [0], epsilon=bad)

    @pytest.mark.parametrize("bad", NOT_POSITIVE, ids=lambda bad: repr(bad)[:12])
    def test_not_positive(self, net, bad):
        with fails(ValueError, "epsilon"):
            nn_core.numerical_gradient(net, [1, 2], [0], epsilon=bad)


@pytest.mark.parametrize("name", ["input_nodes", "hidden_nodes", "output_nodes"])
class TestNodeCounts:
    def make(self, name, bad):
        sizes = {"input_nodes": 2, "hidden_nodes": 3, "output_nodes": 1}
        return NeuralNetwork(**(sizes | {name: bad}))

    @pytest.mark.parametrize("bad", [0, -1, np.int64(0), -(10**30)])
    def test_not_positive(self, name, bad):
        with fails(ValueError, name, "expected an integer", f"got {bad}"):
            self.make(name, bad)

    @pytest.mark.parametrize(
        "bad",
        [
            2.0,
            2.5,
            NAN,
            INF,
            "2",
            None,
            True,
            False,
            np.True_,
            [2],
            (2,),
            2j,
            np.ones(2),
        ],
        ids=named,
    )
    def test_not_an_integer(self, name, bad):
        with fails(TypeError, name, "expected an integer", "got"):
            self.make(name, bad)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("activation", ["sigmoid", "tanh", "relu"]),
        ("init", ["xavier", "uniform", "normal", "zeros"]),
        ("loss", ["mse", "cross_entropy"]),
        ("update_rule", ["gradient", "blog"]),
    ],
)
class TestNames:
    @pytest.mark.parametrize("bad", ["", "Sigmoid", "junk", " tanh", "mse "])
    def test_unknown(self, name, choices, bad):
        with fails(ValueError, name, *choices, repr(bad)):
            NeuralNetwork(2, 3, 1, **{name: bad})

    @pytest.mark.parametrize(
        "bad", [None, 1, True, b"mse", ["mse"], np.tanh], ids=named
    )
    def test_not_a_name(self, name, choices, bad):
        with fails(TypeError, name, *choices):
            NeuralNetwork(2, 3, 1, **{name: bad})


class TestOtherConstructorArguments:
    @pytest.mark.parametrize("bad", [-1, np.int64(-5)])
    def test_negative_seed(self, bad):
        with fails(ValueError, "seed"):
            NeuralNetwork(2, 3, 1, seed=bad)

    @pytest.mark.parametrize("bad", [1.0, "1", True, [1, 2], NAN], ids=named)
    def test_seed_of_a_wrong_type(self, bad):
        with fails(TypeError, "seed"):
            NeuralNetwork(2, 3, 1, seed=bad)

    @pytest.mark.parametrize(
        "bad", [int, "int8", np.float16, complex, bool, object, "S3", np.longdouble]
    )
    def test_dtype_is_float64_or_float32(self, bad):
        with fails(ValueError, "dtype", "float64 or float32"):
            NeuralNetwork(2, 3, 1, dtype=bad)

    @pytest.mark.parametrize("bad", ["junk", 5, [1, 2], {"a": 1}], ids=named)
    def test_dtype_that_is_none(self, bad):
        with pytest.raises(
            (TypeError, ValueError), match=r"^dtype: .*float64 or float32"
        ):
            NeuralNetwork(2, 3, 1, dtype=bad)


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
    """Finite arguments whose result is not: no warning, no nan, a clear error."""

    @pytest.mark.parametrize("call", ["loss", "train", "fit", "fit in batches"])
    def test_huge_targets(self, net, call):
        with pytest.raises(ValueError, match=r"^(inputs|targets|learning_rate): .*"):
            calls(net, targets=[[1e308, -1e308]])[call]()

    @pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
    def test_sums_of_both_infinities(self, activation):
        """inf - inf is nan. But a product that is fused with its sum does not overflow."""
        net = NeuralNetwork(2, 1, 1, activation)
        net.weights_input_hidden = [[1e10, -1e10]]
        sums = np.empty((1, 1))
        layer = np.array([[1e10, -1e10, 0]])
        with np.errstate(all="ignore"):
            layer.dot(np.array([[1e308], [1e308], [1]]), out=sums)
        if np.isnan(sums).all() or activation == "relu":
            with fails(ValueError, "inputs", "overflowed", "divide"):
                net.feedforward([1e308, 1e308])
        else:
            assert np.isfinite(net.feedforward([1e308, 1e308])).all()

    def test_poisoned_parameters_are_found(self, net):
        good = net.biases_output.copy()
        net.biases_output[...] = NAN  # past the check that assigning would make
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
