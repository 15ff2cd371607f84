"""Each solution uses only names that an earlier chapter or the exercise's text has shown.

A name is np.maximum, .mean, zip, an argument such as axis=, or an operator such as @. It is
shown if a chapter uses it in code that is not folded, or if text has it between backticks.
Readers are expected to know Python's keywords (for, if, def, return).
"""

import ast
import builtins
import re

import nbformat
import pytest

from grading import sources, student_copies
from publish.paths import ROOT

OPERATORS = {ast.MatMult: "@", ast.FloorDiv: "//", ast.Pow: "**", ast.Mod: "%"}


def names_in(code):
    """Return the names that a piece of Python uses."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            path = ast.unparse(node)
            names.add(path if path.startswith("np.") else f".{node.attr}")
        elif isinstance(node, ast.Name) and hasattr(builtins, node.id):
            names.add(node.id)
        elif isinstance(node, ast.keyword) and node.arg:
            names.add(f"{node.arg}=")
        elif isinstance(node, (ast.BinOp, ast.AugAssign)):
            names.add(OPERATORS.get(type(node.op), "+"))
    return names


def shows(text, name):
    """Return whether the text has the name between backticks."""
    word = rf"{re.escape(name)}(?!\w)" if name[-1].isalnum() else re.escape(name)
    if name[0].isalnum():
        word = rf"(?<![\w.]){word}"
    spans = re.findall(r"`([^`]+)`", text)
    return any(re.search(word, span) for span in spans)


def chapters_before(assignment):
    """Return the chapters that an assignment comes after."""
    page = (ROOT / "book" / "exercises.md").read_text(encoding="utf-8")
    (after,) = re.findall(rf"\(exercises/{assignment}\.ipynb\) \| (\d) \|", page)
    return [
        nbformat.read(path, as_version=4)
        for path in sorted((ROOT / "notebooks").glob("0*.ipynb"))
        if path.name[1] <= after
    ]


def untaught(source, chapters):
    """Return {cell: names} of names in solutions that were not shown before."""
    text, taught, missing = "", {"+"}, {}
    for chapter in chapters:
        for cell in chapter.cells:
            if cell.cell_type == "markdown":
                text += cell.source
            elif "hide-input" not in cell.metadata.get("tags", []):
                taught |= names_in(cell.source)
    students = student_copies.student_notebook(source)
    for cell, open_cell in zip(source.cells, students.cells, strict=True):
        if cell.cell_type == "markdown":
            text += open_cell.source
        elif not cell.metadata.get("nbgrader", {}).get("grade"):
            taught |= names_in(open_cell.source)
            names = names_in(cell.source) - taught
            if wanting := sorted(name for name in names if not shows(text, name)):
                missing[cell.id] = wanting
    return missing


@pytest.mark.parametrize("assignment", sources.assignments())
def test_solutions_use_what_was_taught(assignment):
    source = sources.read_source(assignment)
    assert untaught(source, chapters_before(assignment)) == {}


def test_an_untaught_name_is_found():
    source = sources.read_source("ex01_import_libraries")
    (cell,) = (c for c in source.cells if c.id == "ex01-weighted-sum-answer")
    cell.source = cell.source.replace(
        "np.dot(weights, inputs)", "np.einsum('i,i', weights, inputs, optimize=True)"
    )
    found = untaught(source, chapters_before("ex01_import_libraries"))
    assert found == {cell.id: ["np.einsum", "optimize="]}


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("`np.where(condition, a, b)` chooses", "np.where", True),
        ("np.where chooses", "np.where", False),
        ("`np.maximum(a, b)`", "np.max", False),
        ("`inputs.mean(axis=0)`", ".mean", True),
        ("`inputs.mean(axis=0)`", "axis=", True),
        ("`a.zip(b)`", "zip", False),
        ("`a // b`", "//", True),
    ],
)
def test_what_counts_as_shown(text, name, shown):
    assert shows(text, name) == shown
