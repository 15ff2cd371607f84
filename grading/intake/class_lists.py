"""Lists of a class, as learning platforms export them: who is who there."""

import csv
import io
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

KINDS = {  # kind: columns that tell it; the first that fits
    "canvas": {"Student", "ID", "Section"},
    "moodle worksheet": {"Identifier", "Grade", "Last modified (grade)"},
    "google": {"Last Name", "First Name", "Email Address"},
    "moodle": {"Email address"},
    "plain": {"id"},
}
EXPECTED = (
    "a CSV file with a column named id, or one as exported: Canvas's gradebook, Moodle's "
    "grading worksheet or participants, Google Classroom's grades"
)
NAMES = [
    ("First name", "Last name"),
    ("First name", "Surname"),
    ("First Name", "Last Name"),
]


@dataclass
class Person:
    """A row of a class list."""

    row: dict
    name: str  # as marks.csv is to have it, if nothing was handed in
    number: str = ""  # Canvas's user, Moodle's participant: part of a submission's name
    keys: set = field(default_factory=set)  # by what a person may be called


@dataclass
class ClassList:
    path: Path
    kind: str
    header: list
    rows: list  # all of them, {column: text}
    people: list

    def person(self, student, number=""):
        """Return who a student of the gradebook is in this list, None if that is not sure."""
        numbered = re.fullmatch(r"(.+) (\d+)", student)
        if self.kind == "canvas" and numbered:
            number = numbered[2]
        if number and self.kind in ("canvas", "moodle worksheet"):
            same = [person for person in self.people if person.number == number]
            if len(same) == 1:
                return same[0]
        names = {_key(student)} | ({_key(numbered[1])} if numbered else set())
        same = [person for person in self.people if names & person.keys]
        return same[0] if len(same) == 1 else None


def read(path):
    """Return a ClassList; end the program if the file is none."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"--students: {path} cannot be read: {error}")
    first = text.partition("\n")[0]
    gap = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=gap)
    header = [name or "" for name in rows.fieldnames or ()]
    kind = next((kind for kind, needed in KINDS.items() if needed <= set(header)), None)
    if kind is None:
        sys.exit(
            f"--students: expected {EXPECTED}; but {path} begins with {first!r}. Nothing "
            "has been graded."
        )
    rows = [{name: row[name] or "" for name in rows.fieldnames} for row in rows]
    people = [person for row in rows if (person := _person(kind, row))]
    return ClassList(path, kind, header, rows, people)


def read_students(path):
    """Return the names in a class list, as marks.csv is to have them."""
    return [person.name for person in read(path).people]


def missing(lists, students):
    """Return who is in a list but not among the students, under the list's name."""
    return {
        person.name
        for known in lists
        for person in known.people
        if not any(known.person(student) is person for student in students)
    }


def _person(kind, row):
    """Return the Person of a row, None if it is nobody's: Canvas has rows of points."""

    def cell(name):
        return row.get(name, "").strip()

    if kind == "plain":
        name = cell("id")
        return Person(row, name, keys=_keys(name)) if name else None
    if kind == "canvas":
        if not cell("ID").isdigit():
            return None
        last, _, first = cell("Student").partition(", ")
        names = [f"{first} {last}".strip(), cell("SIS Login ID"), cell("SIS User ID")]
        plain = re.sub(r"\W|_", "", cell("Student").lower())
        return Person(row, f"{plain} {cell('ID')}", cell("ID"), _keys(*names))
    if kind == "moodle worksheet":
        number = re.search(r"\d+$", cell("Identifier"))
        names = [cell("Full name"), *_mail(cell("Email address"))]
        name = names[0] or cell("Identifier")
        return Person(row, name, number[0], _keys(*names)) if number else None
    mail = cell("Email address") or cell("Email Address")
    if "@" not in mail:
        return None
    full = next((f"{cell(f)} {cell(n)}" for f, n in NAMES if f in row and n in row), "")
    names = [full, *_mail(mail), cell("ID number"), cell("Username")]
    return Person(row, full.strip() or mail, keys=_keys(*names))


def _mail(address):
    return address, address.partition("@")[0]


def _keys(*names):
    return {_key(name) for name in names} - {""}


def _key(name):
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
