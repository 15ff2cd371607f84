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
import hashlib
import io
import re
import stat
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from . import identities, submission

MOODLE = re.compile(
    r"^(?P<name>.+)_(?P<number>\d+)_assignsubmission_(file|onlinetext)_?"
)
CANVAS = re.compile(r"^(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_")
COPY = re.compile(r"(\s*\(\d+\)|[-_ ]?copy\d*|-\d+)+$", re.IGNORECASE)  # of a download
AROUND = re.compile(r"submissions?|submitted|export.*", re.IGNORECASE)  # a folder
IGNORED = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git"}
LITTER = {"timestamp.txt", "Thumbs.db", ".DS_Store", ".gitignore", ".gitkeep"}
HANDED_OUT = {Path(path).name for path in submission.STUDENT_FILES}
MOST_BYTES = 4 * 2**30  # of all archives, unpacked
SHARE_BYTES = 100 * 2**20  # of one student's archives, unpacked
SHARE_FILES = 1000
DEEPEST = 4  # archives within archives
LONGEST_NAME = (
    120  # bytes in a student's name: a file system takes 255 with what is added
)


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
    number: str = ""  # by which Moodle knows the participant, in this assignment alone
    late: bool = False  # as Canvas says


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
        parts = _parts(file)
        _identify(file, parts[min(around, len(parts) - 1) :], names, cells)
        if file.problem:
            file.content = b""
    identities.tell_apart(files, course)
    return files


class _Reader:
    """Reads folders and archives, and stops before one of them fills the computer.

    What lies in one folder, or in one archive, is one student's as a rule. Each of them has
    its own share of bytes and files, so that what one hands in takes nothing from the next.
    """

    def __init__(self):
        self.bytes = 0  # of everything
        self.share_bytes, self.share_files = Counter(), Counter()

    def read(self, source):
        if source.is_file():
            changed = _time(source.stat().st_mtime)
            content = source.read_bytes()
            yield from self.file(source.name, changed, content, 0, whole=True)
            return
        for path in sorted(source.rglob("*")):
            name = _text(path.relative_to(source).as_posix())
            if path.is_dir() and not path.is_symlink():
                continue
            if not _ignored(name):
                yield from self.caught(name, self.file_on_disk, path, name)

    def caught(self, name, read, *arguments):
        """Yield what read yields; a fault in one student's file becomes its problem."""
        try:
            yield from read(*arguments)
        except Exception as error:  # corrupt data raises what its decoder likes
            kind = type(error).__name__
            yield Found(name, "", b"", problem=f"cannot be read: {kind}: {error}")

    def file_on_disk(self, path, name):
        if path.is_symlink():
            yield Found(name, "", b"", problem="is a link, not a file")
        elif not path.is_file():
            yield Found(name, "", b"", problem="is no ordinary file")
        elif _hidden(name):
            yield Found(name, "", b"", problem="is hidden: its name begins with a dot")
        elif path.suffix != ".zip" and (size := path.stat().st_size) > (
            submission.LARGEST_NOTEBOOK
        ):
            yield Found(name, "", b"", problem=f"is too large: {size:,} bytes")
        else:
            changed = _time(path.stat().st_mtime)
            yield from self.file(name, changed, path.read_bytes(), 0, share=name)

    def file(self, name, time, content, depth, whole=False, share=None):
        if not name.lower().endswith(".zip"):
            yield Found(unicodedata.normalize("NFC", name), time, content)
        elif depth == DEEPEST:
            yield Found(name, time, b"", problem="lies in too many archives")
        else:
            inside = "" if whole else name[: -len(".zip")]
            yield from self.caught(name, self.archive, inside, content, depth, share)

    def archive(self, inside, content, depth, share):
        """Yield an archive's files. A share of None parts it by its outermost folders."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
            names = [_text(entry.filename).replace("\\", "/") for entry in entries]
            around = _common_folders(names)
            for entry, name in zip(entries, names, strict=True):
                parts = [part for part in name.split("/") if part not in ("", ".")]
                path = "/".join([*filter(None, [inside]), *parts])
                if entry.is_dir() or not parts or _ignored(path):
                    continue
                own = share or f"{inside}/{''.join(parts[around : around + 1])}"
                yield from self.caught(
                    path, self.entry, archive, entry, path, depth, own
                )

    def entry(self, archive, entry, path, depth, share):
        self.share_files[share] += 1
        limit = SHARE_BYTES - self.share_bytes[share]
        if not path.lower().endswith(".zip"):
            limit = min(limit, submission.LARGEST_NOTEBOOK)
        limit = min(limit, MOST_BYTES - self.bytes)
        problem = ""
        if ".." in path.split("/"):
            problem = "has a path that leads out of its archive"
        elif _hidden(path):
            problem = "is hidden: its name begins with a dot"
        elif stat.S_ISLNK(entry.external_attr >> 16):
            problem = "is a link, not a file"
        elif entry.file_size > limit or self.share_files[share] > SHARE_FILES:
            problem = "is too large, or one too many"
        if problem:
            yield Found(path, "", b"", problem=problem)
            return
        with archive.open(entry) as opened:
            data = opened.read(limit + 1)  # whatever the entry says of itself
        self.bytes += len(data)
        self.share_bytes[share] += len(data)
        if len(data) > limit:
            yield Found(path, "", b"", problem="is larger than it says")
            return
        changed = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.date_time)
        yield from self.file(path, changed, data, depth + 1, share=share)


def _text(name):
    """Return a file's name as text that can be written: its bytes, if not UTF-8, as Latin-1."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape").decode("latin-1")
    return name


