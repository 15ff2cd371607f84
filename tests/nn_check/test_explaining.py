"""The explanations of wrong answers fit the mistake, and no other one."""

import numpy as np
import pytest

from nn_check.answers.calling import Outcome, _require_result
from nn_check.answers.explaining import (
    explain_numbers,
    explain_shape,
    in_another_order,
)
from nn_check.answers.verdicts import NotYet

RNG = np.random.default_rng(4)
RIGHT = [RNG.normal(size=(3, 2)), RNG.normal(size=(3, 2))]
SAMPLES = np.array([5, 8])  # in the two cases


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda right, n: -right, "right but for the sign"),
        (lambda right, n: n * right, "N times too large"),
        (lambda right, n: right / n, "N times too small"),
        (lambda right, n: 2.5 * right, "2.5 times what they should be"),
        (lambda right, n: 0 * right, "all zero"),
        (lambda right, n: right + 1, "differ from the right ones"),
        (lambda right, n: np.where(right > 0, np.nan, right), "nan or infinity"),
    ],
)
def test_how_numbers_differ(wrong, words):
    pairs = [(wrong(right, n), right) for right, n in zip(RIGHT, SAMPLES, strict=True)]
    assert words in explain_numbers(pairs, SAMPLES)


def test_a_factor_must_be_the_same_in_each_case():
    pairs = [(2 * RIGHT[0], RIGHT[0]), (3 * RIGHT[1], RIGHT[1])]
    assert explain_numbers(pairs) == "The numbers differ from the right ones."


@pytest.mark.parametrize(
    ("got", "right", "words"),
    [
        ((3, 7), (3, 1), "grew a column for every sample"),
        ((3, 3), (3, 1), "grew to a square"),
        ((4, 3), (3, 4), "rows and columns are swapped"),
        ((3,), (3, 1), "an axis is lost"),
        ((3, 1), (), "a sum or mean over the elements is missing"),
        ((), (3, 1), "added up into one number"),
    ],
)
def test_how_shapes_differ(got, right, words):
    assert words in explain_shape(got, right, samples=7)


def test_parts_in_another_order_are_named():
    right = {"W1": RIGHT[0], "b1": RIGHT[1]}
    swapped = {"W1": RIGHT[1], "b1": RIGHT[0]}
    assert "Expected W1, b1" in in_another_order([swapped], [right])
    assert in_another_order([right], [right]) == ""


def test_one_call_that_prints_is_enough_to_explain_print():
    silent = Outcome(None, None, "", "", {}, ())
    with pytest.raises(NotYet, match="prints its result but returns None"):
        _require_result([silent, silent._replace(printed="3\n")], False)
    with pytest.raises(NotYet, match="its return is missing"):
        _require_result([silent], False)
