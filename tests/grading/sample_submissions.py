"""Make submissions of every kind, for the tests and the README's picture of grading.

`python -m tests.grading.sample_submissions FOLDER` writes the submissions of a made-up class.
"""

import copy
import random
import sys
from pathlib import Path

import nbformat

from grading.sources import read_source
from publish.paths import STUDENT_COPIES

NAME = "ex04_feedforward"
STUDENTS = (
    "Ada Amara Bela Carla Chen Dina Emil Fatou Hana Ines Jonas Kei Marek Olga Rosa"
)
NO_BIAS = (
    "def hidden_layer(weights, biases, inputs):\n    return sigmoid(weights @ inputs)"
)


def notebook(path):
    return nbformat.read(path, as_version=4)


def blank(name=NAME):
    """Return an assignment as students get it."""
    return notebook(STUDENT_COPIES / f"{name}.ipynb")


def solved(name=NAME):
    """Return an assignment with the book's answers, as a student would submit it."""
    source = read_source(name)
    answers = {
        data["grade_id"]: cell.source
        for cell in source.cells
        if (data := cell.metadata.get("nbgrader", {})).get("solution")
    }
    return with_answers(answers, blank(name))


def with_answers(answers, base=None):
    """Return a notebook with the texts of {grade_id: text}; None removes a cell."""
    changed = copy.deepcopy(base or solved())
    for cell in list(changed.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers and answers[name] is None:
            changed.cells.remove(cell)
        elif name in answers:
            cell.source = answers[name]
    return changed


def hidden_layer(code):
    """Return a perfect notebook except for its answer to ex04-hidden-layer, this code."""
    return with_answers({"ex04-hidden-layer-answer": code})


def write(folder, content, name=f"{NAME}.ipynb"):
    folder.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, str | bytes):
        content = nbformat.writes(content)
    if isinstance(content, str):
        content = content.encode("utf-8")
    (folder / name).write_bytes(content)
    return folder / name


def write_made_up_class(folder):
    """Write a submission of NAME for each student; one in five answers is missing."""
    chance = random.Random(1)
    right, empty = (
        {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in book.cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }
        for book in (solved(), blank())
    )
    for student in STUDENTS.split():
        answers = {name: text for name, text in right.items() if chance.random() < 0.8}
        if chance.random() < 0.3:
            answers["ex04-hidden-layer-answer"] = NO_BIAS
        submission = with_answers(empty | answers, blank())
        write(folder, submission, f"{student}_{NAME}.ipynb")


if __name__ == "__main__":
    write_made_up_class(Path(sys.argv[1]))
