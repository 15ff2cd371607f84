"""Write marks for import into Canvas, Moodle and Google Classroom, by assignment.

Each file is the platform's own export with the marks filled in: its columns, its identities,
its points. A mark that is not final (something is still to be marked by hand, or the newest
submission was not graded) stays as it is in the export.
"""

import csv
import io
import re
from collections import defaultdict
from pathlib import Path

from grading.course import Course, write_whole
from grading.intake.class_lists import ClassList, Person, Row
from grading.marks.gradebook import Columns, Scores

Table = list[list[str]]

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE_GRADEBOOK = ["First name", "Last name", "ID number", "Email address"]
NAMES = {"Student", "Full name", "First name", "Last name", "Surname"} | {
    *("First Name", "Last Name"),  # Google's; no platform identifies people by these
}
POINTS = "Points Possible"  # the name of Canvas's row; it looks for these words


class Totals:
    """The final marks of assignments, and the points they are out of."""

    def __init__(
        self, columns: Columns, scores: Scores, unsure: set[tuple[str, str]]
    ) -> None:
        """unsure: {(student, assignment)} whose mark must not be exported."""
        self.points: dict[str, float] = defaultdict(float)
        for (assignment, _), points in columns.items():
            self.points[assignment] += points
        self.final: dict[tuple[str, str], float] = {}
        for student, own in scores.items():
            for assignment in self.points:
                marks = [
                    score for (name, _), score in own.items() if name == assignment
                ]
                known = [mark for mark in marks if mark is not None]
                complete = marks and len(known) == len(marks)
                if complete and (student, assignment) not in unsure:
                    self.final[student, assignment] = sum(known)

    def mark(
        self, student: str | None, assignment: str, maximum: str = ""
    ) -> str | None:
        """Return a mark as text, scaled to the platform's maximum if it has one."""
        mark = self.final.get((student or "", assignment))
        if mark is None:
            return None
        try:
            most = float(maximum.replace(",", "."))
        except ValueError:
            most = 0.0
        return f"{mark * most / self.points[assignment] if most > 0 else mark:.10g}"


def write(
    course: Course, lists: list[ClassList], totals: Totals
) -> list[tuple[Path, int]]:
    """Write a file for each class list; return their paths and numbers of marks."""
    students = sorted({student for student, _ in totals.final} | set(course.students()))
    folder = course.folder / "import"
    written = []
    if not any(known.kind == "canvas" for known in lists):
        lists = [*lists, *_canvas_from_names(students)]
    for known in lists:
        writer = {
            "canvas": _canvas,
            "moodle worksheet": _worksheet,
            "moodle": _by_mail,
            "google": _by_mail,
        }.get(known.kind)
        if writer:
            name, rows, marks = writer(course, known, totals, students)
            _write_table(folder / name, rows)
            written.append((folder / name, marks))
    return written


def _canvas_from_names(students: list[str]) -> list[ClassList]:
    """Return a class list made of Canvas's numbers in the students' names, if any."""
    people = []
    for student in students:
        if found := re.fullmatch(r"(\S+) (\d+)", student):
            row = {**dict.fromkeys(CANVAS, ""), "Student": found[1], "ID": found[2]}
            people.append(Person(row, student, found[2]))
    rows = [person.row for person in people]
    return [ClassList(None, "canvas", CANVAS, rows, people)] if people else []


def _student_of(
    course: Course, known: ClassList, students: list[str], assignment: str = ""
) -> list[str | None]:
    """Return the student of each person in a list, None where there is not exactly one."""
    found: dict[int, list[str]] = defaultdict(list)
    for student in students:
        number = ""
        if assignment:
            number = course.record(assignment, student).number
        if person := known.person(student, number):
            found[id(person)].append(student)
    by_person = [found[id(person)] for person in known.people]
    return [names[0] if len(names) == 1 else None for names in by_person]


def _canvas(
    course: Course, known: ClassList, totals: Totals, students: list[str]
) -> tuple[str, Table, int]:
    kept = [name for name in known.header if name in (*CANVAS, "Integration ID")]
    possible: Row = next((r for r in known.rows if POINTS in r["Student"]), {})
    titles = {
        name: next(
            (t for t in known.header if re.fullmatch(rf"{name}( \(\d+\))?", t)), name
        )
        for name in totals.points
    }
    most = {
        name: possible.get(title, "").strip() or f"{totals.points[name]:g}"
        for name, title in titles.items()
    }
    rows = [[*kept, *titles.values()]]
    rows.append([f"    {POINTS}", *[""] * (len(kept) - 1), *most.values()])
    marks, whose = 0, _student_of(course, known, students)
    for person, student in zip(known.people, whose, strict=True):
        cells = []
        for name, title in titles.items():
            mark = totals.mark(student, name, most[name])
            marks += mark is not None
            cells.append(person.row.get(title, "") if mark is None else mark)
        rows.append([_harmless(name, person.row) for name in kept] + cells)
    return "canvas.csv", rows, marks


def _worksheet(
    course: Course, known: ClassList, totals: Totals, students: list[str]
) -> tuple[str, Table, int]:
    """Fill in Moodle's worksheet; its participants show which assignment it is for."""
    numbers = {person.number for person in known.people}
    common = {
        name: sum(course.record(name, s).number in numbers for s in students)
        for name in totals.points
    }
    assignment = max(common, key=lambda name: common[name], default="")
    stem = known.path.stem if known.path else ""
    if not common.get(assignment):
        by_name = [name for name in totals.points if name in stem]
        assignment = by_name[0] if by_name else ""
    whose = _student_of(course, known, students, assignment)
    rows, marks = [known.header], 0
    for person, student in zip(known.people, whose, strict=True):
        row = dict(person.row)
        mark = totals.mark(student, assignment, row.get("Maximum Grade", ""))
        if mark is not None:
            row["Grade"], marks = mark, marks + 1
        rows.append([_harmless(name, row) for name in known.header])
    return f"moodle_{assignment or stem}.csv", rows, marks


def _by_mail(
    course: Course, known: ClassList, totals: Totals, students: list[str]
) -> tuple[str, Table, int]:
    """Fill in a table that identifies people by their email addresses."""
    google = known.kind == "google"
    first = ["Last Name", "First Name", "Email Address"] if google else MOODLE_GRADEBOOK
    kept = [name for name in known.header if name in (*first, "Surname", "Username")]
    rows = [[*kept, *totals.points]]
    if google:  # as in its own download
        most = [f"{points:g}" for points in totals.points.values()]
        rows.append(["Points", *[""] * (len(kept) - 1), *most])
    marks, whose = 0, _student_of(course, known, students)
    for person, student in zip(known.people, whose, strict=True):
        cells = [totals.mark(student, name) for name in totals.points]
        marks += sum(cell is not None for cell in cells)
        rows.append(
            [_harmless(name, person.row) for name in kept]
            + [cell or "" for cell in cells]
        )
    return "google_classroom.csv" if google else "moodle_gradebook.csv", rows, marks


def _harmless(column: str, row: Row) -> str:
    """Return a cell, with a quote before a name that a spreadsheet reads as a formula."""
    text = row.get(column, "")
    return f"'{text}" if column in NAMES and text[:1] in tuple("=+-@\t\r") else text


def _write_table(path: Path, rows: Table) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    write_whole(path, text.getvalue())
