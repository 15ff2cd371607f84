"""Release the exercises, and grade what students submit.

    python tools/grade.py release
    python tools/grade.py grade SUBMISSIONS
    python tools/grade.py grade                    after marking by hand: tables and feedback
    python tools/grade.py override STUDENT QUESTION POINTS REASON

SUBMISSIONS is a folder or a .zip that a learning platform exports. Everything goes to the
folder classroom/, or to the one that --course or the environment variable CLASSROOM names:

    marks.csv             a row for each student, a column for each question
    import/               marks and feedback for Canvas, Moodle and Google Classroom
    overview.html         all of it on one page, and overview_without_names.html
    needs_a_person.csv    what could not be graded or should be looked at, and why
    feedback/             a page for each student and assignment, for a browser
    handout/              (release) a .zip for each assignment, to give to students
    gradebook.db          nbgrader's gradebook, which its other commands use too

If a run is stopped, the same command continues it. book/grading.md says more.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from types import FrameType

import psutil

try:
    from grading import cluster, jobs, student_copies
    from grading.course import Course, write_whole
    from grading.examiner import sandbox, start
    from grading.examiner.job import Kind, Problem, Result
    from grading.intake import class_lists, collect, submission
    from grading.intake.file_reader import FoundFile
    from grading.intake.prepare import PreparedJob, note_result, prepare
    from grading.marks import overrides
    from grading.marks.gradebook import CourseGradebook
    from grading.marks.gradebook_pool import enter, open_pool
    from grading.progress import progress
    from grading.reports.report import report
    from publish.paths import EXERCISES, ROOT
except ImportError as error:
    sys.exit(f'{error}. Run: .venv/bin/pip install -e ".[classroom]"')

READING_BYTES = 4 * 2**30  # of memory for reading submissions

Key = tuple[str, str]  # assignment, student


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_arguments(arguments)
    course = Course(options.course, options.source)
    course.make()
    if options.command == "release":
        release(course)
    elif options.command == "override":
        override(course, options)
    else:
        end_at_once_when_interrupted()
        try:
            if options.submissions is not None:
                jobs.require_sandbox(options.without_sandbox)
        except sandbox.NoSandbox as error:
            sys.exit(
                f"Nothing was graded: students' code is run in a sandbox only.\n{error}\n"
                "To run it without, on your responsibility: "
                f'--without-sandbox "{jobs.TRUST}"'
            )
        for missing in sandbox.limits_missing():
            print(f"Not limited on this computer: {missing}")
        grade(course, options)


def end_at_once_when_interrupted() -> None:
    """Make Ctrl-C end the run at once, whatever code it is in, and stop all its processes.

    An exception would not do, because some code catches everything, nbgrader for example.
    Nothing is left half-written: files are written in one step, and the gradebook is a
    database.
    """

    def end(number: int, frame: FrameType | None) -> None:
        start.stop_all()
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
def limited_memory(size: int) -> Iterator[None]:
    """Limit this process to this many more bytes of memory within the block."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (used + size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    common = argparse.ArgumentParser(add_help=False)
    folder = os.environ.get("CLASSROOM", ROOT / "classroom")
    common.add_argument("--course", default=folder, help="the course's folder")
    common.add_argument("--source", default=EXERCISES, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "release", parents=[common], help="make the students' copies of the exercises"
    )
    grading = commands.add_parser("grade", parents=[common], help="grade submissions")
    grading.add_argument(
        "submissions", nargs="?", type=Path, help="a folder or .zip of notebooks"
    )
    grading.add_argument(
        "--students",
        metavar="CSV",
        action="append",
        default=[],
        type=Path,
        help="a class list, as your platform exports it; may be repeated",
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
        "points", help='a number, or the word "tests" to let the tests decide again'
    )
    giving.add_argument("reason", help="the student reads it")
    return parser.parse_args(arguments)


def release(course: Course) -> None:
    gradebook = CourseGradebook(course)
    for number, assignment in enumerate(course.assignments(), start=1):
        progress(f"{assignment}: releasing", number, len(course.assignments()))
        gradebook.release(assignment)
    student_copies.release(course.folder / "handout")
    print(f"Hand out, one .zip for each assignment: {course.folder / 'handout'}")
    print(f"For nbgrader's exchange: {course.folder / 'release'}")


def override(course: Course, options: argparse.Namespace) -> None:
    """Note the points, enter them, and write the tables and the student's page again."""
    student, question = options.student, options.question
    row = overrides.Override(student, question, options.points, options.reason)
    try:
        overrides.give(course, row)
    except overrides.WrongOverride as wrong:
        sys.exit(f"Nothing was changed: {wrong}.")
    assignment = overrides.questions(course)[question].assignment
    course.note(assignment, student, page_of=None)
    with open_pool(course, workers=1) as pool:
        report(course, CourseGradebook(course), [], pool)


