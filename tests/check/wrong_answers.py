"""What the tests of wrong answers ask of the feedback."""

import pytest

import nn_check


def seen(name, answer):
    """Check a wrong answer both ways; return what the feedback says about it."""
    feedback = nn_check.check(name, answer)
    assert not feedback.right, feedback
    with pytest.raises(AssertionError, match=name):
        nn_check.grade(name, answer)
    return feedback.seen
