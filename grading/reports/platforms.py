"""Marks as Canvas, Moodle and Google Classroom have them, one column for each assignment.

Each file is the platform's own export with the marks filled in: its columns, its identities,
its points. A mark that is not final (something is still to be marked by hand, or the newest
submission was not graded) is left as the export has it.
"""

import csv
import io
import re
import zipfile
from collections import Counter, defaultdict

from grading.course import write_whole
from grading.intake import class_lists
from grading.intake.file_names import name_of_submission

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE_GRADEBOOK = ["First name", "Last name", "ID number", "Email address"]
NAMES = {"Student", "Full name", "First name", "Last name", "Surname"} | {
    *("First Name", "Last Name"),  # Google's; no platform finds a person by these
}
POINTS = "Points Possible"  # the name of Canvas's row; it looks for these words


class Totals:
    """The final marks of assignments, and what they are out of."""

    def __init__(self, columns, scores, unsure):
        """unsure: {(student, assignment)} whose mark must not be passed on."""
        self.points = Counter()
        for (assignment, _), points in columns.items():
            self.points[assignment] += points
        self.final = {}
        for student, own in scores.items():
            for assignment in self.points:
                marks = [
                    score for (name, _), score in own.items() if name == assignment
                ]
                if marks and None not in marks and (student, assignment) not in unsure:
                    self.final[student, assignment] = sum(marks)

    def mark(self, student, assignment, most=""):
        """Return a mark as text, in the platform's own points if these are others."""
        mark = self.final.get((student, assignment))
        if mark is None:
            return None
        try:
            most = float(str(most).replace(",", "."))
        except ValueError:
            most = 0.0
        return f"{mark * most / self.points[assignment] if most > 0 else mark:.10g}"


def write(own, lists, totals):
    """Write a file for each class list; return [(path, number of marks)]."""
    students = sorted({student for student, _ in totals.final} | set(own.students()))
    folder = own.folder / "import"
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
            name, rows, marks = writer(own, known, totals, students)
            _write_table(folder / name, rows)
            written.append((folder / name, marks))
    return written


def _canvas_from_names(students):
    """Return a list, if any, made of what Canvas put before files' names: its numbers."""
    people = []
    for student in students:
        if found := re.fullmatch(r"(\S+) (\d+)", student):
            row = {**dict.fromkeys(CANVAS, ""), "Student": found[1], "ID": found[2]}
            people.append(class_lists.Person(row, student, found[2]))
    rows = [person.row for person in people]
    return (
        [class_lists.ClassList(None, "canvas", CANVAS, rows, people)] if people else []
    )


def _student_of(own, known, students, assignment=None):
    """Return the student of each person in a list, None where there is not just one."""
    found = defaultdict(list)
    for student in students:
        number = ""
        if assignment:
            number = own.record(assignment, student).get("number", "")
        if person := known.person(student, number):
            found[id(person)].append(student)
    several = [found[id(person)] for person in known.people]
    return [names[0] if len(names) == 1 else None for names in several]


def _canvas(own, known, totals, students):
    kept = [name for name in known.header if name in (*CANVAS, "Integration ID")]
    possible = next((r for r in known.rows if POINTS in r["Student"]), {})
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
    marks, whose = 0, _student_of(own, known, students)
    for person, student in zip(known.people, whose, strict=True):
        cells = []
        for name, title in titles.items():
            mark = totals.mark(student, name, most[name])
            marks += mark is not None
            cells.append(person.row.get(title, "") if mark is None else mark)
        rows.append([_harmless(name, person.row) for name in kept] + cells)
    return "canvas.csv", rows, marks


def _worksheet(own, known, totals, students):
    """Fill Moodle's worksheet in: it is of that assignment whose participants it has."""
    numbers = {person.number for person in known.people}
    common = {
        name: sum(own.record(name, s).get("number") in numbers for s in students)
        for name in totals.points
    }
    assignment = max(common, key=common.get, default="")
    if not common.get(assignment):
        by_name = [name for name in totals.points if name in known.path.stem]
        assignment = by_name[0] if by_name else ""
    whose = _student_of(own, known, students, assignment)
    rows, marks = [known.header], 0
    for person, student in zip(known.people, whose, strict=True):
        row = dict(person.row)
        mark = totals.mark(student, assignment, row.get("Maximum Grade", ""))
        if mark is not None:
            row["Grade"], marks = mark, marks + 1
        rows.append([_harmless(name, row) for name in known.header])
    return f"moodle_{assignment or known.path.stem}.csv", rows, marks


def _by_mail(own, known, totals, students):
    """Fill a table in whose people are known by their addresses."""
    google = known.kind == "google"
    first = ["Last Name", "First Name", "Email Address"] if google else MOODLE_GRADEBOOK
    kept = [name for name in known.header if name in (*first, "Surname", "Username")]
    rows = [[*kept, *totals.points]]
    if google:  # as in its own download
        most = [f"{points:g}" for points in totals.points.values()]
        rows.append(["Points", *[""] * (len(kept) - 1), *most])
    marks, whose = 0, _student_of(own, known, students)
    for person, student in zip(known.people, whose, strict=True):
        cells = [totals.mark(student, name) for name in totals.points]
        marks += sum(cell is not None for cell in cells)
        rows.append(
            [_harmless(name, person.row) for name in kept]
            + [cell or "" for cell in cells]
        )
    return "google_classroom.csv" if google else "moodle_gradebook.csv", rows, marks


def _harmless(column, row):
    """Return a cell as it is, but a name that a spreadsheet would take for a formula."""
    text = row.get(column, "")
    return f"'{text}" if column in NAMES and text[:1] in tuple("=+-@\t\r") else text


def _write_table(path, rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    write_whole(path, text.getvalue())


def write_feedback_archives(own):
    """Write the pages of feedback as .zip, under the names that the platforms know."""
    found = {}
    for assignment in own.assignments():
        for student in own.students_with(assignment):
            page = own.feedback(assignment, student)
            name = name_of_submission(own.record(assignment, student).get("path", ""))
            if page.exists() and name:
                found.setdefault(assignment, []).append((name, page))
    for assignment, pages in found.items():
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, page in pages:
                archive.write(page, f"{name}.html")
        write_whole(
            own.folder / "import" / f"feedback_{assignment}.zip", content.getvalue()
        )
    return sorted(found)
