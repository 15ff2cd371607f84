"""Grading real submissions, harmless and hostile, with the commands that a teacher uses."""

import csv
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
import zipfile
from pathlib import Path

import nbformat
import pytest

from tools.grading.class_lists import read_students
from tools.grading.sample_submissions import (
    NAME,
    ROOT,
    blank,
    hidden_layer,
    solved,
    with_answers,
    write,
)

GRADE = ROOT / "tools" / "grade.py"
MOODLE = "{}_{}_assignsubmission_file_"
QUESTIONS = [
    "ex04-predict-shape",
    "ex04-hidden-layer",
    "ex04-flat-biases",
    "ex04-feedforward",
    "ex04-accuracy",
    "ex04-boundary-point",
    "ex04-hunt-empty-map",
    "ex04-hunt-outputs",
    "ex04-boundary-words",
]
FULL = ["1", "2", "2", "4", "3", "2", "3", "3", "to mark"]
NO_LAYER = ["1", "0", "2", "4", "3", "2", "3", "3", "to mark"]
NOTHING = ["0"] * 9
NO_MARKS = [""] * 9

pytestmark = [
    pytest.mark.usefixtures("bubblewrap"),
    pytest.mark.filterwarnings("default"),  # of nbgrader's libraries
]


def grade(course, *arguments, expect=0, environment=None):
    done = subprocess.run(
        [sys.executable, GRADE, "grade", *map(str, arguments), "--course", course]
        + ["--cell-seconds", "8"],
        capture_output=True,
        text=True,
        timeout=1200,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def marks_of(course):
    """Return {student: [marks of the seven questions]}."""
    return {
        row["student"]: [
            value for key, value in row.items() if key.split(" ")[0] in QUESTIONS
        ]
        for row in table(course / "marks.csv")
    }


def needs_of(course):
    """Return {student: {reasons}} of those that need a person."""
    needs = {}
    for row in table(course / "needs_a_person.csv"):
        needs.setdefault(row["student"], set()).add(row["why"])
    return needs


# --- One class with everything that happens, and some that should not ---------------------

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
    """Return a perfect notebook with text before its first imports, or without them."""
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

    def hand_in(student, content, marks, *why, file=f"{NAME}.ipynb"):
        own = next(number)
        write(submissions / MOODLE.format(student, own), content, file)
        expected[unicodedata.normalize("NFC", student)] = (marks, set(why))

    hand_in("Perfect", solved(), FULL)
    hand_in("Blank", blank(), NOTHING)
    wrong = "def hidden_layer(weights, biases, inputs):\n    return inputs"
    hand_in("Partial", hidden_layer(wrong), NO_LAYER)
    tests = dict.fromkeys(QUESTIONS[:8], "print('all points')")
    edited = with_answers({**tests, "ex04-hidden-layer-answer": wrong})
    hand_in("Edits tests", edited, NO_LAYER, "look")
    deleted = with_answers({**dict.fromkeys(QUESTIONS[:8])})
    hand_in("Deletes tests", deleted, FULL, "look")
    no_answer = with_answers({"ex04-hidden-layer-answer": None})
    hand_in("Deletes an answer", no_answer, NO_LAYER, "look")
    hand_in("Syntax error", hidden_layer("def hidden_layer(:"), NO_LAYER)
    hand_in("Sys exit", hidden_layer("import sys\nsys.exit(0)"), NO_LAYER)
    hand_in("Os exit", hidden_layer("import os\nos._exit(0)"), NO_LAYER, "crashed")
    hand_in("Loop", hidden_layer("while True:\n    pass"), NO_LAYER, "time")
    late_loop = "def hidden_layer(*a):\n    while True: pass"
    hand_in("Loop in answer", hidden_layer(late_loop), NO_LAYER, "time")
    forks = "import os\nwhile True:\n    os.fork()"
    hand_in("Fork bomb", hidden_layer(forks), NO_LAYER, ...)
    memory = "x = []\nwhile True:\n    x.append(bytearray(10**8))"
    hand_in("Memory bomb", hidden_layer(memory), NO_LAYER, "memory")
    disk = "with open('big', 'wb') as f:\n    while True: f.write(bytes(10**6))"
    hand_in("Disk bomb", hidden_layer(disk), NO_LAYER, ...)
    chatter = "while True:\n    print('x' * 1000)"
    hand_in("Chatter", hidden_layer(chatter), NO_LAYER, "time")
    places = {"course": str(course), "submissions": str(submissions)}
    escapes = ESCAPES.format(**places, source=str(ROOT / "exercises"))
    hand_in("Escapes", hidden_layer(escapes), NO_LAYER)
    hand_in("Network", hidden_layer(NETWORK.format(port=22)), NO_LAYER)
    hand_in("Forged check", hidden_layer(FORGED_CHECK), NO_LAYER)
    forged = hidden_layer(FORGED_NUMPY)  # spoils later answers too: see its own test
    write(submissions / MOODLE.format("Forged numpy", 7), forged)
    hand_in("Forged reply", hidden_layer(FORGED_REPLY), NO_LAYER, "tampered")
    hand_in("Always equal", hidden_layer(ALWAYS_EQUAL), NO_LAYER)
    for student in ("Copied from", "Copies"):
        hand_in(student, hidden_layer(COPIED), NO_LAYER)
    look_up = "hidden_layer = nn_check.EXERCISES['ex04-hidden-layer'].right"
    hand_in("Looks up", hidden_layer(look_up), NO_LAYER, "look")
    right = "def hidden_layer(w, b, x): return 1 / (1 + np.exp(-(w @ x + b)))"
    checks = f"nn_check.check('ex04-hidden-layer', None)\n{right}"
    hand_in("Checks inside", hidden_layer(checks), FULL)
    hand_in("Imports pandas", with_imports("import pandas\n"), FULL, "import")
    hand_in("No imports", with_imports(None), FULL)
    surrogate = with_answers({"ex04-boundary-words": "half a \\ud83d here"})
    text = nbformat.writes(surrogate).replace("\\\\ud83d", "\\ud83d")
    assert "a \\ud83d here" in text
    hand_in("Half a letter", text, FULL)
    hand_in("Other work", solved("ex03_initialise_weights"), NO_MARKS, "not graded")
    hand_in("No JSON", "{ this is no notebook", NO_MARKS, "unreadable")
    hand_in("Empty file", "", NO_MARKS, "unreadable")
    hand_in("Deep JSON", "[" * 100_000, NO_MARKS, "unreadable")
    hand_in("Wrong name", solved(), FULL, "look", file="homework.ipynb")
    hand_in("Copy", solved(), FULL, file=f"{NAME} (1).ipynb")
    hand_in("Zoe\u0308 U\u0308nal", solved(), FULL)
    hand_in("李小龍", solved(), FULL)
    hand_in("=1+cmd()", hidden_layer(wrong), NO_LAYER)
    folder = MOODLE.format("Twice", next(number))
    old = write(submissions / folder, solved(), f"{NAME}.ipynb")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    write(submissions / folder, hidden_layer(wrong), f"{NAME} (1).ipynb")
    expected["Twice"] = (NO_LAYER, {"look"})
    write(submissions, solved(), f"{NAME}.ipynb")  # whose?
    write(
        submissions / MOODLE.format("Essay", next(number)), "Dear teacher", "essay.txt"
    )

    words = grade(course, submissions)
    return course, submissions, words, expected


def test_every_submission_gets_its_mark_or_its_flag(classroom):
    course, _, _, expected = classroom
    marks, needs = marks_of(course), needs_of(course)
    wrong = {}
    for student, (right, why) in expected.items():
        if student == "=1+cmd()":  # no formula in a spreadsheet, no sign of nbgrader's
            student = next(name for name in marks if name.startswith("'=1-cmd()~"))
        found = marks.get(student), needs.get(student, set())
        if found[0] != right or (... not in why and found[1] != why):
            wrong[student] = (*found, right, why)
    assert wrong == {}
    assert len(marks) == len(expected) + 2  # Essay and Forged numpy
    assert "not graded" in needs[""]  # the notebook that nobody is named on
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
    assert len(pages) == len(classroom[3]) - 3  # all but what could not be graded
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


# --- Later hand-ins ------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade two students, Ada and Ben, once; return the folder with course and submissions."""
    folder = tmp_path_factory.mktemp("small")
    write(folder / "submissions" / "ada", solved())
    write(folder / "submissions" / "ben", blank())
    grade(folder / "course", folder / "submissions")
    assert marks_of(folder / "course") == {"ada": FULL, "ben": NOTHING}
    return folder


@pytest.fixture
def small(graded, tmp_path):
    """Return (course, submissions), a copy of the graded ones that a test may change."""
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return tmp_path / "course", tmp_path / "submissions"


def test_a_mark_is_kept_and_flagged_when_a_later_version_cannot_be_read(small):
    course, submissions = small
    write(submissions / "ada", "not a notebook any more")
    grade(course, submissions)
    assert marks_of(course) == {"ada": FULL, "ben": NOTHING}
    assert needs_of(course) == {"ada": {"unreadable", "old mark"}}
    write(submissions / "ada", hidden_layer(""))
    grade(course, submissions)
    assert marks_of(course) == {"ada": NO_LAYER, "ben": NOTHING}
    assert needs_of(course) == {}


def test_an_older_file_replaces_no_newer_mark(small):
    course, submissions = small
    old = write(submissions / "ada", hidden_layer(""))
    os.utime(old, (1_700_000_000, 1_700_000_000))
    grade(course, submissions)
    assert marks_of(course)["ada"] == FULL
    assert needs_of(course) == {"ada": {"look"}}


def test_a_mark_is_flagged_when_the_gradebook_cannot_take_a_new_one(small):
    course, submissions = small
    write(submissions / "ada", hidden_layer(""))
    shutil.rmtree(course / "autograded" / "ada")
    (course / "autograded" / "ada").write_text("in the way")
    grade(course, submissions)
    assert marks_of(course)["ada"] == FULL
    assert needs_of(course) == {"ada": {"not in the gradebook", "old mark"}}
    (course / "autograded" / "ada").unlink()
    grade(course, submissions)
    assert marks_of(course)["ada"] == NO_LAYER
    assert needs_of(course) == {}


def test_marks_given_by_hand_are_kept(small):
    from nbgrader.api import Gradebook

    course, submissions = small
    with Gradebook(
        f"sqlite:///{course / 'gradebook.db'}", "neural_network_book"
    ) as book:
        given = book.find_grade("ex04-boundary-words", NAME, NAME, "ada")
        given.manual_score, given.needs_manual_grade = 1.5, False
        book.db.commit()
    grade(course)  # tables and feedback only
    assert marks_of(course)["ada"] == [*FULL[:-1], "1.5"]
    page = course / "feedback" / "ada" / NAME / f"{NAME}.html"
    assert "21.5 / 22" in page.read_text(encoding="utf-8")

    def override(*words):
        command = [sys.executable, GRADE, "override", *words, "--course", course]
        return subprocess.run(command, capture_output=True, text=True)

    refused = override("ada", "ex04-hidden-layer", "3", "too many")
    assert refused.returncode == 1
    assert "expected 0 to 2 points" in refused.stderr
    done = override("ada", "ex04-hidden-layer", "1", "half of it is <right>")
    assert done.returncode == 0, done.stderr
    assert marks_of(course)["ada"] == ["1", "1", *FULL[2:-1], "1.5"]
    write(submissions / "ada", hidden_layer(""))
    assert "1 marks given by hand are kept" in grade(course, submissions)
    assert marks_of(course)["ada"][:2] == ["1", "1"]
    assert "half of it is &lt;right&gt;" in page.read_text(encoding="utf-8")
    assert override("ada", "ex04-hidden-layer", "tests", "").returncode == 0
    assert marks_of(course)["ada"][:2] == ["1", "0"]


def test_who_is_missing_is_said(small):
    course, submissions = small
    roster = course.parent / "class.csv"
    roster.write_text("id,first_name\nada,Ada\nben,Ben\ncleo,Cleo\n")
    grade(course, submissions, "--students", roster)
    assert needs_of(course) == {"cleo": {"missing"}}
    assert marks_of(course)["cleo"] == NO_MARKS


@pytest.mark.parametrize("gap", [",", ";"])
def test_a_class_list_may_have_commas_or_semicolons(tmp_path, gap):
    roster = tmp_path / "class.csv"
    lines = [["first_name", "id"], ["Ada", "ada"], ["", ""], ["Ben", " ben "]]
    text = "\ufeff" + "\n".join(gap.join(line) for line in lines)
    roster.write_text(text, encoding="utf-8")
    assert read_students(roster) == ["ada", "ben"]


def test_a_class_list_that_cannot_be_read_stops_before_anything(small):
    course, submissions = small
    before = marks_of(course)
    roster = course.parent / "list.csv"
    for text in (None, "", "name,mail\nAda,a@b.c\n"):
        if text is not None:
            roster.write_text(text)
        said = grade(course, submissions, "--students", roster, expect=1)
        assert "--students" in said
        assert str(roster) in said
        assert marks_of(course) == before


def test_a_second_assignment_adds_columns(small):
    course, submissions = small
    write(
        submissions / "ben",
        solved("ex01_import_libraries"),
        "ex01_import_libraries.ipynb",
    )
    grade(course, submissions)
    rows = {row["student"]: row for row in table(course / "marks.csv")}
    assert float(rows["ben"]["total"]) > 0
    assert needs_of(course) == {"ada": {"missing"}}
    assert marks_of(course)["ada"] == FULL


# --- Interrupted, spread, refused ----------------------------------------------------


def test_stopped_half_way_it_goes_on(tmp_path):
    course, submissions = tmp_path / "course", tmp_path / "submissions"
    for number in range(6):
        slow = "import time\ntime.sleep(1.5)\n" if number else ""
        answer = f"{slow}def hidden_layer(*a): return {number}"
        write(submissions / f"student{number}", hidden_layer(answer))
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def stopped_at(words):
        """Press Ctrl-C when it says these words; see that it ends and leaves nothing."""
        command = [sys.executable, GRADE, "grade", submissions, "--course", course]
        with subprocess.Popen(
            [*command, "--cell-seconds", "8", "--workers", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "TMPDIR": str(temporary)},
        ) as stopped:  # fmt: skip
            for line in stopped.stdout:
                if words in line:
                    stopped.send_signal(signal.SIGINT)
                    break
            said = stopped.stdout.read()
        assert stopped.returncode == 1
        assert "goes on from here" in said
        assert "Traceback" not in said
        assert list(temporary.iterdir()) == []

    stopped_at("graded: 2 of 6")
    records = course / "records" / NAME
    first = {
        path.stem: json.loads(path.read_text()).get("graded")
        for path in records.iterdir()
    }
    done = {student: when for student, when in first.items() if when}
    assert 2 <= len(done) < 6
    time.sleep(1)
    stopped_at("feedback pages: 1 of 6")
    grade(course, submissions)
    after = {
        path.stem: json.loads(path.read_text())["graded"] for path in records.iterdir()
    }
    assert len(after) == 6
    assert done.items() <= after.items()
    assert set(map(tuple, marks_of(course).values())) == {tuple(NO_LAYER)}
    pages = list((course / "feedback").rglob("*.html"))
    assert len(pages) == 6
    assert all(page.read_text("utf-8").rstrip().endswith("</html>") for page in pages)


def test_a_dask_cluster_gives_the_same_marks(tmp_path):
    from distributed import LocalCluster

    submissions = tmp_path / "submissions"
    write(submissions / "ada", solved())
    write(submissions / "ben", hidden_layer("import os\nos._exit(3)"))
    write(submissions / "cleo", hidden_layer("def hidden_layer(*a): return None"))
    grade(tmp_path / "here", submissions)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        local_directory=tmp_path / "dask",
    ) as cluster:  # fmt: skip
        words = grade(
            tmp_path / "there", submissions, "--dask", cluster.scheduler_address
        )
    assert "graded: 3 of 3" in words
    for name in ("marks.csv", "needs_a_person.csv"):
        there = (tmp_path / "there" / name).read_bytes()
        assert there == (tmp_path / "here" / name).read_bytes()


