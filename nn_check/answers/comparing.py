"""Read an answer as arrays, and compare arrays."""

import numpy as np

from nn_check.answers.verdicts import NotYet
from nn_core import relative_error

TOLERANCE = 1e-7  # the largest relative error that counts as right


class NotComparable(NotYet):
    """An answer that is not made of numbers, or not of as many parts as expected."""


def as_numbers(value, what):
    """Return a value as an array of floats, or raise NotComparable."""
    if value is None:
        raise NotComparable(f"{what} is None.")
    if not isinstance(value, (np.ndarray, np.generic, list, tuple, int, float)):
        raise NotComparable(f"{what} is of type {type(value).__name__}, not numbers.")
    try:
        array = np.array(value)
    except ValueError:
        raise NotComparable(f"{what} has rows of unequal length.") from None
    except Exception as error:  # a learner's own object may raise anything
        kind = type(error).__name__
        raise NotComparable(f"{what} cannot be made an array: {kind}.") from None
    if array.dtype.kind not in "buif":
        raise NotComparable(f"{what} holds {array.dtype} values, not numbers.")
    return array.astype(float)


def as_parts(value, names):
    """Return the parts of a value as {name: array}, or raise NotComparable."""
    if len(names) == 1:
        return {names[0]: as_numbers(value, names[0])}
    if isinstance(value, dict):
        missing = [name for name in names if name not in value]
        if missing:
            raise NotComparable(f"The dictionary has no entry {missing[0]!r}.")
        value = [value[name] for name in names]
    several = isinstance(value, (tuple, list)) or (
        isinstance(value, np.ndarray) and value.ndim > 0
    )
    if not several or len(value) != len(names):
        raise NotComparable(
            f"Expected {len(names)} parts, {', '.join(names)}; got {describe(value)}."
        )
    return {name: as_numbers(v, name) for name, v in zip(names, value, strict=True)}


def finite_numbers(answer, what, names):
    """Return an answer as a flat array with a finite number for each name."""
    try:
        values = as_numbers(answer, what).ravel()
    except NotComparable as reason:
        raise NotYet(f"{reason.words} Expected [{', '.join(names)}].") from None
    if values.size != len(names) or not np.isfinite(values).all():
        count = {2: "two", 3: "three"}[len(names)]
        raise NotYet(
            f"Expected {count} finite numbers, [{', '.join(names)}]; got {values.size}."
        )
    return values


def describe(value):
    """Return a short description of any value."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    try:
        text = repr(value)
    except Exception:  # a learner's own object may raise anything
        text = ""
    return text if 0 < len(text) < 60 else f"a {type(value).__name__}"


def near(got, right, tolerance=TOLERANCE):
    """Tell whether two arrays have the same shape and a small relative error.

    An array with nan or infinity is never near another.
    """
    return (
        got.shape == right.shape
        and bool(np.isfinite(got).all())
        and relative_error(got, right) <= tolerance
    )


def near_each(got, right, tolerance, smallest):
    """Return a boolean array: for arrays of equal shape, which numbers are near.

    A number is also near if it differs by no more than smallest. nan is never near.
    """
    return np.abs(got - right) <= smallest + tolerance * np.abs(right)


def within(got, right, distance):
    """Tell whether every number differs by no more than a distance."""
    return (
        got.shape == right.shape
        and bool(np.isfinite(got).all())
        and bool((np.abs(got - right) <= distance + 1e-12).all())
    )
