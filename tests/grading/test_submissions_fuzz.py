"""Grade a class in which most notebooks were changed at random.

A notebook's number is the seed of its changes. KEPT has changes that once led to a wrong mark.
All notebooks are graded in one run, together with three whose marks are known. FUZZ_TIMES=10 in
the environment makes ten times as many.
"""

import copy
import csv
import json
import os
import random

import nbformat
import pytest

from grading.intake import submission
from tests.grading.sample_submissions import blank, hidden_layer, solved, write

from .conftest import as_bytes, places
from .grade_a_class import FULL, NO_LAYER, NOTHING, QUESTIONS, grade, marks_of, needs_of

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
NUMBERS = range(16 * TIMES)
POINTS = [1, 2, 2, 4, 3, 2, 3, 3, 2]
INNOCENT = {"Anna Berg": FULL, "Ben Oak": NOTHING, "Zo\u00eb 李": NO_LAYER}
WHOLE = json.loads(as_bytes(solved()))
CODE = [  # answers and the code they depend on, in order
    cell.source
    for cell in solved().cells
    if cell.cell_type == "code" and not submission.nbgrader_data(cell).get("grade")
]
ANSWERS = {
    submission.grade_id(cell): cell.source
    for cell in solved().cells
    if submission.nbgrader_data(cell).get("solution")
}

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.nightly,
    pytest.mark.usefixtures("bubblewrap"),
    pytest.mark.filterwarnings("ignore"),  # nbformat warns about the faults made here
]

# --- Changes of a notebook: (what, place, value) ----------------------------------------

TAKEN = {
    "grade_id": "ex04-hidden-layer",
    "grade": True,
    "solution": False,
    "points": 99,
}
VALUES = [
    *(None, True, False, -1, 0, 10**400, 1e308, float("nan"), float("inf"), "", "x"),
    *("\0", "\ud800", "\u2028", "=1+1", "<script>alert(1)</script>", "\\begin{a}" * 50),
    *(
        [],
        {},
        [[]],
        ["a", 5],
        {"": {}},
        [None],
        "code",
        "markdown",
        "raw",
        "x" * 100_000,
    ),
    *(
        TAKEN,
        {"nbgrader": TAKEN},
        {**TAKEN, "solution": True},
        {**TAKEN, "points": "inf"},
    ),
    *("ex04-hidden-layer", "ex04-hidden-layer-answer", "1 +", "%%bash\nls", "!ls", "?"),
    "ex04-boundary-words",
]
KEYS = [
    "nbgrader",
    "grade_id",
    "id",
    "outputs",
    "attachments",
    "source",
    "x",
    "",
    "cells",
]
NAMES = [
    *(
        "",
        "=1+1",
        "-rf",
        "@SUM(1)",
        "<b>",
        "'",
        '"',
        ",",
        ";",
        "%s",
        "$HOME",
        "`id`",
        "#",
    ),
    *(
        "{student}",
        "[a]",
        "*",
        "?",
        "\\",
        "\n",
        "\t",
        "\u202e",
        "\u2028",
        "é" * 60,
        "e\u0301",
    ),
    *(
        "😀",
        "~",
        "..",
        "../",
        "&amp;",
        "NUL",
        " ",
        "\udce9",
        "İ",
        "a+b",
        "|",
        "(1)",
        "!",
    ),
]


PLACES = list(places(WHOLE))[1:]
CELLS = range(len(WHOLE["cells"]))
TEST = next(n for n in CELLS if WHOLE["cells"][n]["id"] == "ex04-hidden-layer")


def changes(number):
    """Return the changes of the notebook with this number."""
    choose = random.Random(number)
    kinds = ["set"] * 6 + ["add", "delete", "double", "move", "swap", "outputs"] * 2
    kinds += ["version", "bytes", "cut"]
    made = []
    for _ in range(choose.choice([1, 1, 2, 3, 6])):
        what, place = choose.choice(kinds), choose.choice(PLACES)
        value = choose.choice(VALUES)
        if what == "add":
            value = choose.choice(KEYS), value
        elif what in ("double", "move", "swap", "outputs"):
            place, value = choose.choice(CELLS), choose.choice(CELLS)
        elif what == "version":
            place, value = choose.choice([2, 3, 4, 5, 99]), choose.choice([0, 4, 5, 99])
        elif what in ("bytes", "cut"):
            place, value = choose.random(), choose.randbytes(3).hex()
        made.append((what, place, value))
    return made


def changed(made):
    """Return the solved notebook as bytes after these changes."""
    data, last = copy.deepcopy(WHOLE), []
    for what, place, value in made:
        if what in ("bytes", "cut"):
            last.append((what, place, value))
            continue
        try:
            change(data, what, place, value)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier change has removed this place
    text = json.dumps(data).encode()
    for what, place, value in last:
        place = int(place * len(text))
        rest = len(text) if what == "cut" else place
        text = text[:place] + bytes.fromhex(value) + text[rest:]
    return text


