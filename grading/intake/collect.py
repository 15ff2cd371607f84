"""Find students' notebooks in what a learning platform exports: a folder or a .zip.

A file's path says whose notebook it is. These are understood, with or without a folder
around everything, in any mixture, and in archives within the archive:

    Anna Berg_1234567_assignsubmission_file_/ex04_feedforward.ipynb       Moodle
    Anna Berg_1234567_assignsubmission_file_ex04_feedforward.ipynb        Moodle, no folders
    bergann_LATE_12345_678901_ex04_feedforward.ipynb                      Canvas
    anna/ex04_feedforward/ex04_feedforward.ipynb                          nbgrader
    anna/ex04_feedforward.ipynb, ex04_feedforward/anna.ipynb,
    anna_ex04_feedforward.ipynb                                           by hand
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from grading.course import Course
from grading.intake import file_reader, identities, submission
from grading.intake.file_names import MOODLE, SplitName, split_name
from grading.intake.file_reader import FoundFile

CellNames = dict[str, set[str]]  # {assignment: grade ids of its cells}

COPY = re.compile(r"(\s*\(\d+\)|[-_ ]?copy\d*|-\d+)+$", re.IGNORECASE)  # of a download
AROUND = re.compile(  # folders around all submissions; the last is Google Drive's
    r"submissions?|submitted|exports?([ _-].*)?|.*-\d{8}T\d{6}Z-.*", re.IGNORECASE
)
NOT_IN_NAMES = (  # path separators, wildcards, line ends, bidirectional controls
    r"\x00-\x1f\x7f-\x9f/\\:*?\"<>|+\[\]{}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
LONGEST_NAME = 120  # bytes of a student's name: leaves room for endings within 255


def collect(source: Path, course: Course) -> list[FoundFile]:
    """Return all files in the order of their paths, also those with problems."""
    if not source.exists():
        raise SystemExit(
            f"There is no {source}. Name the folder or .zip with submissions."
        )
    files = list(file_reader.Reader().read(source))
    names = course.assignments()
    cells = {name: _grade_ids(course.read_source(name)) for name in names}
    around = _folders_around(files, names)
    for file in files:
        parts = _parts(file)
        parts = parts[min(around, len(parts) - 1) :]
        _identify(file, parts, names, cells)
        if file.problem:
            file.content = b""
        if parts[0] in file_reader.IGNORED:
            file.student = ""
    identities.tell_namesakes_apart(files, course)
    return _relevant(files)


def _relevant(files: list[FoundFile]) -> list[FoundFile]:
    """Leave out irrelevant files, but keep one of each student who has no other."""
    seen = {file.student for file in files if not file.irrelevant} | {""}
    kept = []
    for file in files:
        if not file.irrelevant or file.student not in seen:
            kept.append(file)
            seen.add(file.student)
    return kept


def _folders_around(files: list[FoundFile], names: list[str]) -> int:
    """Return how many folders enclose everything, as in an unpacked archive.

    A file beside the outermost folder, such as a class list, does not count; but if it has a
    platform's name, the folder is one student's archive too.
    """
    read = [_parts(file) for file in files if not file.irrelevant]
    if any(len(path) == 1 and split_name(path[0]).student for path in read):
        return 0
    paths, around = [path for path in read if len(path) > 1], 0
    while paths and all(len(path) > around + 1 for path in paths):
        outermost = {path[around] for path in paths}
        if len(outermost) > 1 or MOODLE.match(f"{min(outermost)}_"):
            break
        inner = {owner_of(path[around + 1 :], names)[0].student for path in paths} - {
            ""
        }
        if len(inner) < 2:  # the only folder belongs to the only student
            break
        around += 1
    return around


def _parts(file: FoundFile) -> tuple[str, ...]:
    """Return a path's parts, without outer folders named like "submissions"."""
    parts = PurePosixPath(file.path).parts
    while len(parts) > 1 and AROUND.fullmatch(parts[0]):
        if MOODLE.match(f"{parts[0]}_"):  # the name of a student's folder or file
            break
        parts = parts[1:]
    return parts


