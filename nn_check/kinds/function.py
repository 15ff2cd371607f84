"""The kind of exercise that asks for a function."""

from nn_check.answers.calling import call_each
from nn_check.answers.comparing import TOLERANCE, as_parts
from nn_check.answers.diagnosing import CaseResult, read_parts, require_right
from nn_check.answers.verdicts import NotYet
from nn_check.kinds.exercise import Exercise
from nn_core import relative_error


class Function(Exercise):
    """An exercise that asks for a function, and calls it with several cases.

    Parameters
    ----------
    cases : callable
        cases(rng) returns a list of Case.
    right : callable
        right(*arguments) returns the right result.
    hints : sequence of str
    mistakes : sequence of (words, function that makes the mistake)
    names : tuple of str
        The names of the result's parts.
    tolerance : float
        The largest relative error that counts as right.
    each : float or None
        If given, every single number must be within the tolerance, or differ by no more
        than this.
    may_warn : bool
        Whether an answer that makes NumPy warn can be right.
    done : str
        What to add to the words about a right answer.
    points : {part: points}
        If given, each right part is worth points by itself.
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

    def verify(self, answer, rng):
        cases = self.cases(rng)
        results = [
            CaseResult(
                case, outcome, read_parts(outcome, self.names), self._expected(case)
            )
            for case, outcome in zip(cases, call_each(answer, cases), strict=True)
        ]
        require_right(results, self.mistakes, self.tolerance, self.each)
        for result in results:
            if result.outcome.warned and not self.may_warn:
                raise NotYet(
                    f"{result.case.subject} is right, but NumPy warns: "
                    f"{result.outcome.warned}. Expected no warning."
                )
        worst = max(
            relative_error(result.got[name], result.right[name])
            for result in results
            for name in self.names
        )
        agree = f"All {len(results)} tests agree, relative error {worst:.0e} at most."
        return f"{agree} {self.done}".strip()

    def _expected(self, case):
        return as_parts(self.right(*case.arguments.values()), self.names)
