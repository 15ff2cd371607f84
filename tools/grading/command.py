"""Release the exercises, and grade what students hand in.

    python tools/grade.py release
    python tools/grade.py grade SUBMISSIONS
    python tools/grade.py grade                    after marking by hand: tables and feedback

SUBMISSIONS is a folder or a .zip as a learning platform exports it. Everything goes to the
folder classroom/, or to the one that --course or the environment variable CLASSROOM names:

    marks.csv             a row for each student, a column for each question
    needs_a_person.csv    what could not be graded, or should be looked at, and why
    feedback/             a page for each student and assignment, to be read in a browser
    handout/              (release) a .zip for each assignment, to give to students
    gradebook.db          nbgrader's gradebook, which its other commands use too

Stopped half-way, the same command goes on where it was. book/grading.md says more.
"""

import argparse
import concurrent.futures
import csv
import io
import multiprocessing
import os
import sys
import time
from pathlib import Path

try:
    from . import collect, course, gradebook, run, sandbox, student_copies, submission
    from . import nbgrader_steps as steps
except ImportError as error:
    sys.exit(f'{error}. Run: .venv/bin/pip install -e ".[classroom]"')

ROOT = Path(__file__).resolve().parents[2]
LOOK = "look"  # graded, but a person should look


def main(arguments=None):
    given = read_arguments(arguments)
    own = course.Course(given.course, given.source)
    own.make()
    if given.what == "release":
        release(own)
        return
    try:
        if given.submissions is not None:
            steps.require_sandbox(given.without_sandbox)
    except sandbox.NoSandbox as error:
        sys.exit(
            f"Nothing was graded: students' code is run in a sandbox only.\n{error}\n"
            f'To run it without, on your responsibility: --without-sandbox "{course.TRUST}"'
        )
    try:
        grade(own, given)
    except KeyboardInterrupt:
        sys.exit(
            "\nStopped. The same command goes on from here; nothing is graded twice."
        )


def read_arguments(arguments):
    words = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=words)
    common = argparse.ArgumentParser(add_help=False)
    folder = os.environ.get("CLASSROOM", ROOT / "classroom")
    common.add_argument("--course", default=folder, help="the course's folder")
    common.add_argument("--source", default=course.SOURCE, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("release", parents=[common], help="make what students get")
    grading = commands.add_parser("grade", parents=[common], help="grade submissions")
    grading.add_argument("submissions", nargs="?", help="a folder or .zip of notebooks")
    grading.add_argument(
        "--students", metavar="CSV", help="who is in the class: column id"
    )
    grading.add_argument(
        "--workers", type=int, help="how many at a time; default: cores"
    )
    grading.add_argument(
        "--dask", metavar="ADDRESS", help="a Dask scheduler to spread over"
    )
    grading.add_argument("--cell-seconds", type=float, help="time limit of a cell; 60")
    grading.add_argument("--without-sandbox", default="", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def release(own):
    marks = gradebook.Marks(own)
    for number, assignment in enumerate(own.assignments(), start=1):
        progress(f"{assignment}: releasing", number, len(own.assignments()))
        marks.release(assignment)
    student_copies.release(own.folder / "handout")
    print(f"Hand out, one .zip for each assignment: {own.folder / 'handout'}")
    print(f"For nbgrader's exchange: {own.folder / 'release'}")


def grade(own, given):
    if given.submissions is None:
        report(own, gradebook.Marks(own), [], given, anew=True)
        return
    students = read_students(given.students)
    found = collect.collect(given.submissions, own)
    chosen = collect.newest(found)
    print(f"{len(found)} files, {len(chosen)} notebooks to grade")
    if given.cell_seconds:
        submission.LIMITS["cell_seconds"] = given.cell_seconds
    marks = gradebook.Marks(own, given.without_sandbox)
    for assignment in sorted({assignment for _, assignment in chosen}):
        if not marks.is_released(assignment):
            marks.release(assignment)
    for student in [*students, *(who for who, _ in chosen)]:
        marks.add_student(student)

    jobs = take_in(own, chosen, given.without_sandbox)
    run_jobs(own, marks, jobs, given)
    for student, assignment in sorted(chosen):  # run before, but stopped before this
        record = own.record(assignment, student)
        if record.get("outputs") and not record.get("recorded"):
            enter(own, marks, assignment, student)
    report(own, marks, found, given)


def read_students(path):
    """Return the names in a class list's column id: a CSV file, commas or semicolons."""
    if path is None:
        return []
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"--students: {path} cannot be read: {error}")
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",")
    if "id" not in (rows.fieldnames or ()):
        sys.exit(
            f"--students: expected a CSV file with a column named id, but {path} begins "
            f"with {header!r}. Nothing has been graded."
        )
    return [name for row in rows if (name := (row["id"] or "").strip())]


def take_in(own, chosen, without_sandbox):
    """Put the notebooks into the course; return {(assignment, student): prepared job}."""
    jobs = {}
    for (student, assignment), file in chosen.items():
        place = own.submitted(assignment, student)
        notes = [file.note] if file.note else []
        own.note(assignment, student, path=file.path, time=file.time, found=notes)
        try:
            submission.read_notebook(file.content)
        except submission.Unreadable as error:
            problem = {
                "kind": "unreadable",
                "cell": "",
                "text": f"{file.path}: {error}",
            }
            own.note(
                assignment, student, problems=[problem], outputs=None, recorded=False,
                fingerprint=None, notes=[],
            )  # fmt: skip
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != file.content:
            own.note(assignment, student, recorded=False)
            course.write_whole(place, file.content)
        prepared = steps.prepare(own, assignment, student, without_sandbox)
        record = own.record(assignment, student)
        if (
            record.get("fingerprint") != prepared["fingerprint"]
            or not record["outputs"]
        ):
            jobs[assignment, student] = prepared
    return jobs


