"""Reading what students and learning platforms send: paths, archives and damaged notebooks."""

import io
import json
import os
import stat
import zipfile

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.grading import collect, course, submission
from tools.grading.sample_submissions import NAME, SOURCES, blank, solved, write

SOURCE = nbformat.read(SOURCES / NAME / f"{NAME}.ipynb", as_version=4)
TESTS = {
    submission.grade_id(cell): cell.source
    for cell in SOURCE.cells
    if submission.is_test(cell)
}
GRADED = [submission.grade_id(c) for c in SOURCE.cells if submission.grade_id(c)]


def as_bytes(notebook):
    return nbformat.writes(notebook).encode("utf-8")


def zipped(files):
    """Return a .zip with {path: bytes}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


@pytest.fixture
def collected(tmp_path):
    """Return a function from {path: bytes} to what is found in a folder with these files."""

    def collect_files(files):
        folder = tmp_path / "export"
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return collect.collect(folder, course.Course(tmp_path / "course"))

    return collect_files


@pytest.mark.parametrize(
    ("path", "student"),
    [
        (f"Anna Berg_1234567_assignsubmission_file_/{NAME}.ipynb", "Anna Berg"),
        (f"Anna Berg_1234567_assignsubmission_file_{NAME}.ipynb", "Anna Berg"),
        (f"Zoe\u0308 李_12_assignsubmission_file_/{NAME}.ipynb", "Zo\u00eb 李"),
        (f"bergann_LATE_12345_678901_{NAME}.ipynb", "bergann 12345"),
        (f"bergann_12345_678901_{NAME}-1.ipynb", "bergann 12345"),
        (f"anna/{NAME}/{NAME}.ipynb", "anna"),
        (f"anna/{NAME}.ipynb", "anna"),
        (f"{NAME}/anna.ipynb", "anna"),
        (f"anna_{NAME}.ipynb", "anna"),
        (f"anna/{NAME} (2).ipynb", "anna"),
        ("anna/my homework.ipynb", "anna"),
    ],
)
def test_the_path_says_whose_it_is(collected, path, student):
    files = {path: as_bytes(solved()), f"other/{NAME}.ipynb": as_bytes(blank())}
    found = {file.path: file for file in collected(files)}
    file = next(f for p, f in found.items() if not p.startswith("other"))
    assert (file.student, file.assignment, file.problem) == (student, NAME, "")


def test_archives_in_archives_are_read(collected):
    inner = zipped({f"{NAME}.ipynb": as_bytes(solved())})
    outer = zipped({"Anna_12_assignsubmission_file_/work.zip": inner})
    (file,) = collected({"class/export.zip": outer, "class/x/.DS_Store": b""})
    assert file.assignment == NAME
    assert "Anna" in file.path


def test_a_path_out_of_the_archive_writes_nothing(collected, tmp_path):
    outside = tmp_path / "outside.ipynb"
    names = (
        "../outside.ipynb",
        "../../outside.ipynb",
        str(outside),
        "..\\outside.ipynb",
    )
    collected({"export.zip": zipped(dict.fromkeys(names, as_bytes(solved())))})
    assert not outside.exists()
    assert not list(tmp_path.rglob("outside*"))


def test_a_student_name_stays_within_the_course(collected, tmp_path):
    evil = ("../../evil", "..", ".", "/etc", "a/../../b", "~root", "x\0y", "%(here)s")
    names = {f"{name}_12_assignsubmission_file_{NAME}.ipynb" for name in evil}
    own = course.Course(tmp_path / "course")
    for file in collected({"e.zip": zipped(dict.fromkeys(names, as_bytes(solved())))}):
        if file.problem:
            continue
        place = own.submitted(file.assignment, file.student).resolve()
        assert place.is_relative_to(own.folder / "submitted")
        assert place.parent.parent != own.folder / "submitted"


def test_a_bomb_is_not_unpacked(collected):
    found = collected({"anna/bomb.zip": zipped({f"{NAME}.ipynb": bytes(200 * 2**20)})})
    assert [file.content for file in found] == [b""]
    assert "too large" in found[0].problem


def test_archives_within_archives_have_an_end(collected):
    content = as_bytes(solved())
    for _ in range(collect.DEEPEST + 2):
        content = zipped({"in.zip": content})
    (file,) = collected({"anna/out.zip": content})
    assert file.problem == "lies in too many archives"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\xff" * 50])
def test_a_damaged_archive_is_named(collected, content):
    found = collected({"anna/work.zip": content, f"ben/{NAME}.ipynb": b"{}"})
    assert sorted(bool(file.problem) for file in found) == [False, True]


def test_a_link_is_not_followed(tmp_path):
    secret = write(tmp_path / "elsewhere", solved())
    (tmp_path / "export" / "anna").mkdir(parents=True)
    (tmp_path / "export" / "anna" / f"{NAME}.ipynb").symlink_to(secret)
    (file,) = collect.collect(tmp_path / "export", course.Course(tmp_path / "course"))
    assert (file.content, file.problem) == (b"", "is a link, not a file")


def raw_zip(name, content=b"{}"):
    """Return a .zip whose only entry has this name, in bytes, whatever they are."""
    stand_in = "x" * len(name)
    return zipped({stand_in: content}).replace(stand_in.encode(), name)


def corrupt(method):
    """Return a .zip whose compressed bytes are not what their method makes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(f"{NAME}.ipynb", as_bytes(solved()))
        start = archive.infolist()[0].header_offset + 30 + len(f"{NAME}.ipynb")
    data = bytearray(buffer.getvalue())
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


