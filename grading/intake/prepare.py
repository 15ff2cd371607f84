"""Turn a submitted notebook into a job for the examiner, and note the job's result."""

from __future__ import annotations

import ast
import base64
import copy
import functools
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

from grading import jobs
from grading.course import Course
from grading.examiner.job import Cell, Job, Limits, Result, Role
from grading.intake.submission import (
    grade_id,
    is_test,
    nbgrader_data,
    read_notebook,
    restore,
)
from grading.sources import STUDENT_FILES
from publish.paths import ROOT

# Code that looks into nn_check for the right answers.
LOOKS_UP = re.compile(
    r"\bEXERCISES\b|\bnn_check\.(answers|exercises|kinds)\b"
    r"|\bfrom\s+nn_check\b|__closure__|\bgetsource\w*"
)


@dataclass
class PreparedJob:
    """A submission's job, and what was noticed while making it."""

    job: Job
    fingerprint: str  # identifies the job: the same one gives the same marks
    notes: list[str]


def prepare(
    course: Course, assignment: str, student: str, without_sandbox: str = ""
) -> PreparedJob:
    """Return the job of the notebook that a student has submitted."""
    content = course.submitted(assignment, student).read_bytes()
    source = course.read_source(assignment)
    notebook, notes = restore(read_notebook(content), source)
    sandboxed = without_sandbox != jobs.TRUST
    job = make_job(notebook, source, sandboxed=sandboxed, seed=course.seed())
    return PreparedJob(job, fingerprint(job), notes + look_ups(job, source))


def note_result(
    course: Course,
    assignment: str,
    student: str,
    prepared: PreparedJob,
    result: Result,
) -> None:
    """Put the result of a job into the submission's record."""
    course.note(
        assignment,
        student,
        fingerprint=prepared.fingerprint,
        notes=prepared.notes,
        recorded=False,
        outputs=result.outputs,
        problems=result.problems,
        seconds=result.seconds,
    )


def answer_names(source: NotebookNode) -> set[str]:
    """Return the names that students are to define: those of the source's solutions."""
    names: set[str] = set()
    for cell in source.cells:
        if cell.cell_type == "code" and nbgrader_data(cell).get("solution"):
            names |= _defined(cell.source)
    return names


def _defined(code: str) -> set[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a magic, perhaps
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def teachers_imports(source: NotebookNode) -> dict[str, str]:
    """Return {name: import statement} of the source's cells that are not answers."""
    imports: dict[str, str] = {}
    for cell in source.cells:
        if cell.cell_type != "code" or nbgrader_data(cell).get("solution"):
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    single = copy.copy(node)
                    single.names = [alias]
                    name = alias.asname or alias.name.split(".")[0]
                    imports[name] = ast.unparse(single)
    return imports


def make_job(
    notebook: NotebookNode,
    source: NotebookNode,
    *,
    limits: Limits | None = None,
    sandboxed: bool = True,
    files: Iterable[str] = STUDENT_FILES,
    seed: str = "",
) -> Job:
    """Return the job of running a restored notebook."""
    tests = {grade_id(cell): cell for cell in source.cells if is_test(cell)}
    cells, place = [], "before the first answer"
    for index, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if name and name in tests:
            cells.append(Cell(index, Role.TEST, name, tests[name].source))
        else:
            where = name or f"cell {index + 1}, {place}"
            cells.append(Cell(index, Role.STUDENT, where, cell.source))
        if name:
            place = f"after {name}"
    return Job(
        cells,
        answers=sorted(answer_names(source)),
        imports=teachers_imports(source),
        files={path: _encoded(path) for path in files},
        limits=copy.copy(limits or jobs.LIMITS),
        sandboxed=sandboxed,
        seed=seed,
    )


@functools.cache
def _encoded(path: str) -> str:
    return base64.b64encode((ROOT / path).read_bytes()).decode("ascii")


def look_ups(job: Job, source: NotebookNode) -> list[str]:
    """Return notes on the student's cells that read right answers from nn_check."""
    teachers = {cell.source for cell in source.cells}
    return [
        f"{cell.name} looks into nn_check for an answer: {found[0]}"
        for cell in job.cells
        if cell.role is Role.STUDENT and cell.source not in teachers
        for found in [LOOKS_UP.search(cell.source)]
        if found
    ]


def fingerprint(job: Job) -> str:
    """Return a hash of the job."""
    text = json.dumps(job.to_json(), sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
