"""No submission changes how the collector reads the other students' work.

Hypothesis generates the submission of one student, Mallory: names, archives, links, damage.
Three others submit too, in the layouts of learning platforms. Cases that once failed are
explicit examples. FUZZ_TIMES=100 in the environment makes a hundred times as many examples.
"""

import io
import json
import os
import stat
import struct
import tempfile
import unicodedata
import warnings
import zipfile
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grading.course import Course
from grading.intake import collect, file_reader, submission
from tests.grading.sample_submissions import NAME, blank, solved

pytestmark = pytest.mark.fuzz

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
LIMITS = {"SHARE_BYTES": 400_000, "SHARE_FILES": 12, "LONGEST_PATH": 300}
LARGEST = 100_000  # bytes of a notebook
MARK = b"made by Mallory"
OTHER = "ex03_initialise_weights"


def as_bytes(notebook, mark=b""):
    notebook.metadata["made_by"] = mark.decode()
    return nbformat.writes(notebook).encode()


WORK = {
    "Anna Berg": as_bytes(solved()),
    "Zoe\u0308 李": as_bytes(blank()),
    "Ben Oak": as_bytes(solved()).replace(b"numpy", b"numpy "),
}
RIGHT = as_bytes(solved(), MARK)

# --- How learning platforms name submissions -------------------------------------------

NUMBERS = dict(zip([*WORK, "Mallory"], range(71, 75), strict=True))


def plain(student):
    return student.replace(" ", "").lower()


LAYOUTS = {  # name: (path of a submission, the student's name in the course)
    "moodle": ("{student}_{number}_assignsubmission_file_/{file}", "{student}"),
    "moodle flat": ("{student}_{number}_assignsubmission_file_{file}", "{student}"),
    "canvas": ("{plain}_{number}_4711_{file}", "{plain} {number}"),
    "canvas late": ("{plain}_LATE_{number}_4711_{file}", "{plain} {number}"),
    "nbgrader": (f"{{student}}/{NAME}/{{file}}", "{student}"),
    "by hand": ("{student}/{file}", "{student}"),
}
AROUND = ("", "export/", "submissions/", "class 10a/", "class-20261128T101500Z-001/")


def named(pattern, student, file=""):
    number = NUMBERS[student]
    text = pattern.format(
        student=student, plain=plain(student), number=number, file=file
    )
    return unicodedata.normalize("NFC", text) if not file else text


# --- Mallory's submissions ---------------------------------------------------------------

MOODLE_BEN = "Ben Oak_73_assignsubmission_file_"  # begins another student's file name
NASTY = [
    *("..", ".", "", "/", "C:", "~", "*", "?", "[a]", "{student}", "%s", "\\", "a\\b"),
    *(".git", "__MACOSX", "__pycache__", ".ipynb_checkpoints", ".hidden", "._x"),
    *("submissions", "submitted", "export", "exports 2", "nn_core.py", "digits.npz"),
    *("Ben Oak", "benoak_73_4711_", MOODLE_BEN, "benoak 73"),
    *(NAME, OTHER, f"Ben Oak_{NAME}", f"{NAME} (1)", "copy", "work.zip", "a.ipynb"),
    *(
        "=1+1",
        "@SUM(1)",
        "<script>",
        "<b>&amp;",
        "\x00",
        "\n",
        "\r\n",
        "\u202e",
        "\u2028",
    ),
    *("e\u0301", "\u00e9", "İ", "ß", "ſ", "\ud800", "é" * 50, "x" * 130, "a/" * 40),
]
SEGMENTS = st.sampled_from(NASTY) | st.text(max_size=6)
ENDINGS = [".ipynb", ".IPYNB", ".zip", ".Zip", ".txt", ""]
NAMES = st.tuples(
    st.lists(SEGMENTS | st.sampled_from("/_\\"), min_size=1, max_size=5).map("".join),
    st.sampled_from(ENDINGS),
).map("".join) | st.sampled_from(
    [f"{NAME}.ipynb", "homework.ipynb", "work.zip", f"{NAME}.zip"]
)
NOTEBOOKS = {
    "right": RIGHT,
    "another's": as_bytes(solved(OTHER), MARK),
    "text": MARK,
    "empty": b"",
    "no cells": b"{}",
    "list": b"[]",
    "not UTF-8": b"\xff\xfe",
    "UTF-16": RIGHT.decode().encode("utf-16"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + RIGHT,
    "Latin-1": RIGHT.replace(b"ex04", "\xe9".encode("latin-1")),
    "torn": RIGHT[:-40],
    "large": MARK + bytes(LARGEST),
    "deep": b"[" * 5000,
    "deep cells": b'{"cells":' * 2000,
    "odd cells": b'{"cells": [{"metadata": {"nbgrader": []}}, 5], "x": "y"}',
    "no archive": b"PK\x05\x06" + bytes(18),
}
METHODS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
)
TWISTS = ("", "", "", "link", "fifo", "folder", "says less", "says more", "encrypted")
DAMAGES = st.none() | st.tuples(
    st.sampled_from(["cut", "flip", "insert"]),
    st.integers(0, 10_000),
    st.binary(max_size=4),
)


