"""One page for the teacher after each run, and the same without names to show in class."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

import jinja2

from grading.course import Course, write_whole
from grading.examiner.job import Kind
from grading.intake import submission
from grading.marks.gradebook import Column, Scores
from grading.marks.overrides import AppliedOverride
from grading.reports import mistakes, similar_answers
from grading.reports.findings import Findings


@dataclass
class Question:
    """The class's results in one question."""

    name: str
    assignment: str
    points: float
    answered: int  # answers with a mark
    waiting: int  # answers that are still to be marked
    right: int  # answers with all points
    mean: float  # points
    mistakes: list[mistakes.Mistake]

    @property
    def share(self) -> float:
        return self.mean / self.points if self.points else 1.0


@dataclass
class Student:
    """One student's results: a row of the table."""

    name: str
    total: float
    of: float
    # {assignment: [(question, text, share of the points)]}
    marks: dict[str, list[tuple[str, str, float | None]]]


@dataclass
class Facts:
    """All that the page shows."""

    names: bool
    assignments: list[str]
    questions: list[Question]
    hardest: list[Question]
    students: list[Student]
    flags: list[tuple[str, ...]]
    overrides: list[AppliedOverride]
    pairs: list[similar_answers.Pair]


def write(course: Course, findings: Findings) -> Path:
    """Write overview.html, and overview_without_names.html; return the first one's path."""
    facts = gather(course, findings)
    pages = {
        "overview.html": facts,
        "overview_without_names.html": nameless(course, facts),
    }
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    page = jinja2.Environment(loader=folder, autoescape=True, trim_blocks=True)
    template = page.get_template("overview.html.j2")
    for name, content in pages.items():
        write_whole(course.folder / name, template.render(vars(content)))
    return course.folder / "overview.html"


def gather(course: Course, findings: Findings) -> Facts:
    messages: dict[str, dict[str, str]] = {}
    answers: dict[str, dict[str, str]] = {}
    for assignment in findings.assignments:
        for student in course.students_with(assignment):
            marked = course.autograded(assignment, student)
            messages.setdefault(student, {}).update(mistakes.messages_of(marked))
            answers.setdefault(student, {}).update(
                _answers(course, assignment, student)
            )
    made = mistakes.count(messages)
    questions = [
        _question(column, points, findings.scores, made.get(column[1], []))
        for column, points in findings.columns.items()
    ]
    urgency = list(Kind)
    flags = sorted(
        findings.flags,
        key=lambda flag: (urgency.index(flag.kind), flag.student, flag.assignment),
    )
    return Facts(
        names=True,
        assignments=findings.assignments,
        questions=questions,
        hardest=sorted(
            (q for q in questions if q.answered > q.waiting), key=lambda q: q.share
        ),
        students=_students(findings),
        flags=[flag.cells() for flag in flags],
        overrides=findings.overrides,
        pairs=similar_answers.pairs(answers, _known(course, findings.assignments)),
    )


def nameless(course: Course, facts: Facts) -> Facts:
    """Return the facts with numbers instead of names, in another order.

    What concerns single students only is left out.
    """
    students = list(facts.students)
    random.Random(course.seed()).shuffle(students)
    numbered = [
        replace(student, name=f"Student {number}")
        for number, student in enumerate(students, start=1)
    ]
    return replace(
        facts, names=False, students=numbered, flags=[], overrides=[], pairs=[]
    )


def _question(
    column: Column, points: float, scores: Scores, made: list[mistakes.Mistake]
) -> Question:
    found = [own[column] for own in scores.values() if column in own]
    marks = [mark for mark in found if mark is not None]
    right = sum(mark >= points for mark in marks)
    mean = sum(marks) / len(marks) if marks else 0.0
    waiting = len(found) - len(marks)
    return Question(
        column[1], column[0], points, len(marks), waiting, right, mean, made
    )


def _students(findings: Findings) -> list[Student]:
    rows = []
    for student, own in sorted(findings.scores.items()):
        marks: dict[str, list[tuple[str, str, float | None]]] = {}
        for column, points in findings.columns.items():
            assignment, question = column
            score, text, share = own.get(column), "", None
            if score is not None:
                text = f"{score:g}"
                share = score / points if points else None
            elif column in own:
                text = "to mark"
            marks.setdefault(assignment, []).append((question, text, share))
        marked = [score for score in own.values() if score is not None]
        possible = {a for a, _ in own}
        most = sum(p for (a, _), p in findings.columns.items() if a in possible)
        rows.append(Student(student, sum(marked), most, marks))
    return rows


def _answers(course: Course, assignment: str, student: str) -> dict[str, str]:
    """Return {question: text} of the code that a student wrote."""
    try:
        content = course.submitted(assignment, student).read_bytes()
        notebook = submission.read_notebook(content)
    except (OSError, submission.Unreadable):
        return {}
    return {
        name: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and submission.nbgrader_data(cell).get("solution")
        if (name := submission.grade_id(cell))
    }


def _known(course: Course, assignments: list[str]) -> list[str]:
    """Return the code in the sources: of the handout and of the solutions."""
    return [
        cell.source
        for assignment in assignments
        for cell in course.read_source(assignment).cells
        if cell.cell_type == "code"
    ]
