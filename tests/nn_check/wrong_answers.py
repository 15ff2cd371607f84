"""What the tests of wrong answers ask of the feedback."""

import re

import pytest

import nn_check


def seen(name, answer):
    """Check a wrong answer both ways; return what the feedback says about it.

    If some of its parts are right, that is said, and graded with less than all points.
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
