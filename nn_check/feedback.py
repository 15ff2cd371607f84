"""The functions that notebooks call: check, grade and trial_run."""

import difflib
import html
import os
import zlib

import numpy as np

from nn_check.exercises import EXERCISES, MOVED
from nn_check.kinds import BugHunt


class Feedback:
    """The result of a check, shown as HTML in Jupyter and as text by `print`."""

    def __init__(self, name, right, seen, hints=(), tries=1):
        self.name, self.right, self.seen = name, right, seen
        self.hints, self.tries = tuple(hints), tries

    @property
    def verdict(self):
        """Return "Right" or "Not yet", with the number of tries from the second on."""
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


_wrong_tries = {}  # {exercise: wrong answers checked since Python started}


def check(name, answer):
    """Return Feedback on an answer, with one more hint after each wrong try.

    Parameters
    ----------
    name : str
        The exercise, as in the notebook: "ex04-feedforward".
    answer : object
        The function, number, shape or settings that the exercise asks for.

    Raises
    ------
    ValueError
        If there is no such exercise. The message suggests similar names.
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
    """Raise AssertionError, with the reason, if the answer gets no points.

    The random inputs differ from those of `check`, and no try is counted. The teacher can
    choose them with the environment variable NN_CHECK_SEED, a secret text.

    Returns
    -------
    None or float
        None for a right answer. If only some parts are right, their points, which nbgrader
        takes as the mark; the reason is printed.
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
    """Run a class for a bug hunt; return the TrialRun that `nn_widgets.BugHunt` draws.

    Parameters
    ----------
    name : str
        A bug hunt: "ex06-hunt-uphill".
    network : class
        Your class. If it raises an error, the words of the run say where.

    Raises
    ------
    ValueError
        If there is no such bug hunt.
    """
    exercise = _exercise(name)
    if not isinstance(exercise, BugHunt):
        raise ValueError(f"name: expected the name of a bug hunt, got {name!r}")
    return exercise.trial_run(network)


def forget_tries():
    """Reset the number of tries, and so the hints, of all exercises."""
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
