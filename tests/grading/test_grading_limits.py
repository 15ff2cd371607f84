"""No submission uses up memory, time or processors that others need."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from grading import jobs
from grading.examiner import sandbox, system_calls
from grading.examiner.job import Cell, Kind, Problem, Result, Role
from grading.examiner.plain_values import NotPlain, unpack
from grading.intake import submission
from publish.paths import ROOT
from tests.grading.sample_submissions import hidden_layer, solved, with_answers

from .test_grading_attacks import OTHERS, RIGHT, outcome, prepare

pytestmark = pytest.mark.usefixtures("bubblewrap")

OUTSIDE = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def tried(what, result):
    print(what, "refused" if result == -1 else "done")
tried("shared memory:", libc.shmget(0, 2**20, 0o1600))
tried("name space:", libc.unshare(0x10000000))
tried("cloned name space:", libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
      if os.uname().machine == "x86_64" else -1)
try:
    tried("memory file:", os.memfd_create("x"))
except PermissionError:
    tried("memory file:", -1)
try:
    tried("processors:", os.sched_setaffinity(0, range(64)))
except PermissionError:
    tried("processors:", -1)
def hidden_layer(weights, biases, inputs): return inputs
"""
SOCKETS = """
import os, socket, time
for child in range(30):
    if os.fork() == 0:
        pairs = [socket.socketpair() for number in range(120)]
        time.sleep(60)
time.sleep(60)
"""
REPLIES = """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Student":
        thing.call = lambda number, arguments: {{"value": {value}}}
def hidden_layer(weights, biases, inputs): return inputs
"""
NOISE = """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Student":
        thing.run_cell = lambda source: {"outputs": [
            {"output_type": "error", "ename": "E", "evalue": "x" * 10**6,
             "traceback": ["x" * 10**6] * 12}] * 1}
"""
STOPS_ITSELF = """
import os, signal, threading
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGSTOP)).start()
"""
MANY_BUSY = """
import os, time
for child in range(30):
    if os.fork() == 0:
        while True: pass
time.sleep(60)
"""

HOSTILE = {  # name: (code instead of one answer, the kinds of problem it causes)
    "memory outside": (OUTSIDE, set()),
    "sockets": (SOCKETS, {Kind.MEMORY}),
    "array of nothing": (REPLIES.format(value='{"array": ["|S0", [10**9], ""]}'), ...),
    "brackets": (REPLIES.format(value="[[]] * 1_500_000"), ...),
    "colliding": (
        REPLIES.format(
            value='{"set": [{"int": hex(n * (2**61 - 1))} for n in range(60_000)]}'
        ),
        ...,
    ),
    "noise": (NOISE, set()),
    "stops itself": (STOPS_ITSELF, ...),
}


@pytest.fixture(scope="module")
def hostile():
    """Run them in parallel with a perfect submission; return the jobs and results."""
    wanted = {
        name: prepare(hidden_layer(code), cell_seconds=10, seconds=120)
        for name, (code, _) in HOSTILE.items()
    }
    # More than fits into a pipe, because a stopped process does not read it.
    long = f"text = {'x' * 300_000!r}"
    stopped = prepare(with_answers({"ex04-hidden-layer-answer": STOPS_ITSELF}))
    stopped.limits.cell_seconds, stopped.limits.seconds = 8, 120
    after = [cell.name for cell in stopped.cells].index("ex04-hidden-layer") + 1
    stopped.cells[after:after] = [
        Cell(0, Role.STUDENT, "long", "import time; time.sleep(1)"),
        Cell(0, Role.STUDENT, "long", long),
    ]
    wanted["stops itself"] = stopped
    wanted["perfect"] = prepare(solved(), cell_seconds=30)
    results = {}
    jobs.run_all(wanted, results.__setitem__)
    return wanted, results


@pytest.mark.parametrize("name", HOSTILE)
def test_resources_that_process_limits_do_not_count_are_limited_too(hostile, name):
    """Protects the teacher's computer, and the marks of those who are graded beside it."""
    wanted, results = hostile
    passed, problems, said = outcome(wanted[name], results[name])
    assert passed <= OTHERS
    assert "ex04-predict-shape" in passed
    expected = HOSTILE[name][1]
    assert problems == expected or (expected is ... and problems)
    assert results[name].seconds < 130
    if name == "memory outside":
        assert said.count("refused") == 5
    if name == "noise":
        assert len(said) < 20 * 2**20


def test_beside_them_a_perfect_submission_is_perfect(hostile):
    wanted, results = hostile
    passed, problems, _ = outcome(wanted["perfect"], results["perfect"])
    assert (passed, problems) == (RIGHT, set())


