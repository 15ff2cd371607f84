"""Keep the points that the teacher gives instead of the tests' points, with a reason.

They are in overrides.csv in the course's folder, which may be edited by hand too. After each
run they are entered into the gradebook again, so that grading again keeps them.
"""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Gradebook, MissingEntry

from grading.course import Course, write_whole
from grading.intake import submission

TESTS = "tests"  # instead of points: use the tests' points again


class WrongOverride(ValueError):
    """Points that cannot be given; the message says why."""


@dataclass
class Override:
    """A row of overrides.csv."""

    student: str
    question: str
    points: str
    reason: str


HEADER = [column.name for column in fields(Override)]


class Question(NamedTuple):
    assignment: str
    points: float


@dataclass
class AppliedOverride:
    """An override that is in the gradebook."""

    student: str
    question: str
    assignment: str
    points: float
    before: float | None  # what the tests gave
    reason: str


def path_of(course: Course) -> Path:
    return course.folder / "overrides.csv"


def read(course: Course) -> list[Override]:
    """Return the rows of overrides.csv; raise WrongOverride if it has other columns."""
    if not path_of(course).exists():
        return []
    text = path_of(course).read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    rows = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first else ","
    )
    if not set(HEADER) <= set(rows.fieldnames or ()):
        raise WrongOverride(
            f"{path_of(course)}: expected the columns {', '.join(HEADER)}; got {first!r}"
        )
    return [Override(*((row[name] or "").strip() for name in HEADER)) for row in rows]


def give(course: Course, override: Override) -> None:
    """Write down points for a question, or "tests" to take earlier ones back."""
    key = override.student, override.question
    others = [row for row in read(course) if (row.student, row.question) != key]
    _check(course, override)
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(asdict(row) for row in [*others, override])
    write_whole(path_of(course), text.getvalue())


def questions(course: Course) -> dict[str, Question]:
    """Return the assignment and the points of each question."""
    return {
        data["grade_id"]: Question(assignment, float(data["points"]))
        for assignment in course.assignments()
        for cell in course.read_source(assignment).cells
        if (data := submission.nbgrader_data(cell)).get("grade")
    }


def _check(course: Course, override: Override) -> tuple[str, float | None]:
    """Return the assignment and the points of a row, None if the tests decide."""
    known = questions(course)
    if override.question not in known:
        raise WrongOverride(f"there is no question {override.question!r}")
    assignment, most = known[override.question]
    if override.points == TESTS:
        return assignment, None
    try:
        points = float(override.points.replace(",", "."))
    except ValueError:
        points = -1.0
    if not 0 <= points <= most:
        raise WrongOverride(
            f"{override.question}: expected 0 to {most:g} points, or the word tests; got "
            f"{override.points!r}"
        )
    if not override.reason:
        raise WrongOverride(f"{override.question}: a reason is wanted")
    return assignment, points


def apply(
    course: Course, open_gradebook: Callable[[], AbstractContextManager[Gradebook]]
) -> tuple[list[AppliedOverride], list[str]]:
    """Enter all overrides into the gradebook; return those applied, and problems."""
    applied: list[AppliedOverride] = []
    problems: list[str] = []
    try:
        rows = read(course)
    except WrongOverride as wrong:
        return [], [str(wrong)]
    with open_gradebook() as book:
        for row in rows:
            student, question = row.student, row.question
            try:
                assignment, points = _check(course, row)
                grade = book.find_grade(question, assignment, assignment, student)
            except WrongOverride as wrong:
                problems.append(str(wrong))
                continue
            except MissingEntry:
                problems.append(f"{student} has no mark for {question} to change")
                continue
            grade.manual_score = points
            grade.needs_manual_grade = points is None and grade.auto_score is None
            if points is not None:
                before = grade.auto_score
                applied.append(
                    AppliedOverride(
                        student, question, assignment, points, before, row.reason
                    )
                )
        book.db.commit()
    return applied, problems
