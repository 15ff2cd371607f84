"""Check a wrong answer in a test."""

import re

import pytest

import nn_check


def seen(name, answer):
    """Check and grade a wrong answer; return the words of the feedback.

    If some of its parts are right, the feedback must say so, and grade give their points.
    """
    feedback = nn_check.check(name, answer)
    assert not feedback.right, feedback
    most = sum(nn_check.EXERCISES[name].points.values())
    part = re.search(rf"Right already: .*, ([\d.]+) of {most:g} points", feedback.seen)
    if part:
        assert 0 < nn_check.grade(name, answer) == float(part[1]) < most
    else:
        with pytest.raises(AssertionError, match=name):
            nn_check.grade(name, answer)
    return feedback.seen