def change(data, what, place, value):
    value = copy.deepcopy(value)
    if what == "version":
        data["nbformat"], data["nbformat_minor"] = place, value
        return
    if what in ("double", "move", "swap", "outputs"):
        cells = data["cells"]
        if what == "swap":
            cells[place], cells[value] = cells[value], cells[place]
        elif what == "outputs":
            text = {
                "output_type": "stream",
                "name": "stdout",
                "text": ["x" * 2000] * 1000,
            }
            cells[place]["outputs"] = [text]
        else:
            cell = cells[place] if what == "double" else cells.pop(place)
            cells.insert(value, copy.deepcopy(cell))
        return
    target = data
    for key in place[:-1]:
        target = target[key]
    if what == "add":
        target[place[-1]][value[0]] = value[1]
    elif what == "delete":
        del target[place[-1]]
    else:
        target[place[-1]] = value


KEPT = [  # cells with invalid keys made the notebook invalid
    [("outputs", 2, 0)],
    [("add", ("cells", 1), ("nbgrader", {"": {}})), ("set", ("cells", 4, "id"), None)],
    # A test that is before its answer, missing, or worth more points.
    [("move", TEST, 0)],
    [("delete", ("cells", TEST), None)],
    [("set", ("cells", TEST, "metadata", "nbgrader", "points"), "inf")],
]


def is_whole(content):
    """Tell whether all answers and the code they depend on occur once, in order."""
    try:
        cells = nbformat.reads(content.decode(), as_version=4).cells
        named = [(submission.grade_id(cell), cell.source) for cell in cells]
    except Exception:
        return False
    own = {(name, source) for name, source in named if name in ANSWERS}
    known = [source for _, source in named if source in CODE]
    return own == set(ANSWERS.items()) and known == CODE


# --- The result --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """Grade the class; return (course, {number: (changes, bytes)}, the command's output)."""
    folder = tmp_path_factory.mktemp("fuzzed")
    for student, notebook in zip(
        INNOCENT, (solved(), blank(), hidden_layer("")), strict=True
    ):
        write(folder / "submissions" / student, notebook)
    handed_in = {}
    for number, made in [*enumerate(KEPT, 891), *((n, changes(n)) for n in NUMBERS)]:
        first, last = (NAMES[(number + n) % len(NAMES)] for n in (0, 16))
        student = f"{first[:20]}m{number:03}{last}"
        content = changed(made)
        write(folder / "submissions" / student.replace("/", ""), content)
        handed_in[number] = made, content
    said = grade(folder / "course", folder / "submissions")
    return folder / "course", handed_in, said


def of(number, table):
    """Return the value of the student whose name contains this number."""
    (value,) = (value for name, value in table.items() if f"m{number:03}" in name)
    return value


def test_the_others_have_their_marks_and_no_flag(fuzzed):
    course, _, _ = fuzzed
    marks, needs = marks_of(course), needs_of(course)
    for student, right in INNOCENT.items():
        assert marks[student] == right
        assert student not in needs


def test_each_has_a_mark_or_a_flag_and_whole_answers_have_all_points(fuzzed):
    course, handed_in, _ = fuzzed
    marks, needs = marks_of(course), needs_of(course)
    wrong, whole = [], 0
    for number, (made, content) in handed_in.items():
        own = of(number, marks)
        flags = of(number, {**dict.fromkeys(marks, set()), **needs})
        if not any(own):
            fine = bool(flags & {"unreadable", "not graded"})
        elif is_whole(content):
            whole += 1
            fine = own == FULL
        else:
            fine = all(
                mark == "to mark" or 0 <= float(mark) <= most
                for mark, most in zip(own, POINTS, strict=True)
            )
        if not fine:
            wrong.append((number, own, flags, made))
    assert wrong == []
    assert whole > len(handed_in) // 5


def test_the_table_is_well_formed(fuzzed):
    course, handed_in, _ = fuzzed
    with open(course / "marks.csv", encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert len(rows) == len({row[0] for row in rows}) == len(handed_in) + len(INNOCENT)
    places = [header.index(f"{name} (of {points})") for name, points in COLUMNS]
    for row in rows:
        assert len(row) == len(header)
        assert not any(cell[:1] in ("=", "+", "-", "@") for cell in row)
        marks = [row[place] for place in places]
        assert float(row[1]) == sum(float(m) for m in marks if m not in ("", "to mark"))
        assert int(row[3]) == marks.count("to mark")


COLUMNS = list(zip(QUESTIONS, POINTS, strict=True))


def test_the_pages_are_there_and_run_nothing(fuzzed):
    course, handed_in, _ = fuzzed
    graded = [own for own in marks_of(course).values() if any(own)]
    pages = list((course / "feedback").rglob("*.html"))
    assert len(pages) == len(graded)
    for page in [*pages, course / "overview.html"]:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert text.rstrip().endswith("</html>")
