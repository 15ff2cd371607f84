"""Several processes enter marks into one gradebook, without losses or timeouts."""

import sqlite3
import time

import pytest

from grading.course import Course
from grading.marks.gradebook_pool import enter, open_pool
from tests.grading.sample_submissions import NAME, solved, write

from .grade_a_class import grade, marks_of

pytestmark = pytest.mark.usefixtures("bubblewrap")

STUDENTS = [f"student{number}" for number in range(4)]


@pytest.mark.nightly
def test_marks_are_entered_side_by_side_and_wait_for_one_another(tmp_path):
    """Protects marks when several processes enter them at once."""
    for student in STUDENTS:
        write(tmp_path / "submissions" / student, solved())
    course = Course(tmp_path / "course")
    grade(course.folder, tmp_path / "submissions")
    before = marks_of(course.folder)
    for student in STUDENTS:
        course.note(NAME, student, recorded=False)
    with (
        open_pool(course, workers=3) as pool,
        sqlite3.connect(course.folder / "gradebook.db", timeout=60) as other,
    ):
        pool.submit(time.sleep, 0).result()
        other.execute("BEGIN EXCLUSIVE")  # another process holds the lock for long
        entering = [pool.submit(enter, NAME, student) for student in STUDENTS]
        time.sleep(6)  # SQLite's default timeout is 5 seconds
        assert not any(one.done() for one in entering)
        other.rollback()
        for one in entering:
            one.result()
    for student in STUDENTS:
        record = course.record(NAME, student)
        assert record.recorded
        assert record.problems == []
    grade(course.folder, tmp_path / "submissions")  # nothing left to grade
    assert marks_of(course.folder) == before
