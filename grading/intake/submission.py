"""Put a submitted notebook in order, and turn it into a job for examine.py."""

import ast
import base64
import contextlib
import copy
import functools
import hashlib
import json
import re
import warnings

import nbformat
from nbgrader.preprocessors import ClearHiddenTests

from publish.paths import ROOT, book_files

# What every student is given besides the notebook.
STUDENT_FILES = tuple(book_files())
PICTURES = ("image/png", "image/jpeg")
FORBIDDEN_IN_FORMULAS = (
    r"(?:href|url|require|style|class|cssId|data|mmlToken|html\w*)\b"
)
LARGEST_NOTEBOOK = 20 * 2**20  # bytes
MOST_CELLS = 1000
CELL_KEYS = (
    "id",
    "cell_type",
    "metadata",
    "source",
    "attachments",
)  # others are dropped
MOST_CONTAINERS = 300_000  # lists and dictionaries of a notebook: each takes memory
LOOKS_UP = re.compile(
    r"\bEXERCISES\b|\bnn_check\.(answers|exercises|kinds)\b"
    r"|\bfrom\s+nn_check\b|__closure__|\bgetsource\w*"
)
LIMITS = {
    "memory": 1536 * 2**20,  # bytes, of one process and of all of them
    "processes": 64,  # processes and threads
    "disk": 64 * 2**20,  # bytes in the folder of its own
    "cell_seconds": 60,
    "seconds": 600,  # for the whole submission
}


class Unreadable(Exception):
    """A file that is no notebook; the message says what is wrong with it."""


def read_notebook(content):
    """Return a notebook from a file's bytes, or raise Unreadable."""
    if len(content) > LARGEST_NOTEBOOK:
        raise Unreadable(
            f"{len(content) / 2**20:.0f} MB is too large for a notebook; at most "
            f"{LARGEST_NOTEBOOK >> 20} MB are read"
        )
    if not content.strip():
        raise Unreadable("the file is empty")
    if content.count(b"{") + content.count(b"[") > MOST_CONTAINERS:
        raise Unreadable("no notebook of a student's has so many parts")
    try:
        text = content.decode("utf-8-sig")
        if content.count(b'"cell_type"') > MOST_CELLS:
            raise ValueError(f"more than {MOST_CELLS} cells")
        with warnings.catch_warnings():  # restore mends what nbformat warns of
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or not isinstance(cell.metadata, dict):
                raise ValueError("a cell without source or metadata")
            if cell.cell_type not in ("code", "markdown", "raw"):
                raise ValueError(f"a cell of type {cell.cell_type!r}")
    except RecursionError:
        raise Unreadable("no notebook: it is nested too deeply") from None
    except Exception as error:
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unreadable(f"no notebook: {text[:200]}") from error
    return notebook


def nbgrader_data(cell):
    """Return what nbgrader noted on a cell, {} if nothing that makes sense."""
    data = cell.metadata.get("nbgrader", {})
    return data if isinstance(data, dict) else {}


def grade_id(cell):
    name = nbgrader_data(cell).get("grade_id")
    return name if isinstance(name, str) else None


def is_test(cell):
    """Tell whether a source's cell is a test: it has points and the student's none of it."""
    data = nbgrader_data(cell)
    graded = data.get("grade", False) and not data.get("solution", False)
    return graded and cell.cell_type == "code"


def restore(submitted, source):
    """Return the student's notebook with the teacher's cells as the teacher wrote them.

    Also returns what was found out of order, in words. The student's own cells stay as they
    are; cells that hold tests, text or points get the source's content again, missing ones
    come back, and what was noted on a cell that the source does not have is taken off.
    """
    submitted, notes = copy.deepcopy(submitted), []
    for cell in submitted.cells:  # half a character, which no file can hold
        cell.source = cell.source.encode("utf-8", "replace").decode("utf-8")
    wanted = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    place = {}  # grade id: the last cell that has it, as nbgrader chooses too
    for number, cell in enumerate(submitted.cells):
        if grade_id(cell) in wanted:
            if grade_id(cell) in place:
                notes.append(
                    f"{grade_id(cell)} is there more than once; the last counts"
                )
            place[grade_id(cell)] = number
    cells = []
    for number, cell in enumerate(submitted.cells):
        name = grade_id(cell)
        cell = nbformat.from_dict({key: cell[key] for key in CELL_KEYS if key in cell})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if place.get(name) == number:
            if is_test(wanted[name]) and _without_spaces(cell) not in (
                _without_spaces(wanted[name]),
                _without_spaces(_as_released(wanted[name])),
            ):
                notes.append(f"the test {name} was edited; the teacher's is used")
            cells.append(_harmless(_restored(cell, wanted[name])))
        else:
            cell.metadata = nbformat.from_dict({})
            cells.append(_harmless(cell))
    if missing := [name for name in wanted if name not in place]:
        notes.append(f"missing, and put back: {', '.join(missing)}")
    cells = _in_order(cells, list(wanted.values()))
    ids = set()
    for number, cell in enumerate(cells):  # nbformat wants each to have one
        name = cell.get("id")
        fits = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name)
        if not fits or name in ids:
            cell["id"] = f"cell-{number}-{len(ids)}"
        ids.add(cell["id"])
    metadata = nbformat.from_dict(source.metadata)
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata), notes