def grade(course: Course, options: argparse.Namespace) -> None:
    if options.submissions is None:
        with open_pool(course, options.workers) as pool:
            report(course, CourseGradebook(course), [], pool, anew=True)
        return
    lists = [class_lists.read(path) for path in options.students]
    with limited_memory(READING_BYTES):
        found = collect.collect(options.submissions, course)
        chosen = collect.newest(found)
    print(f"{len(found)} files, {len(chosen)} notebooks to grade")
    if options.cell_seconds:
        jobs.LIMITS.cell_seconds = options.cell_seconds
    gradebook = CourseGradebook(course, options.without_sandbox)
    for assignment in sorted({assignment for _, assignment in chosen}):
        if not gradebook.is_released(assignment):
            gradebook.release(assignment)
    for path in options.students:
        course.keep_class_list(path)
    known = [*gradebook.students(), *(student for student, _ in chosen)]
    for student in {*known, *class_lists.missing(lists, known)}:
        gradebook.add_student(student)

    with limited_memory(READING_BYTES):
        prepared = take_in(course, chosen, options.without_sandbox)
    with open_pool(course, options.workers, options.without_sandbox) as pool:
        run_jobs(course, pool, prepared, options)
        enter_the_rest(course, pool, sorted(chosen))
        report(course, gradebook, found, pool)


def take_in(
    course: Course,
    chosen: dict[tuple[str, str], FoundFile],
    without_sandbox: str,
) -> dict[Key, PreparedJob]:
    """Copy the notebooks into the course; return the jobs that have not been run yet."""
    prepared: dict[Key, PreparedJob] = {}
    for (student, assignment), file in chosen.items():
        notes = [file.note] if file.note else []
        record = course.record(assignment, student)
        if (
            record.recorded
            and file.time < record.time
            and not is_submitted(course, assignment, student, file)
        ):
            text = f"older than the graded one, so it does not count: {file.path}"
            course.note(assignment, student, found=[text])
            continue
        course.note(
            assignment, student, path=file.path, time=file.time, found=notes,
            number=file.number, late=file.late,
        )  # fmt: skip
        try:
            job = take_in_one(course, assignment, student, file, without_sandbox)
        except Exception as error:  # a notebook may be anything: continue
            kind, text = Kind.UNREADABLE, str(error)
            if not isinstance(error, submission.Unreadable):
                kind, text = Kind.NOT_GRADED, f"{type(error).__name__}: {error}"
            problem = Problem(kind, "", f"{file.path}: {text}")
            course.note(
                assignment, student, problems=[problem], outputs=None, recorded=False,
                fingerprint=None, notes=[],
            )  # fmt: skip
            continue
        if not course.record(assignment, student).is_of(job.fingerprint):
            prepared[assignment, student] = job
    return prepared


def is_submitted(
    course: Course, assignment: str, student: str, file: FoundFile
) -> bool:
    """Tell whether the course has this very file as the student's submission."""
    place = course.submitted(assignment, student)
    return place.exists() and place.read_bytes() == file.content


def take_in_one(
    course: Course,
    assignment: str,
    student: str,
    file: FoundFile,
    without_sandbox: str,
) -> PreparedJob:
    submission.read_notebook(file.content)
    if not is_submitted(course, assignment, student, file):
        course.note(assignment, student, recorded=False)
        write_whole(course.submitted(assignment, student), file.content)
    return prepare(course, assignment, student, without_sandbox)


def is_whole(notebook: Path) -> bool:
    """Tell whether a notebook exists and was written to its end."""
    try:
        json.loads(notebook.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def run_jobs(
    course: Course,
    pool: ProcessPoolExecutor,
    prepared: dict[Key, PreparedJob],
    options: argparse.Namespace,
) -> None:
    """Run the jobs in parallel, and enter the marks of each as soon as it has ended."""
    if not prepared:
        return
    began = time.monotonic()
    entering: list[Future[None]] = []
    ended: list[object] = []

    def count(one: object) -> None:
        ended.append(one)
        progress("graded", len(ended), len(prepared), began)

    def keep(key: Key, result: Result) -> None:
        note_result(course, *key, prepared[key], result)
        if not result.outputs:
            count(key)
            return
        entering.append(pool.submit(enter, *key))
        entering[-1].add_done_callback(count)

    progress("graded", 0, len(prepared), began)
    wanted = {key: one.job for key, one in prepared.items()}
    if options.dask:
        cluster.run_all(wanted, keep, options.dask)
    else:
        jobs.run_all(wanted, keep, options.workers)
    for one in entering:
        one.result()


def enter_the_rest(
    course: Course, pool: ProcessPoolExecutor, chosen: Sequence[tuple[str, str]]
) -> None:
    """Enter the results of an earlier run that was stopped before it entered them."""
    rest = []
    for student, assignment in chosen:
        record = course.record(assignment, student)
        entered = record.recorded and is_whole(course.autograded(assignment, student))
        if record.outputs and not entered:
            rest.append(pool.submit(enter, assignment, student))
    for entering in rest:
        entering.result()


if __name__ == "__main__":
    main()