FAULTY = {
    "deflate": corrupt(zipfile.ZIP_DEFLATED),
    "lzma": corrupt(zipfile.ZIP_LZMA),
    "bzip2": corrupt(zipfile.ZIP_BZIP2),
    "name not UTF-8": raw_zip(b"\xff\xfe.ipynb"),
    "name said to be UTF-8": raw_zip(b"\xff\xfe.ipynb")
    .replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x00\x08")
    .replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x08"
    ),
    "encrypted": zipped({"a.ipynb": b"{}"}).replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    ),
}


@pytest.mark.parametrize("content", FAULTY.values(), ids=FAULTY)
def test_a_faulty_archive_stops_nobody_else(collected, content):
    found = collected({"anna/work.zip": content, f"ben/{NAME}.ipynb": b"{}"})
    assert [f.student for f in found if not f.problem] == ["ben"]
    assert [f for f in found if f.problem and f.path.startswith("anna")]


def test_a_folder_named_in_latin_1_is_read(collected, tmp_path):
    folder = (
        os.fsencode(tmp_path / "export") + b"/Zo\xeb Berg_12_assignsubmission_file_"
    )
    os.makedirs(folder)
    with open(folder + b"/" + f"{NAME}.ipynb".encode(), "wb") as file:
        file.write(as_bytes(solved()))
    (found,) = collected({})
    assert (found.student, found.problem) == ("Zo\u00eb Berg", "")


def test_a_long_name_in_any_script_can_be_a_folders(collected, tmp_path):
    names = ["\u0e01" * 95 + end for end in ("\u0e02", "\u0e03")]
    files = {f"{name}_12_assignsubmission_file_{NAME}.ipynb": b"{}" for name in names}
    students = {file.student for file in collected({"e.zip": zipped(files)})}
    assert len(students) == 2
    for student in students:
        (tmp_path / f"{student}.unfinished").mkdir()


@pytest.mark.parametrize(
    "stray",
    [{"class.csv": b"id"}, {"submissions/readme.txt": b"x"}, {"notes.ipynb": b"{}"}],
)
def test_what_lies_beside_does_not_make_the_class_one_student(collected, stray):
    class_of = {f"submissions/{who}/{NAME}.ipynb": b"{}" for who in ("anna", "ben")}
    found = [file for file in collected({**class_of, **stray}) if not file.problem]
    assert {"anna", "ben"} <= {file.student for file in found}


def test_an_absolute_path_in_one_archive_changes_nothing_for_others(collected):
    work = {f"/{NAME}.ipynb": b"{}", f"C:/{NAME}.ipynb": b"{}"}
    inner = {"anna/work.zip": zipped(work), f"ben/{NAME}.ipynb": b"{}"}
    found = collected({"export.zip": zipped(inner)})
    assert {file.student for file in found} == {"anna", "ben"}