def run_jobs(own, marks, jobs, given):
    """Run the jobs side by side, and enter the marks of each as soon as it has ended."""
    if not jobs:
        return
    began, done = time.monotonic(), []

    def keep(key, result):
        steps.keep(own, *key, jobs[key], result)
        if result["outputs"]:
            enter(own, marks, *key)
        done.append(key)
        progress("graded", len(done), len(jobs), began)

    progress("graded", 0, len(jobs), began)
    only_jobs = {key: prepared["job"] for key, prepared in jobs.items()}
    if given.dask:
        run.run_on_dask(only_jobs, keep, given.dask)
    else:
        run.run_all(only_jobs, keep, given.workers)


def enter(own, marks, assignment, student):
    """Enter marks into the gradebook, or note why that cannot be done."""
    problems = own.record(assignment, student).get("problems", [])
    problems = [other for other in problems if other["kind"] != gradebook.UNDONE]
    try:
        marks.enter(assignment, student)
    except RuntimeError as error:
        problems.append({"kind": gradebook.UNDONE, "cell": "", "text": str(error)})
        own.note(assignment, student, recorded=False)
    own.note(assignment, student, problems=problems)


def write_feedback(own, given, anew):
    """Write the feedback pages that are missing or old, or all of them anew.

    Return the rows that say whose page could not be written.
    """
    waiting, rows = [], []
    for assignment in own.assignments():
        for student in own.students_with(assignment):
            page = own.feedback(assignment, student)
            marked = own.autograded(assignment, student)
            if not marked.exists():
                page.unlink(missing_ok=True)  # else it would tell of an earlier mark
            elif anew or older(page, marked):
                waiting.append((assignment, student))
    if not waiting:
        return rows
    began = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(
        given.workers or run.cores(),
        multiprocessing.get_context("spawn"),
        gradebook.open_for_feedback,
        (own.folder, own.source),
    ) as pool:
        pages = {pool.submit(gradebook.feedback_for, *key): key for key in waiting}
        for number, page in enumerate(concurrent.futures.as_completed(pages), start=1):
            if page.exception():
                assignment, student = pages[page]
                rows.append((student, assignment, "no feedback", "", page.exception()))
            progress("feedback pages", number, len(waiting), began)
    return rows


def older(file, than):
    return not file.exists() or file.stat().st_mtime < than.stat().st_mtime


def report(own, marks, found, given, anew=False):
    """Write the two tables, then the feedback pages, and say where they are."""
    rows, number, questions = write_tables(own, marks, found, [])
    print(f"{own.folder / 'marks.csv'}: {number} students, {questions} questions")
    unwritten = write_feedback(own, given, anew)
    if unwritten:
        rows, *_ = write_tables(own, marks, found, unwritten)
    print(f"{own.folder / 'needs_a_person.csv'}: {rows} to look at")
    print(f"{own.folder / 'feedback'}: a page for each student and assignment")


def write_tables(own, marks, found, unwritten):
    """Write both tables; return the numbers of rows to look at, students and questions."""
    rows = list(unwritten)
    for file in found:
        if file.problem:
            rows.append(
                (file.student, file.assignment, "not graded", file.path, file.problem)
            )
    in_use = [name for name in own.assignments() if own.students_with(name)]
    students = set(marks.students())
    for assignment in in_use:
        for student in sorted(students | set(own.noted_students(assignment))):
            rows += needs_of(own, marks, assignment, student)
    header = ("student", "assignment", "why", "where", "what")
    gradebook.write_table(own.folder / "needs_a_person.csv", [header, *rows])
    flags = {}
    for student, assignment, why, *_ in rows:
        flag = f"{assignment}: {why}" if assignment else why
        if student and flag not in flags.setdefault(student, []):
            flags[student].append(flag)
    columns, scores = marks.read(in_use)
    number = gradebook.write_marks(own.folder / "marks.csv", columns, scores, flags)
    return len(rows), number, len(columns)


def needs_of(own, marks, assignment, student):
    """Return the rows that say what a person must look at in one submission."""
    record = own.record(assignment, student)
    if not record:
        return [(student, assignment, "missing", "", "nothing was handed in")]
    rows = [
        (student, assignment, problem["kind"], problem["cell"], problem["text"])
        for problem in record.get("problems", [])
    ]
    for note in [*record.get("found", []), *record.get("notes", [])]:
        rows.append((student, assignment, LOOK, record.get("path", ""), note))
    if not record.get("recorded") and marks.has_marks(assignment, student):
        text = "the mark in the gradebook is of an earlier submission"
        rows.append((student, assignment, "old mark", "", text))
    return rows


def progress(what, number, most, began=None):
    """Show how far it is: in place on a terminal, else every tenth."""
    text = f"{what}: {number} of {most}"
    if began is not None and number:
        rate = number / max(time.monotonic() - began, 1e-3)
        text += f", {rate:.1f} a second, {(most - number) / rate:.0f} s left"
    if sys.stdout.isatty():
        end = "\n" if number == most else ""
        print(f"\r{text}\033[K", end=end, flush=True)
    elif number in (0, most) or number * 10 // most != (number - 1) * 10 // most:
        print(text, flush=True)


if __name__ == "__main__":
    main()
