"""What the tests of the exercises read from the source notebooks."""

import contextlib
import io
import re
import sys
from typing import NamedTuple

import nbformat

from publish.paths import ROOT

SOURCES = sorted((ROOT / "exercises").glob("*/*.ipynb"))
CHECK = re.compile(r'nn_check\.check\("([\w-]+)", (\w+)\)')


class Answer(NamedTuple):
    """An exercise's solution, and the code of the notebook that stands before it."""

    name: str  # "ex04-feedforward"
    variable: str  # what is handed to the check
    code: str
    before: tuple  # the code cells above, solutions included
    broken: str  # the cell with the planted mistake, or ""

    def namespace(self, code=None):
        """Run the cells above and then code (the solution if None); return their names."""
        names = {}
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in self.before:
                exec(compile(cell, f"<before {self.name}>", "exec"), names)
            code = self.code if code is None else code
            exec(compile(code, f"<answer to {self.name}>", "exec"), names)
        return names

    def value(self, code=None):
        """Return what the answer cell hands to the check."""
        return self.namespace(code)[self.variable]


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
            elif "nn_widgets" not in cell.source:  # a widget is no part of an answer
                above.append(cell.source)
                if cell.id.endswith(("-broken", "-start")):
                    broken = cell.source
            else:
                above.append(cell.source.split("try:")[0])
    return found


@contextlib.contextmanager
def modules_as_they_were():
    """Put the book's modules back after a hidden test has imported them anew."""
    kept = {name: module for name, module in sys.modules.items() if name[:3] == "nn_"}
    try:
        yield
    finally:
        sys.modules.update(kept)