def _common_folders(names):
    """Return how many folders lie around all the files of an archive."""
    folders = [
        name.split("/")[:-1]
        for name in names
        if not _ignored(name) and name[-1:] != "/"
    ]
    around = 0
    while len({tuple(folder[: around + 1]) for folder in folders}) == 1 and all(
        len(folder) > around for folder in folders
    ):
        around += 1
    return around


def _ignored(path):
    """Tell whether a file is nothing that a student hands in: a system's or the book's."""
    parts = PurePosixPath(path).parts
    name = parts[-1] if parts else ""
    if IGNORED.intersection(parts) or name in LITTER or name.startswith("._"):
        return True
    return name in HANDED_OUT


def _hidden(path):
    return any(p.startswith(".") and p != ".." for p in PurePosixPath(path).parts)


def _time(seconds):
    return datetime.datetime.fromtimestamp(seconds).isoformat(timespec="seconds")


def _folders_around(files, names):
    """Return how many folders lie around everything, as round an unpacked archive.

    A file that lies beside the outermost folder, such as a class list, does not count.
    """
    paths = [path for file in files if len(path := _parts(file)) > 1]
    around = 0
    while paths and all(len(path) > around + 1 for path in paths):
        if len({path[around] for path in paths}) > 1:
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
        parts = parts[1:]
    return parts


def _grade_ids(notebook):
    return {submission.grade_id(cell) for cell in notebook.cells} - {None}


def _whose(parts, names):
    """Return the student and the assignment that a path tells, '' for what it does not.

    Also returns what a learning platform says of the file: {"number", "late"}.
    """
    *folders, name = parts
    stem = name.rpartition(".")[0]
    assignment = next((n for n in names if n in folders), "")
    folders = [folder for folder in folders if folder not in names]
    student, facts = _named(f"{folders[0]}_") if folders else ("", {})
    student = student or (folders[0] if folders else "")
    if not student:
        student, facts = _named(stem)
        stem = re.sub(MOODLE if MOODLE.match(stem) else CANVAS, "", stem)
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
    if not parts[-1].lower().endswith(".ipynb"):
        file.problem = "is no notebook (.ipynb)"
    elif not file.assignment:
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


def _named(text):
    """Return the name that a learning platform put before a file's name, and facts.

    Canvas's number is the same in every assignment, and part of the name; Moodle's is not.
    """
    if found := MOODLE.match(text):
        return found["name"], {"number": found["number"]}
    if found := CANVAS.match(text):
        return f"{found['name']} {found['number']}", {"late": bool(found["late"])}
    return "", {}


def _safe(name):
    """Return a name that can be a folder's, and that no pattern of nbgrader's takes apart."""
    name = re.sub(
        r"[\x00-\x1f/\\:*?\"<>|+\[\]{}]", "-", unicodedata.normalize("NFC", name)
    )
    name = name.strip(" .")
    data = name.encode("utf-8")
    if len(data) <= LONGEST_NAME:
        return name
    mark = hashlib.sha256(data).hexdigest()[:8]  # tells apart what begins alike
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
