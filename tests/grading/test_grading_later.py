"""Later submissions after a class was graded, and marks given by hand."""

import os
import shutil
import subprocess
import sys

import pytest

from grading.course import COURSE_ID
from grading.intake import class_lists
from tests.grading.sample_submissions import (
    NAME,
    blank,
    hidden_layer,
    solved,
    write,
)

from .grade_a_class import (
    FULL,
    GRADE,
    NEEDS,
    NO_LAYER,
    NO_MARKS,
    NOTHING,
    grade,
    marks_of,
    needs_of,
    table,
)

pytestmark = NEEDS


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade two students, Ada and Ben; return the folder of the course and submissions."""
    folder = tmp_path_factory.mktemp("small")
    write(folder / "submissions" / "ada", solved())
    write(folder / "submissions" / "ben", blank())
    grade(folder / "course", folder / "submissions")
    assert marks_of(folder / "course") == {"ada": FULL, "ben": NOTHING}
    return folder


@pytest.fixture
def small(graded, tmp_path):
    """Return (course, submissions): a copy of the graded ones for a test to change."""
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return tmp_path / "course", tmp_path / "submissions"


def test_a_mark_is_kept_and_flagged_when_a_later_version_cannot_be_read(small):
    """Protects a student's mark from a damaged second file."""
    course, submissions = small
    write(submissions / "ada", "not a notebook any more")
    grade(course, submissions)
    assert marks_of(course) == {"ada": FULL, "ben": NOTHING}
    assert needs_of(course) == {"ada": {"unreadable", "old mark"}}
    write(submissions / "ada", hidden_layer(""))
    grade(course, submissions)
    assert marks_of(course) == {"ada": NO_LAYER, "ben": NOTHING}
    assert needs_of(course) == {}


def test_an_older_file_replaces_no_newer_mark(small):
    course, submissions = small
    old = write(submissions / "ada", hidden_layer(""))
    os.utime(old, (1_700_000_000, 1_700_000_000))
    grade(course, submissions)
    assert marks_of(course)["ada"] == FULL
    assert needs_of(course) == {"ada": {"look"}}


@pytest.mark.nightly
def test_a_mark_is_flagged_when_the_gradebook_cannot_take_a_new_one(small):
    """Protects teachers from an old mark that looks like the new one."""
    course, submissions = small
    write(submissions / "ada", hidden_layer(""))
    shutil.rmtree(course / "autograded" / "ada")
    (course / "autograded" / "ada").write_text("in the way")
    grade(course, submissions)
    assert marks_of(course)["ada"] == FULL
    assert needs_of(course) == {"ada": {"not in the gradebook", "old mark"}}
    (course / "autograded" / "ada").unlink()
    grade(course, submissions)
    assert marks_of(course)["ada"] == NO_LAYER
    assert needs_of(course) == {}


def test_marks_given_by_hand_are_kept(small):
    """Protects the teacher's own marks when a student hands in again."""
    from nbgrader.api import Gradebook

    course, submissions = small
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", COURSE_ID) as book:
        given = book.find_grade("ex04-boundary-words", NAME, NAME, "ada")
        given.manual_score, given.needs_manual_grade = 1.5, False
        book.db.commit()
    grade(course)  # tables and feedback only
    assert marks_of(course)["ada"] == [*FULL[:-1], "1.5"]
    page = course / "feedback" / "ada" / NAME / f"{NAME}.html"
    assert "21.5 / 22" in page.read_text(encoding="utf-8")

    def override(*words):
        command = [sys.executable, GRADE, "override", *words, "--course", course]
        return subprocess.run(command, capture_output=True, text=True)

    refused = override("ada", "ex04-hidden-layer", "3", "too many")
    assert refused.returncode == 1
    assert "expected 0 to 2 points" in refused.stderr
    done = override("ada", "ex04-hidden-layer", "1", "half of it is <right>")
    assert done.returncode == 0, done.stderr
    assert marks_of(course)["ada"] == ["1", "1", *FULL[2:-1], "1.5"]
    write(submissions / "ada", hidden_layer(""))
    assert "1 marks given by hand are kept" in grade(course, submissions)
    assert marks_of(course)["ada"][:2] == ["1", "1"]
    assert "half of it is &lt;right&gt;" in page.read_text(encoding="utf-8")
    assert override("ada", "ex04-hidden-layer", "tests", "").returncode == 0
    assert marks_of(course)["ada"][:2] == ["1", "0"]


def test_missing_students_are_listed(small):
    course, submissions = small
    roster = course.parent / "class.csv"
    roster.write_text("id,first_name\nada,Ada\nben,Ben\ncleo,Cleo\n")
    grade(course, submissions, "--students", roster)
    assert needs_of(course) == {"cleo": {"missing"}}
    assert marks_of(course)["cleo"] == NO_MARKS


@pytest.mark.parametrize("gap", [",", ";"])
def test_a_class_list_may_have_commas_or_semicolons(tmp_path, gap):
    roster = tmp_path / "class.csv"
    lines = [["first_name", "id"], ["Ada", "ada"], ["", ""], ["Ben", " ben "]]
    text = "\ufeff" + "\n".join(gap.join(line) for line in lines)
    roster.write_text(text, encoding="utf-8")
    names = [person.name for person in class_lists.read(roster).people]
    assert names == ["ada", "ben"]


def test_a_class_list_that_cannot_be_read_stops_before_anything(small):
    course, submissions = small
    before = marks_of(course)
    roster = course.parent / "list.csv"
    for text in (None, "", "name,mail\nAda,a@b.c\n"):
        if text is not None:
            roster.write_text(text)
        said = grade(course, submissions, "--students", roster, expect=1)
        assert "--students" in said
        assert str(roster) in said
        assert marks_of(course) == before


def test_a_second_assignment_adds_columns(small):
    course, submissions = small
    write(
        submissions / "ben",
        solved("ex01_import_libraries"),
        "ex01_import_libraries.ipynb",
    )
    grade(course, submissions)
    rows = {row["student"]: row for row in table(course / "marks.csv")}
    assert float(rows["ben"]["total"]) > 0
    assert needs_of(course) == {"ada": {"missing"}}
    assert marks_of(course)["ada"] == FULL