def test_what_is_left_out_is_named(collected, tmp_path):
    link = zipfile.ZipInfo(f"anna/{NAME}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr(f"anna/.{NAME}.ipynb", b"{}")
        archive.writestr(f"anna/../{NAME}.ipynb", b"{}")
    (tmp_path / "export").mkdir()
    os.mkfifo(tmp_path / "export" / "work.ipynb")
    found = collected({"a.zip": buffer.getvalue(), f"ben/.{NAME}.ipynb": b"{}"})
    problems = " ".join(file.problem for file in found)
    assert len(found) == 5
    assert all(file.problem for file in found)
    for words in ("a link", "is hidden", "out of its archive", "no ordinary file"):
        assert words in problems


def test_a_bomb_takes_only_its_own_share(collected, monkeypatch):
    """Archives within an archive are charged to whoever handed in the outermost one."""
    monkeypatch.setattr(collect, "SHARE_BYTES", 10 * 2**20)
    full = zipped({f"{n}.ipynb": bytes(4 * 2**20) for n in range(8)})
    bomb = zipped({f"{n}.zip": full for n in range(8)})
    inner = {"anna/bomb.zip": bomb, f"ben/{NAME}.ipynb": as_bytes(solved())}
    found = collected({"export.zip": zipped(inner)})
    unpacked = sum(len(file.content) for file in found if file.student == "anna")
    assert unpacked <= 10 * 2**20
    (ben,) = (file for file in found if file.student == "ben")
    assert not ben.problem
    many = zipped({f"{n}.ipynb": b"{}" for n in range(collect.SHARE_FILES + 5)})
    found = collected({"many.zip": zipped({"cleo/a.zip": many, "dan/a.ipynb": b"{}"})})
    assert sum(file.problem == "is too large, or one too many" for file in found) >= 5


def test_the_newest_of_two_counts(collected):
    old = (2026, 1, 1, 10, 0, 0)
    new = (2026, 1, 2, 10, 0, 0)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, time, notebook in (("b", old, blank()), ("a", new, solved())):
            entry = zipfile.ZipInfo(f"anna/{name}/{NAME}.ipynb", time)
            archive.writestr(entry, as_bytes(notebook))
    found = collected({"export.zip": buffer.getvalue(), "other/x.txt": b"x"})
    ((_, chosen),) = collect.newest(found).items()
    assert chosen.content == as_bytes(solved())
    assert "handed in twice" in chosen.note


# --- Damaged notebooks -----------------------------------------------------------------


def restored(content):
    """Read and restore a notebook; return it, or None if it is found unreadable."""
    try:
        submitted = submission.read_notebook(content)
    except submission.Unreadable:
        return None
    notebook, _ = submission.restore(submitted, SOURCE)
    return notebook


def hold(notebook):
    """Assert what holds of every restored notebook, whatever was handed in."""
    nbformat.validate(notebook)
    names = [submission.grade_id(cell) for cell in notebook.cells]
    assert [name for name in names if name] == GRADED or sorted(
        filter(None, names)
    ) == sorted(GRADED)
    for cell in notebook.cells:
        if submission.grade_id(cell) in TESTS:
            assert cell.source == TESTS[submission.grade_id(cell)]
    for test in TESTS:  # never before the answer it tests
        assert names.index(f"{test}-answer") < names.index(test)
    job = submission.make_job(notebook, SOURCE)
    tests = [cell["name"] for cell in job["cells"] if cell["role"] == "test"]
    assert sorted(tests) == sorted(TESTS)
    json.dumps(job)


def test_each_cell_may_be_missing_doubled_or_out_of_place():
    whole = json.loads(as_bytes(solved()))
    for number, cell in enumerate(whole["cells"]):
        rest = whole["cells"][:number] + whole["cells"][number + 1 :]
        for cells in (rest, [*whole["cells"], cell], [cell, *rest], [*rest, cell]):
            hold(restored(json.dumps({**whole, "cells": cells}).encode()))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["nbgrader", "grade_id", "solution", "source", "id", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def places(data, path=()):
    """Yield the path of every value in a notebook's JSON."""
    yield path
    items = data.items() if isinstance(data, dict) else ()
    items = enumerate(data) if isinstance(data, list) else items
    for key, value in items:
        yield from places(value, (*path, key))


PLACES = list(places(json.loads(as_bytes(solved()))))[1:]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=4))
def test_any_value_may_be_anything(changes):
    data = json.loads(as_bytes(solved()))
    for path, value in changes:
        target = data
        try:
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = value
        except (KeyError, IndexError, TypeError):  # an earlier change took it away
            continue
    notebook = restored(json.dumps(data).encode())
    if notebook is not None:
        hold(notebook)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.integers(0, len(as_bytes(solved()))), st.binary(max_size=8), st.integers(0, 40)
)
def test_any_byte_may_be_wrong(position, inserted, removed):
    whole = as_bytes(solved())
    notebook = restored(whole[:position] + inserted + whole[position + removed :])
    if notebook is not None:
        hold(notebook)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_anything_may_be_handed_in(content):
    notebook = restored(content)
    if notebook is not None:
        hold(notebook)


def test_an_older_format_is_read():
    old = nbformat.convert(solved(), 3)
    notebook = restored(nbformat.writes(old, version=3).encode())
    assert notebook is not None
    hold(notebook)


def moodle(name, number, assignment=NAME):
    return f"{name}_{number}_assignsubmission_file_/{assignment}.ipynb"


def test_moodles_numbers_tell_namesakes_apart_and_nobody_else(collected, tmp_path):
    """Moodle numbers the participants anew for each assignment."""
    other = "ex03_initialise_weights"
    found = collected(
        {
            moodle("Anna Berg", 71): as_bytes(solved()),
            moodle("Anna Berg", 9071, other): as_bytes(solved(other)),
            moodle("Ben Oak", 72): as_bytes(solved()),
            moodle("Ben Oak", 73): as_bytes(blank()),
        }
    )
    students = [(file.student, file.number) for file in found]
    assert students == [
        ("Anna Berg", "71"),
        ("Anna Berg", "9071"),
        ("Ben Oak 72", "72"),
        ("Ben Oak 73", "73"),
    ]
    assert ["several Ben Oak" in file.note for file in found] == [False] * 2 + [
        True
    ] * 2
    own = course.Course(tmp_path / "course")
    own.note(NAME, "Anna Berg", number="70")  # another one, of an earlier run
    assert collected({})[0].student == "Anna Berg 71"


def test_what_is_under_anothers_name_or_late_is_told(collected):
    late = f"bergann_LATE_12_34_{NAME}.ipynb"
    wrong = f"carl/{NAME}.ipynb"
    other = as_bytes(solved("ex03_initialise_weights"))
    found = {
        file.path: file for file in collected({late: as_bytes(solved()), wrong: other})
    }
    assert found[late].late
    assert not found[wrong].late
    assert "its cells are ex03_initialise_weights's" in found[wrong].problem
