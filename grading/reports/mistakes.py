"""What the tests said of wrong answers: which of the mistakes that nn_check knows by name."""

import json
from collections import defaultdict

from nn_check import EXERCISES
from nn_check.answers.verdicts import NOTHING

OTHER = "something else"


def said_of(notebook):
    """Return {question: what its test said} of a marked notebook, for those not all right."""
    said = {}
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
    except (OSError, ValueError, KeyError):
        return said
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name not in EXERCISES:
            continue
        outputs = {output["output_type"]: output for output in cell.get("outputs", [])}
        if "error" in outputs:
            said[name] = outputs["error"]["evalue"].removeprefix(f"{name}: ")
        elif "execute_result" in outputs and "stream" in outputs:  # points for parts
            printed = "".join(outputs["stream"]["text"])  # the answer's own words first
            said[name] = printed.rpartition(f"{name}: ")[2].strip()
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
