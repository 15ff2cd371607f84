"""Describe how a wrong answer differs from the right one."""

import itertools

import numpy as np

from nn_check.answers.comparing import near
from nn_core import relative_error


def shape_words(shape):
    return "one number" if shape == () else f"shape {shape}"


def explain_shape(got, right, samples=0):
    """Describe how a shape differs from the right one, and the likely cause."""
    words = f"has {shape_words(got)}, expected {shape_words(right)}"
    if len(got) == len(right) == 2:
        column = right[1] == 1 and got[0] == right[0]
        if column and got[1] == samples and samples != right[0]:
            return words + ": it grew a column for every sample"
        if column and got[1] == right[0]:
            return (
                words + ": it grew to a square, as a column does that meets a flat "
                f"array of shape ({right[0]},)"
            )
        if got == right[::-1]:
            return words + (
                ": rows and columns are swapped, a transpose (.T) too many or few"
            )
    if len(right) == 2 and got in ((right[0],), (right[1],)) and 1 in right:
        return words + ": an axis is lost; keepdims=True or reshape keeps it"
    if right == () and np.prod(got) > 1:
        return words + ": a sum or mean over the elements is missing"
    if got == () and right != ():
        return words + ": everything was added up into one number"
    return words


def explain_numbers(pairs, samples=()):
    """Describe how numbers differ from the right ones.

    pairs holds (array, right array), of equal shape, for each case; samples the number of
    samples of each case, if there are any.
    """
    flat = [(got.ravel(), right.ravel()) for got, right in pairs]
    if any(not np.isfinite(got).all() for got, _ in pairs):
        return "The numbers contain nan or infinity."
    if all(not got.any() for got, _ in flat) and any(right.any() for _, right in flat):
        return "The numbers are all zero."
    factors = np.array(
        [got @ right / (right @ right) if right.any() else 1.0 for got, right in flat]
    )
    scaled = all(
        relative_error(got, factor * right) <= 1e-9
        for (got, right), factor in zip(flat, factors, strict=True)
    )
    if not scaled:
        return "The numbers differ from the right ones."
    if np.allclose(factors, -1):
        return "The numbers are right but for the sign."
    if len(samples) and np.ptp(samples):
        if np.allclose(factors, samples):
            return (
                "The numbers are N times too large, N the number of samples: the average "
                "over the samples is missing."
            )
        if np.allclose(factors * samples, 1):
            return (
                "The numbers are N times too small, N the number of samples: they are "
                "averaged once too often."
            )
    if np.allclose(factors, factors[0]) and f"{factors[0]:.4g}" != "1":
        return f"The numbers are {factors[0]:.4g} times what they should be."
    return "The numbers differ from the right ones."


def in_another_order(gots, rights, alike=near):
    """Describe the order if the parts are right but swapped, else return "".

    gots and rights hold {part: value} for each case; alike(got, right) compares two values.
    """
    names = list(rights[0])
    if not 2 <= len(names) <= 4:
        return ""
    for order in itertools.permutations(names):
        if list(order) != names and all(
            alike(got[place], right[name])
            for got, right in zip(gots, rights, strict=True)
            for place, name in zip(names, order, strict=True)
        ):
            return (
                f"The parts are in another order: {', '.join(order)}. "
                f"Expected {', '.join(names)}."
            )
    return ""
