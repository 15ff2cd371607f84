"""Gather what tables and pages say about a course: marks, and what a person must look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grading.course import Course
from grading.examiner.job import Kind
from grading.intake.file_reader import FoundFile
from grading.marks import overrides
from grading.marks.gradebook import Columns, CourseGradebook, Scores
from grading.marks.overrides import AppliedOverride


class Flag(NamedTuple):
    """Something that a person must look at: a row of needs_a_person.csv."""

    student: str
    assignment: str
    kind: Kind
    where: str
    text: str

    def cells(self) -> tuple[str, ...]:
        return self.student, self.assignment, self.kind.value, self.where, self.text


@dataclass
class Findings:
    """All that a run's tables and pages say."""

    flags: list[Flag]
    columns: Columns
    scores: Scores
    overrides: list[AppliedOverride]
    assignments: list[str]  # those that somebody has submitted

    @property
    def flags_of_students(self) -> dict[str, list[str]]:
        """Return what must be looked at, in short, for each student who has flags."""
        flags: dict[str, list[str]] = {}
        for student, assignment, kind, *_ in self.flags:
            flag = f"{assignment}: {kind.value}" if assignment else kind.value
            if student and flag not in flags.setdefault(student, []):
                flags[student].append(flag)
        return flags


def find(
    course: Course,
    gradebook: CourseGradebook,
    found: Sequence[FoundFile],
    unwritten: list[Flag],
) -> Findings:
    """Return the Findings of the course as it is.

    found: the files of the export; unwritten: flags of feedback pages that failed.
    """
    flags = list(unwritten)
    for file in found:
        if file.problem:
            flags.append(
                Flag(
                    file.student,
                    file.assignment,
                    Kind.NOT_GRADED,
                    file.path,
                    file.problem,
                )
            )
    flagged = {(flag.student, flag.assignment) for flag in flags}
    applied, problems = overrides.apply(course, gradebook.open)
    name = overrides.path_of(course).name
    flags += [Flag("", "", Kind.OVERRIDE, name, text) for text in problems]
    in_use = [name for name in course.assignments() if course.students_with(name)]
    students = set(gradebook.students())
    for assignment in in_use:
        for student in sorted(students | set(course.recorded_students(assignment))):
            own = flags_of(course, gradebook, assignment, student)
            if (student, assignment) in flagged:
                own = [flag for flag in own if flag.kind is not Kind.MISSING]
            flags += own
    return Findings(flags, *gradebook.read(in_use), applied, in_use)


def flags_of(
    course: Course, gradebook: CourseGradebook, assignment: str, student: str
) -> list[Flag]:
    """Return the flags of one submission."""
    record = course.find_record(assignment, student)
    flags: list[Flag] = []

    def flag(kind: Kind, where: str, text: str) -> None:
        flags.append(Flag(student, assignment, kind, where, text))

    if record is None:
        flag(Kind.MISSING, "", "nothing was handed in")
        return flags
    for problem in record.problems:
        flag(problem.kind, problem.cell, problem.text)
    if record.late:
        text = "handed in after the date that Canvas has for it"
        flag(Kind.LATE, record.path, text)
    for note in [*record.found, *record.notes]:
        flag(Kind.LOOK, record.path, note)
    if not record.recorded and gradebook.has_marks(assignment, student):
        text = "the mark in the gradebook is of an earlier submission"
        flag(Kind.OLD_MARK, "", text)
    return flags
