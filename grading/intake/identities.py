"""Tell which files belong to one person, where a learning platform leaves it open.

Moodle renumbers the participants for each assignment. Its number distinguishes two people
of the same name, but does not connect one person's files of two assignments.
"""

import re
from collections import defaultdict

from grading.course import Course
from grading.intake.file_reader import FoundFile


def tell_namesakes_apart(files: list[FoundFile], course: Course) -> None:
    """Add Moodle's numbers to the names of people who share one, and note it."""
    by_name: dict[str, list[FoundFile]] = defaultdict(list)
    for file in files:
        if file.number and file.student:
            by_name[file.student].append(file)
    for name, theirs in by_name.items():
        known = [
            student
            for student in course.students()
            if re.fullmatch(rf"{re.escape(name)} \d+", student)
        ]
        namesakes = _numbers_differ(name, theirs, course) or len(known) > 1
        for file in theirs:
            if namesakes:
                file.student = f"{name} {file.number}"
                text = (
                    f"there are several {name}: Moodle's number of this work is added"
                )
                file.note = "; ".join(filter(None, [file.note, text]))
            elif known:  # a course in which every name had its number
                file.student = known[0]


def _numbers_differ(name: str, files: list[FoundFile], course: Course) -> bool:
    """Tell whether one assignment was submitted under two numbers, now or before."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for file in files:
        before = course.record(file.assignment, name).number
        numbers[file.assignment] |= {file.number, before or file.number}
    return any(len(found) > 1 for found in numbers.values())
