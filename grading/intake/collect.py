"""Find students' notebooks in what a learning platform exports: a folder or a .zip.

Whose notebook a file is, its path says. These are understood, with or without a folder
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
from pathlib import Path, PurePosixPath

from grading.intake import handed_in, identities, submission
from grading.intake.file_names import MOODLE, named

COPY = re.compile(r"(\s*\(\d+\)|[-_ ]?copy\d*|-\d+)+$", re.IGNORECASE)  # of a download
AROUND = re.compile(  # a folder; the last is Google Drive's
    r"submissions?|submitted|exports?([ _-].*)?|.*-\d{8}T\d{6}Z-.*", re.IGNORECASE
)
NO_NAMES = (  # signs of paths and patterns, ends of lines, and what turns text round
    r"\x00-\x1f\x7f-\x9f/\\:*?\"<>|+\[\]{}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
LONGEST_NAME = 120  # bytes of a student's name: what is added fits a file system's 255


def collect(source, course):
    """Return a list of Found, in the order of their paths; none is left out in silence."""
    source = Path(source)
    if not source.exists():
        raise SystemExit(
            f"There is no {source}. Name the folder or .zip with submissions."
        )
    files = list(handed_in.Reader().read(source))
    names = course.assignments()
    cells = {name: _grade_ids(course.read_source(name)) for name in names}
    around = _folders_around(files, names)
    for file in files:
        parts = _parts(file)
        own = parts[min(around, len(parts) - 1) :]
        _identify(file, own, names, cells)
        if file.problem:
            file.content = b""
        if own[0] in handed_in.IGNORED:
            file.student = ""
    identities.tell_apart(files, course)
    return _without_litter(files)


def _without_litter(files):
    """Return the files without a system's and the book's, but of those who have no other."""
    seen = {file.student for file in files if not file.litter} | {""}
    kept = []
    for file in files:
        if not file.litter or file.student not in seen:
            kept.append(file)
            seen.add(file.student)
    return kept


def _folders_around(files, names):
    """Return how many folders lie around everything, as round an unpacked archive.

    A file that lies beside the outermost folder, such as a class list, does not count; but
    where a platform has named one, the folder too is one student's archive.
    """
    read = [_parts(file) for file in files if not file.litter]
    if any(len(path) == 1 and named(path[0])[0] for path in read):
        return 0
    paths, around = [path for path in read if len(path) > 1], 0
    while paths and all(len(path) > around + 1 for path in paths):
        outermost = {path[around] for path in paths}
        if len(outermost) > 1 or MOODLE.match(f"{min(outermost)}_"):
            break
        inner = {_whose(path[around + 1 :], names)[0] for path in paths} - {""}
        if len(inner) < 2:  # the only folder is the only student's
            break
        around += 1
    return around


def _parts(file):
    """Return a path's parts, without a folder whose name says that submissions lie in it."""
    parts = PurePosixPath(file.path).parts
    while len(parts) > 1 and AROUND.fullmatch(parts[0]):
        if MOODLE.match(f"{parts[0]}_"):  # somebody's, whose name begins like this
            break
        parts = parts[1:]
    return parts


def _grade_ids(notebook):
    return {submission.grade_id(cell) for cell in notebook.cells} - {None}


def _whose(parts, names):
    """Return the student and the assignment that a path tells, '' for what it does not.

    Also returns what a learning platform says of the file: {"number", "late"}.
    """
    *folders, name = parts
    stem = name.rpartition(".")[0] or name
    assignment = next((n for n in names if n in folders), "")
    folders = [folder for folder in folders if folder not in names]
    student, facts, _ = named(f"{folders[0]}_") if folders else ("", {}, "")
    if folders and not student:
        student = folders[0]
        by_folder = next((n for n in names if student.endswith(f"_{n}")), "")
        student = student.removesuffix(f"_{by_folder}")
        assignment = assignment or by_folder
    if not student:
        student, facts, stem = named(stem)
    plain = COPY.sub("", stem)
    by_name = next((n for n in names if plain == n or plain.endswith(f"_{n}")), "")
    if not student and by_name:
        student = plain[: -len(by_name)].rstrip("_")
    elif not student and assignment:
        student = plain
    return _safe(student), assignment or by_name, facts


def _identify(file, parts, names, cells):
    """Find out whose notebook a file is, and of which assignment."""
    file.student, file.assignment, facts = _whose(parts, names)
    file.number, file.late = facts.get("number", ""), facts.get("late", False)
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


def _another_assignment(file, cells):
    """Return the assignment that a file's cells are of, if they are none of its own's."""
    if any(f'"{name}"'.encode() in file.content for name in cells[file.assignment]):
        return ""
    return _by_cells(file.content, cells)


def _safe(name):
    """Return a name that can be a folder's, and that no pattern of nbgrader's takes apart.

    A name that had to be changed gets a mark, so that no other becomes the same.
    """
    name = re.sub(r"^[\s.]+|[\s.]+$", "", unicodedata.normalize("NFC", name))
    safe = re.sub(rf"[{NO_NAMES}]", "-", name)
    data = safe.encode("utf-8")
    if safe == name and len(data) <= LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
    return f"{data[: LONGEST_NAME - 9].decode('utf-8', 'ignore')}~{mark}"


def _by_cells(content, cells):
    """Return the assignment that most of a notebook's marked cells come from."""
    try:
        ids = _grade_ids(submission.read_notebook(content))
    except submission.Unreadable:
        return ""
    common = {name: len(ids & known) for name, known in cells.items()}
    best = max(common, key=common.get)
    return best if common[best] else ""


def newest(files):
    """Return {(student, assignment): Found}, noting on each what else there was of it."""
    chosen = {}
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
