"""Asking for feedback on an answer, for its mark, and for the run of a bug hunt."""

import difflib
import html
import os
import zlib

import numpy as np

from nn_check.exercises import EXERCISES, MOVED
from nn_check.hunting import BugHunt


class Feedback:
    """What a check has to say; Jupyter shows it by itself, `print` shows it as text."""

    def __init__(self, name, right, seen, hints=(), tries=1):
        self.name, self.right, self.seen = name, right, seen
        self.hints, self.tries = tuple(hints), tries

    @property
    def verdict(self):
        """Return "Right" or "Not yet", and the number of tries from the second on."""
        tries = f" (try {self.tries})" if self.tries > 1 else ""
        return ("Right" if self.right else "Not yet") + tries

    def __repr__(self):
        lines = [f"{self.verdict}: {self.name}", self.seen]
        lines += [f"Hint {n}: {hint}" for n, hint in enumerate(self.hints, 1)]
        return "\n".join(lines)

    def _repr_html_(self):
        colour, mark = ("#1a7f37", "✓") if self.right else ("#b35900", "○")
        hints = "".join(
            f"<li>Hint {n}: {html.escape(hint)}</li>"
            for n, hint in enumerate(self.hints, 1)
        )
        hints = f"<ul>{hints}</ul>" if hints else ""
        return (
            f"<div role='status' style='border-left:4px solid {colour};padding:0 0.8em'>"
            f"<p><strong><span aria-hidden='true'>{mark}</span> "
            f"{html.escape(self.verdict)}: {html.escape(self.name)}</strong></p>"
            f"<p>{html.escape(self.seen)}</p>{hints}</div>"
        )


_wrong_tries = {}  # exercise: how many wrong answers were checked since Python started


def check(name, answer):
    """Return Feedback on an answer; the hints grow with each wrong try.

    Parameters
    ----------
    name : str
        The exercise, as the notebook gives it: "ex04-feedforward".
    answer : object
        The function, number, shape or settings the exercise asks for.

    Raises
    ------
    ValueError
        For a name that is no exercise's; the message has the nearest ones.
    """
    name = MOVED.get(name, name)
    exercise = _exercise(name)
    verdict = exercise.judge(answer, _random_numbers(name))
    tries = _wrong_tries.get(name, 0) + 1
    if verdict.right or verdict.blank:
        return Feedback(name, verdict.right, verdict.seen, tries=tries)
    _wrong_tries[name] = tries
    return Feedback(name, False, verdict.seen, exercise.hints[:tries], tries)


def grade(name, answer):
    """Raise AssertionError, with the reason, if nothing of the answer counts.

    The random inputs are others than `check` uses, and no try is counted. Whoever grades
    decides them by the environment variable NN_CHECK_SEED, a text that is not handed out.

    Returns
    -------
    None or float
        None for a right answer. Where parts have points of their own, the points of those
        that are right, which nbgrader takes for the mark; the reason is printed.
    """
    name, seed = MOVED.get(name, name), os.environ.get("NN_CHECK_SEED", "")
    verdict = _exercise(name).judge(answer, _random_numbers(f"{name} graded {seed}"))
    if verdict.right:
        return None
    if not verdict.points:
        raise AssertionError(f"{name}: {verdict.seen}")
    print(f"{name}: {verdict.seen}")
    return verdict.points


def trial_run(name, network):
    """Return the TrialRun of a class in a bug hunt, which `nn_widgets.BugHunt` draws.

    Parameters
    ----------
    name : str
        A bug hunt: "ex06-hunt-uphill".
    network : class
        Yours. If it fails, the words of the run say where.

    Raises
    ------
    ValueError
        For a name that is no bug hunt's.
    """
    exercise = _exercise(name)
    if not isinstance(exercise, BugHunt):
        raise ValueError(f"name: expected the name of a bug hunt, got {name!r}")
    return exercise.trial(network)


def forget_tries():
    """Start the hints of every exercise anew."""
    _wrong_tries.clear()


def _random_numbers(text):
    return np.random.default_rng(zlib.crc32(text.encode()))


def _exercise(name):
    if name not in EXERCISES:
        near = difflib.get_close_matches(str(name), EXERCISES, 3, 0.4)
        near = near or sorted(EXERCISES)
        raise ValueError(
            f"name: expected the name of an exercise, such as {', '.join(near)}; "
            f"got {name!r}"
        )
    return EXERCISES[name]