def _grade_ids(notebook: NotebookNode) -> set[str]:
    return {name for cell in notebook.cells if (name := submission.grade_id(cell))}


def owner_of(parts: Sequence[str], names: list[str]) -> tuple[SplitName, str]:
    """Return the student and the assignment according to a path, "" for the unknown."""
    *folders, name = parts
    stem = name.rpartition(".")[0] or name
    assignment = next((n for n in names if n in folders), "")
    folders = [folder for folder in folders if folder not in names]
    split = split_name(f"{folders[0]}_" if folders else "")
    student = split.student
    if folders and not student:
        student = folders[0]
        by_folder = next((n for n in names if student.endswith(f"_{n}")), "")
        student = student.removesuffix(f"_{by_folder}")
        assignment = assignment or by_folder
    if not student:
        split = split_name(stem)
        student, stem = split.student, split.rest
    plain = COPY.sub("", stem)
    by_name = next((n for n in names if plain == n or plain.endswith(f"_{n}")), "")
    if not student and by_name:
        student = plain[: -len(by_name)].rstrip("_")
    elif not student and assignment:
        student = plain
    return split._replace(student=_safe(student)), assignment or by_name


def _identify(
    file: FoundFile, parts: Sequence[str], names: list[str], cells: CellNames
) -> None:
    """Find out whose notebook a file is, and of which assignment."""
    owner, file.assignment = owner_of(parts, names)
    file.student, file.number, file.late = owner.student, owner.number, owner.late
    if file.problem:
        return
    if not file.assignment:
        file.assignment = _by_cells(file.content, cells)
        file.note = f"wrong file name: {parts[-1]}; its cells are {file.assignment}'s"
        if not file.assignment:
            file.problem = "belongs to no assignment, by its name or by its cells"
    elif other := _another_assignment(file, cells):
        file.problem = f"is named {file.assignment}, but its cells are {other}'s"
    if not file.student and not file.problem:
        file.problem = "does not say whose it is; put it into a folder with the name"


def _another_assignment(file: FoundFile, cells: CellNames) -> str:
    """Return the assignment that a file's cells belong to, "" if it is the file's own."""
    if any(f'"{name}"'.encode() in file.content for name in cells[file.assignment]):
        return ""
    return _by_cells(file.content, cells)


def _safe(name: str) -> str:
    """Return a name that can be a folder's and has no special meaning to nbgrader.

    A changed name gets a hash of the original, so that no two names become the same.
    """
    name = re.sub(r"^[\s.]+|[\s.]+$", "", unicodedata.normalize("NFC", name))
    safe = re.sub(rf"[{NOT_IN_NAMES}]", "-", name)
    data = safe.encode("utf-8")
    if safe == name and len(data) <= LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
    return f"{data[: LONGEST_NAME - 9].decode('utf-8', 'ignore')}~{mark}"


def _by_cells(content: bytes, cells: CellNames) -> str:
    """Return the assignment that most of a notebook's marked cells come from."""
    try:
        ids = _grade_ids(submission.read_notebook(content))
    except submission.Unreadable:
        return ""
    common = {name: len(ids & known) for name, known in cells.items()}
    best = max(common, key=lambda name: common[name])
    return best if common[best] else ""


def newest(files: list[FoundFile]) -> dict[tuple[str, str], FoundFile]:
    """Return {(student, assignment): newest file}, with a note on older ones."""
    chosen: dict[tuple[str, str], FoundFile] = {}
    for file in files:
        if file.problem or not file.student:
            continue
        key = (file.student, file.assignment)
        other = chosen.get(key)
        if other is None:
            chosen[key] = file
            continue
        same = other.content == file.content
        last, first = sorted(
            (file, other), key=lambda f: (f.time, f.path), reverse=True
        )
        last.note = "; ".join(filter(None, [first.note, last.note]))
        if not same:
            text = f"handed in twice: {last.path} counts, the newest; {first.path} does not"
            last.note = f"{last.note}; {text}".lstrip("; ")
        chosen[key] = last
    return chosen
