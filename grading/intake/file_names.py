"""Parse the names that learning platforms give to submitted files."""

import re
from typing import NamedTuple

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(file|onlinetext)_?", re.DOTALL
)
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_")


class SplitName(NamedTuple):
    """The parts of a file's or folder's name."""

    student: str  # "" if no platform has put a name there
    number: str  # of the participant in Moodle, which differs between assignments
    late: bool  # according to Canvas
    rest: str  # the student's own name for it


def split_name(text: str) -> SplitName:
    """Split the name that a platform gave to a file or folder.

    Canvas's number is the same in every assignment, so it is part of the student's name.
    """
    found = [match for rule in (MOODLE, CANVAS) if (match := rule.match(text))]
    if not found:
        return SplitName("", "", False, text)
    # The platform's part comes first: the student may have named the file like one.
    first = min(found, key=lambda match: match.end("number"))
    rest = text[first.end() :]
    if first.re is MOODLE:
        return SplitName(first["name"], first["number"], False, rest)
    name = f"{first['name']} {first['number']}"
    return SplitName(name, "", bool(first["late"]), rest)


def name_of_submission(path: str) -> str:
    """Return a path as the platform named it, without the ending; "" if none did."""
    parts = path.split("/")
    for place, part in enumerate(parts):
        if MOODLE.match(f"{part}_") and place < len(parts) - 1:
            return f"{part}/{parts[-1].rpartition('.')[0]}"
        if split_name(part).student:
            return part.rpartition(".")[0]
    return ""
