"""Measure how fast a class is graded, beside nbgrader's own serial grading.

    python benchmarks/grading.py            300 submissions, some ten minutes
    python benchmarks/grading.py --quick    12 submissions; figures mean little

The submissions are right, partly right, blank, or crash, in the shares below. tools/grade.py
grades them all in the sandbox and writes the feedback; `nbgrader autograde`, with nbgrader's
own settings and no sandbox, grades a part of the same ones, one after the other.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.grading import run, submission
from tools.grading.sample_submissions import (
    NAME,
    SOURCES,
    blank,
    hidden_layer,
    solved,
    write,
)

ROOT = Path(__file__).resolve().parent.parent

WRONG = "def hidden_layer(weights, biases, inputs):\n    return inputs"
KINDS = {  # name: (share, notebook)
    "right": (0.6, solved()),
    "partly right": (0.25, hidden_layer(WRONG)),
    "blank": (0.1, blank()),
    "crash": (0.05, hidden_layer("import os\nos._exit(0)")),
}


def generate(folder, number):
    """Write so many submissions, FOLDER/STUDENT/NAME/NAME.ipynb, the kinds well mixed."""
    made = dict.fromkeys(KINDS, 0)
    for student in range(1, number + 1):
        kind = max(KINDS, key=lambda k: KINDS[k][0] * student - made[k])
        made[kind] += 1
        write(folder / f"student{student:03}" / NAME, KINDS[kind][1])
    return made


def timed(command, folder, accepted=(0,)):
    programs = str(Path(sys.executable).parent)  # nbgrader starts alembic by its name
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    seconds = time.monotonic() - began
    if done.returncode not in accepted:
        sys.exit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


def with_the_book(folder, submissions):
    """Return the seconds that grading takes, with feedback and tables."""
    command = [ROOT / "tools" / "grade.py", "grade", submissions]
    return timed([*command, "--course", folder / "course"], folder)


def with_nbgrader(folder, submissions, number):
    """Return the seconds that `nbgrader autograde` takes for the first so many students."""
    source = folder / "source" / NAME
    shutil.copytree(SOURCES / NAME, source)
    for path in submission.STUDENT_FILES:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    for student in sorted(submissions.iterdir())[:number]:
        shutil.copytree(student, folder / "submitted" / student.name)
    (folder / "nbgrader_config.py").write_text(
        f"get_config().CourseDirectory.root = {str(folder)!r}\n"
    )
    nbgrader = ["-m", "nbgrader"]
    timed([*nbgrader, "generate_assignment", NAME], folder)
    return timed([*nbgrader, "autograde", NAME], folder, accepted=(0, 1))  # 1: a crash


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="12 submissions only")
    parser.add_argument("--number", type=int, default=300, help="how many submissions")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()
    number = 12 if options.quick else options.number
    serial, cores = max(number // 10, 6), run.cores()
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        folder = Path(folder)
        submissions = folder / "submissions"
        made = generate(submissions, number)
        ours = with_the_book(folder, submissions)
        (folder / "plain").mkdir()
        theirs = with_nbgrader(folder / "plain", submissions, serial)
    print(", ".join(f"{count} {kind}" for kind, count in made.items()))
    print(f"cores: {cores}; load of this computer: {os.getloadavg()[0]:.1f}\n")
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
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
