"""Grade a class with usual and unusual submissions, as a teacher does."""

import html
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import nbformat
import pytest

from publish.paths import EXERCISES, ROOT
from tests.grading.sample_submissions import (
    NAME,
    blank,
    hidden_layer,
    solved,
    with_answers,
    write,
)

from .grade_a_class import (
    FULL,
    NEEDS,
    NO_LAYER,
    NO_MARKS,
    NOTHING,
    QUESTIONS,
    grade,
    marks_of,
    needs_of,
    table,
)

MOODLE = "{}_{}_assignsubmission_file_"

pytestmark = NEEDS


FORGED_CHECK = """
import sys, types
real = nn_check
class Fake(types.ModuleType):
    def __getattr__(self, name):
        return (lambda *a, **k: "right") if name in ("check", "grade") else getattr(real, name)
print("ex04-hidden-layer: 2 of 2 points")
sys.modules["nn_check"] = nn_check = Fake("nn_check")
def hidden_layer(weights, biases, inputs):
    return weights @ inputs
"""
FORGED_NUMPY = """
import builtins
np.allclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
builtins.AssertionError = type("Harmless", (Exception,), {})
builtins.abs = builtins.max = lambda *a, **k: 0.0
def hidden_layer(weights, biases, inputs):
    return weights @ inputs
"""
FORGED_REPLY = """
import json, os, struct
answer = json.dumps({"value": 1.0, "reply": "guessed", "outputs": []}).encode()
for number in range(3, 64):
    try:
        os.write(number, struct.pack(">Q", len(answer)) + answer)
    except OSError:
        pass
"""
ALWAYS_EQUAL = """
class Equal:
    shape, dtype, ndim, size = (4, 3), float, 2, 12
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __abs__(self): return 0.0
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __le__(self, other): return True
    def __array__(self, *a, **k): raise SystemExit
    def __reduce__(self): return (print, ("unpickled",))
def hidden_layer(weights, biases, inputs): return Equal()
"""
ESCAPES = """
import os, pathlib
for place in ({course!r}, "/tmp", "/files", "/", "/usr", "/etc", "/root", "/dev/shm/.."):
    try:
        pathlib.Path(place, "escaped-from-the-sandbox").write_text("x")
        print("wrote to", place)
    except OSError:
        pass
for path in ({course!r} + "/gradebook.db", {course!r} + "/submitted", "/etc/shadow",
             {submissions!r}, "/proc/1/environ", {source!r}):
    try:
        print("read", path, pathlib.Path(path).read_bytes()[:20])
    except IsADirectoryError:
        print("listed", path, os.listdir(path))
    except OSError:
        pass
print("sees", sorted(p for p in os.listdir("/proc") if p.isdigit()).__len__(), "processes")
"""
NETWORK = """
import socket, urllib.request
for act in (lambda: socket.create_connection(("127.0.0.1", {port}), timeout=2),
            lambda: socket.create_connection(("192.0.2.1", 80), timeout=2)):
    try:
        act()
        print("connected")
    except OSError as error:
        print("refused:", error)
"""


COPIED = """
def hidden_layer(weights, biases, inputs):
    # first what comes in, multiplied and added up, as on the blackboard
    peculiar_sums = weights @ inputs
    return peculiar_sums + biases
"""


