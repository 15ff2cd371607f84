"""Write marks.csv, needs_a_person.csv and the files for learning platforms."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from grading.course import Course, write_whole
from grading.examiner.job import Kind
from grading.intake import class_lists
from grading.marks.gradebook import Column, Columns, Scores
from grading.reports import platforms
from grading.reports.findings import Findings

NOT_FINAL = {Kind.OLD_MARK, Kind.NOT_IN_GRADEBOOK}  # such marks are not exported


def write_tables(course: Course, findings: Findings) -> None:
    """Write all tables, and print where those for learning platforms are."""
    header = ("student", "assignment", "why", "where", "what")
    rows = [flag.cells() for flag in findings.flags]
    write_table(course.folder / "needs_a_person.csv", [header, *rows])
    flags = findings.flags_of_students
    write_marks(course.folder / "marks.csv", findings.columns, findings.scores, flags)
    unsure = {
        (flag.student, flag.assignment)
        for flag in findings.flags
        if flag.kind in NOT_FINAL
    }
    totals = platforms.Totals(findings.columns, findings.scores, unsure)
    lists = [class_lists.read(path) for path in course.class_lists()]
    for path, number in platforms.write(course, lists, totals):
        print(f"{path}: {number} marks to import")


def write_marks(
    path: Path, columns: Columns, scores: Scores, flags: dict[str, list[str]]
) -> None:
    """Write a row for each student, and columns for each assignment and each question.

    flags: {student: [what a person must look at]}
    """
    header: list[str] = ["student", "total", "of", "to mark by hand", "needs a person"]
    possible: dict[str, float] = defaultdict(float)
    for (assignment, _), points in columns.items():
        possible[assignment] += points
    header += [f"{name} total (of {points:g})" for name, points in possible.items()]
    header += [
        f"{question} (of {points:g})" for (_, question), points in columns.items()
    ]
    rows: list[list[object]] = [[*header]]
    most = sum(columns.values())
    for student in sorted(set(scores) | set(flags)):
        own = scores.get(student, {})
        marked = [score for score in own.values() if score is not None]
        row: list[object] = [student, f"{sum(marked):g}", f"{most:g}"]
        row.append(len(own) - len(marked))
        row.append("; ".join(flags.get(student, [])))
        row += [_total(own, assignment) for assignment in possible]
        row += [_cell(own, column) for column in columns]
        rows.append(row)
    write_table(path, rows)


def _total(own: dict[Column, float | None], assignment: str) -> str:
    """Return a student's points in an assignment so far, "" if it was not submitted."""
    scores = [score for (name, _), score in own.items() if name == assignment]
    marked = [score for score in scores if score is not None]
    return f"{sum(marked):g}" if scores else ""


def _cell(own: dict[Column, float | None], column: Column) -> str:
    if column not in own:
        return ""
    score = own[column]
    return "to mark" if score is None else f"{score:g}"


def write_table(path: Path, rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV for spreadsheets: with a byte order mark, and without formulas."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        cells = [str(cell).replace("\0", "") for cell in row]
        writer.writerow([f"'{c}" if c[:1] in tuple("=+-@\t\r") else c for c in cells])
    write_whole(path, "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue())
