"""What a run leaves for the teacher: two tables, and a page of feedback for each submission."""

import concurrent.futures
import time
from dataclasses import dataclass

from grading.intake import class_lists
from grading.marks import gradebook, gradebook_pool, overrides
from grading.progress import progress
from grading.reports import overview, platforms

LOOK = "look"  # graded, but a person should look
NOT_FINAL = {"old mark", gradebook.UNDONE}  # not to be passed on


def write_feedback(own, pool, anew):
    """Write the feedback pages that are missing or old, or all of them anew.

    Return the rows that say whose page could not be written.
    """
    waiting, rows = [], []
    for assignment in own.assignments():
        for student in own.students_with(assignment):
            key = assignment, student
            page = own.feedback(assignment, student)
            marked = own.autograded(assignment, student)
            if not marked.exists():
                page.unlink(missing_ok=True)  # else it would tell of an earlier mark
            elif anew or not page.exists() or written(own, *key) != age(marked):
                page.unlink(missing_ok=True)
                waiting.append(key)
    began = time.monotonic()
    pages = {pool.submit(gradebook_pool.write_feedback, *key): key for key in waiting}
    for number, page in enumerate(concurrent.futures.as_completed(pages), start=1):
        assignment, student = pages[page]
        if page.exception():
            rows.append((student, assignment, "no feedback", "", page.exception()))
        else:  # only now: a run may be stopped while a page is being written
            own.note(assignment, student, page_of=age(own.autograded(*pages[page])))
        progress("feedback pages", number, len(waiting), began)
    return rows


def written(own, assignment, student):
    """Return the age of the marked notebook that the page was made of."""
    return own.record(assignment, student).get("page_of")


def age(file):
    return file.stat().st_mtime_ns


@dataclass
class Findings:
    """All that a run's tables and pages say."""

    rows: list  # of (student, assignment, why, where, what): what a person must look at
    columns: dict  # {(assignment, question): points}
    scores: dict  # {student: {column: points, None if still to be marked}}
    given: list  # points given in place of the tests', as overrides.apply has them
    assignments: list  # those that somebody has handed in

    @property
    def flags(self):
        """Return {student: [what must be looked at]}."""
        flags = {}
        for student, assignment, why, *_ in self.rows:
            flag = f"{assignment}: {why}" if assignment else why
            if student and flag not in flags.setdefault(student, []):
                flags[student].append(flag)
        return flags


def report(own, marks, found, pool, anew=False):
    """Write the tables, then the feedback pages, and say where they are."""
    findings = write_tables(own, marks, found, [])
    students = len(set(findings.scores) | set(findings.flags))
    questions = len(findings.columns)
    print(f"{own.folder / 'marks.csv'}: {students} students, {questions} questions")
    unwritten = write_feedback(own, pool, anew)
    if unwritten:
        findings = write_tables(own, marks, found, unwritten)
    platforms.write_feedback_archives(own)
    print(f"{overview.write(own, findings)}: the class at a glance")
    print(f"{own.folder / 'needs_a_person.csv'}: {len(findings.rows)} to look at")
    print(f"{own.folder / 'feedback'}: a page for each student and assignment")
    if findings.given:
        kept = len(findings.given)
        print(f"{overrides.path_of(own)}: {kept} marks given by hand are kept")


def write_tables(own, marks, found, unwritten):
    """Write what holds marks, and return the Findings."""
    findings = find(own, marks, found, unwritten)
    header = ("student", "assignment", "why", "where", "what")
    gradebook.write_table(own.folder / "needs_a_person.csv", [header, *findings.rows])
    gradebook.write_marks(
        own.folder / "marks.csv", findings.columns, findings.scores, findings.flags
    )
    unsure = {(row[0], row[1]) for row in findings.rows if row[2] in NOT_FINAL}
    totals = platforms.Totals(findings.columns, findings.scores, unsure)
    lists = [class_lists.read(path) for path in own.class_lists()]
    for path, number in platforms.write(own, lists, totals):
        print(f"{path}: {number} marks to import")
    return findings


def find(own, marks, found, unwritten):
    """Return the Findings of the course as it is, with what was found among the files."""
    rows = list(unwritten)
    for file in found:
        if file.problem:
            rows.append(
                (file.student, file.assignment, "not graded", file.path, file.problem)
            )
    told = {row[:2] for row in rows}
    given, problems = overrides.apply(own, marks)
    rows += [
        ("", "", "override", overrides.path_of(own).name, text) for text in problems
    ]
    in_use = [name for name in own.assignments() if own.students_with(name)]
    students = set(marks.students())
    for assignment in in_use:
        for student in sorted(students | set(own.noted_students(assignment))):
            needs = needs_of(own, marks, assignment, student)
            if (student, assignment) in told:
                needs = [row for row in needs if row[2] != "missing"]
            rows += needs
    return Findings(rows, *marks.read(in_use), given, in_use)


def needs_of(own, marks, assignment, student):
    """Return the rows that say what a person must look at in one submission."""
    record = own.record(assignment, student)
    if not record:
        return [(student, assignment, "missing", "", "nothing was handed in")]
    rows = [
        (student, assignment, problem["kind"], problem["cell"], problem["text"])
        for problem in record.get("problems", [])
    ]
    if record.get("late"):
        text = "handed in after the date that Canvas has for it"
        rows.append((student, assignment, "late", record.get("path", ""), text))
    for note in [*record.get("found", []), *record.get("notes", [])]:
        rows.append((student, assignment, LOOK, record.get("path", ""), note))
    if not record.get("recorded") and marks.has_marks(assignment, student):
        text = "the mark in the gradebook is of an earlier submission"
        rows.append((student, assignment, "old mark", "", text))
    return rows
