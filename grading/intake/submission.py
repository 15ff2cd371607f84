"""Read a submitted notebook, and restore the teacher's cells in it."""

import contextlib
import copy
import re
import warnings
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

from grading.examiner.job import Outputs

PICTURES = ("image/png", "image/jpeg")
# Commands of formulas that link, load or style.
FORBIDDEN_IN_FORMULAS = (
    r"(?:href|url|require|style|class|cssId|data|mmlToken|html\w*)\b"
)
LARGEST_NOTEBOOK = 20 * 2**20  # bytes
MOST_CELLS = 1000
MOST_CONTAINERS = 300_000  # lists and dictionaries of a notebook: each takes memory
CELL_KEYS = ("id", "cell_type", "metadata", "source", "attachments")  # no others


class Unreadable(Exception):
    """A file that is not a notebook; the message says what is wrong with it."""


def read_notebook(content: bytes) -> NotebookNode:
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
        with warnings.catch_warnings():  # restore repairs what nbformat warns about
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


def nbgrader_data(cell: NotebookNode) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell, {} if there is none or it is invalid."""
    data = cell.metadata.get("nbgrader", {})
    return data if isinstance(data, dict) else {}


def grade_id(cell: NotebookNode) -> str | None:
    name = nbgrader_data(cell).get("grade_id")
    return name if isinstance(name, str) else None


def is_test(cell: NotebookNode) -> bool:
    """Tell whether a cell is a test: it has points, and no part for the student."""
    data = nbgrader_data(cell)
    graded = data.get("grade", False) and not data.get("solution", False)
    return bool(graded and cell.cell_type == "code")


def restore(
    submitted: NotebookNode, source: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """Return the student's notebook with the teacher's cells as the teacher wrote them.

    Also returns notes on what was changed. The student's own cells stay as they are; cells
    with tests, text or points get the source's content again, missing ones are put back,
    and cells that the source does not have lose their metadata.
    """
    submitted = copy.deepcopy(submitted)
    notes: list[str] = []
    for cell in submitted.cells:  # replace lone surrogates: UTF-8 cannot encode them
        cell.source = cell.source.encode("utf-8", "replace").decode("utf-8")
    wanted = {name: cell for cell in source.cells if (name := grade_id(cell))}
    place: dict[str, int] = {}  # grade id: its last cell, like nbgrader's choice
    for number, cell in enumerate(submitted.cells):
        name = grade_id(cell)
        if name and name in wanted:
            if name in place:
                notes.append(f"{name} is there more than once; the last counts")
            place[name] = number
    cells = []
    for number, cell in enumerate(submitted.cells):
        name = grade_id(cell)
        cell = nbformat.from_dict({key: cell[key] for key in CELL_KEYS if key in cell})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if name and place.get(name) == number:
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
    ids: set[str] = set()
    for number, cell in enumerate(cells):  # nbformat requires unique ids
        own = cell.get("id")
        fits = isinstance(own, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", own)
        if not fits or own in ids:
            cell["id"] = f"cell-{number}-{len(ids)}"
        ids.add(cell["id"])
    metadata = nbformat.from_dict(source.metadata)
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata), notes


def _as_released(test: NotebookNode) -> NotebookNode:
    released = copy.deepcopy(test)
    ClearHiddenTests()._remove_hidden_test_region(released)
    return released


def _without_spaces(cell: NotebookNode) -> str:
    return "".join(cell.source.split())


def _restored(cell: NotebookNode, original: NotebookNode) -> NotebookNode:
    """Return a cell with the original's type and metadata, and its text if no answer."""
    restored = copy.deepcopy(original)
    restored["id"] = cell.get("id")
    if nbgrader_data(original).get("solution"):
        restored.source = cell.source
        restored["attachments"] = cell.get("attachments")
    if restored.cell_type == "code":
        restored.outputs, restored.execution_count = [], None
    return restored


def _harmless(cell: NotebookNode) -> NotebookNode:
    """Return a cell whose text runs and loads nothing where a teacher reads it.

    Formgrader renders Markdown without cleaning it. So HTML and links become text, formulas
    lose the commands that link or style, and pasted pictures become part of the text.
    """
    attachments = cell.pop("attachments", None)
    if cell.cell_type == "raw":
        cell.metadata = nbformat.from_dict({"raw_mimetype": "text/plain"})
    if cell.cell_type != "markdown":
        return cell
    pictures: list[str] = []

    def taken_out(found: re.Match[str]) -> str:
        pictures.append(_pasted_picture(attachments, found[1], found[2]))
        return f"\0{len(pictures) - 1}\0"

    text = cell.source.replace("\0", "")
    text = re.sub(r"!\[([^\]\n]*)\]\(attachment:([^)\s\"]*)[^)\n]*\)", taken_out, text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    text = re.sub(r"\](?=[(:\[])", "] ", text)  # no link, and no definition of one
    text = re.sub(rf"\\(?={FORBIDDEN_IN_FORMULAS})", r"\\ ", text)
    cell.source = re.sub(r"\0(\d+)\0", lambda found: pictures[int(found[1])], text)
    return cell


def _pasted_picture(attachments: Any, words: str, name: str) -> str:
    """Return Markdown for a picture that was pasted into a cell, or words if it is missing."""
    words = re.sub(r"[^\w .,-]", " ", words)
    with contextlib.suppress(AttributeError, KeyError, StopIteration, TypeError):
        kinds = attachments[name].items()
        kind, data = next(item for item in kinds if item[0] in PICTURES)
        return f"![{words}](data:{kind};base64,{re.sub('[^A-Za-z0-9+/=]', '', data)})"
    return f"(the picture {words} is missing)"


def _in_order(
    cells: list[NotebookNode], originals: list[NotebookNode]
) -> list[NotebookNode]:
    """Put missing cells back, and each test after the answer it tests."""
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


def add_outputs(notebook: NotebookNode, outputs: dict[int, Outputs]) -> None:
    """Put a job's outputs into the notebook's cells."""
    for index, of_cell in outputs.items():
        cell = notebook.cells[index]
        cell.outputs = [nbformat.from_dict(output) for output in of_cell]
        cell.execution_count = None
