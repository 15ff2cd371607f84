"""Decide whether an answer is right in all cases, and name the mistake if not."""

from typing import NamedTuple

import numpy as np

from nn_check.answers.calling import Outcome, call, explain_error
from nn_check.answers.cases import Case
from nn_check.answers.comparing import (
    TOLERANCE,
    NotComparable,
    as_parts,
    near,
    near_each,
)
from nn_check.answers.explaining import (
    explain_numbers,
    explain_shape,
    in_another_order,
)
from nn_check.answers.verdicts import NotYet
from nn_core import relative_error


class CaseResult(NamedTuple):
    """The outcome of one case, and the right result."""

    case: Case
    outcome: Outcome
    got: dict | str  # {part: array}, or the reason why there is none
    right: dict  # {part: array}

    @property
    def readable(self):
        return not isinstance(self.got, str)


def read_parts(outcome, names):
    """Return the result of a call as {part: array}, or the reason why that fails."""
    if outcome.error is not None:
        return "error"
    try:
        return as_parts(outcome.value, names)
    except NotComparable as reason:
        return reason.words


def require_right(results, mistakes=(), tolerance=TOLERANCE, each=None, report=None):
    """Raise NotYet unless all results are right; name the mistake if it is a known one.

    Parameters
    ----------
    results : list of CaseResult
    mistakes : sequence of (words, function that makes the mistake)
    tolerance, each : float
        As in Function.
    report : str or None
        What to say instead of the relative error.
    """
    fine = [result.readable and _fits(result, tolerance, each) for result in results]
    if all(fine):
        return
    parts = _right_parts(results, tolerance, each)
    for words, mistake in mistakes:
        if _makes(mistake, results, each):
            figure = report or _figure(results, tolerance)
            raise NotYet(f"{words} {figure}".strip(), right=parts)
    raise NotYet(_what_differs(results, fine, tolerance, each, report), right=parts)


def _fits(result, tolerance, each, names=None):
    def fits(got, right):
        if each is None:
            return near(got, right, tolerance)
        return got.shape == right.shape and near_each(got, right, tolerance, each).all()

    return all(
        fits(result.got[name], result.right[name]) for name in names or result.right
    )


def _right_parts(results, tolerance, each):
    """Return the names of the parts that are right in every case."""
    if len(results[0].right) == 1 or not all(result.readable for result in results):
        return ()
    return [
        name
        for name in results[0].right
        if all(_fits(result, tolerance, each, [name]) for result in results)
    ]


def _makes(mistake, results, each):
    """Tell whether the answer returns what the mistaken function returns."""
    smallest = 1e-12 if each is None else each
    compared = 0
    for result in results:
        wrong = read_parts(call(mistake, result.case.arguments), tuple(result.right))
        if isinstance(wrong, str):
            if result.readable:
                return False
            continue
        if not result.readable or not all(
            result.got[name].shape == wrong[name].shape
            and np.allclose(
                result.got[name], wrong[name], rtol=1e-6, atol=smallest, equal_nan=True
            )
            for name in wrong
        ):
            return False
        compared += 1
    return compared > 0


def _figure(results, tolerance, names=None):
    """Describe the relative error over all cases and parts that can be compared."""
    pairs = [
        (result.got[name].ravel(), result.right[name].ravel())
        for result in results
        if result.readable
        for name in names or result.right
        if result.got[name].shape == result.right[name].shape
        and np.isfinite(result.got[name]).all()
    ]
    if not pairs:
        return ""
    error = relative_error(*(np.concatenate(side) for side in zip(*pairs, strict=True)))
    if error <= tolerance:
        return ""
    return f"Relative error {error:.2g} against {tolerance:.0e}."


def _what_differs(results, fine, tolerance, each, report):
    """Describe an answer with none of the known mistakes."""
    first = results[fine.index(False)]
    worked = [t.case.words for t, right in zip(results, fine, strict=True) if right]
    also = f" It is right for {worked[0]}." if worked and worked[0] else ""
    if first.outcome.error is not None:
        return explain_error(first.outcome.error, first.case.subject) + also
    if not first.readable:
        return (
            f"{first.case.subject} gives something that cannot be compared. "
            f"{first.got}{also}"
        )
    readable = [result for result in results if result.readable]
    swapped = in_another_order([t.got for t in readable], [t.right for t in readable])
    if swapped:
        return swapped
    for name, right in first.right.items():
        shape = first.got[name].shape
        if shape != right.shape:
            words = explain_shape(shape, right.shape, first.case.samples)
            what = name if len(first.right) > 1 else "the result"
            return f"{first.case.subject} is not right yet: {what} {words}.{also}"
    words = _which_numbers(readable, first, tolerance, report)
    if each is not None:
        words += _which_number(first, tolerance, each)
    if worked:
        words += (
            f" The mistake shows for {first.case.words}; it is right for {worked[0]}."
        )
    if first.outcome.warned:
        words += f" NumPy warned: {first.outcome.warned}."
    return words


def _which_numbers(results, first, tolerance, report):
    """Describe how the numbers of the first wrong part differ."""
    fine = [
        name
        for name in first.right
        if all(
            near(result.got[name], result.right[name], tolerance) for result in results
        )
    ]
    for name in first.right:
        if name in fine:
            continue
        same_shape = [t for t in results if t.got[name].shape == t.right[name].shape]
        samples = [result.case.samples for result in same_shape]
        words = explain_numbers(
            [(result.got[name], result.right[name]) for result in same_shape],
            samples if all(samples) else (),
        )
        words = f"{words} {report or _figure(results, tolerance, [name])}".strip()
        if len(first.right) == 1:
            return words
        return f"{name}: {words}"
    return "The result differs from the right one in single, small numbers."


def _which_number(result, tolerance, each):
    """Describe one wrong number, and the argument it was computed from."""
    (got,), (right,) = result.got.values(), result.right.values()
    wrong = ~near_each(got, right, tolerance, each)
    place = tuple(np.argwhere(wrong)[0])
    ((name, given),) = result.case.arguments.items()
    return (
        f" For {name} = {given[place]:.6g} it gives {got[place]:.3g}, and "
        f"{right[place]:.3g} is right."
    )
