"""Which files are one person's, where a learning platform leaves it open.

Moodle numbers the participants anew for each assignment. So its number tells two people of
the same name apart, but not one person's files of two assignments.
"""

import re
from collections import defaultdict


def tell_apart(files, course):
    """Give the files of namesakes names with their numbers, and say so; others keep theirs."""
    by_name = defaultdict(list)
    for file in files:
        if file.number and file.student:
            by_name[file.student].append(file)
    for name, own in by_name.items():
        known = [
            student
            for student in course.students()
            if re.fullmatch(rf"{re.escape(name)} \d+", student)
        ]
        namesakes = _numbers_differ(name, own, course) or len(known) > 1
        for file in own:
            if namesakes:
                file.student = f"{name} {file.number}"
                text = (
                    f"there are several {name}: Moodle's number of this work is added"
                )
                file.note = "; ".join(filter(None, [file.note, text]))
            elif known:  # a course in which every name had its number
                file.student = known[0]


def _numbers_differ(name, files, course):
    """Tell whether one assignment was handed in under two numbers, now or before."""
    numbers = defaultdict(set)
    for file in files:
        before = course.record(file.assignment, name).get("number")
        numbers[file.assignment] |= {file.number, before or file.number}
    return any(len(found) > 1 for found in numbers.values())
