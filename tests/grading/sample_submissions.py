"""Submissions of every kind, for the tests and the benchmark of grading."""

import copy

import nbformat

from publish.paths import ROOT

SOURCES = ROOT / "exercises"
STUDENT_COPIES = ROOT / "notebooks" / "exercises"
NAME = "ex04_feedforward"


def notebook(path):
    return nbformat.read(path, as_version=4)


def blank(name=NAME):
    """Return an assignment as students get it."""
    return notebook(STUDENT_COPIES / f"{name}.ipynb")


def solved(name=NAME):
    """Return an assignment with the book's answers, as a student would hand it in."""
    source = notebook(SOURCES / name / f"{name}.ipynb")
    answers = {
        data["grade_id"]: cell.source
        for cell in source.cells
        if (data := cell.metadata.get("nbgrader", {})).get("solution")
    }
    return with_answers(answers, blank(name))


def with_answers(answers, base=None):
    """Return a notebook with {grade_id: text} of its cells changed; None takes one out."""
    changed = copy.deepcopy(base or solved())
    for cell in list(changed.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers and answers[name] is None:
            changed.cells.remove(cell)
        elif name in answers:
            cell.source = answers[name]
    return changed


def hidden_layer(code):
    """Return a perfect notebook but for the answer cell of ex04-hidden-layer."""
    return with_answers({"ex04-hidden-layer-answer": code})


def write(folder, content, name=f"{NAME}.ipynb"):
    folder.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, str | bytes):
        content = nbformat.writes(content)
    if isinstance(content, str):
        content = content.encode("utf-8")
    (folder / name).write_bytes(content)
    return folder / name
