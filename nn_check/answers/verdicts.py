"""How the check of an answer ends: the words shown to the reader, and the points."""

from typing import NamedTuple

NOTHING = "Nothing is written here yet."


class NotYet(Exception):
    """Raised to end the check of an answer that is not right.

    Parameters
    ----------
    words : str
        The reason, as the reader sees it.
    blank : bool
        Whether the answer is not written yet. Such a check is not counted as a try.
    right : sequence of str
        The names of the parts that are right, if the answer has several parts.
    """

    def __init__(self, words, blank=False, right=()):
        super().__init__(words)
        self.words, self.blank, self.right = words, blank, tuple(right)


class Verdict(NamedTuple):
    right: bool
    seen: str
    blank: bool = False
    points: float = 0.0  # for the right parts of an answer that is not right as a whole
