"""Grade a class with the teacher's commands, and read the results."""

import csv
import os
import subprocess
import sys

import pytest

from publish.paths import GRADE

# Files of tests that grade set `pytestmark = NEEDS`.
NEEDS = [
    pytest.mark.usefixtures("bubblewrap"),
    pytest.mark.filterwarnings("default"),  # nbgrader's libraries cause warnings
]
CELL_SECONDS = ["--cell-seconds", "4"]  # another limit would grade everything again
QUESTIONS = [
    "ex04-predict-shape",
    "ex04-hidden-layer",
    "ex04-flat-biases",
    "ex04-feedforward",
    "ex04-accuracy",
    "ex04-boundary-point",
    "ex04-hunt-empty-map",
    "ex04-hunt-outputs",
    "ex04-boundary-words",
]
FULL = ["1", "2", "2", "4", "3", "2", "3", "3", "to mark"]
NO_LAYER = ["1", "0", "2", "4", "3", "2", "3", "3", "to mark"]
NOTHING = ["0"] * 9
NO_MARKS = [""] * 9


def grade(course, *arguments, expect=0, environment=None):
    done = subprocess.run(
        [sys.executable, GRADE, "grade", *map(str, arguments), "--course", course]
        + CELL_SECONDS,
        capture_output=True,
        text=True,
        timeout=1200,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def marks_of(course):
    """Return {student: [marks of the seven questions]}."""
    return {
        row["student"]: [
            value for key, value in row.items() if key.split(" ")[0] in QUESTIONS
        ]
        for row in table(course / "marks.csv")
    }


def needs_of(course):
    """Return {student: {reasons}} for those in needs_a_person.csv."""
    needs = {}
    for row in table(course / "needs_a_person.csv"):
        needs.setdefault(row["student"], set()).add(row["why"])
    return needs
