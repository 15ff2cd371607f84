"""Points that the teacher gives in place of the tests', with a reason.

They stand in overrides.csv in the course's folder, which may be edited by hand too. Grading
anew keeps them: after each run they are entered into the gradebook again.
"""

import csv
import io

from nbgrader.api import MissingEntry

from grading.course import write_whole
from grading.intake import submission

HEADER = ["student", "question", "points", "reason"]


class WrongOverride(ValueError):
    """Points that cannot be given; the message says why."""


def path_of(own):
    return own.folder / "overrides.csv"


def read(own):
    """Return the rows of overrides.csv, as {column: text}; WrongOverride if it is none."""
    if not path_of(own).exists():
        return []
    text = path_of(own).read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    rows = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first else ","
    )
    if not set(HEADER) <= set(rows.fieldnames or ()):
        raise WrongOverride(
            f"{path_of(own)}: expected the columns {', '.join(HEADER)}; got {first!r}"
        )
    return [{name: (row[name] or "").strip() for name in HEADER} for row in rows]


def give(own, student, question, points, reason):
    """Write down points for a question; "tests" in place of points takes them back."""
    others = [
        row
        for row in read(own)
        if (row["student"], row["question"]) != (student, question)
    ]
    row = dict(zip(HEADER, (student, question, points, reason), strict=True))
    _check(own, row)
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows([*others, row])
    write_whole(path_of(own), text.getvalue())


def questions(own):
    """Return {question: (assignment, points)}."""
    return {
        data["grade_id"]: (assignment, float(data["points"]))
        for assignment in own.assignments()
        for cell in own.read_source(assignment).cells
        if (data := submission.nbgrader_data(cell)).get("grade")
    }


def _check(own, row):
    """Return the assignment and the points of a row, None for the tests' own."""
    known = questions(own)
    if row["question"] not in known:
        raise WrongOverride(f"there is no question {row['question']!r}")
    assignment, most = known[row["question"]]
    if row["points"] == "tests":
        return assignment, None
    try:
        points = float(row["points"].replace(",", "."))
    except ValueError:
        points = -1.0
    if not 0 <= points <= most:
        raise WrongOverride(
            f"{row['question']}: expected 0 to {most:g} points, or the word tests; got "
            f"{row['points']!r}"
        )
    if not row["reason"]:
        raise WrongOverride(f"{row['question']}: a reason is wanted")
    return assignment, points


def apply(own, marks):
    """Enter all of them into the gradebook; return what stands there now, and problems.

    The first is a list of {"student", "assignment", "question", "points", "before",
    "reason"}, the second a list of texts.
    """
    applied, problems = [], []
    try:
        rows = read(own)
    except WrongOverride as wrong:
        return [], [str(wrong)]
    with marks.open() as book:
        for row in rows:
            try:
                assignment, points = _check(own, row)
                grade = book.find_grade(
                    row["question"], assignment, assignment, row["student"]
                )
            except WrongOverride as wrong:
                problems.append(str(wrong))
                continue
            except MissingEntry:
                problems.append(
                    f"{row['student']} has no mark for {row['question']} to change"
                )
                continue
            grade.manual_score = points
            grade.needs_manual_grade = points is None and grade.auto_score is None
            if points is not None:
                before = grade.auto_score
                applied.append(
                    {**row, "assignment": assignment, "points": points}
                    | {"before": before}
                )
        book.db.commit()
    return applied, problems
