"""Measure how fast a class is graded, and check that interrupting it loses nothing.

    python benchmarks/grading_a_class.py            300 submissions, about half an hour
    python benchmarks/grading_a_class.py --quick    12 submissions; its figures mean little

The submissions are right, partly right, blank, or crash, in the shares below. tools/grade.py
grades them all in the sandbox and writes the feedback. Then it grades them again in a second
course, interrupted by Ctrl-C at random moments: at the end both courses must have the same
files, and no submission may have been graded twice. For comparison, `nbgrader autograde` with
its default settings and no sandbox grades some of them, one after the other.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks.command_line import make_parser, write_json
from grading import jobs
from grading.sources import STUDENT_FILES, read_source
from publish.paths import EXERCISES, GRADE, ROOT, STUDENT_COPIES

NAME = "ex04_feedforward"
QUESTION = "ex04-hidden-layer-answer"
WRONG = "def hidden_layer(weights, biases, inputs):\n    return inputs"
KINDS = {  # name: (share, the answer to QUESTION; None: no question is answered)
    "right": (0.6, ""),
    "partly right": (0.25, WRONG),
    "blank": (0.1, None),
    "crash": (0.05, "import os\nos._exit(0)"),
}


def notebook(answer):
    """Return a student's notebook: right but for this answer; None leaves it blank."""
    made = nbformat.read(STUDENT_COPIES / f"{NAME}.ipynb", as_version=4)
    right = {cell.id: cell.source for cell in read_source(NAME).cells}
    for cell in made.cells:
        data = cell.metadata.get("nbgrader", {})
        if answer is not None and data.get("solution"):
            changed = answer and data["grade_id"] == QUESTION
            cell.source = answer if changed else right[cell.id]
    return nbformat.writes(made)


def generate(folder, number):
    """Write this many submissions, FOLDER/STUDENT/NAME/NAME.ipynb, of alternating kinds."""
    texts = {kind: notebook(answer) for kind, (_, answer) in KINDS.items()}
    made = dict.fromkeys(KINDS, 0)
    for student in range(1, number + 1):
        kind = max(KINDS, key=lambda k: KINDS[k][0] * student - made[k])
        made[kind] += 1
        place = folder / f"student{student:03}" / NAME
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_text(texts[kind], encoding="utf-8")
    return made


def timed(command, folder, accepted=(0,), shown=False):
    """Run a command and return its seconds; with `shown`, print its progress."""
    programs = str(Path(sys.executable).parent)  # nbgrader looks for alembic on PATH
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        stdout=None if shown else subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    seconds = time.monotonic() - began
    if done.returncode not in accepted:
        sys.exit(
            f"{command} failed:\n{(done.stdout or '')[-2000:]}{done.stderr[-2000:]}"
        )
    return seconds


def with_the_book(course, submissions):
    """Return the seconds that grading takes, with feedback and tables."""
    command = [GRADE, "grade", submissions]
    return timed([*command, "--course", course], course.parent, shown=True)


