"""What an exercise is: hints, known mistakes, and a way to look at an answer."""

from typing import NamedTuple

import numpy as np

NOTHING = "Nothing is written here yet."


class NotYet(Exception):
    """Ends the look at an answer that is not right; the words say why.

    A blank answer is one that nobody has written yet: it is no wrong try. Where an answer
    has several parts, right names those that are.
    """

    def __init__(self, words, blank=False, right=()):
        super().__init__(words)
        self.words, self.blank, self.right = words, blank, tuple(right)


class Verdict(NamedTuple):
    right: bool
    seen: str
    blank: bool = False
    points: float = 0.0  # for the parts that are right, of an answer that is not


class Exercise:
    """An exercise and how its answers are judged.

    Each kind of exercise has a method `look(answer, rng)`. It returns what to say of a right
    answer, and raises NotYet for every other one. points are {part: points}, where parts
    count by themselves; their sum is what the whole counts.
    """

    mistakes = ()  # of (words, a function or numbers that make the mistake)

    def __init__(self, hints, points=()):
        self.hints, self.points = tuple(hints), dict(points)

    def look(self, answer, rng):
        raise NotImplementedError

    def judge(self, answer, rng):
        """Return the Verdict on an answer."""
        try:
            if _is_blank(answer):
                raise NotYet(NOTHING, blank=True)
            with np.errstate(all="ignore"):  # comparing what is huge may overflow
                return Verdict(True, self.look(answer, rng))
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
