"""Bad arguments raise errors with the name, what was expected and what was given.

test_nn_core_errors.py tests that each method of the network checks its arguments.
"""

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import nn_arguments
from nn_core import NeuralNetwork
from tests.conftest import named

NAN, INF = float("nan"), float("inf")
HUGE = 10**400  # an integer too large for a float


def fails(error, *parts):
    """Expect exactly this error about the argument `x`, with these parts in this order."""
    pattern = ".*".join(map(re.escape, ["x: expected", *parts, "got"]))
    return pytest.raises(error, match=f"^{pattern}")


# --- Arrays ---------------------------------------------------------------------------

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
WRONG_SHAPES = {
    (2, None): [
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
    ],
    (1, 2): [
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
    ],
}


@pytest.mark.parametrize("shape", WRONG_SHAPES)
@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=named)
def test_what_is_no_array_of_numbers(bad, shape):
    with fails(TypeError, "numbers"):
        nn_arguments.as_floats("x", bad, shape)


@pytest.mark.parametrize(
    ("shape", "bad"),
    [(shape, bad) for shape, values in WRONG_SHAPES.items() for bad in values],
    ids=named,
)
def test_an_array_of_another_shape(shape, bad):
    with fails(ValueError, str(shape).replace("None", "N")):
        nn_arguments.as_floats("x", bad, shape)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "bad", [NAN, INF, -INF, np.float32(INF), np.longdouble("1e4000")], ids=named
)
def test_an_array_that_is_not_finite(bad, dtype):
    with fails(ValueError, "finite", np.dtype(dtype).name) as error:
        nn_arguments.as_floats("x", [[1, 2], [3, bad]], (2, None), dtype)
    assert "in 1 places" in str(error.value)


def test_a_number_too_large_for_float32():
    assert nn_arguments.as_floats("x", [1e39, 0], (2, None))[0] == 1e39
    with fails(ValueError, "float32"):
        nn_arguments.as_floats("x", [1e39, 0], (2, None), np.float32)


def test_rows_in_place_of_columns_get_a_hint():
    with pytest.raises(
        ValueError, match=r"\(2, N\), got \(5, 2\); .*transpose \(\.T\)"
    ):
        nn_arguments.as_floats("x", np.zeros((5, 2)), (2, None))


def test_a_flat_row_gets_a_hint():
    with pytest.raises(ValueError, match=r"\(1, N\), got \(5,\); x\.reshape\(1, -1\)"):
        nn_arguments.as_floats("x", np.zeros(5), (1, None))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", [int, bool, np.uint8, np.float16, np.float64, list])
def test_every_kind_of_number_is_taken_and_the_callers_array_is_left_alone(kind, dtype):
    values = [[1, 0, 1], [0, 1, 0]]
    given = values if kind is list else np.array(values, kind)
    taken = nn_arguments.as_floats("x", given, (2, None), dtype)
    assert taken.dtype == dtype
    np.testing.assert_array_equal(taken, values)
    np.testing.assert_array_equal(given, values)


@pytest.mark.parametrize("shape", [(2, None), (2, 1)])
def test_a_single_sample_becomes_a_column(shape):
    taken = nn_arguments.as_floats("x", [3, 4], shape)
    np.testing.assert_array_equal(taken, [[3], [4]])


# --- Numbers --------------------------------------------------------------------------

NOT_REAL = [None, "0.1", b"1", True, False, np.True_, 1j, [0.1], (0.1,), [[1], [1, 2]]]
NOT_REAL += [np.array([0.1]), {}, object(), {"rate": 0.1}, float, lambda: 0.1]
NOT_POSITIVE = [-1, -1e-300, NAN, INF, -INF, np.float32(NAN), HUGE, -HUGE]
ZEROS = [0, 0.0, -0.0]
NOT_WHOLE = [None, "3", 2.0, 2.5, NAN, INF, True, False, np.True_, [3], (2,), 1j]
NOT_WHOLE += [np.float64(2), Decimal(2), np.ones(2), lambda: 2]


def short(value):
    return named(value)[:12]


@pytest.mark.parametrize("bad", NOT_REAL, ids=named)
def test_what_is_no_real_number(bad):
    with fails(TypeError, "a finite number, above 0"):
        nn_arguments.positive_number("x", bad)
    with fails(TypeError, "a number from 0 to 1"):
        nn_arguments.number_within("x", bad, 0, 1)


@pytest.mark.parametrize("bad", NOT_POSITIVE, ids=short)
def test_a_number_that_is_not_positive_and_finite(bad):
    with fails(ValueError, "a finite number, above 0"):
        nn_arguments.positive_number("x", bad)
    with fails(ValueError, "a finite number, 0 or more"):
        nn_arguments.positive_number("x", bad, or_zero=True)


@pytest.mark.parametrize("zero", ZEROS)
def test_zero_where_it_may_be(zero):
    with fails(ValueError, "above 0"):
        nn_arguments.positive_number("x", zero)
    assert nn_arguments.positive_number("x", zero, or_zero=True) == 0


@pytest.mark.parametrize("fine", [1, 1e-300, 5e-324, np.float32(0.5), np.int8(1)])
def test_positive_numbers_are_taken_as_floats(fine):
    number = nn_arguments.positive_number("x", fine)
    assert type(number) is float
    assert number == fine


