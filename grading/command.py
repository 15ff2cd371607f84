"""Release the exercises, and grade what students hand in.

    python tools/grade.py release
    python tools/grade.py grade SUBMISSIONS
    python tools/grade.py grade                    after marking by hand: tables and feedback
    python tools/grade.py override STUDENT QUESTION POINTS REASON

SUBMISSIONS is a folder or a .zip as a learning platform exports it. Everything goes to the
folder classroom/, or to the one that --course or the environment variable CLASSROOM names:

    marks.csv             a row for each student, a column for each question
    import/               marks and feedback as Canvas, Moodle and Google Classroom have them
    overview.html         all of it on one page, and overview_without_names.html
    needs_a_person.csv    what could not be graded, or should be looked at, and why
    feedback/             a page for each student and assignment, to be read in a browser
    handout/              (release) a .zip for each assignment, to give to students
    gradebook.db          nbgrader's gradebook, which its other commands use too

Stopped half-way, the same command goes on where it was. book/grading.md says more.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import psutil

try:
    from grading import course, run, student_copies
    from grading.examiner import sandbox
    from grading.intake import class_lists, collect, submission
    from grading.marks import gradebook, overrides
    from grading.marks import nbgrader_steps as steps
    from grading.marks.gradebook_pool import enter, open_pool
    from grading.progress import progress
    from grading.reports.report import report
    from publish.paths import EXERCISES, ROOT
except ImportError as error:
    sys.exit(f'{error}. Run: .venv/bin/pip install -e ".[classroom]"')

ROOM_TO_READ = 4 * 2**30  # bytes of memory for reading what was handed in


def main(arguments=None):
    given = read_arguments(arguments)
    own = course.Course(given.course, given.source)
    own.make()
    if given.what == "release":
        release(own)
        return
    if given.what == "override":
        override(own, given)
        return
    end_when_told()
    try:
        if given.submissions is not None:
            steps.require_sandbox(given.without_sandbox)
    except sandbox.NoSandbox as error:
        sys.exit(
            f"Nothing was graded: students' code is run in a sandbox only.\n{error}\n"
            f'To run it without, on your responsibility: --without-sandbox "{course.TRUST}"'
        )
    for missing in sandbox.limits_missing():
        print(f"Not limited on this computer: {missing}")
    grade(own, given)


def end_when_told():
    """Make Ctrl-C end the run at once, whatever code it is in, and leave nothing running.

    An exception would not do: code that catches everything, nbgrader's for one, swallows it.
    Every file is written in one step, and the gradebook is a database: both are whole.
    """

    def end(number, frame):
        run.stop_all()
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
        text = (
            "\nStopped. The same command goes on from here; nothing is graded twice.\n"
        )
        os.write(2, text.encode("ascii"))
        os._exit(1)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


@contextlib.contextmanager
def limited_memory(room):
    """Let this process have so many more bytes of memory, and no more, within the block."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (used + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def read_arguments(arguments):
    words = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=words)
    common = argparse.ArgumentParser(add_help=False)
    folder = os.environ.get("CLASSROOM", ROOT / "classroom")
    common.add_argument("--course", default=folder, help="the course's folder")
    common.add_argument("--source", default=EXERCISES, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("release", parents=[common], help="make what students get")
    grading = commands.add_parser("grade", parents=[common], help="grade submissions")
    grading.add_argument("submissions", nargs="?", help="a folder or .zip of notebooks")
    grading.add_argument(
        "--students",
        metavar="CSV",
        action="append",
        default=[],
        help="who is in the class: a list as your platform exports it; may be repeated",
    )
    grading.add_argument(
        "--workers", type=int, help="how many at a time; default: cores"
    )
    grading.add_argument(
        "--dask", metavar="ADDRESS", help="a Dask scheduler to spread over"
    )
    grading.add_argument("--cell-seconds", type=float, help="time limit of a cell; 60")
    grading.add_argument("--without-sandbox", default="", help=argparse.SUPPRESS)
    giving = commands.add_parser(
        "override", parents=[common], help="give points in place of the tests'"
    )
    giving.add_argument("student", help="as in marks.csv")
    giving.add_argument("question", help="such as ex04-feedforward")
    giving.add_argument(
        "points", help='or the word "tests": the points are theirs again'
    )
    giving.add_argument("reason", help="the student reads it")
    return parser.parse_args(arguments)


def release(own):
    marks = gradebook.Marks(own)
    for number, assignment in enumerate(own.assignments(), start=1):
        progress(f"{assignment}: releasing", number, len(own.assignments()))
        marks.release(assignment)
    student_copies.release(own.folder / "handout")
    print(f"Hand out, one .zip for each assignment: {own.folder / 'handout'}")
    print(f"For nbgrader's exchange: {own.folder / 'release'}")


def override(own, given):
    """Note the points, enter them, and write the tables and the page anew."""
    try:
        overrides.give(own, given.student, given.question, given.points, given.reason)
    except overrides.WrongOverride as wrong:
        sys.exit(f"Nothing was changed: {wrong}.")
    assignment, _ = overrides.questions(own)[given.question]
    own.note(assignment, given.student, page_of=None)
    with open_pool(own, workers=1) as pool:
        report(own, gradebook.Marks(own), [], pool)


def grade(own, given):
    if given.submissions is None:
        with open_pool(own, given.workers) as pool:
            report(own, gradebook.Marks(own), [], pool, anew=True)
        return
    lists = [class_lists.read(path) for path in given.students]
    with limited_memory(ROOM_TO_READ):
        found = collect.collect(given.submissions, own)
        chosen = collect.newest(found)
    print(f"{len(found)} files, {len(chosen)} notebooks to grade")
    if given.cell_seconds:
        submission.LIMITS["cell_seconds"] = given.cell_seconds
    marks = gradebook.Marks(own, given.without_sandbox)
    for assignment in sorted({assignment for _, assignment in chosen}):
        if not marks.is_released(assignment):
            marks.release(assignment)
    for path in given.students:
        own.keep_class_list(Path(path))
    known = [*marks.students(), *(who for who, _ in chosen)]
    for student in {*known, *class_lists.missing(lists, known)}:
        marks.add_student(student)

    with limited_memory(ROOM_TO_READ):
        jobs = take_in(own, chosen, given.without_sandbox)
    with open_pool(own, given.workers, given.without_sandbox) as pool:
        run_jobs(own, pool, jobs, given)
        enter_the_rest(own, pool, sorted(chosen))
        report(own, marks, found, pool)


def take_in(own, chosen, without_sandbox):
    """Put the notebooks into the course; return {(assignment, student): prepared job}."""
    jobs = {}
    for (student, assignment), file in chosen.items():
        notes = [file.note] if file.note else []
        graded = own.record(assignment, student)
        older = graded.get("recorded") and file.time < graded.get("time", "")
        if older and not same_as_before(own, assignment, student, file):
            text = f"older than the graded one, so it does not count: {file.path}"
            own.note(assignment, student, found=[text])
            continue
        own.note(
            assignment, student, path=file.path, time=file.time, found=notes,
            number=file.number, late=file.late,
        )  # fmt: skip
        try:
            prepared = take_in_one(own, assignment, student, file, without_sandbox)
        except Exception as error:  # a notebook may be anything: only its author pays
            why = "unreadable"
            if not isinstance(error, submission.Unreadable):
                why, error = "not graded", f"{type(error).__name__}: {error}"
            problem = {"kind": why, "cell": "", "text": f"{file.path}: {error}"}
            own.note(
                assignment, student, problems=[problem], outputs=None, recorded=False,
                fingerprint=None, notes=[],
            )  # fmt: skip
            continue
        record = own.record(assignment, student)
        known = record.get("fingerprint") == prepared["fingerprint"]
        if not (known and record["outputs"]):
            jobs[assignment, student] = prepared
    return jobs


def same_as_before(own, assignment, student, file):
    place = own.submitted(assignment, student)
    return place.exists() and place.read_bytes() == file.content


def take_in_one(own, assignment, student, file, without_sandbox):
    submission.read_notebook(file.content)
    if not same_as_before(own, assignment, student, file):
        own.note(assignment, student, recorded=False)
        course.write_whole(own.submitted(assignment, student), file.content)
    return steps.prepare(own, assignment, student, without_sandbox)


def is_whole(notebook):
    """Tell whether a notebook is there as it was to be written."""
    try:
        json.loads(notebook.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def run_jobs(own, pool, jobs, given):
    """Run the jobs side by side, and enter the marks of each as soon as it has ended."""
    if not jobs:
        return
    began, entering, done = time.monotonic(), [], []

    def ended(one):
        done.append(one)
        progress("graded", len(done), len(jobs), began)

    def keep(key, result):
        steps.keep(own, *key, jobs[key], result)
        if not result["outputs"]:
            ended(key)
            return
        entering.append(pool.submit(enter, *key))
        entering[-1].add_done_callback(ended)

    progress("graded", 0, len(jobs), began)
    only_jobs = {key: prepared["job"] for key, prepared in jobs.items()}
    if given.dask:
        run.run_on_dask(only_jobs, keep, given.dask)
    else:
        run.run_all(only_jobs, keep, given.workers)
    for one in entering:
        one.result()


def enter_the_rest(own, pool, chosen):
    """Enter what was run before, but stopped before its marks were in the gradebook."""
    rest = []
    for student, assignment in chosen:
        record = own.record(assignment, student)
        entered = record.get("recorded") and is_whole(
            own.autograded(assignment, student)
        )
        if record.get("outputs") and not entered:
            rest.append(pool.submit(enter, assignment, student))
    for entering in rest:
        entering.result()


if __name__ == "__main__":
    main()
