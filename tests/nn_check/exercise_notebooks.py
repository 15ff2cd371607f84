"""The solutions in the exercises' source notebooks, for the tests."""

import contextlib
import functools
import io
import re
from typing import NamedTuple

import nbformat

from publish.paths import ROOT

SOURCES = sorted((ROOT / "exercises").glob("*/*.ipynb"))
CHECK = re.compile(r'nn_check\.check\("([\w-]+)", (\w+)\)')


class Answer(NamedTuple):
    """An exercise's solution, and the code above it in the notebook."""

    name: str  # "ex04-feedforward"
    variable: str  # the name of the answer that is checked
    code: str
    before: tuple  # the code cells above, solutions included
    broken: str  # the cell with the planted mistake, or ""

    def namespace(self, code=None):
        """Return the names after the cells above and code (None: the solution) have run."""
        names = dict(_names_above(self))
        code = self.code if code is None else code
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, f"<answer to {self.name}>", "exec"), names)
        return names

    def value(self):
        """Return the right answer: the value of the solution."""
        return _solution(self)


# Cells are run once in a session, however many tests use them.
@functools.cache
def _names_above(answer):
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in answer.before:
            exec(compile(cell, f"<before {answer.name}>", "exec"), names)
    return names


@functools.cache
def _solution(answer):
    return answer.namespace()[answer.variable]


@functools.cache
def answers():
    """Return {name: Answer} of every automatically marked exercise."""
    found = {}
    for path in SOURCES:
        above, broken, solution = [], "", ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            match = CHECK.search(cell.source)
            if match:
                name, variable = match.groups()
                found[name] = Answer(name, variable, solution, tuple(above), broken)
                above.append(solution)
                broken = ""
            elif cell.metadata.get("nbgrader", {}).get("solution"):
                solution = cell.source
            elif "nn_widgets" not in cell.source:  # no answer needs a widget
                above.append(cell.source)
                if cell.id.endswith(("-broken", "-start")):
                    broken = cell.source
            else:
                above.append(cell.source.split("try:")[0])
    return found
