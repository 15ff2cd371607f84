"""Enter marks and write feedback pages in several processes.

nbgrader takes about 0.2 seconds to enter the marks of one submission: a single process would
slow down a large cluster.
"""

import concurrent.futures
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from grading import jobs
from grading.course import Course
from grading.examiner.job import Kind, Problem
from grading.marks.gradebook import CourseGradebook

FEEDBACK_SECONDS = 30  # for one page

_gradebook: CourseGradebook  # of this process of the pool


def open_pool(
    course: Course, workers: int | None = None, without_sandbox: str = ""
) -> concurrent.futures.ProcessPoolExecutor:
    """Return a pool with this number of processes, by default one for each processor.

    Submit `enter` or `write_feedback` to it.
    """
    return concurrent.futures.ProcessPoolExecutor(
        workers or jobs.cores(),
        multiprocessing.get_context("spawn"),
        _start,
        (course.folder, course.source, without_sandbox, jobs.LIMITS.cell_seconds),
    )


def _start(
    folder: Path, source: Path, without_sandbox: str, cell_seconds: float
) -> None:
    global _gradebook
    # Ctrl-C reaches this process too, but the process that owns the pool ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    jobs.LIMITS.cell_seconds = cell_seconds
    _gradebook = CourseGradebook(Course(folder, source), without_sandbox)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)


def enter(assignment: str, student: str) -> None:
    """Enter a student's marks, or note why that is impossible."""
    course = _gradebook.course
    problems = [
        problem
        for problem in course.record(assignment, student).problems
        if problem.kind is not Kind.NOT_IN_GRADEBOOK
    ]
    try:
        _gradebook.enter(assignment, student)
    except RuntimeError as error:
        problems.append(Problem(Kind.NOT_IN_GRADEBOOK, "", str(error)))
        course.note(assignment, student, recorded=False)
    course.note(assignment, student, problems=problems)


def write_feedback(assignment: str, student: str) -> None:
    """Write one page; a formula that takes too long to typeset affects only its own page."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"the page took more than {FEEDBACK_SECONDS} seconds")

    signal.signal(signal.SIGALRM, ring)
    # Ring again every second, in case the error is caught.
    signal.setitimer(signal.ITIMER_REAL, FEEDBACK_SECONDS, 1)
    try:
        _gradebook.write_feedback(assignment, student)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
