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

import datetime
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from . import submission

MOODLE = re.compile(
    r"^(?P<name>.+)_(?P<number>\d+)_assignsubmission_(file|onlinetext)_?"
)
CANVAS = re.compile(r"^(?P<name>[^_]+)(_LATE)?_(?P<number>\d+)_\d+_")
COPY = re.compile(r"(\s*\(\d+\)|[-_ ]?copy\d*|-\d+)+$", re.IGNORECASE)  # of a download
IGNORED = {"__MACOSX", ".ipynb_checkpoints", "__pycache__"}
HANDED_OUT = {Path(path).name for path in submission.STUDENT_FILES}
MOST_FILES = 100_000
MOST_BYTES = 4 * 2**30  # of all archives, unpacked
DEEPEST = 4  # archives within archives


@dataclass
class Found:
    """A file that may be a student's notebook."""

    path: str  # below the folder that was given, through archives
    time: str  # when it was changed, as far as the file system or the archive knows
    content: bytes
    student: str = ""
    assignment: str = ""
    problem: str = ""  # why it cannot be graded
    note: str = ""  # what a person may want to know, though it can


def collect(source, course):
    """Return a list of Found, in the order of their paths; none is left out in silence."""
    source = Path(source)
    if not source.exists():
        raise SystemExit(
            f"There is no {source}. Name the folder or .zip with submissions."
        )
    files = list(_Reader().read(source))
    names = course.assignments()
    cells = {name: _grade_ids(course.read_source(name)) for name in names}
    around = _folders_around(files, names)
    for file in files:
        _identify(file, PurePosixPath(file.path).parts[around:], names, cells)
    return files


class _Reader:
    """Reads folders and archives, and stops before either fills the computer."""

    def __init__(self):
        self.files, self.bytes = 0, 0

    def read(self, source):
        if source.is_file():
            changed = _time(source.stat().st_mtime)
            yield from self.file(
                source.name, changed, source.read_bytes(), 0, whole=True
            )
            return
        for path in sorted(source.rglob("*")):
            name = path.relative_to(source).as_posix()
            if path.is_symlink():
                yield Found(name, "", b"", problem="is a link, not a file")
            elif path.is_file() and not _ignored(name):
                size = path.stat().st_size
                if path.suffix != ".zip" and size > submission.LARGEST_NOTEBOOK:
                    yield Found(name, "", b"", problem=f"is too large: {size:,} bytes")
                    continue
                changed = _time(path.stat().st_mtime)
                yield from self.file(name, changed, path.read_bytes(), 0)

    def file(self, name, time, content, depth, whole=False):
        if not name.lower().endswith(".zip"):
            yield Found(unicodedata.normalize("NFC", name), time, content)
            return
        if depth == DEEPEST:
            yield Found(name, time, b"", problem="lies in too many archives")
            return
        try:
            inside = "" if whole else name[: -len(".zip")]
            yield from self.archive(inside, content, depth)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            yield Found(name, time, b"", problem=f"is no readable .zip: {error}")

    def archive(self, inside, content, depth):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
                path = str(PurePosixPath(inside) / entry.filename.replace("\\", "/"))
                if entry.is_dir() or _ignored(path):
                    continue
                self.files += 1
                limit = min(
                    submission.LARGEST_NOTEBOOK
                    if not path.lower().endswith(".zip")
                    else MOST_BYTES,
                    MOST_BYTES - self.bytes,
                )
                if entry.file_size > limit or self.files > MOST_FILES:
                    yield Found(path, "", b"", problem="is too large, or one too many")
                    continue
                with archive.open(entry) as opened:
                    data = opened.read(limit + 1)  # whatever the entry says of itself
                self.bytes += len(data)
                if len(data) > limit:
                    yield Found(path, "", b"", problem="is larger than it says")
                    continue
                changed = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.date_time)
                yield from self.file(path, changed, data, depth + 1)


def _ignored(path):
    parts = PurePosixPath(path).parts
    if IGNORED.intersection(parts) or any(part.startswith(".") for part in parts):
        return True
    return parts[-1] in HANDED_OUT or parts[-1] in ("timestamp.txt", "Thumbs.db")


def _time(seconds):
    return datetime.datetime.fromtimestamp(seconds).isoformat(timespec="seconds")


def _folders_around(files, names):
    """Return how many folders lie around everything, as round an unpacked archive."""
    paths = [PurePosixPath(file.path).parts for file in files]
    around = 0
    while paths and all(len(path) > around + 1 for path in paths):
        if len({path[around] for path in paths}) > 1:
            break
        inner = {_whose(path[around + 1 :], names)[0] for path in paths} - {""}
        known = re.fullmatch(
            r"(submissions?|submitted|export.*)", paths[0][around], re.I
        )
        if not known and len(inner) < 2:  # the only folder is the only student's
            break
        around += 1
    return around


def _grade_ids(notebook):
    return {submission.grade_id(cell) for cell in notebook.cells} - {None}


def _whose(parts, names):
    """Return the student and the assignment that a path tells, '' for what it does not."""
    *folders, name = parts
    stem = name.rpartition(".")[0]
    assignment = next((n for n in names if n in folders), "")
    folders = [folder for folder in folders if folder not in names]
    student = _named(f"{folders[0]}_") or folders[0] if folders else ""
    if not student:
        student = _named(stem)
        stem = re.sub(MOODLE if MOODLE.match(stem) else CANVAS, "", stem)
    plain = COPY.sub("", stem)
    by_name = next((n for n in names if plain == n or plain.endswith(f"_{n}")), "")
    if not student and by_name:
        student = plain[: -len(by_name)].rstrip("_")
    elif not student and assignment:
        student = plain
    return _safe(student), assignment or by_name


def _identify(file, parts, names, cells):
    """Find out whose notebook a file is, and of which assignment."""
    file.student, file.assignment = _whose(parts, names)
    if file.problem:
        return
    if not parts[-1].lower().endswith(".ipynb"):
        file.problem = "is no notebook (.ipynb)"
    elif not file.assignment:
        file.assignment = _by_cells(file.content, cells)
        file.note = f"wrong file name: {parts[-1]}; its cells are {file.assignment}'s"
        if not file.assignment:
            file.problem = "belongs to no assignment, by its name or by its cells"
    if not file.student and not file.problem:
        file.problem = "does not say whose it is; put it into a folder with the name"


def _named(text):
    """Return the name and number that a learning platform put before a file's name."""
    found = MOODLE.match(text) or CANVAS.match(text)
    return f"{found['name']} {found['number']}" if found else ""


def _safe(name):
    """Return a name that can be a folder's, and that no pattern of nbgrader's takes apart."""
    name = re.sub(
        r"[\x00-\x1f/\\:*?\"<>|+\[\]{}]", "-", unicodedata.normalize("NFC", name)
    )
    return name.strip(" .")[:100]


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