def _as_released(test):
    released = copy.deepcopy(test)
    ClearHiddenTests()._remove_hidden_test_region(released)
    return released


def _without_spaces(cell):
    return "".join(cell.source.split())


def _restored(cell, original):
    """Return a cell with the source's type and notes, and its text if it is the teacher's."""
    restored = copy.deepcopy(original)
    restored["id"] = cell.get("id")
    if nbgrader_data(original).get("solution"):
        restored.source = cell.source
        restored["attachments"] = cell.get("attachments")
    if restored.cell_type == "code":
        restored.outputs, restored.execution_count = [], None
    return restored


def _harmless(cell):
    """Return a cell whose text runs and loads nothing where a teacher reads it.

    Formgrader shows Markdown as it is. So HTML and links are shown as text, formulas lose
    the commands that link or style, and pictures that were pasted in become part of the text.
    """
    attachments = cell.pop("attachments", None)
    if cell.cell_type == "raw":
        cell.metadata = nbformat.from_dict({"raw_mimetype": "text/plain"})
    if cell.cell_type != "markdown":
        return cell
    pictures = []

    def taken_out(found):
        pictures.append(_pasted_picture(attachments, *found.groups()))
        return f"\0{len(pictures) - 1}\0"

    text = cell.source.replace("\0", "")
    text = re.sub(r"!\[([^\]\n]*)\]\(attachment:([^)\s\"]*)[^)\n]*\)", taken_out, text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    text = re.sub(r"\](?=[(:\[])", "] ", text)  # no link, and no definition of one
    text = re.sub(rf"\\(?={FORBIDDEN_IN_FORMULAS})", r"\\ ", text)
    cell.source = re.sub(r"\0(\d+)\0", lambda found: pictures[int(found[1])], text)
    return cell


def _pasted_picture(attachments, words, name):
    """Return Markdown for a picture that was pasted into a cell, or words if it is none."""
    words = re.sub(r"[^\w .,-]", " ", words)
    with contextlib.suppress(AttributeError, KeyError, StopIteration, TypeError):
        kinds = attachments[name].items()
        kind, data = next(item for item in kinds if item[0] in PICTURES)
        return f"![{words}](data:{kind};base64,{re.sub('[^A-Za-z0-9+/=]', '', data)})"
    return f"(the picture {words} is missing)"


def _in_order(cells, originals):
    """Put missing cells back, and each test behind the answer it tests."""
    order = [grade_id(cell) for cell in originals]
    for position, original in enumerate(originals):
        there = next(
            (n for n, c in enumerate(cells) if grade_id(c) == order[position]), None
        )
        before = set(order[:position])
        last = max(
            (n for n, c in enumerate(cells) if grade_id(c) in before), default=-1
        )
        if there is None:
            blank = copy.deepcopy(original)
            if nbgrader_data(blank).get("solution"):
                blank.source = ""
            blank["id"] = f"restored-{position}"
            cells.insert(last + 1, blank)
        elif is_test(original) and there < last:
            cells.insert(last, cells.pop(there))
    return cells


def answer_names(source):
    """Return the names that the source's solutions define: what students are to define."""
    names = set()
    for cell in source.cells:
        if cell.cell_type == "code" and nbgrader_data(cell).get("solution"):
            names |= _defined(cell.source)
    return names


def _defined(code):
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


def teachers_imports(source):
    """Return {name: import statement} of the source's cells that are no answers."""
    imports = {}
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
    notebook, source, *, limits=None, sandboxed=True, files=STUDENT_FILES, seed=""
):
    """Return the job of running a restored notebook, as examine.py wants it."""
    tests = {grade_id(cell): cell for cell in source.cells if is_test(cell)}
    cells, place = [], "before the first answer"
    for index, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if name in tests:
            job = {"role": "test", "name": name, "source": tests[name].source}
        else:
            where = name or f"cell {index + 1}, {place}"
            job = {"role": "student", "name": where, "source": cell.source}
        if name:
            place = f"after {name}"
        cells.append({"index": index, **job})
    return {
        "cells": cells,
        "answers": sorted(answer_names(source)),
        "imports": teachers_imports(source),
        "files": {path: _encoded(path) for path in files},
        "limits": {**LIMITS, **(limits or {})},
        "sandboxed": sandboxed,
        "seed": seed,
    }


@functools.cache
def _encoded(path):
    return base64.b64encode((ROOT / path).read_bytes()).decode("ascii")


def look_ups(job, source):
    """Return notes on cells that read what nn_check holds of the right answers."""
    given = {cell.source for cell in source.cells}
    return [
        f"{cell['name']} looks into nn_check for an answer: {found[0]}"
        for cell in job["cells"]
        if cell["role"] == "student" and cell["source"] not in given
        for found in [LOOKS_UP.search(cell["source"])]
        if found
    ]


def fingerprint(job):
    """Return what tells jobs apart: with the same one, the marks are the same."""
    text = json.dumps(job, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def add_outputs(notebook, result):
    """Put what came of the job into the notebook's cells."""
    for index, outputs in result["outputs"].items():
        cell = notebook.cells[int(index)]
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        cell.execution_count = None
