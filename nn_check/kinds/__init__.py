"""The kinds of exercise.

Value     asks for numbers.
Function  asks for a function, and compares its results with the right ones.
Draws     asks for a function that returns random numbers.
BugHunt   asks for a class whose planted mistake is fixed.

An exercise of any other kind derives from Exercise, in the file of its chapter.
"""

from nn_check.kinds.bug_hunt import BugHunt
from nn_check.kinds.draws import Draws
from nn_check.kinds.exercise import Exercise
from nn_check.kinds.function import Function
from nn_check.kinds.value import Value

__all__ = ["BugHunt", "Draws", "Exercise", "Function", "Value"]