class Archive:
    """Describes a .zip: entries of (name, content, twist, method, year), and damage."""

    def __init__(self, entries, damage=None):
        self.entries, self.damage = list(entries), damage

    def __repr__(self):
        return f"Archive({self.entries!r}, {self.damage!r})"

    def content(self):
        buffer = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
            warnings.simplefilter("ignore")  # duplicate names
            for name, content, twist, method, year in self.entries:
                name = name.encode("utf-8", "replace").decode()
                entry = zipfile.ZipInfo("x", (year, 1, 1, 0, 0, 0))
                entry.filename, entry.compress_type = name, method
                kind = {
                    "link": stat.S_IFLNK,
                    "fifo": stat.S_IFIFO,
                    "folder": stat.S_IFDIR,
                }
                entry.external_attr = (kind.get(twist, stat.S_IFREG) | 0o644) << 16
                archive.writestr(entry, bytes_of(content))
        return self._damaged(self._twisted(bytearray(buffer.getvalue())))

    def _twisted(self, data):
        place = data.rfind(b"PK\x05\x06")
        place = struct.unpack_from("<L", data, place + 16)[0]  # of the first entry
        for *_, twist, _, _ in self.entries:
            sizes = struct.unpack_from("<3H", data, place + 28)
            if twist == "encrypted":
                data[place + 8] |= 1
            elif twist.startswith("says"):
                struct.pack_into(
                    "<L", data, place + 24, 7 if "less" in twist else 2**31
                )
            place += 46 + sum(sizes)
        return bytes(data)

    def _damaged(self, data):
        if not self.damage:
            return data
        what, place, added = self.damage
        place %= len(data) + 1
        rest = {"cut": len(data), "flip": place + len(added), "insert": place}[what]
        return data[:place] + added + data[rest:]


def entry(name, content="right", twist="", year=2107):
    return name, content, twist, zipfile.ZIP_DEFLATED, year


TWO_FOLDERS = Archive([entry(f"benoak_73_4711_/{NAME}.ipynb"), entry("x/a.ipynb")])
LONG = "a/" * 20_000  # folders in folders


def bytes_of(content):
    return content.content() if isinstance(content, Archive) else NOTEBOOKS[content]


def archives(contents):
    entries = st.tuples(
        NAMES,
        contents,
        st.sampled_from(TWISTS),
        st.sampled_from(METHODS),
        st.sampled_from([1980, 2026, 2107]),
    )
    return st.builds(Archive, st.lists(entries, max_size=5), DAMAGES)


CONTENTS = st.recursive(st.sampled_from(list(NOTEBOOKS)), archives, max_leaves=8)
HANDED_IN = st.lists(st.tuples(NAMES, CONTENTS), min_size=1, max_size=3)

# --- The result ----------------------------------------------------------------------------


