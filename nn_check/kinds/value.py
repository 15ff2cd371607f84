"""The kind of exercise that asks for numbers."""

import contextlib

import numpy as np

from nn_check.answers.comparing import (
    NotComparable,
    as_numbers,
    as_parts,
    describe,
    within,
)
from nn_check.answers.explaining import in_another_order, shape_words
from nn_check.answers.verdicts import NotYet
from nn_check.kinds.exercise import Exercise


class Value(Exercise):
    """An exercise that asks for one number, for a shape, or for several named numbers.

    Parameters
    ----------
    right : callable
        right() returns the numbers.
    hints : sequence of str
    mistakes : sequence of (words, numbers), or callable
        Known wrong answers. A function that returns them is called only when needed.
    names : tuple of str
        The names of the parts.
    within : float
        The largest difference that counts as right.
    done : str
        What to say about a right answer.
    points : {part: points}
        If given, each right part is worth points by itself.
    """

    def __init__(
        self,
        right,
        hints,
        mistakes=(),
        names=("the answer",),
        within=0.0,
        done="",
        points=(),
    ):
        super().__init__(hints, points)
        self.right, self.names, self.within = right, names, within
        self.done, self._mistakes = done or "That is it.", mistakes

    @property
    def mistakes(self):
        return self._mistakes() if callable(self._mistakes) else self._mistakes

    def verify(self, answer, rng):
        try:
            return self._verify(answer)
        except NotYet as reason:
            reason.right = self._right_parts(answer)
            raise

    def _right_parts(self, answer):
        """Return the names of the right parts of an answer that may be incomplete."""
        if isinstance(answer, dict):
            answer = [answer.get(name) for name in self.names]
        if isinstance(answer, np.ndarray):
            answer = list(np.atleast_1d(answer))
        several = len(self.names) > 1 and isinstance(answer, (tuple, list))
        if not several or len(answer) != len(self.names):
            return ()
        expected, right = as_parts(self.right(), self.names), []
        for name, value in zip(self.names, answer, strict=True):
            with contextlib.suppress(NotComparable):
                if within(as_numbers(value, name), expected[name], self.within):
                    right.append(name)
        return tuple(right)

    def _verify(self, answer):
        if len(self.names) > 1 and isinstance(answer, (tuple, list, dict)):
            filled = answer.values() if isinstance(answer, dict) else answer
            if any(value is None or value is Ellipsis for value in filled):
                raise NotYet("Not every number is filled in yet.", blank=True)
        expected = as_parts(self.right(), self.names)
        try:
            got = as_parts(answer, self.names)
        except NotComparable as reason:
            raise NotYet(f"{reason.words} Expected {_form(expected)}.") from None
        if self._agree(got, expected, self.within):
            return self.done
        for words, wrong in self.mistakes:
            if self._agree(got, as_parts(wrong, self.names), self.within / 2 + 1e-9):
                raise NotYet(words)
        for name in self.names:
            if got[name].shape != expected[name].shape:
                raise NotYet(
                    f"{name.capitalize()} has {shape_words(got[name].shape)}. "
                    f"Expected {_form(expected)}."
                )
        if len(self.names) == 1:
            raise NotYet(f"{describe(answer)} is not the right answer.")

        def alike(one, other):
            return within(one, other, self.within)

        swapped = in_another_order([got], [expected], alike)
        wrong = [name for name in self.names if not alike(got[name], expected[name])]
        raise NotYet(swapped or f"Not right: {', '.join(wrong)}.")

    def _agree(self, got, expected, distance):
        return all(within(got[name], expected[name], distance) for name in self.names)


def _form(expected):
    def one(array):
        return "one number" if array.ndim == 0 else f"{array.size} numbers"

    if len(expected) == 1:
        return one(*expected.values())
    return ", ".join(f"{name}: {one(array)}" for name, array in expected.items())
