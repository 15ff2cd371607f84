"""Write all that a run leaves for the teacher, and say where it is."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from grading.course import Course
from grading.intake.file_reader import FoundFile
from grading.marks import overrides
from grading.marks.gradebook import CourseGradebook
from grading.reports import feedback_pages, overview
from grading.reports.findings import find
from grading.reports.tables import write_tables


def report(
    course: Course,
    gradebook: CourseGradebook,
    found: Sequence[FoundFile],
    pool: ProcessPoolExecutor,
    anew: bool = False,
) -> None:
    """Write the tables first, which have the marks, then the feedback pages.

    anew: write also the feedback pages that are up to date.
    """
    findings = find(course, gradebook, found, [])
    write_tables(course, findings)
    students = len(set(findings.scores) | set(findings.flags_of_students))
    questions = len(findings.columns)
    print(f"{course.folder / 'marks.csv'}: {students} students, {questions} questions")
    unwritten = feedback_pages.write_pages(course, pool, anew)
    if unwritten:
        findings = find(course, gradebook, found, unwritten)
        write_tables(course, findings)
    feedback_pages.write_archives(course)
    print(f"{overview.write(course, findings)}: the class at a glance")
    print(f"{course.folder / 'needs_a_person.csv'}: {len(findings.flags)} to look at")
    print(f"{course.folder / 'feedback'}: a page for each student and assignment")
    if findings.overrides:
        kept = len(findings.overrides)
        print(f"{overrides.path_of(course)}: {kept} marks given by hand are kept")