def interrupted(course, submissions, presses, longest, seed):
    """Grade the class, interrupted by Ctrl-C this many times; return the figures.

    Each press comes at a random moment, at most `longest` seconds after the start. Exit if a
    run fails, or if a submission that was graded before a press is graded again.
    """
    choose = random.Random(seed)
    command = [sys.executable, GRADE, "grade", submissions]
    moments, ends, done = [], [], {}
    began = time.monotonic()
    while len(ends) < presses:
        moments.append(choose.uniform(0, longest))
        with subprocess.Popen(
            [*map(str, command), "--course", course],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as running:  # fmt: skip
            try:
                running.wait(moments[-1])
                break  # everything is graded
            except subprocess.TimeoutExpired:
                pressed = time.monotonic()
                running.send_signal(signal.SIGINT)
                running.wait()
                ends.append(time.monotonic() - pressed)
        done = not_again(done, graded(course))
        print(f"Ctrl-C after {moments[-1]:.1f} s: ended in {ends[-1]:.1f} s, ", end="")
        print(f"{len(done)} graded so far", flush=True)
    with_the_book(course, submissions)
    not_again(done, graded(course))
    return {
        "presses": len(ends),
        "moments": [round(moment, 1) for moment in moments[: len(ends)]],
        "longest end": round(max(ends, default=0.0), 1),
        "seconds": round(time.monotonic() - began),
    }


def graded(course):
    """Return {student: the seconds of the run}, which identify a run of the notebook."""
    records = (course / "records" / NAME).glob("*.json")
    found = {path.stem: json.loads(path.read_text()) for path in records}
    return {who: own["seconds"] for who, own in found.items() if own.get("outputs")}


def not_again(before, now):
    """Exit if a submission graded before is missing or was graded again."""
    again = [student for student, run in before.items() if now.get(student) != run]
    if again:
        sys.exit(f"lost or graded again after Ctrl-C: {', '.join(again)}")
    return now


def differences(one, other):
    """Return the files that differ between two courses and should be equal."""
    tables = ["marks.csv", "needs_a_person.csv", "import/canvas.csv", "overview.html"]
    pages = {str(p.relative_to(one)) for p in (one / "feedback").rglob("*.html")}
    others = {str(p.relative_to(other)) for p in (other / "feedback").rglob("*.html")}
    different = [
        name
        for name in tables
        if (one / name).exists() and (one / name).read_bytes() != read(other / name)
    ]
    return different + sorted(pages ^ others)


def read(path):
    return path.read_bytes() if path.exists() else b""


def with_nbgrader(folder, submissions, number):
    """Return the seconds that `nbgrader autograde` takes for the first `number` students."""
    source = folder / "source" / NAME
    shutil.copytree(EXERCISES / NAME, source)
    for path in STUDENT_FILES:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    for student in sorted(submissions.iterdir())[:number]:
        shutil.copytree(student, folder / "submitted" / student.name)
    (folder / "nbgrader_config.py").write_text(
        f"get_config().CourseDirectory.root = {str(folder)!r}\n"
    )
    nbgrader = ["-m", "nbgrader"]
    timed([*nbgrader, "generate_assignment", NAME], folder)
    # It exits with 1 because some notebooks crash.
    return timed([*nbgrader, "autograde", NAME], folder, accepted=(0, 1))


def main():
    parser = make_parser(__doc__, quick=True)
    parser.add_argument("--number", type=int, default=300, help="how many submissions")
    parser.add_argument(
        "--presses", type=int, default=6, help="how often to press Ctrl-C; 0: never"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    options = parser.parse_args()
    number = 12 if options.quick else options.number
    serial, cores = max(number // 10, 6), jobs.cores()
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        folder = Path(folder)
        submissions = folder / "submissions"
        made = generate(submissions, number)
        whole, stopped = folder / "course", folder / "stopped"
        ours = with_the_book(whole, submissions)
        stopped.mkdir(mode=0o700)
        shutil.copy(whole / "seed_of_the_tests", stopped)  # the same random numbers
        stops = interrupted(
            stopped, submissions, options.presses, 0.6 * ours, options.seed
        )
        if wrong := differences(whole, stopped):
            sys.exit(f"after {stops['presses']} presses these differ: {wrong[:20]}")
        print(
            f"After {stops['presses']} presses of Ctrl-C all marks and pages are equal."
        )
        (folder / "plain").mkdir()
        theirs = with_nbgrader(folder / "plain", submissions, serial)
    print(", ".join(f"{count} {kind}" for kind, count in made.items()))
    print(f"cores: {cores}; load average: {os.getloadavg()[0]:.1f}\n")
    print(f"{'':34}{'number':>8}{'seconds':>9}{'a minute':>10}{'a core':>8}")
    rows = [
        ("make grade, in the sandbox", number, ours, cores),
        ("nbgrader autograde, no sandbox", serial, theirs, 1),
    ]
    for name, count, seconds, used in rows:
        rate = 60 * count / seconds
        print(f"{name:34}{count:8}{seconds:9.0f}{rate:10.1f}{rate / used:8.1f}")
    if options.json:
        keys = ("what", "submissions", "seconds", "cores")
        rows = [dict(zip(keys, row, strict=True)) for row in rows]
        rows.append({"what": "stopped and resumed", "submissions": number, **stops})
        write_json(options.json, rows)


if __name__ == "__main__":
    main()
