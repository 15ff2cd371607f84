"""nbgrader's gradebook: enter what came of the jobs, and write tables of what it holds."""

import contextlib
import csv
import io
import re
import warnings
from collections import Counter

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning

from grading.course import settings, write_whole
from grading.intake import submission

UNDONE = "not in the gradebook"
LOCKED_SECONDS = 60  # how long one process waits for another that writes
warnings.filterwarnings(
    "ignore", category=SAWarning
)  # nbgrader's own; teachers can do nothing


class Marks:
    """A course's gradebook, opened as nbgrader's own commands open it."""

    def __init__(self, course, without_sandbox=""):
        self.course = course
        config = settings(course.folder, course.source)
        config.RunInSandbox.without_sandbox = without_sandbox
        config.CourseDirectory.db_url += f"?timeout={LOCKED_SECONDS}"
        self.api = NbGraderAPI(config=config)
        self.api.log.setLevel("CRITICAL")  # what fails is told by succeed

    def open(self):
        return Gradebook(self.course.gradebook, "neural_network_book")

    def release(self, assignment):
        """Make an assignment known, and its notebook as students get it."""
        succeed(self.api.generate_assignment(assignment))

    def is_released(self, assignment):
        """Tell whether an assignment is known as its source is now."""
        name = f"{assignment}.ipynb"
        released = self.course.folder / "release" / assignment / name
        source = self.course.source / assignment / name
        with contextlib.suppress(OSError):
            return released.stat().st_mtime >= source.stat().st_mtime
        return False

    def enter(self, assignment, student):
        """Enter a student's marks: the job has been run, so nbgrader only reads it."""
        succeed(self.api.autograde(assignment, student))

    def write_feedback(self, assignment, student):
        succeed(self.api.generate_feedback(assignment, student))

    def students(self):
        with self.open() as book:
            return [student.id for student in book.students]

    def add_student(self, student):
        with self.open() as book:
            book.update_or_create_student(student)

    def has_marks(self, assignment, student):
        with self.open() as book:
            try:
                return bool(book.find_submission(assignment, student).notebooks)
            except MissingEntry:
                return False

    def read(self, assignments):
        """Return (columns, {student: {column: score or None}}); None is yet to be marked.

        columns: {(assignment, question): points}; a student has only what was handed in.
        """
        columns, marks = {}, {}
        for name in assignments:
            for cell in self.course.read_source(name).cells:
                data = submission.nbgrader_data(cell)
                if data.get("grade"):
                    columns[name, data["grade_id"]] = float(data["points"])
        with self.open() as book:
            for student in book.students:
                marks[student.id] = {
                    (handed_in.assignment.name, grade.cell.name): None
                    if grade.needs_manual_grade
                    else grade.score
                    for handed_in in student.submissions
                    for notebook in handed_in.notebooks
                    for grade in notebook.grades
                    if (handed_in.assignment.name, grade.cell.name) in columns
                }
        return columns, marks


def succeed(result):
    """Raise RuntimeError with the error that nbgrader tells of unless it succeeded."""
    if result["success"]:
        return
    text = "\n".join(result.get(part) or "" for part in ("log", "error")).strip()
    errors = re.findall(r"^ *([\w.]+: .+)$", text, re.MULTILINE)
    said = [error for error in errors if "NbGraderException" not in error]
    raise RuntimeError((said or text.splitlines() or ["no reason given"])[-1])


def write_marks(path, columns, marks, flags):
    """Write a row for each student, and columns for each assignment and each question.

    flags: {student: [what a person must look at]}
    """
    header = ["student", "total", "of", "to mark by hand", "needs a person"]
    possible = Counter()
    for (assignment, _), points in columns.items():
        possible[assignment] += points
    header += [f"{name} total (of {points:g})" for name, points in possible.items()]
    header += [
        f"{question} (of {points:g})" for (_, question), points in columns.items()
    ]
    rows = [header]
    most = sum(columns.values())
    for student in sorted(set(marks) | set(flags)):
        own = marks.get(student, {})
        given = [score for score in own.values() if score is not None]
        row = [student, f"{sum(given):g}", f"{most:g}", len(own) - len(given)]
        row.append("; ".join(flags.get(student, [])))
        row += [_total(own, assignment) for assignment in possible]
        row += [_cell(own, column) for column in columns]
        rows.append(row)
    write_table(path, rows)


def _total(own, assignment):
    """Return what a student has of an assignment so far, "" if it was not handed in."""
    scores = [score for (name, _), score in own.items() if name == assignment]
    given = [score for score in scores if score is not None]
    return f"{sum(given):g}" if scores else ""


def _cell(own, column):
    if column not in own:
        return ""
    return "to mark" if own[column] is None else f"{own[column]:g}"


def write_table(path, rows):
    """Write a CSV that a spreadsheet opens: with a mark for UTF-8, and no formulas in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        cells = [str(cell).replace("\0", "") for cell in row]
        writer.writerow([f"'{c}" if c[:1] in tuple("=+-@\t\r") else c for c in cells])
    write_whole(path, "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue())
