"""The kinds of exercise: numbers to write down, a function, random draws.

An exercise of its own kind, such as a line to place, stands with its chapter.
"""

import contextlib

import numpy as np

from nn_check.comparing import TOLERANCE, Unfit, describe, numbers, parts, within
from nn_check.explaining import explain_shape, in_another_order, shape_words
from nn_check.judging import Exercise, NotYet
from nn_check.running import call_each, require_no_error
from nn_check.trials import Trial, read, require_right
from nn_core import relative_error

# --- Numbers --------------------------------------------------------------------------


class Value(Exercise):
    """Asks for numbers: one, or a shape, or several named ones.

    Parameters
    ----------
    right : callable
        Computes the numbers.
    hints, mistakes : sequence
        A mistake is (words, the numbers that show it). It may be a function that returns
        the mistakes, where they take computing.
    names : tuple of str
        The parts that are asked for.
    within : float
        How far each number may be off.
    done : str
        What to say when it is right.
    points : dict
        Points for each of the parts, where these count by themselves.
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

    def look(self, answer, rng):
        try:
            return self._look(answer)
        except NotYet as reason:
            reason.right = self._right_parts(answer)
            raise

    def _right_parts(self, answer):
        """Return the names of the parts that are right, whatever the others are."""
        if isinstance(answer, dict):
            answer = [answer.get(name) for name in self.names]
        if isinstance(answer, np.ndarray):
            answer = list(np.atleast_1d(answer))
        several = len(self.names) > 1 and isinstance(answer, (tuple, list))
        if not several or len(answer) != len(self.names):
            return ()
        expected, right = parts(self.right(), self.names), []
        for name, value in zip(self.names, answer, strict=True):
            with contextlib.suppress(Unfit):
                if within(numbers(value, name), expected[name], self.within):
                    right.append(name)
        return tuple(right)

    def _look(self, answer):
        if len(self.names) > 1 and isinstance(answer, (tuple, list, dict)):
            filled = answer.values() if isinstance(answer, dict) else answer
            if any(value is None or value is Ellipsis for value in filled):
                raise NotYet("Not every number is filled in yet.", blank=True)
        expected = parts(self.right(), self.names)
        try:
            got = parts(answer, self.names)
        except Unfit as unfit:
            raise NotYet(f"{unfit.words} Expected {_form(expected)}.") from None
        if self._agree(got, expected, self.within):
            return self.done
        for words, wrong in self.mistakes:
            if self._agree(got, parts(wrong, self.names), self.within / 2 + 1e-9):
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


def finite_numbers(answer, what, names):
    """Return an answer as a flat array with a finite number for each name."""
    try:
        values = numbers(answer, what).ravel()
    except Unfit as unfit:
        raise NotYet(f"{unfit.words} Expected [{', '.join(names)}].") from None
    if values.size != len(names) or not np.isfinite(values).all():
        count = {2: "two", 3: "three"}[len(names)]
        raise NotYet(
            f"Expected {count} finite numbers, [{', '.join(names)}]; got {values.size}."
        )
    return values


# --- A function -----------------------------------------------------------------------


class Function(Exercise):
    """Asks for a function, which is called on several inputs.

    Parameters
    ----------
    cases : callable
        cases(rng) returns the list of Cases to try it on.
    right : callable
        right(*arguments) returns what should come out.
    hints, mistakes : sequence
        A mistake is (words, a function that makes it).
    names : tuple of str
        The parts of what comes out.
    tolerance : float
        The largest relative error that counts as right.
    each : float or None
        If given, each number must be near by itself, or no further off than this.
    may_warn : bool
        Whether NumPy may warn.
    done : str
        What to add when it is right.
    points : dict
        Points for each of the parts, where these count by themselves.
    """

    def __init__(
        self,
        cases,
        right,
        hints,
        mistakes=(),
        names=("the result",),
        tolerance=TOLERANCE,
        each=None,
        may_warn=True,
        done="",
        points=(),
    ):
        super().__init__(hints, points)
        self.cases, self.right, self.mistakes = cases, right, tuple(mistakes)
        self.names, self.tolerance, self.each = names, tolerance, each
        self.may_warn, self.done = may_warn, done

    def look(self, answer, rng):
        cases = self.cases(rng)
        trials = [
            Trial(case, outcome, read(outcome, self.names), self._expected(case))
            for case, outcome in zip(cases, call_each(answer, cases), strict=True)
        ]
        require_right(trials, self.mistakes, self.tolerance, self.each)
        for trial in trials:
            if trial.outcome.warned and not self.may_warn:
                raise NotYet(
                    f"{trial.case.call} is right, but NumPy warns: "
                    f"{trial.outcome.warned}. Expected no warning."
                )
        worst = max(
            relative_error(trial.got[name], trial.right[name])
            for trial in trials
            for name in self.names
        )
        agree = f"All {len(trials)} tests agree, relative error {worst:.0e} at most."
        return f"{agree} {self.done}".strip()

    def _expected(self, case):
        return parts(self.right(*case.arguments.values()), self.names)


# --- Random draws ---------------------------------------------------------------------


class Draws(Exercise):
    """Asks for a function that draws at random, as a seed decides.

    Each case is drawn for one seed, for the same again, and for another.

    Parameters
    ----------
    cases : list of Case
        Their arguments have a place for the seed, whatever stands there.
    shapes : callable
        shapes(*arguments) returns the {part: shape} of what comes out.
    require : callable
        require(draw, *arguments) raises NotYet unless a draw, {part: array}, is right.
    drawn : tuple of str
        The parts that must differ from seed to seed.
    seed, make_seed : str, callable
        The argument that decides, and what makes it of a whole number.
    done, unseeded : str
        What to say when it is right, and when the same seed gives other numbers.
    """

    def __init__(
        self,
        cases,
        shapes,
        require,
        hints,
        drawn,
        done,
        unseeded="The same seed must give the same numbers; yours change each time.",
        seed="seed",
        make_seed=int,
    ):
        super().__init__(hints)
        self.cases, self.shapes, self.require = cases, shapes, require
        self.drawn, self.done, self.unseeded = drawn, done, unseeded
        self.seed, self.make_seed = seed, make_seed

    def look(self, answer, rng):
        for case in self.cases:
            first, again, other = self._draw(answer, case)
            if any(not np.array_equal(first[name], again[name]) for name in first):
                raise NotYet(self.unseeded)
            self.require(first, *case.arguments.values())
            for name in self.drawn:
                if np.array_equal(first[name], other[name]):
                    what = f"{name} is" if len(first) > 1 else "The result is"
                    raise NotYet(
                        f"{what} the same for every seed: use the {self.seed}."
                    )
            self.require(other, *case.arguments.values())
        return self.done

    def _draw(self, answer, case):
        """Return a {part: array} for one seed, for the same again, and for another."""
        seeded = [
            case._replace(
                arguments={**case.arguments, self.seed: self.make_seed(number)}
            )
            for number in (1, 1, 2)
        ]
        outcomes = call_each(answer, seeded)
        require_no_error(seeded, outcomes)
        shapes = self.shapes(*case.arguments.values())
        draws = [parts(outcome.value, tuple(shapes)) for outcome in outcomes]
        for draw in draws:
            self._require_shapes(draw, shapes, case)
        return draws

    def _require_shapes(self, draw, shapes, case):
        got = {name: array.shape for name, array in draw.items()}
        if got != shapes:
            swapped = in_another_order([got], [shapes], lambda one, other: one == other)
            if swapped:
                raise NotYet(f"{case.call} is not right yet. {swapped}")
        for name, shape in shapes.items():
            if got[name] != shape:
                words = explain_shape(got[name], shape)
                raise NotYet(f"{case.call} is not right yet: {name} {words}.")
            if not np.isfinite(draw[name]).all():
                raise NotYet(f"{case.call} gives nan or infinity in {name}.")
