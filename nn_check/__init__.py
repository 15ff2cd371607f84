"""Instant feedback on the exercises: `nn_check.check("ex04-feedforward", feedforward)`.

The answer is called with random inputs of several sizes, and the results are compared with
the right ones. The feedback on a wrong answer names the mistake if it is a common one. Each
wrong try shows one more hint; no hint contains the solution.

It needs only NumPy, so that it works in any Jupyter and in the book's live pages. Each part
uses only the parts above it:

    answers     call an answer, compare its results, explain what is wrong
        cases       the networks and inputs that answers are called with
        reference   the book's class, right or with a known mistake
        verdicts    how a check ends
        comparing   read an answer as arrays, and compare arrays
        calling     call a function, with a time limit
        explaining  describe how a wrong answer differs from the right one
        diagnosing  decide whether an answer is right, and name the mistake if not
    kinds       the kinds of exercise, a file for each
        class_runs  run the reader's class, for the picture of a bug hunt
    materials   networks, functions and measurements given to the learner
    exercises   the exercises, a file for each chapter
    feedback    check, grade and trial_run
"""

from nn_check.answers.calling import SECONDS
from nn_check.answers.cases import Network
from nn_check.answers.comparing import TOLERANCE
from nn_check.exercises import EXERCISES
from nn_check.feedback import Feedback, check, forget_tries, grade, trial_run
from nn_check.materials import boundary_network, hidden_slope
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
