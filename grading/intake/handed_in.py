"""Read the files that were handed in, out of folders and archives, within limits."""

import datetime
import io
import stat
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grading.intake import submission
from grading.intake.file_names import named

IGNORED = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git"}
LITTER = {"timestamp.txt", "Thumbs.db", ".DS_Store", ".gitignore", ".gitkeep"}
HANDED_OUT = {Path(path).name for path in submission.STUDENT_FILES}
MOST_BYTES = 4 * 2**30  # of all archives, unpacked
SHARE_BYTES = 100 * 2**20  # of one student's archives, unpacked
SHARE_FILES = 1000
DEEPEST = 4  # archives within archives
LONGEST_PATH = 1000  # characters


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
    litter: bool = (
        False  # a system's file or the book's: it counts if there is no other
    )


class Reader:
    """Reads folders and archives, and stops before one of them fills the computer.

    What lies in one folder, or in one archive, is one student's as a rule. Each of them has
    its own share of bytes and files, so that what one hands in takes nothing from the next.
    """

    def __init__(self):
        self.bytes = 0  # of everything
        self.share_bytes, self.share_files = Counter(), Counter()

    def read(self, source):
        """Yield a Found for each file; a .zip is a folder of the same name without ending."""
        if source.is_file():
            name = _text(source.name)
            yield from self.caught(name, self.file_on_disk, source, name, True)
            return
        for path in sorted(source.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            name = _text(path.relative_to(source).as_posix())
            yield from self.caught(name, self.file_on_disk, path, name)

    def caught(self, name, read, *arguments):
        """Yield what read yields; a fault in one student's file becomes its problem."""
        try:
            yield from read(*arguments)
        except Exception as error:  # corrupt data raises what its decoder likes
            kind = type(error).__name__
            yield _not_read(name, _text(f"cannot be read: {kind}: {error}"))

    def file_on_disk(self, path, name, whole=False):
        if _ignored(name):
            yield _litter(name)
        elif path.is_symlink():
            yield _not_read(name, "is a link, not a file")
        elif not path.is_file():
            yield _not_read(name, "is no ordinary file")
        elif problem := _unfit(name):
            yield _not_read(name, problem)
        elif not _is_archive(name) and (size := path.stat().st_size) > (
            submission.LARGEST_NOTEBOOK
        ):
            yield _not_read(name, f"is too large: {size:,} bytes")
        else:
            changed = _time(path.stat().st_mtime)
            share = name if "/" in name or named(name)[0] else ""  # else a class's
            yield from self.file(name, changed, path.read_bytes(), 0, share, whole)

    def file(self, name, time, content, depth, share, whole=False):
        if not _is_archive(name):
            yield Found(unicodedata.normalize("NFC", name), time, content)
        elif depth == DEEPEST:
            yield _not_read(name, "lies in too many archives")
        else:
            inside, empty = "" if whole else name[: -len(".zip")], True
            for found in self.caught(name, self.archive, inside, content, depth, share):
                empty = False
                yield found
            if empty:
                yield _not_read(name, "is an empty archive")

    def archive(self, inside, content, depth, share):
        """Yield an archive's files. Without a share its outermost folders have one each."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
            names = [_text(entry.filename).replace("\\", "/") for entry in entries]
            around = _common_folders(names)
            for entry, name in zip(entries, names, strict=True):
                parts = [part for part in name.split("/") if part not in ("", ".")]
                path = "/".join([*filter(None, [inside]), *parts])
                if entry.is_dir() or not parts:
                    continue
                own = share or f"{inside}/{''.join(parts[around : around + 1])}"
                self.share_files[own] += 1
                if self.share_files[own] <= SHARE_FILES:
                    yield from self.caught(
                        path, self.entry, archive, entry, path, depth, own
                    )
                elif self.share_files[own] == SHARE_FILES + 1:
                    text = (
                        f"is one too many: of one student, {SHARE_FILES} files are read"
                    )
                    yield _not_read(path, text)

    def entry(self, archive, entry, path, depth, share):
        limit = SHARE_BYTES - self.share_bytes[share]
        if not _is_archive(path):
            limit = min(limit, submission.LARGEST_NOTEBOOK)
        limit = min(limit, MOST_BYTES - self.bytes)
        problem = ""
        if ".." in path.split("/"):
            problem = "has a path that leads out of its archive"
        elif len(path) > LONGEST_PATH:
            problem = "has too long a path"
        elif _ignored(path):
            yield _litter(path)
            return
        elif _unfit(path):
            problem = _unfit(path)
        elif stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            problem = "is a link, not a file"
        elif entry.file_size > limit:
            problem = "is too large"
        if problem:
            yield _not_read(path, problem)
            return
        with archive.open(entry) as opened:
            data = opened.read(limit + 1)  # whatever the entry says of itself
        self.bytes += len(data)
        self.share_bytes[share] += len(data)
        if len(data) > limit:
            yield _not_read(path, "is larger than it says")
            return
        changed = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.date_time)
        yield from self.file(path, changed, data, depth + 1, share)


def _not_read(path, problem):
    return Found(path[:LONGEST_PATH], "", b"", problem=problem[:LONGEST_PATH])


def _litter(path):
    problem = "is nothing to grade: a file of the book or of a system, and the only one"
    return Found(path, "", b"", problem=problem, litter=True)


def _is_archive(name):
    return name.lower().endswith(".zip")


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
    if not folders:
        return 0
    first, last = min(folders), max(folders)  # what these share, all between them do
    pairs = zip(first, last, strict=False)
    return next(
        (place for place, (one, other) in enumerate(pairs) if one != other), len(first)
    )


def _ignored(path):
    """Tell whether a file is nothing that a student hands in: a system's or the book's."""
    parts = PurePosixPath(path).parts
    name = parts[-1] if parts else ""
    if IGNORED.intersection(parts) or name in LITTER or name.startswith("._"):
        return True
    return name in HANDED_OUT


def _unfit(path):
    """Return what is wrong with a file's name, "" if it may be a notebook or an archive."""
    if any(p.startswith(".") and p != ".." for p in PurePosixPath(path).parts):
        return "is hidden: its name begins with a dot"
    if not path.lower().endswith((".ipynb", ".zip")):
        return "is no notebook (.ipynb)"
    return ""


def _time(seconds):
    return datetime.datetime.fromtimestamp(seconds).isoformat(timespec="seconds")
