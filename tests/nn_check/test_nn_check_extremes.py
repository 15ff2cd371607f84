"""Huge, tiny, infinite and missing numbers, and numbers of odd types, are never right.

The tests corrupt each exercise's right answer: all its numbers or one of them, in every call or
in one. New exercises are covered automatically.
"""

import copy
import functools

import numpy as np
import pytest

import nn_check
from nn_check.kinds import BugHunt, Function
from nn_check.kinds.bug_hunt import Method
from tests.nn_check.exercise_notebooks import answers

pytestmark = pytest.mark.slow
ANSWERS = answers()
# These answers are judged by the result they lead to, so one wrong number may do no harm.
# The line of [1e200, 1e200, 1e200], for example, is that of [1, 1, 1].
JUDGED_BY_RESULT = {"digits-design", "ex01-separate-blobs", "ex04-boundary-point"}
DRAWN = {"ex03-four-arrays", "ex03-same-neurons", "ex03-uniform", "ex05-initialise"}

HUGE = {"1e200": 1e200, "-1e200": -1e200, "1e308": 1e308}
MISSING = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}
TINY = {"1e-200": 1e-200, "subnormal": 5e-324, "negative zero": -0.0}
NUMBERS = {**HUGE, **MISSING, **TINY}
ODD = {
    "object": lambda array: array.astype(object),
    "complex": lambda array: array + 0j,
    "complex and tiny": lambda array: array + 1e-300j,
    "text": lambda array: array.astype(str),
    "time": lambda array: array.astype("timedelta64[s]"),
}


@pytest.fixture(autouse=True)
def corrupted_methods(monkeypatch):
    # For a class, corrupt the results of each compared method, without a trial run.
    for exercise in nn_check.EXERCISES.values():
        if isinstance(exercise, BugHunt):
            monkeypatch.setattr(exercise, "describes_run", False)
    verify = Method.verify

    def corrupted_verify(self, answer, rng):
        if isinstance(answer, CorruptedClass):
            called = answer.corrupted.wrapped(self.adapt(answer.corrupted.right))
            return Function.verify(self, called, rng)
        return verify(self, answer, rng)

    monkeypatch.setattr(Method, "verify", corrupted_verify)


@functools.cache
def solution(name):
    """Return the right answer; the network for the digits is trained once."""
    right = ANSWERS[name].value()
    if name != "digits-design":
        return right
    networks = []

    @functools.wraps(right)
    def learnt_once(inputs, targets):
        networks[:] = networks or [right(inputs, targets)]
        return networks[0]

    return learnt_once


class Corrupted:
    """A right answer with numbers changed in it.

    change(array) replaces all parts of its results, or only the first or last part, in all
    calls, or only in the first or last.
    """

    def __init__(self, name, change, where="all", when="all"):
        self.right, self.change = solution(name), change
        self.where, self.when = where, when
        self.calls, self.harmed = 0, False
        self.last = None
        if when == "last":
            self.when = "none"
            nn_check.grade(name, self.answer())
            self.when, self.last = when, self.calls

    def answer(self):
        """Return the corrupted answer, with its calls not yet counted."""
        self.calls, self.harmed = 0, False
        if not callable(self.right):
            return self.corrupt(self.right)
        if isinstance(self.right, type):
            return CorruptedClass(self)
        return self.wrapped(self.right)

    def wrapped(self, function):
        """Return the function with its results corrupted."""

        @functools.wraps(function)
        def call(*arguments):
            self.calls += 1
            nets = [a for a in arguments if isinstance(a, nn_check.Network)]
            before = [copy.deepcopy(vars(net)) for net in nets]
            value = function(*arguments)
            chosen = {"all": self.calls, "first": 1, "last": self.last}.get(self.when)
            if self.calls != chosen:
                return value
            if hasattr(value, "feedforward"):
                return CorruptedNetwork(value, self.corrupt)
            changed = {
                name: new
                for net, old in zip(nets, before, strict=True)
                for name, new in vars(net).items()
                if not np.array_equal(new, old[name])
            }
            if not changed:
                return self.corrupt(value)
            corrupted = self.corrupt([value, *changed.values()])
            for name, array in zip(changed, corrupted[1:], strict=True):
                setattr(nets[0], name, array)
            return corrupted[0]

        return call

    def corrupt(self, value):
        """Return the value with its parts changed; record whether that changes a number."""
        if isinstance(value, dict):
            return dict(zip(value, self.corrupt(list(value.values())), strict=True))
        if isinstance(value, (tuple, list)):
            last = len(value) - 1
            chosen = {"all": range(len(value)), "first": [0], "last": [last]}[
                self.where
            ]
            return type(value)(
                self.corrupt_whole(part) if i in chosen else part
                for i, part in enumerate(value)
            )
        return self.corrupt_whole(value)

    def corrupt_whole(self, value):
        if isinstance(value, list):
            return [self.corrupt_whole(part) for part in value]
        array = np.array(value)
        corrupted = self.change(array)
        self.harmed |= not np.array_equal(array, corrupted)
        return corrupted if corrupted.dtype == object else corrupted[()]


class CorruptedClass:
    """The class of a bug hunt whose methods are to be corrupted."""

    def __init__(self, corrupted):
        self.corrupted = corrupted

    def __call__(self, *sizes):
        return self.corrupted.right(*sizes)


class CorruptedNetwork:
    def __init__(self, net, corrupt):
        self.net, self.corrupt = net, corrupt

    def feedforward(self, inputs):
        return self.corrupt(self.net.feedforward(inputs))


def is_right(ask, name, answer):
    """Return the verdict of check or grade; fail if it raises another error."""
    if ask is nn_check.check:
        feedback = ask(name, answer)
        assert feedback.seen.strip()
        assert repr(feedback)
        return feedback.right
    try:
        return ask(name, answer) is None  # otherwise only some parts are right
    except AssertionError:
        return False


