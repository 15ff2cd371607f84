"""Stands in for nn_check's exercises where a student's code is graded: no answer is there."""

import nn_check.kinds
import nn_check.trials  # noqa: F401
from nn_check.hunting import BugHunt
from nn_check.judging import Exercise, NotYet
from nn_check.trial_runs import Ran, TrialRun

WORDS = "There is no feedback while a notebook is graded."


class _NotHere(BugHunt):
    def __init__(self):
        Exercise.__init__(self, hints=())

    def look(self, answer, rng):
        raise NotYet(WORDS, blank=True)

    def trial(self, network):
        nothing = Ran(None, None, (0,), (0,), "")
        axes = ("", "picture is not drawn while a notebook is graded")
        return TrialRun(nothing, nothing, axes, WORDS)


class _Exercises(dict):
    """Has every name: a check in a student's own cell says nothing and stops nothing."""

    def __contains__(self, name):
        return True

    def __missing__(self, name):
        return _NotHere()


EXERCISES = _Exercises()
MOVED = {}