class QuickCourse(Course):
    """A course that reads its sources once for all examples."""

    read = {}

    def read_source(self, assignment):
        if assignment not in self.read:
            self.read[assignment] = super().read_source(assignment)
        return self.read[assignment]


def file_name(name):
    """Return a valid file name; only names inside a .zip may be anything."""
    name = name.replace("/", "").replace("\0", "").encode("utf-8", "replace").decode()
    ending = name[-6:] if "." in name[-6:] else ""
    name = name.encode()[:100].decode("utf-8", "ignore")
    return name if name.endswith(ending) else name + ending


def export(folder, layout, around, form, work):
    """Write all submissions in this layout; return the path for the collector."""
    pattern, _ = LAYOUTS[layout]
    files = {
        around + named(pattern, student, f"{NAME}.ipynb"): content
        for student, content in WORK.items()
    }
    for name, content in work:
        path = around + named(pattern, "Mallory", file_name(name) or "empty")
        files[path] = bytes_of(content)
    if form == "folder":
        for path, content in files.items():
            place = folder / "given" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return folder / "given"
    given = folder / "given.zip"
    with zipfile.ZipFile(given, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return given


def hold(layout, around, form, work):
    """Collect the submissions, and check what must hold whatever Mallory submits."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(file_reader, **LIMITS),
        mock.patch.object(submission, "LARGEST_NOTEBOOK", LARGEST),
    ):
        folder = Path(folder)
        given = export(folder, layout, around, form, work)
        before = sorted(folder.rglob("*"))
        course = QuickCourse(folder / "course")
        found = collect.collect(given, course)
        assert sorted(folder.rglob("*")) == before
        chosen = collect.newest(found)
        names = {who: named(LAYOUTS[layout][1], who) for who in NUMBERS}
        for student, content in WORK.items():
            file = chosen[names[student], NAME]
            assert file.content == content
            assert (file.problem, file.note) == ("", "")
        others = [f for f in found if f.content not in WORK.values()]
        mallorys = [f for f in others if f.student == names["Mallory"]]
        assert mallorys, "neither a flag nor a mark"
        for file in others:
            assert file.student in (names["Mallory"], "")
            assert file.student or file.problem
            assert not (file.problem and file.content)
            assert len(file.path) < 2000
            json.dumps([file.path, file.problem, file.note]).encode()
            f"{file.path}{file.problem}{file.note}".encode()  # no lone surrogates
            if file.assignment:
                place = course.submitted(file.assignment, file.student or "x").resolve()
                assert place.is_relative_to(course.folder / "submitted")
        assert len(others) <= len(work) * 3 * LIMITS["SHARE_FILES"]
        kept = sum(len(file.content) for file in others)
        assert kept <= len(work) * (LIMITS["SHARE_BYTES"] + LARGEST)


@settings(
    max_examples=300 * TIMES,
    deadline=None,
    derandomize=TIMES == 1,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(
    st.sampled_from(list(LAYOUTS)),
    st.sampled_from(AROUND),
    st.sampled_from(["folder", "zip"]),
    HANDED_IN,
)
@example("moodle", "", "folder", [("work.zip", Archive([]))])
@example("moodle", "", "zip", [("nn_core.py", "text")])
@example("by hand", "", "zip", [("work.zip", Archive([entry(".git/a.ipynb")]))])
@example("moodle flat", "", "folder", [(f"{MOODLE_BEN}{NAME}.ipynb", "right")])
@example("canvas", "", "zip", [(f"{MOODLE_BEN}{NAME}.ipynb", "right")])
@example("canvas", "", "folder", [("homework", "text")])
@example("canvas", "", "folder", [("work.zip", TWO_FOLDERS)])
@example("moodle flat", "class 10a/", "zip", [("work.zip", TWO_FOLDERS)])
@example("moodle", "", "folder", [("work.zip", Archive([entry("a/b")] * 40))])
@example("by hand", "", "folder", [("w.zip", Archive([entry(f"{LONG}a.ipynb")] * 9))])
def test_a_submission_changes_nothing_for_others(layout, around, form, work):
    hold(layout, around, form, work)
