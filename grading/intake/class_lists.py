"""Read class lists that learning platforms export, and find students in them."""

import csv
import io
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]

KINDS = {  # kind: the columns that identify it; the first that fits counts
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

    row: Row
    name: str  # in marks.csv, if nothing was submitted
    number: str = ""  # Canvas's user or Moodle's participant, also in files' names
    keys: set[str] = field(default_factory=set)  # names that may mean this person


@dataclass
class ClassList:
    """A class list: its rows, and the people in them."""

    path: Path | None  # None if it was made from the submissions' names
    kind: str
    header: list[str]
    rows: list[Row]
    people: list[Person]

    def person(self, student: str, number: str = "") -> Person | None:
        """Return the person who is this student of the gradebook, None if unsure."""
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


def read(path: Path) -> ClassList:
    """Return a ClassList; end the program if the file is not one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"--students: {path} cannot be read: {error}")
    first = text.partition("\n")[0]
    gap = max(",;\t", key=first.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=gap)
    columns = table.fieldnames or ()
    header = [name or "" for name in columns]
    kind = next((kind for kind, needed in KINDS.items() if needed <= set(header)), None)
    if kind is None:
        sys.exit(
            f"--students: expected {EXPECTED}; but {path} begins with {first!r}. Nothing "
            "has been graded."
        )
    rows = [{name: row[name] or "" for name in columns} for row in table]
    people = [person for row in rows if (person := _person(kind, row))]
    return ClassList(path, kind, header, rows, people)


def missing(lists: list[ClassList], students: list[str]) -> set[str]:
    """Return the names of the people in the lists who are not among the students."""
    return {
        person.name
        for known in lists
        for person in known.people
        if not any(known.person(student) is person for student in students)
    }


def _person(kind: str, row: Row) -> Person | None:
    """Return the Person of a row, None if it has none, like Canvas's row of points."""

    def cell(name: str) -> str:
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


def _mail(address: str) -> tuple[str, str]:
    return address, address.partition("@")[0]


def _keys(*names: str) -> set[str]:
    return {_key(name) for name in names} - {""}


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
