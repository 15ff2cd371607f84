"""Telling whether numbers are shown to be right."""

import numpy as np

from nn_check.judging import NotYet
from nn_core import relative_error

TOLERANCE = 1e-7  # the largest relative error that counts as right


class Unfit(NotYet):
    """An answer that cannot be compared at all."""


def numbers(value, what):
    """Return a value as a plain array of float, or raise Unfit."""
    if value is None:
        raise Unfit(f"{what} is None.")
    if not isinstance(value, (np.ndarray, np.generic, list, tuple, int, float)):
        raise Unfit(f"{what} is of type {type(value).__name__}, not numbers.")
    try:
        array = np.array(value)
    except ValueError:
        raise Unfit(f"{what} has rows of unequal length.") from None
    except Exception as error:  # a learner's own object may raise anything
        kind = type(error).__name__
        raise Unfit(f"{what} cannot be made an array: {kind}.") from None
    if array.dtype.kind not in "buif":
        raise Unfit(f"{what} holds {array.dtype} values, not numbers.")
    return array.astype(float)


def parts(value, names):
    """Return {name: array} of a value that has one part or several, or raise Unfit."""
    if len(names) == 1:
        return {names[0]: numbers(value, names[0])}
    if isinstance(value, dict):
        missing = [name for name in names if name not in value]
        if missing:
            raise Unfit(f"The dictionary has no entry {missing[0]!r}.")
        value = [value[name] for name in names]
    several = isinstance(value, (tuple, list)) or (
        isinstance(value, np.ndarray) and value.ndim > 0
    )
    if not several or len(value) != len(names):
        raise Unfit(
            f"Expected {len(names)} parts, {', '.join(names)}; got {describe(value)}."
        )
    return {name: numbers(v, name) for name, v in zip(names, value, strict=True)}


def describe(value):
    """Return short words for any value."""
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
    """Tell whether one array is shown to be near another: shape, finite, error."""
    return (
        got.shape == right.shape
        and bool(np.isfinite(got).all())
        and relative_error(got, right) <= tolerance
    )


def near_each(got, right, tolerance, smallest):
    """Return, for arrays of equal shape, which numbers are near, each for itself.

    A number counts as near too if it differs by no more than smallest; nan never does.
    """
    return np.abs(got - right) <= smallest + tolerance * np.abs(right)


def within(got, right, distance):
    """Tell whether no number is off by more than a distance."""
    return (
        got.shape == right.shape
        and bool(np.isfinite(got).all())
        and bool((np.abs(got - right) <= distance + 1e-12).all())
    )
