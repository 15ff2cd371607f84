"""What the tests said of wrong answers: which of the mistakes that nn_check knows by name."""

import json
from collections import defaultdict

from nn_check import EXERCISES
from nn_check.judging import NOTHING

OTHER = "something else"


def said_of(notebook):
    """Return {question: what its test said} of a marked notebook, for those not passed."""
    said = {}
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
    except (OSError, ValueError, KeyError):
        return said
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        for output in cell.get("outputs", []):
            if name in EXERCISES and output["output_type"] == "error":
                said[name] = output["evalue"].removeprefix(f"{name}: ")
    return said


def name_of(question, said):
    """Return the known mistake that a test spoke of, as nn_check words it."""
    exercise = EXERCISES[question]
    if said.startswith(NOTHING) or "is not defined" in said:
        return "nothing is written"
    for words, _ in (*exercise.mistakes, *getattr(exercise, "wrong_steps", ())):
        if said.startswith(words):
            return words
    return OTHER


def count(said):
    """Return {question: [(mistake, [students])]}, the most frequent first.

    said: {student: {question: what its test said}}
    """
    found = defaultdict(lambda: defaultdict(list))
    for student, own in sorted(said.items()):
        for question, text in own.items():
            found[question][name_of(question, text)].append(student)
    return {
        question: sorted(
            mistakes.items(), key=lambda item: (item[0] == OTHER, -len(item[1]))
        )
        for question, mistakes in found.items()
    }