@pytest.mark.parametrize("bad", [-1e-300, 1 + 1e-15, NAN, INF, -INF, HUGE], ids=short)
def test_a_number_out_of_its_range(bad):
    with fails(ValueError, "a number from 0 to 1"):
        nn_arguments.number_within("x", bad, 0, 1)


@pytest.mark.parametrize("bad", NOT_WHOLE, ids=named)
def test_what_is_no_whole_number(bad):
    with fails(TypeError, "an integer, 1 or more"):
        nn_arguments.whole_number("x", bad)
    if bad is not None:
        with fails(TypeError, "an integer, 0 or more"):
            nn_arguments.seed_or_none("x", bad)


@pytest.mark.parametrize("bad", [0, -1, np.int64(0), -HUGE], ids=short)
def test_a_whole_number_below_the_lowest(bad):
    with fails(ValueError, "an integer, 1 or more"):
        nn_arguments.whole_number("x", bad)
    with fails(ValueError, "an integer, 0 or more"):
        nn_arguments.seed_or_none("x", bad - 1)


def test_whole_numbers_and_seeds_that_are_taken():
    assert nn_arguments.whole_number("x", np.int8(7)) == 7
    assert nn_arguments.whole_number("x", HUGE) == HUGE
    assert nn_arguments.seed_or_none("x", 0) == 0
    assert nn_arguments.seed_or_none("x", None) is None


@pytest.mark.parametrize(
    "bad", [None, 1, [], [1, 2, 3], [1, NAN], [-HUGE, 1]], ids=short
)
def test_what_is_not_two_finite_numbers(bad):
    with fails(ValueError, "two finite numbers"):
        nn_arguments.two_numbers("x", bad)


@pytest.mark.parametrize(
    "bad", ["ab", [1, None], [[1], [1, 2]], np.ones((2, 2)), {"x"}]
)
def test_what_is_not_two_of_real_numbers(bad):
    with fails(TypeError, "two finite numbers"):
        nn_arguments.two_numbers("x", bad)


def test_two_numbers_are_taken_as_floats():
    assert nn_arguments.two_numbers("x", np.array([1, 2])) == (1.0, 2.0)


# --- Names, types, objects, files -----------------------------------------------------


@pytest.mark.parametrize("bad", ["", "MSE", "junk", " mse", "mse "])
def test_an_unknown_name(bad):
    with fails(ValueError, "one of mse, cross_entropy"):
        nn_arguments.one_of("x", bad, nn_arguments.LOSSES)


@pytest.mark.parametrize("bad", [None, 1, True, b"mse", ["mse"], np.tanh], ids=named)
def test_what_is_no_name(bad):
    with fails(TypeError, "one of mse, cross_entropy"):
        nn_arguments.one_of("x", bad, nn_arguments.LOSSES)


@pytest.mark.parametrize(("error", "bad"), [(ValueError, 3), (TypeError, "2")])
def test_numbers_to_choose_from(error, bad):
    assert nn_arguments.one_of("x", 2, [1, 2]) == 2
    with fails(error, "one of 1, 2"):
        nn_arguments.one_of("x", bad, [1, 2])


@pytest.mark.parametrize(
    "bad", [int, "int8", np.float16, complex, bool, object, "S3", np.longdouble]
)
def test_a_type_of_other_numbers(bad):
    with fails(ValueError, "float64 or float32"):
        nn_arguments.float_type("x", bad)


@pytest.mark.parametrize("bad", ["junk", 5, [1, 2], {"a": 1}], ids=named)
def test_what_is_no_type(bad):
    with pytest.raises(
        (TypeError, ValueError), match="^x: expected float64 or float32"
    ):
        nn_arguments.float_type("x", bad)


def test_an_object_that_lacks_something():
    with fails(TypeError, "loss, train") as error:
        nn_arguments.has_all("x", "text", ["loss", "train"])
    assert str(error.value).endswith("got str without loss, train")


@pytest.mark.parametrize(
    ("error", "bad"), [(TypeError, 5), (TypeError, None), (ValueError, "")]
)
def test_what_is_no_path(error, bad):
    with fails(error, "a file's path"):
        nn_arguments.file_path("x", bad)
    assert nn_arguments.file_path("x", "net.npz") == Path("net.npz")


# --- Samples --------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [-0.01, 1.01, -1, 2, 255, -1e308, np.nextafter(1, 2)])
def test_cross_entropy_wants_targets_from_0_to_1(bad):
    net = NeuralNetwork(2, 4, 1, loss="cross_entropy")
    with pytest.raises(
        ValueError, match=f"^targets: .*0 to 1 .*{re.escape(f'{bad:g}')}"
    ):
        nn_arguments.samples(net, [[1, 2], [3, 4]], [[0.5, bad]])
    mse = NeuralNetwork(2, 4, 1)
    assert nn_arguments.samples(mse, [[1, 2], [3, 4]], [[0.5, bad]])[1][0, 1] == bad


@pytest.mark.parametrize("fine", [0, 1, 0.5, True, -0.0, 5e-324])
def test_cross_entropy_takes_its_limits(fine):
    net = NeuralNetwork(2, 4, 1, loss="cross_entropy")
    assert nn_arguments.samples(net, [1, 2], [fine])[1] == fine
