"""The student that a file's path names, and damaged notebooks."""

import io
import json
import zipfile

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading import sources
from grading.course import Course
from grading.examiner.job import Role
from grading.intake import collect, submission
from grading.intake.prepare import make_job
from tests.grading.sample_submissions import NAME, blank, solved

from .conftest import as_bytes, places, zipped

SOURCE = sources.read_source(NAME)
TESTS = {
    submission.grade_id(cell): cell.source
    for cell in SOURCE.cells
    if submission.is_test(cell)
}
GRADED = [submission.grade_id(c) for c in SOURCE.cells if submission.grade_id(c)]


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
        (f"anna_{NAME}/work.ipynb", "anna"),
        (f"Export Kim_12_assignsubmission_file_/{NAME}.ipynb", "Export Kim"),
        (f"A_1_assignsubmission_file_/Ben_2_assignsubmission_file_/{NAME}.ipynb", "A"),
        (f"A_1_assignsubmission_file_Ben_2_assignsubmission_file_{NAME}.ipynb", "A"),
    ],
)
def test_the_path_names_the_student(collected, path, student):
    files = {path: as_bytes(solved()), f"other/{NAME}.ipynb": as_bytes(blank())}
    found = {file.path: file for file in collected(files)}
    file = next(f for p, f in found.items() if not p.startswith("other"))
    assert (file.student, file.assignment, file.problem) == (student, NAME, "")


def test_folders_that_a_platform_or_a_drive_puts_around_are_no_students(collected):
    drive = "class 10a-20261128T101500Z-00{}/class 10a/{}_" + f"{NAME}.ipynb"
    files = {drive.format(n, who): b"{}" for n, who in ((1, "anna"), (2, "ben"))}
    assert {file.student for file in collected(files)} == {"anna", "ben"}


BOTH = {"anna": 11, "ben": 12}


def test_folders_in_an_archive_cannot_claim_another_students_name(collected):
    """In the flat exports of Canvas and Moodle it may be the only archive with folders."""
    for pattern in ("{}_{}_4711_{}", "{}_{}_assignsubmission_file_{}"):
        names = [pattern.format("ben", 12, f"{NAME}.ipynb"), f"x/{NAME}.ipynb"]
        work = zipped(dict.fromkeys([f"{names[0]}/a.ipynb", names[1]], b"{}"))
        others = {pattern.format(w, n, f"{NAME}.ipynb"): b"" for w, n in BOTH.items()}
        given = {**others, pattern.format("eve", 99, "work.zip"): work}
        found = collected({"export.zip": zipped(given)})
        students = [f.student for f in found if f.content or "/" in f.path]
        assert len({student.split()[0] for student in students} - set(BOTH)) == 1


def test_names_that_are_invalid_for_folders_stay_distinct(collected):
    names = [f"A{sign}B" for sign in ':?"*-']
    files = {f"{name}_1_assignsubmission_file_/{NAME}.ipynb": b"{}" for name in names}
    students = {file.student for file in collected({"e.zip": zipped(files)})}
    assert len(students) == len(names)
    assert "A-B" in students


@pytest.mark.parametrize("sign", ["\u2028", "\u00a0", "\u3000", "\t", "\n", "\u202e"])
def test_names_contain_nothing_that_a_table_or_nbgrader_would_strip(collected, sign):
    path = f"{sign}A{sign}B{sign}_1_assignsubmission_file_/{NAME}.ipynb"
    (found,) = collected({"e.zip": zipped({path: b"{}"})})
    assert found.student == " ".join(found.student.splitlines()).strip()
    assert "\u202e" not in found.student


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
    """Check what must hold for every restored notebook, whatever was submitted."""
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
    job = make_job(notebook, SOURCE)
    tests = [cell.name for cell in job.cells if cell.role is Role.TEST]
    assert sorted(tests) == sorted(TESTS)
    json.dumps(job.to_json())


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
        except (KeyError, IndexError, TypeError):  # an earlier change has removed it
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


def test_keys_that_a_cell_should_not_have_are_taken_off():
    whole = json.loads(as_bytes(solved()))
    for cell in whole["cells"]:
        cell |= {"outputs": [], "execution_count": None, "nbgrader": {}, "colour": 1}
    hold(restored(json.dumps({**whole, "colour": 1}).encode()))


def test_an_older_format_is_read():
    old = nbformat.convert(solved(), 3)
    notebook = restored(nbformat.writes(old, version=3).encode())
    assert notebook is not None
    hold(notebook)


def moodle(name, number, assignment=NAME):
    return f"{name}_{number}_assignsubmission_file_/{assignment}.ipynb"


def test_moodles_numbers_tell_namesakes_apart_and_nobody_else(collected, tmp_path):
    """Moodle renumbers the participants for each assignment."""
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
    Course(tmp_path / "course").note(
        NAME, "Anna Berg", number="70"
    )  # a different file, of an earlier run
    assert collected({})[0].student == "Anna Berg 71"


def test_a_submission_under_another_name_or_late_is_flagged(collected):
    late = f"bergann_LATE_12_34_{NAME}.ipynb"
    wrong = f"carl/{NAME}.ipynb"
    other = as_bytes(solved("ex03_initialise_weights"))
    found = {
        file.path: file for file in collected({late: as_bytes(solved()), wrong: other})
    }
    assert found[late].late
    assert not found[wrong].late
    assert "its cells are ex03_initialise_weights's" in found[wrong].problem