def fill(number):
    return lambda array: np.full(array.shape, number)


def put(number):
    """Return a change of the largest number, which the check cannot miss."""

    def change(array):
        changed = array.astype(float)
        changed.flat[np.abs(changed).argmax()] = number
        return changed

    return change


each_exercise = pytest.mark.parametrize("name", sorted(nn_check.EXERCISES))
each_way = pytest.mark.parametrize("ask", [nn_check.check, nn_check.grade])


def calls(name, number):
    """Return which calls to corrupt: single calls by only two of the numbers."""
    once = callable(solution(name)) and name not in JUDGED_BY_RESULT
    return ("all", "first", "last") if once and number in ("1e200", "nan") else ("all",)


@each_way
@each_exercise
def test_the_unchanged_answer_is_right(name, ask):
    assert is_right(ask, name, Corrupted(name, lambda array: array).answer())


@each_way
@each_exercise
def test_no_answer_of_one_number_is_right_unless_that_number_is(name, ask):
    for number, value in NUMBERS.items():
        if name == "ex01-separate-blobs" and number not in MISSING:
            continue  # see the next test
        for when in calls(name, number):
            corrupted = Corrupted(name, fill(value), "all", when)
            right = is_right(ask, name, corrupted.answer())
            assert right == (not corrupted.harmed), (number, when)
            # -0.0 equals 0, so it is right where all numbers are 0.
            assert not right or number == "negative zero", when


@each_way
@pytest.mark.parametrize("size", [1e200, 1e308, 1e-200, 5e-324])
def test_a_line_is_the_same_whatever_the_size_of_its_numbers(size, ask):
    for line in ([1, 1, 0], [1, 1, 1], [1, 1, -1], [1, 0, 0], [-1, -1, 0]):
        scaled = [size * number for number in line]
        same = is_right(ask, "ex01-separate-blobs", line)
        assert is_right(ask, "ex01-separate-blobs", scaled) == same
    assert is_right(ask, "ex01-separate-blobs", [size, size, 0])


@each_way
@pytest.mark.parametrize("name", sorted(set(nn_check.EXERCISES) - JUDGED_BY_RESULT))
def test_no_answer_with_one_such_number_in_it_is_right(name, ask):
    for number, value in NUMBERS.items():
        if name in DRAWN and number in TINY:
            continue  # a random number may be as small
        for where in ("first", "last"):
            for when in calls(name, number):
                corrupted = Corrupted(name, put(value), where, when)
                right = is_right(ask, name, corrupted.answer())
                assert right == (not corrupted.harmed), (number, where, when)


@each_way
@each_exercise
def test_the_right_numbers_as_objects_complex_numbers_or_text_are_not_right(name, ask):
    for kind, change in ODD.items():
        assert not is_right(ask, name, Corrupted(name, change).answer()), kind


@each_way
@each_exercise
def test_single_extreme_numbers_are_not_right(name, ask):
    for number in [*NUMBERS.values(), 10**400, 1e200j, np.longdouble("1e4000")]:
        for answer in (number, lambda *arguments, n=number: n, [number], (number,) * 4):
            assert not is_right(ask, name, answer), answer


class Stubborn:
    """An object that raises an error whatever is done with it."""

    def __repr__(self):
        raise RuntimeError("no")

    def __array__(self, *arguments, **named):
        raise RuntimeError("no")

    __len__ = __iter__ = __float__ = __eq__ = __repr__
    __hash__ = object.__hash__


@each_way
@each_exercise
def test_an_object_that_refuses_everything_is_not_right_and_does_no_harm(name, ask):
    for answer in (
        Stubborn(),
        [Stubborn()],
        lambda *arguments: Stubborn(),
        (Stubborn(),) * 2,
    ):
        assert not is_right(ask, name, answer)


def zeros_as(number):
    return lambda array: np.where(array == 0, number, array) if 0 in array else array


@each_way
@each_exercise
def test_a_zero_may_be_negative(name, ask):
    assert is_right(ask, name, Corrupted(name, zeros_as(-0.0)).answer())


@pytest.mark.parametrize("number", [5e-324, -1e-200])
def test_a_zero_may_be_tiny_beside_other_numbers_and_not_alone(number):
    def right(name):
        return is_right(
            nn_check.check, name, Corrupted(name, zeros_as(number)).answer()
        )

    assert right("digits-confusion")
    assert not right("ex02-make-parameters")
    assert not right("ex05-relu")  # one of its arrays has only one number


# --- The relative error ---------------------------------------------------------------


def test_the_relative_error_neither_overflows_nor_underflows():
    ones = np.ones(5)
    for size in (1e308, 1e200, 1.0, 1e-200, 1e-307):
        assert nn_check.relative_error(size * ones, size * ones) == 0
        assert nn_check.relative_error(size * ones, -size * ones) == pytest.approx(1)
        third = nn_check.relative_error(size * ones, size * ones / 2)
        assert third == pytest.approx(1 / 3, abs=1e-9)
    assert nn_check.relative_error(1e308 * ones, ones) == pytest.approx(1)
    assert nn_check.relative_error(0 * ones, -0.0 * ones) == 0
    assert nn_check.relative_error([], []) == 0


@pytest.mark.parametrize("missing", MISSING.values())
def test_the_relative_error_to_what_is_missing_is_never_below_a_limit(missing):
    for first, second in (
        ([1.0, missing], [1.0, 2.0]),
        ([1.0, 2.0], [1.0, missing]),
        ([missing], [missing]),
    ):
        assert np.isnan(nn_check.relative_error(first, second))
