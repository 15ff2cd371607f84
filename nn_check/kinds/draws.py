"""The kind of exercise that asks for random numbers."""

import numpy as np

from nn_check.answers.calling import call_each, require_no_error
from nn_check.answers.comparing import as_parts
from nn_check.answers.explaining import explain_shape, in_another_order
from nn_check.answers.verdicts import NotYet
from nn_check.kinds.exercise import Exercise


class Draws(Exercise):
    """An exercise that asks for a function that returns random numbers, given a seed.

    The function is called with one seed twice, and then with another seed.

    Parameters
    ----------
    cases : list of Case
        Their arguments include the seed, with any value.
    shapes : callable
        shapes(*arguments) returns {part: shape} of the result.
    require : callable
        require(draw, *arguments) raises NotYet unless a draw, {part: array}, is right.
    hints : sequence of str
    random_parts : tuple of str
        The parts that must differ for another seed.
    seed, make_seed : str, callable
        The name of the seed's argument, and a function that makes its value of an integer.
    done, unseeded : str
        What to say about a right answer, and about one that ignores the seed.
    """

    def __init__(
        self,
        cases,
        shapes,
        require,
        hints,
        random_parts,
        done,
        unseeded="The same seed must give the same numbers; yours change each time.",
        seed="seed",
        make_seed=int,
    ):
        super().__init__(hints)
        self.cases, self.shapes, self.require = cases, shapes, require
        self.random_parts, self.done, self.unseeded = random_parts, done, unseeded
        self.seed, self.make_seed = seed, make_seed

    def verify(self, answer, rng):
        for case in self.cases:
            first, again, other = self._draw(answer, case)
            if any(not np.array_equal(first[name], again[name]) for name in first):
                raise NotYet(self.unseeded)
            self.require(first, *case.arguments.values())
            for name in self.random_parts:
                if np.array_equal(first[name], other[name]):
                    what = f"{name} is" if len(first) > 1 else "The result is"
                    raise NotYet(
                        f"{what} the same for every seed: use the {self.seed}."
                    )
            self.require(other, *case.arguments.values())
        return self.done

    def _draw(self, answer, case):
        """Return {part: array} for one seed, for the same seed, and for another seed."""
        seeded = [
            case._replace(
                arguments={**case.arguments, self.seed: self.make_seed(number)}
            )
            for number in (1, 1, 2)
        ]
        outcomes = call_each(answer, seeded)
        require_no_error(seeded, outcomes)
        shapes = self.shapes(*case.arguments.values())
        draws = [as_parts(outcome.value, tuple(shapes)) for outcome in outcomes]
        for draw in draws:
            self._require_shapes(draw, shapes, case)
        return draws

    def _require_shapes(self, draw, shapes, case):
        got = {name: array.shape for name, array in draw.items()}
        if got != shapes:
            swapped = in_another_order([got], [shapes], lambda one, other: one == other)
            if swapped:
                raise NotYet(f"{case.subject} is not right yet. {swapped}")
        for name, shape in shapes.items():
            if got[name] != shape:
                words = explain_shape(got[name], shape)
                raise NotYet(f"{case.subject} is not right yet: {name} {words}.")
            if not np.isfinite(draw[name]).all():
                raise NotYet(f"{case.subject} gives nan or infinity in {name}.")
