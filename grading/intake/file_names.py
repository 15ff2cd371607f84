"""How learning platforms name what students hand in: with the student's name before it."""

import re

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(file|onlinetext)_?", re.DOTALL
)
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_")


def named(text):
    """Return the name before a file's or folder's own, facts, and the rest of the text.

    Canvas's number is the same in every assignment, and part of the name; Moodle's is not,
    and a fact. The name is '' where no platform has put one there.
    """
    found = [match for rule in (MOODLE, CANVAS) if (match := rule.match(text))]
    if not found:
        return "", {}, text
    first = min(
        found, key=lambda match: match.end("number")
    )  # the rest is the student's
    rest = text[first.end() :]
    if first.re is MOODLE:
        return first["name"], {"number": first["number"]}, rest
    return f"{first['name']} {first['number']}", {"late": bool(first["late"])}, rest


def name_of_submission(path):
    """Return a path as the platform named it, without the ending; '' if none did."""
    parts = path.split("/")
    for place, part in enumerate(parts):
        if MOODLE.match(f"{part}_") and place < len(parts) - 1:
            return f"{part}/{parts[-1].rpartition('.')[0]}"
        if named(part)[0]:
            return part.rpartition(".")[0]
    return ""
