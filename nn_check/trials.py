"""Comparing what an answer gave with what is right, case by case, and finding the mistake."""

from typing import NamedTuple

import numpy as np

from nn_check.cases import Case
from nn_check.comparing import TOLERANCE, Unfit, near, near_each, parts
from nn_check.explaining import explain_numbers, explain_shape, in_another_order
from nn_check.judging import NotYet
from nn_check.running import Outcome, explain_error, run
from nn_core import relative_error


class Trial(NamedTuple):
    """One case, what came of it, and what should."""

    case: Case
    outcome: Outcome
    got: dict | str  # {part: array}, or words if there is none
    right: dict

    @property
    def readable(self):
        return not isinstance(self.got, str)


def read(outcome, names):
    """Return {part: array} of an outcome, or words if there is none."""
    if outcome.error is not None:
        return "error"
    try:
        return parts(outcome.value, names)
    except Unfit as unfit:
        return unfit.words


def require_right(trials, mistakes=(), tolerance=TOLERANCE, each=None, report=None):
    """Raise NotYet unless all that came is right; the words name the mistake if known.

    report, if given, stands in place of the relative error.
    """
    fine = [trial.readable and _fits(trial, tolerance, each) for trial in trials]
    if all(fine):
        return
    parts = _right_parts(trials, tolerance, each)
    for words, mistake in mistakes:
        if _makes(mistake, trials, each):
            figure = report or _figure(trials, tolerance)
            raise NotYet(f"{words} {figure}".strip(), right=parts)
    raise NotYet(_what_differs(trials, fine, tolerance, each, report), right=parts)


def _fits(trial, tolerance, each, names=None):
    def fits(got, right):
        if each is None:
            return near(got, right, tolerance)
        return got.shape == right.shape and near_each(got, right, tolerance, each).all()

    return all(
        fits(trial.got[name], trial.right[name]) for name in names or trial.right
    )


def _right_parts(trials, tolerance, each):
    """Return the names of the parts that are right in every case."""
    if len(trials[0].right) == 1 or not all(trial.readable for trial in trials):
        return ()
    return [
        name
        for name in trials[0].right
        if all(_fits(trial, tolerance, each, [name]) for trial in trials)
    ]


def _makes(mistake, trials, each):
    """Tell whether the answers are those of a function that makes this mistake."""
    smallest = 1e-12 if each is None else each
    compared = 0
    for trial in trials:
        wrong = read(run(mistake, trial.case.arguments), tuple(trial.right))
        if isinstance(wrong, str):
            if trial.readable:
                return False
            continue
        if not trial.readable or not all(
            trial.got[name].shape == wrong[name].shape
            and np.allclose(
                trial.got[name], wrong[name], rtol=1e-6, atol=smallest, equal_nan=True
            )
            for name in wrong
        ):
            return False
        compared += 1
    return compared > 0


def _figure(trials, tolerance, names=None):
    """Return the relative error over all cases and parts that can be compared."""
    pairs = [
        (trial.got[name].ravel(), trial.right[name].ravel())
        for trial in trials
        if trial.readable
        for name in names or trial.right
        if trial.got[name].shape == trial.right[name].shape
        and np.isfinite(trial.got[name]).all()
    ]
    if not pairs:
        return ""
    error = relative_error(*(np.concatenate(side) for side in zip(*pairs, strict=True)))
    if error <= tolerance:
        return ""
    return f"Relative error {error:.2g} against {tolerance:.0e}."


def _what_differs(trials, fine, tolerance, each, report):
    """Describe an answer that makes none of the known mistakes."""
    first = trials[fine.index(False)]
    worked = [t.case.words for t, right in zip(trials, fine, strict=True) if right]
    also = f" It is right for {worked[0]}." if worked and worked[0] else ""
    if first.outcome.error is not None:
        return explain_error(first.outcome.error, first.case.call) + also
    if not first.readable:
        return (
            f"{first.case.call} gives something that cannot be compared. "
            f"{first.got}{also}"
        )
    readable = [trial for trial in trials if trial.readable]
    swapped = in_another_order([t.got for t in readable], [t.right for t in readable])
    if swapped:
        return swapped
    for name, right in first.right.items():
        shape = first.got[name].shape
        if shape != right.shape:
            words = explain_shape(shape, right.shape, first.case.samples)
            what = name if len(first.right) > 1 else "the result"
            return f"{first.case.call} is not right yet: {what} {words}.{also}"
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


def _which_numbers(trials, first, tolerance, report):
    """Say how the numbers of the first wrong part differ."""
    fine = [
        name
        for name in first.right
        if all(near(trial.got[name], trial.right[name], tolerance) for trial in trials)
    ]
    for name in first.right:
        if name in fine:
            continue
        same_shape = [t for t in trials if t.got[name].shape == t.right[name].shape]
        samples = [trial.case.samples for trial in same_shape]
        words = explain_numbers(
            [(trial.got[name], trial.right[name]) for trial in same_shape],
            samples if all(samples) else (),
        )
        words = f"{words} {report or _figure(trials, tolerance, [name])}".strip()
        if len(first.right) == 1:
            return words
        return f"{name}: {words}"
    return "The result differs from the right one in single, small numbers."


def _which_number(trial, tolerance, each):
    """Name one number that is wrong, and what it was computed from."""
    (got,), (right,) = trial.got.values(), trial.right.values()
    wrong = ~near_each(got, right, tolerance, each)
    place = tuple(np.argwhere(wrong)[0])
    ((name, given),) = trial.case.arguments.items()
    return (
        f" For {name} = {given[place]:.6g} it gives {got[place]:.3g}, and "
        f"{right[place]:.3g} is right."
    )
