"""Release assignments, enter marks and read marks with nbgrader's gradebook."""

from __future__ import annotations

import contextlib
import re
import warnings
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning

from grading.course import COURSE_ID, Course
from grading.intake import submission
from grading.marks.nbgrader_settings import settings

LOCK_SECONDS = 60  # how long a process waits for another one that writes
# nbgrader causes these warnings; a teacher can do nothing about them.
warnings.filterwarnings("ignore", category=SAWarning)

Column = tuple[str, str]  # assignment, question
Columns = dict[Column, float]  # the points of each
Scores = dict[str, dict[Column, float | None]]  # by student; None: still to be marked


class CourseGradebook:
    """A course's gradebook, opened like nbgrader's own commands open it."""

    def __init__(self, course: Course, without_sandbox: str = "") -> None:
        self.course = course
        config = settings(course.folder, course.source)
        config.RunInSandbox.without_sandbox = without_sandbox
        config.CourseDirectory.db_url += f"?timeout={LOCK_SECONDS}"
        self.api = NbGraderAPI(config=config)
        self.api.log.setLevel("CRITICAL")  # `succeed` reports failures

    def open(self) -> Gradebook:
        return Gradebook(self.course.gradebook, COURSE_ID)

    def release(self, assignment: str) -> None:
        """Add an assignment to the gradebook, and write its student version."""
        succeed(self.api.generate_assignment(assignment))

    def is_released(self, assignment: str) -> bool:
        """Tell whether an assignment has been released since its source changed."""
        name = f"{assignment}.ipynb"
        released = self.course.folder / "release" / assignment / name
        source = self.course.source / assignment / name
        with contextlib.suppress(OSError):
            return released.stat().st_mtime >= source.stat().st_mtime
        return False

    def enter(self, assignment: str, student: str) -> None:
        """Enter a student's marks; nbgrader reads the result of a job that was run."""
        succeed(self.api.autograde(assignment, student))

    def write_feedback(self, assignment: str, student: str) -> None:
        succeed(self.api.generate_feedback(assignment, student))

    def students(self) -> list[str]:
        with self.open() as book:
            return [student.id for student in book.students]

    def add_student(self, student: str) -> None:
        with self.open() as book:
            book.update_or_create_student(student)

    def has_marks(self, assignment: str, student: str) -> bool:
        with self.open() as book:
            try:
                return bool(book.find_submission(assignment, student).notebooks)
            except MissingEntry:
                return False

    def read(self, assignments: list[str]) -> tuple[Columns, Scores]:
        """Return the columns of the assignments, and each student's scores.

        A student has scores only for submitted assignments.
        """
        columns: Columns = {}
        scores: Scores = {}
        for name in assignments:
            for cell in self.course.read_source(name).cells:
                data = submission.nbgrader_data(cell)
                if data.get("grade"):
                    columns[name, data["grade_id"]] = float(data["points"])
        with self.open() as book:
            for student in book.students:
                scores[student.id] = {
                    (submitted.assignment.name, grade.cell.name): None
                    if grade.needs_manual_grade
                    else grade.score
                    for submitted in student.submissions
                    for notebook in submitted.notebooks
                    for grade in notebook.grades
                    if (submitted.assignment.name, grade.cell.name) in columns
                }
        return columns, scores


def succeed(result: dict[str, Any]) -> None:
    """Raise RuntimeError with nbgrader's error message unless nbgrader succeeded."""
    if result["success"]:
        return
    text = "\n".join(result.get(part) or "" for part in ("log", "error")).strip()
    errors = re.findall(r"^ *([\w.]+: .+)$", text, re.MULTILINE)
    causes = [error for error in errors if "NbGraderException" not in error]
    raise RuntimeError((causes or text.splitlines() or ["no reason given"])[-1])
