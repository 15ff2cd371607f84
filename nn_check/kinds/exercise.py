"""The base class of all exercises."""

import numpy as np

from nn_check.answers.verdicts import NOTHING, NotYet, Verdict


class Exercise:
    """An exercise, and how its answers are judged.

    Parameters
    ----------
    hints : sequence of str
        One more is shown after each wrong try.
    points : {part: points}
        If given, each right part is worth points by itself; their sum is the full mark.
    """

    mistakes = ()  # of (words, the function or the numbers that make the mistake)

    def __init__(self, hints, points=()):
        self.hints, self.points = tuple(hints), dict(points)

    def verify(self, answer, rng):
        """Return what to say about a right answer; raise NotYet for any other."""
        raise NotImplementedError

    def judge(self, answer, rng):
        """Return the Verdict on an answer; rng decides the random arguments."""
        try:
            if _is_blank(answer):
                raise NotYet(NOTHING, blank=True)
            with np.errstate(all="ignore"):  # comparing huge numbers may overflow
                return Verdict(True, self.verify(answer, rng))
        except NotYet as reason:
            points = sum(self.points.get(part, 0.0) for part in reason.right)
            words = f"{reason.words}{self._praise(reason.right, points)}"
            return Verdict(False, words, reason.blank, points)

    def _praise(self, right, points):
        if not right:
            return ""
        most = f", {points:g} of {sum(self.points.values()):g} points" if points else ""
        return f" Right already: {', '.join(right)}{most}."


def _is_blank(answer):
    if isinstance(answer, dict):
        answer = tuple(answer.values())
    if isinstance(answer, (tuple, list)) and len(answer) > 0:
        return all(part is None or part is Ellipsis for part in answer)
    return answer is None or answer is Ellipsis
