"""One page for the teacher after each run, and the same without names to show in class."""

import random
from dataclasses import dataclass
from pathlib import Path

import jinja2

from grading.course import write_whole
from grading.intake import submission
from grading.reports import alike, mistakes

FIRST = [  # what needs a person, the most urgent first
    *("old mark", "not in the gradebook", "not graded", "unreadable", "override"),
    *("tampered", "given up", "test", "busy", "look", "import", "late"),
    *("memory", "crashed", "time", "no feedback", "missing"),
]


@dataclass
class Question:
    """How a class did in one question."""

    name: str
    assignment: str
    points: float
    answered: int  # marks there are
    waiting: int  # answers that are still to be marked
    right: int  # of these, with all points
    mean: float  # points
    mistakes: list  # of (words, [students])

    @property
    def share(self):
        return self.mean / self.points if self.points else 1.0


def write(own, findings):
    """Write overview.html, and overview_without_names.html; return the first one's path."""
    facts = gather(own, findings)
    pages = {
        "overview.html": facts,
        "overview_without_names.html": nameless(own, facts),
    }
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    page = jinja2.Environment(loader=folder, autoescape=True, trim_blocks=True)
    template = page.get_template("overview.html.j2")
    for name, content in pages.items():
        write_whole(own.folder / name, template.render(**content))
    return own.folder / "overview.html"


def gather(own, findings):
    """Return all that the page shows."""
    said, answers = {}, {}
    for assignment in findings.assignments:
        for student in own.students_with(assignment):
            marked = own.autograded(assignment, student)
            said.setdefault(student, {}).update(mistakes.said_of(marked))
            answers.setdefault(student, {}).update(_answers(own, assignment, student))
    made = mistakes.count(said)
    questions = [
        _question(column, points, findings.scores, made.get(column[1], []))
        for column, points in findings.columns.items()
    ]
    order = {why: place for place, why in enumerate(FIRST)}
    return {
        "names": True,
        "assignments": findings.assignments,
        "questions": questions,
        "hardest": sorted(
            (q for q in questions if q.answered > q.waiting), key=lambda q: q.share
        ),
        "students": _students(findings),
        "needs": sorted(
            findings.rows,
            key=lambda row: (order.get(row[2], len(order)), row[0], row[1]),
        ),
        "given": findings.given,
        "pairs": alike.pairs(answers, _known(own, findings.assignments)),
    }


def nameless(own, facts):
    """Return the same in numbers: no name, nothing of one student alone, another order."""
    students = list(facts["students"])
    random.Random(own.seed()).shuffle(students)
    rows = [
        {**student, "name": f"Student {number}"}
        for number, student in enumerate(students, start=1)
    ]
    return {
        **facts,
        "names": False,
        "students": rows,
        "needs": [],
        "given": [],
        "pairs": [],
    }


def _question(column, points, scores, made):
    found = [own[column] for own in scores.values() if column in own]
    marks = [mark for mark in found if mark is not None]
    right = sum(mark >= points for mark in marks)
    mean = sum(marks) / len(marks) if marks else 0.0
    waiting = len(found) - len(marks)
    return Question(
        column[1], column[0], points, len(marks), waiting, right, mean, made
    )


def _students(findings):
    """Return [{"name", "total", "of", "marks": {assignment: [(question, text, share)]}}]."""
    rows = []
    for student, own in sorted(findings.scores.items()):
        marks = {}
        for (assignment, question), points in findings.columns.items():
            score = own.get((assignment, question), "")
            text = (
                "to mark" if score is None else score if score == "" else f"{score:g}"
            )
            share = score / points if isinstance(score, float) and points else None
            marks.setdefault(assignment, []).append((question, text, share))
        given = [score for score in own.values() if score is not None]
        possible = {a for a, _ in own}
        most = sum(p for (a, _), p in findings.columns.items() if a in possible)
        rows.append({"name": student, "total": sum(given), "of": most, "marks": marks})
    return rows


def _answers(own, assignment, student):
    """Return {question: text} of the code that a student wrote."""
    try:
        content = own.submitted(assignment, student).read_bytes()
        notebook = submission.read_notebook(content)
    except (OSError, submission.Unreadable):
        return {}
    return {
        submission.grade_id(cell): cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and submission.nbgrader_data(cell).get("solution")
        if submission.grade_id(cell)
    }


def _known(own, assignments):
    """Return the texts of what was handed out, and of the solutions."""
    return [
        cell.source
        for assignment in assignments
        for cell in own.read_source(assignment).cells
        if cell.cell_type == "code"
    ]
