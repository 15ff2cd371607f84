"""Instant feedback on the exercises: `nn_check.check("ex04-feedforward", feedforward)`.

The answer is run on random inputs of several sizes and compared with what is right. Where
it differs, the feedback says what the answer looks like: classic mistakes are known by
name. Every wrong try shows one more hint; none of them is the solution.

NumPy and Python only, so that it works in any Jupyter and in the book's live pages. The
files, each of which uses those above it:

    cases       the networks and inputs that answers are tried on
    given       what exercises hand to a learner besides numbers
    running     runs a learner's function, with a limit of time
    comparing   tells whether numbers are shown to be right
    explaining  says what a wrong answer looks like
    kinds       the kinds of exercise: numbers, a function, random draws
    trial_runs  what a class of the reader's own does, to be drawn
    hunting     one more kind: a class with a planted mistake
    exercises   the exercises themselves, a file for each chapter
    feedback    check, grade and trial_run
"""

from nn_check.cases import Network
from nn_check.comparing import TOLERANCE
from nn_check.exercises import EXERCISES
from nn_check.feedback import Feedback, check, forget_tries, grade, trial_run
from nn_check.given import boundary_network, hidden_slope
from nn_check.running import SECONDS
from nn_core import relative_error

__all__ = [
    "EXERCISES",
    "SECONDS",
    "TOLERANCE",
    "Feedback",
    "Network",
    "boundary_network",
    "check",
    "forget_tries",
    "grade",
    "hidden_slope",
    "relative_error",
    "trial_run",
]
