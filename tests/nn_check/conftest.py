"""What all tests of nn_check need."""

import pytest

import nn_check
from nn_check.answers import calling
from nn_check.kinds import class_runs


@pytest.fixture(autouse=True)
def no_tries_and_no_hurry(monkeypatch):
    """Forget earlier tries, and give answers enough time on a busy machine."""
    nn_check.forget_tries()
    for limited in (calling, class_runs, nn_check.EXERCISES["digits-design"]):
        monkeypatch.setattr(limited, "SECONDS", 300.0)