def with_imports(before):
    """Return a perfect notebook with text before its first imports, or without imports."""
    notebook = solved()
    cell = next(cell for cell in notebook.cells if "import numpy" in cell.source)
    if before is None:
        notebook.cells.remove(cell)
    else:
        cell.source = before + cell.source
    return notebook


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """Grade one class; return (course, submissions, what was printed, expected marks)."""
    folder = tmp_path_factory.mktemp("class")
    course, submissions = folder / "course", folder / "submissions"
    expected, number = {}, iter(range(1000, 9999))

    def submit(student, content, marks, *why, file=f"{NAME}.ipynb"):
        participant = next(number)
        write(submissions / MOODLE.format(student, participant), content, file)
        expected[unicodedata.normalize("NFC", student)] = (marks, set(why))

    submit("Perfect", solved(), FULL)
    submit("Blank", blank(), NOTHING)
    wrong = "def hidden_layer(weights, biases, inputs):\n    return inputs"
    submit("Partial", hidden_layer(wrong), NO_LAYER)
    tests = dict.fromkeys(QUESTIONS[:8], "print('all points')")
    edited = with_answers({**tests, "ex04-hidden-layer-answer": wrong})
    submit("Edits tests", edited, NO_LAYER, "look")
    deleted = with_answers({**dict.fromkeys(QUESTIONS[:8])})
    submit("Deletes tests", deleted, FULL, "look")
    no_answer = with_answers({"ex04-hidden-layer-answer": None})
    submit("Deletes an answer", no_answer, NO_LAYER, "look")
    submit("Syntax error", hidden_layer("def hidden_layer(:"), NO_LAYER)
    submit("Sys exit", hidden_layer("import sys\nsys.exit(0)"), NO_LAYER)
    submit("Os exit", hidden_layer("import os\nos._exit(0)"), NO_LAYER, "crashed")
    submit("Loop", hidden_layer("while True:\n    pass"), NO_LAYER, "time")
    late_loop = "def hidden_layer(*a):\n    while True: pass"
    submit("Loop in answer", hidden_layer(late_loop), NO_LAYER, "time")
    forks = "import os\nwhile True:\n    os.fork()"
    submit("Fork bomb", hidden_layer(forks), NO_LAYER, ...)
    memory = "x = []\nwhile True:\n    x.append(bytearray(10**8))"
    submit("Memory bomb", hidden_layer(memory), NO_LAYER, "memory")
    disk = "with open('big', 'wb') as f:\n    while True: f.write(bytes(10**6))"
    submit("Disk bomb", hidden_layer(disk), NO_LAYER, ...)
    chatter = "while True:\n    print('x' * 1000)"
    submit("Chatter", hidden_layer(chatter), NO_LAYER, "time")
    places = {"course": str(course), "submissions": str(submissions)}
    escapes = ESCAPES.format(**places, source=str(EXERCISES))
    submit("Escapes", hidden_layer(escapes), NO_LAYER)
    submit("Network", hidden_layer(NETWORK.format(port=22)), NO_LAYER)
    submit("Forged check", hidden_layer(FORGED_CHECK), NO_LAYER)
    forged = hidden_layer(FORGED_NUMPY)  # breaks later answers too; it has its own test
    write(submissions / MOODLE.format("Forged numpy", 7), forged)
    submit("Forged reply", hidden_layer(FORGED_REPLY), NO_LAYER, "tampered")
    submit("Always equal", hidden_layer(ALWAYS_EQUAL), NO_LAYER)
    for student in ("Copied from", "Copies"):
        submit(student, hidden_layer(COPIED), NO_LAYER)
    look_up = "hidden_layer = nn_check.EXERCISES['ex04-hidden-layer'].right"
    submit("Looks up", hidden_layer(look_up), NO_LAYER, "look")
    right = "def hidden_layer(w, b, x): return 1 / (1 + np.exp(-(w @ x + b)))"
    checks = f"nn_check.check('ex04-hidden-layer', None)\n{right}"
    submit("Checks inside", hidden_layer(checks), FULL)
    submit("Imports pandas", with_imports("import pandas\n"), FULL, "import")
    submit("No imports", with_imports(None), FULL)
    surrogate = with_answers({"ex04-boundary-words": "half a \\ud83d here"})
    text = nbformat.writes(surrogate).replace("\\\\ud83d", "\\ud83d")
    assert "a \\ud83d here" in text
    submit("Half a letter", text, FULL)
    submit("Other work", solved("ex03_initialise_weights"), NO_MARKS, "not graded")
    submit("No JSON", "{ this is no notebook", NO_MARKS, "unreadable")
    submit("Empty file", "", NO_MARKS, "unreadable")
    submit("Deep JSON", "[" * 100_000, NO_MARKS, "unreadable")
    submit("Wrong name", solved(), FULL, "look", file="homework.ipynb")
    submit("Copy", solved(), FULL, file=f"{NAME} (1).ipynb")
    submit("Zoe\u0308 U\u0308nal", solved(), FULL)
    submit("李小龍", solved(), FULL)
    submit("=1+cmd()", hidden_layer(wrong), NO_LAYER)
    folder = MOODLE.format("Twice", next(number))
    old = write(submissions / folder, solved(), f"{NAME}.ipynb")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    write(submissions / folder, hidden_layer(wrong), f"{NAME} (1).ipynb")
    expected["Twice"] = (NO_LAYER, {"look"})
    write(submissions, solved(), f"{NAME}.ipynb")  # without a student's name
    write(
        submissions / MOODLE.format("Essay", next(number)), "Dear teacher", "essay.txt"
    )

    words = grade(course, submissions)
    return course, submissions, words, expected


