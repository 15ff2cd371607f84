"""Read submitted files from folders and archives, within limits."""

import datetime
import io
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from grading.intake import submission
from grading.intake.file_names import split_name
from grading.sources import STUDENT_FILES

IGNORED = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git"}
SYSTEM_FILES = {"timestamp.txt", "Thumbs.db", ".DS_Store", ".gitignore", ".gitkeep"}
BOOK_FILES = {Path(path).name for path in STUDENT_FILES}
MOST_BYTES = 4 * 2**30  # of all archives, unpacked
SHARE_BYTES = 100 * 2**20  # of one student's archives, unpacked
SHARE_FILES = 1000
DEEPEST = 4  # archives within archives
LONGEST_PATH = 1000  # characters


@dataclass
class FoundFile:
    """A file that may be a student's notebook."""

    path: str  # in the export, including the archives it is in
    time: str  # of its last change, according to the file system or the archive
    content: bytes
    student: str = ""
    assignment: str = ""
    problem: str = ""  # why it cannot be graded
    note: str = ""  # for the teacher, though it can be graded
    number: str = ""  # of the participant in Moodle, in this assignment alone
    late: bool = False  # according to Canvas
    # A file of an operating system or of the book. It counts only if there is no other.
    irrelevant: bool = False


class Reader:
    """Reads folders and archives, and stops before one of them fills the computer.

    A folder or an archive usually belongs to one student. Each has its own share of bytes
    and files, so that a large submission takes nothing from the next one.
    """

    def __init__(self) -> None:
        self.bytes = 0  # of everything
        self.share_bytes: Counter[str] = Counter()
        self.share_files: Counter[str] = Counter()

    def read(self, source: Path) -> Iterator[FoundFile]:
        """Yield each file; a .zip becomes a folder with its name without the ending."""
        if source.is_file():
            name = _text(source.name)
            yield from self.caught(name, self.file_on_disk, source, name, True)
            return
        for path in sorted(source.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            name = _text(path.relative_to(source).as_posix())
            yield from self.caught(name, self.file_on_disk, path, name)

    def caught(
        self, name: str, read: Callable[..., Iterator[FoundFile]], *arguments: Any
    ) -> Iterator[FoundFile]:
        """Yield what read yields; an error in one student's file becomes its problem."""
        try:
            yield from read(*arguments)
        except Exception as error:  # decoders of corrupt data raise all kinds of errors
            kind = type(error).__name__
            yield _not_read(name, _text(f"cannot be read: {kind}: {error}"))

    def file_on_disk(
        self, path: Path, name: str, whole: bool = False
    ) -> Iterator[FoundFile]:
        if _ignored(name):
            yield _irrelevant(name)
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
            of_one = "/" in name or split_name(name).student  # else of a class
            share = name if of_one else ""
            yield from self.file(name, changed, path.read_bytes(), 0, share, whole)

    def file(
        self,
        name: str,
        time: str,
        content: bytes,
        depth: int,
        share: str,
        whole: bool = False,
    ) -> Iterator[FoundFile]:
        if not _is_archive(name):
            yield FoundFile(unicodedata.normalize("NFC", name), time, content)
        elif depth == DEEPEST:
            yield _not_read(name, "lies in too many archives")
        else:
            inside, empty = "" if whole else name[: -len(".zip")], True
            for found in self.caught(name, self.archive, inside, content, depth, share):
                empty = False
                yield found
            if empty:
                yield _not_read(name, "is an empty archive")

    def archive(
        self, inside: str, content: bytes, depth: int, share: str
    ) -> Iterator[FoundFile]:
        """Yield an archive's files; without a share, each outermost folder gets its own."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
            names = [_text(entry.filename).replace("\\", "/") for entry in entries]
            around = _common_folders(names)
            for entry, name in zip(entries, names, strict=True):
                parts = [part for part in name.split("/") if part not in ("", ".")]
                path = "/".join([*filter(None, [inside]), *parts])
                if entry.is_dir() or not parts:
                    continue
                of = share or f"{inside}/{''.join(parts[around : around + 1])}"
                self.share_files[of] += 1
                if self.share_files[of] <= SHARE_FILES:
                    yield from self.caught(
                        path, self.entry, archive, entry, path, depth, of
                    )
                elif self.share_files[of] == SHARE_FILES + 1:
                    text = (
                        f"is one too many: of one student, {SHARE_FILES} files are read"
                    )
                    yield _not_read(path, text)

    def entry(
        self,
        archive: zipfile.ZipFile,
        entry: zipfile.ZipInfo,
        path: str,
        depth: int,
        share: str,
    ) -> Iterator[FoundFile]:
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
            yield _irrelevant(path)
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
            data = opened.read(limit + 1)  # the entry's own size may be wrong
        self.bytes += len(data)
        self.share_bytes[share] += len(data)
        if len(data) > limit:
            yield _not_read(path, "is larger than it says")
            return
        changed = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.date_time)
        yield from self.file(path, changed, data, depth + 1, share)


def _not_read(path: str, problem: str) -> FoundFile:
    return FoundFile(path[:LONGEST_PATH], "", b"", problem=problem[:LONGEST_PATH])


def _irrelevant(path: str) -> FoundFile:
    problem = "is nothing to grade: a file of the book or of a system, and the only one"
    return FoundFile(path, "", b"", problem=problem, irrelevant=True)


def _is_archive(name: str) -> bool:
    return name.lower().endswith(".zip")


def _text(name: str) -> str:
    """Return a file's name as valid text; bytes that are not UTF-8 are read as Latin-1."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape").decode("latin-1")
    return name


def _common_folders(names: list[str]) -> int:
    """Return how many folders enclose all files of an archive."""
    folders = [
        name.split("/")[:-1]
        for name in names
        if not _ignored(name) and name[-1:] != "/"
    ]
    if not folders:
        return 0
    first, last = min(folders), max(folders)  # what these share, all of them share
    pairs = zip(first, last, strict=False)
    return next(
        (place for place, (one, other) in enumerate(pairs) if one != other), len(first)
    )


def _ignored(path: str) -> bool:
    """Tell whether a file belongs to an operating system or to the book."""
    parts = PurePosixPath(path).parts
    name = parts[-1] if parts else ""
    if IGNORED.intersection(parts) or name in SYSTEM_FILES or name.startswith("._"):
        return True
    return name in BOOK_FILES


def _unfit(path: str) -> str:
    """Return what is wrong with a file's name, "" if it may be a notebook or an archive."""
    if any(p.startswith(".") and p != ".." for p in PurePosixPath(path).parts):
        return "is hidden: its name begins with a dot"
    if not path.lower().endswith((".ipynb", ".zip")):
        return "is no notebook (.ipynb)"
    return ""


def _time(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds).isoformat(timespec="seconds")