def test_without_a_sandbox_nothing_runs_unless_told_so_in_words(tmp_path):
    submissions = tmp_path / "submissions"
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w')\ndef hidden_layer(*a): pass"
    write(submissions / "ada", hidden_layer(code))
    empty = tmp_path / "bin"
    empty.mkdir()
    nowhere = {"PATH": str(empty)}
    course = tmp_path / "course"
    words = grade(course, submissions, expect=1, environment=nowhere)
    assert "Nothing was graded" in words
    assert "Install bubblewrap" in words
    assert not trace.exists()
    assert not (course / "marks.csv").exists()
    wrong = ("--without-sandbox", "yes")
    grade(course, submissions, *wrong, expect=1, environment=nowhere)
    assert not trace.exists()
    words = ("--without-sandbox", "I trust every submission")
    grade(course, submissions, *words, environment=nowhere)
    assert trace.exists()
    assert marks_of(course) == {"ada": NO_LAYER}


def test_an_unprivileged_user_can_grade(tmp_path, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("all other tests show it: this is no root")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    probe = (
        "import os, pathlib, sys; os.stat(os.environ['FILE']);"
        "pathlib.Path(sys.executable).resolve(strict=True)"
    )
    look = subprocess.run(
        [*nobody, sys.executable, "-c", probe],
        env={**os.environ, "FILE": str(GRADE)},
        capture_output=True,
        cwd="/",
    )
    spaces = [*nobody, "unshare", "--user", "--map-root-user", "true"]
    if (
        look.returncode
        or subprocess.run(spaces, capture_output=True, cwd="/").returncode
    ):
        pytest.skip(
            "other users may not use this Python, or make user namespaces, here"
        )
    home = tmp_path_factory.mktemp("nobody")
    for folder in (home, *home.parents):
        if folder.is_relative_to("/tmp/pytest-of-root"):
            folder.chmod(0o755)
    os.chown(home, 65534, 65534)
    write(home / "submissions" / "ada", solved())
    write(home / "submissions" / "ben", hidden_layer("import os\nos._exit(0)"))
    done = subprocess.run(
        [*nobody, sys.executable, GRADE, "grade", home / "submissions"]
        + ["--course", home / "course"],
        env={**os.environ, "HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert marks_of(home / "course") == {"ada": FULL, "ben": NO_LAYER}


# --- nbgrader's own commands -----------------------------------------------------------


def test_plain_nbgrader_does_the_same(tmp_path):
    environment = {**os.environ, "CLASSROOM": str(tmp_path / "course")}

    def nbgrader(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    nbgrader("generate_assignment", NAME)
    released = tmp_path / "course" / "release" / NAME / f"{NAME}.ipynb"
    assert "BEGIN" not in released.read_text()
    downloaded = tmp_path / "course" / "downloaded" / NAME / "archive"
    ends = hidden_layer("import os\nos._exit(3)")
    write(downloaded, solved(), f"ada_{NAME}.ipynb")
    write(downloaded, ends, f"ben_{NAME}.ipynb")
    nbgrader("zip_collect", NAME)
    nbgrader("autograde", NAME)
    nbgrader("generate_feedback", NAME)
    grade(tmp_path / "course")
    assert marks_of(tmp_path / "course") == {"ada": FULL, "ben": NO_LAYER}
    assert needs_of(tmp_path / "course") == {"ben": {"crashed"}}


def test_release_makes_what_students_get(tmp_path):
    done = subprocess.run(
        [sys.executable, GRADE, "release", "--course", tmp_path],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in (NAME, "capstone_digits"):
        assert (tmp_path / "release" / name / f"{name}.ipynb").exists()
        with zipfile.ZipFile(tmp_path / "handout" / f"{name}.zip") as archive:
            files = archive.namelist()
            text = archive.read(f"{name}/{name}.ipynb").decode()
        assert f"{name}/nn_core.py" in files
        assert f"{name}/nn_check/exercises/ex06_train.py" in files
        assert f"{name}/nn_widgets/__init__.py" in files
        assert "BEGIN SOLUTION" not in text
        assert "HIDDEN" not in text


def test_the_source_is_not_changed_by_all_this(classroom):
    done = subprocess.run(
        [sys.executable, "-m", "tools.grading.student_copies", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_a_perfect_submission_of_every_assignment_gets_all_points(tmp_path):
    submissions = tmp_path / "submissions"
    names = sorted(path.stem for path in (ROOT / "notebooks/exercises").glob("*.ipynb"))
    for name in names:
        write(submissions / "ada", solved(name), f"{name}.ipynb")
        write(submissions / "ben", blank(name), f"{name}.ipynb")
    grade(tmp_path / "course", submissions)
    ada, ben = table(tmp_path / "course" / "marks.csv")
    marks = {key: value for key, value in ada.items() if "-" in key.split(" (of ")[0]}
    assert len(marks) > 40
    for question, points in marks.items():
        assert points in ("to mark", question.split("(of ")[1].rstrip(")")), question
        assert ben[question] == "0", question
    assert needs_of(tmp_path / "course") == {}
    assert len(names) == 9