@pytest.mark.nightly
def test_a_submission_that_keeps_several_processors_busy_is_marked():
    """Protects the others from a submission that slows them down."""
    job = prepare(hidden_layer(MANY_BUSY), cell_seconds=4)
    assert jobs.run_job(job).result.hog
    idle = prepare(hidden_layer("x = 1"), cell_seconds=30)
    assert not jobs.run_job(idle).result.hog


def test_what_ran_beside_a_hog_is_run_again_alone():
    def ended(span, *kinds, hog=False):
        problems = [Problem(kind, "", "") for kind in kinds]
        return jobs.Run(Result({}, problems, 1, hog), *span)

    results = {
        "hog": ended((0, 10), Kind.TIME, hog=True),
        "disturbed": ended((5, 12), Kind.TIME),
        "crashed": ended((5, 12), Kind.CRASHED),
        "later": ended((11, 20), Kind.TIME),
        "fine": ended((0, 10)),
        "alone": ended((30, 40), hog=True),
    }
    again, delivered = [], {}

    def run_again(key):
        again.append(key)
        return ended((50, 60))

    jobs.deliver(results.items(), run_again, delivered.__setitem__)
    assert again == ["disturbed"]
    kinds = {key: [p.kind for p in r.problems] for key, r in delivered.items()}
    assert kinds == {
        "hog": [Kind.TIME, Kind.BUSY],
        "disturbed": [],
        "crashed": [Kind.CRASHED],
        "later": [Kind.TIME],
        "fine": [],
        "alone": [],
    }


def test_missing_limits_are_reported(monkeypatch):
    def missing(name):
        raise OSError(name)

    assert sandbox.limits_missing() == []
    monkeypatch.setattr(system_calls.ctypes, "CDLL", missing)
    system_calls.program.cache_clear()
    try:
        (text,) = sandbox.limits_missing()
    finally:
        system_calls.program.cache_clear()
    assert "libseccomp2" in text


def test_failures_of_the_grader_are_reported_to_the_teacher_only(monkeypatch):
    """If no sandbox can be started, there is no mark, and no page quotes the error."""
    monkeypatch.setattr(sandbox, "SYSTEM", ())
    job = prepare(solved())
    job.limits.disk = 0  # bwrap refuses a file system of no size
    result = jobs.run_job(job).result
    assert result.outputs is None
    assert {problem.kind for problem in result.problems} == {Kind.NOT_GRADED}
    assert "sandbox" in result.problems[0].text


@pytest.mark.parametrize(
    "body",
    [b"[" + b"[]," * 250_000 + b"[]]", b'{"a":' * 150_000, b" " * (17 * 2**20)],
    ids=["brackets", "braces", "too long"],
)
def test_a_message_that_would_take_much_memory_is_not_read(body):
    data = len(body).to_bytes(8, "big") + body

    def read(size):
        nonlocal data
        part, data = data[:size], data[size:]
        return part

    with pytest.raises(NotPlain):
        unpack(read)


def test_a_notebook_of_endless_cells_is_not_read():
    cell = '{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}'
    for number in (2_000, 200_000):
        cells = ",".join([cell] * number)
        text = f'{{"cells": [{cells}], "metadata": {{}}, "nbformat": 4}}'
        with pytest.raises(submission.Unreadable, match="cells|parts"):
            submission.read_notebook(text.encode())


def test_the_collector_reads_within_limits():
    """A file that needs too much memory is not read; the others are."""
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from grading import command
from grading.intake import file_reader
def endless(*ignored):
    yield bytearray(2**30)
with command.limited_memory(2**28):
    (found,) = file_reader.Reader().caught("anna/x.zip", endless)
print(found.problem)
bytearray(2**29)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.startswith("cannot be read: MemoryError"), done.stderr
    assert done.returncode == 0, done.stderr


def test_ctrl_c_ends_what_swallows_every_exception():
    code = f"""
import os, signal, sys; sys.path.insert(0, {str(ROOT)!r})
from grading import command
command.end_at_once_when_interrupted()
while True:
    try:
        print("ready", flush=True)
        while True: pass
    except: pass
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"goes on from here" in said


def test_what_a_killed_run_left_is_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = tmp_path / f"grading-{ended.pid}-abc"
    running = tmp_path / f"grading-{os.getpid()}-abc"
    for folder in (left, running, tmp_path / "grading-notes-abc"):
        (folder / "files").mkdir(parents=True)
    jobs.remove_leftovers()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [running.name, "grading-notes-abc"]
    )