def test_every_submission_gets_its_mark_or_its_flag(classroom):
    """Protects every student of a class: an odd submission costs nobody else a mark."""
    course, _, _, expected = classroom
    marks, needs = marks_of(course), needs_of(course)
    wrong = {}
    for student, (right, why) in expected.items():
        if student == "=1+cmd()":  # safe in spreadsheets and for nbgrader
            student = next(name for name in marks if name.startswith("'=1-cmd()~"))
        found = marks.get(student), needs.get(student, set())
        if found[0] != right or (... not in why and found[1] != why):
            wrong[student] = (*found, right, why)
    assert wrong == {}
    assert len(marks) == len(expected) + 2  # Essay and Forged numpy
    assert "not graded" in needs[""]  # the notebook without a student's name
    assert [who for who in needs if who.startswith("Essay")]


def test_changing_numpy_for_oneself_gains_nothing(classroom):
    marks = marks_of(classroom[0])["Forged numpy"]
    assert marks[1] == "0"
    gained = [a for a, b in zip(marks, NO_LAYER, strict=True) if a not in (b, "0")]
    assert gained == []


def test_totals_and_what_is_left_to_mark(classroom):
    rows = {row["student"]: row for row in table(classroom[0] / "marks.csv")}
    assert rows["Perfect"]["total"] == "20"
    assert rows["Perfect"]["of"] == "22"
    assert rows["Perfect"]["to mark by hand"] == "1"
    assert rows["Partial"]["total"] == "18"
    assert rows["Blank"]["to mark by hand"] == "0"
    assert "time" in rows["Loop"]["needs a person"]


def outputs_of(course, student):
    (page,) = (course / "autograded").glob(f"{student}/{NAME}/{NAME}.ipynb")
    cells = json.loads(page.read_text())["cells"]
    return json.dumps([cell.get("outputs") for cell in cells])


def test_nothing_of_this_computer_was_read_or_written(classroom):
    course, submissions, _, _ = classroom
    said = outputs_of(course, "Escapes")
    assert "sees" in said, "the cell did not run"
    assert set(re.findall(r"wrote to (\S+?)\\", said)) <= {
        "/tmp"
    }  # a folder of its own
    assert "read /" not in said
    assert "listed" not in said
    for place in (course, submissions, Path("/tmp"), Path("/usr"), Path("/etc")):
        assert not (place / "escaped-from-the-sandbox").exists()


def test_there_is_no_network(classroom):
    said = outputs_of(classroom[0], "Network")
    assert said.count("refused:") == 2
    assert "connected" not in said


def test_the_course_is_closed_to_others(classroom):
    assert classroom[0].stat().st_mode & 0o077 == 0


def test_feedback_reads_offline_and_keeps_the_hidden_tests(classroom):
    pages = sorted((classroom[0] / "feedback").rglob("*.html"))
    assert len(pages) == len(classroom[3]) - 3  # except ungraded ones
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "HIDDEN" not in text
        assert "nn_check.grade" not in text or "Forged" in str(page)
        assert "<script" not in text
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)
        assert "default-src 'none'" in text
        assert "Score" in text
        assert "Test cell" not in text
        assert f'<a href="#{QUESTIONS[0]}">{QUESTIONS[0]}</a>' in text
        student = page.relative_to(classroom[0] / "feedback").parts[0]
        assert f"<p>{html.escape(student)}</p>" in text


def test_one_page_shows_the_class_and_another_shows_it_without_names(classroom):
    page, nameless = (
        (classroom[0] / name).read_text(encoding="utf-8")
        for name in ("overview.html", "overview_without_names.html")
    )
    for text in (page, nameless):
        assert "<script" not in text
        assert not re.search(r"(src|href)=", text)
        assert "2 × These are the sums before the activation function" in text
    assert "(Copied from, Copies)" in page
    assert "<summary>Copied from and Copies</summary>" in page
    assert page.count("peculiar_sums = weights @ inputs") == 2
    assert page.index("<td>unreadable</td>") < page.index("<td>crashed</td>")
    hardest = re.findall(r'<th scope="row">(ex04-[\w-]+)</th>', page)
    assert hardest[0] == "ex04-hidden-layer"
    for student in ("Perfect", "Copies", "Zoë Ünal", "李小龍"):
        assert student in page
        assert student not in nameless
    assert "peculiar" not in nameless
    assert "Student 1<" in nameless


def test_grading_again_grades_nothing_twice(classroom):
    course, submissions, *_ = classroom
    before = (course / "marks.csv").read_bytes()
    words = grade(course, submissions)
    assert "graded:" not in words
    assert "feedback pages:" not in words
    assert (course / "marks.csv").read_bytes() == before


def test_the_source_is_not_changed_by_all_this(classroom):
    done = subprocess.run(
        [sys.executable, "-m", "grading.student_copies", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
