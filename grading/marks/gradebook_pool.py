"""Processes that enter marks and write feedback pages, side by side.

nbgrader takes about 0.2 seconds to enter the marks of one submission: a single process would
hold a large cluster up.
"""

import concurrent.futures
import multiprocessing
import os
import signal
import threading

from grading import run
from grading.course import Course
from grading.intake import submission
from grading.marks.gradebook import UNDONE, Marks

FEEDBACK_SECONDS = 30  # for one page

_marks = None  # this process's, which has opened the gradebook


def open_pool(course, workers=None, without_sandbox=""):
    """Return a pool of so many processes, one for each processor if that is not said.

    What is submitted to it is `enter` or `write_feedback`.
    """
    return concurrent.futures.ProcessPoolExecutor(
        workers or run.cores(),
        multiprocessing.get_context("spawn"),
        _start,
        (course.folder, course.source, without_sandbox, submission.LIMITS),
    )


def _start(folder, source, without_sandbox, limits):
    global _marks
    # Ctrl-C reaches this process, too: the one that has the pool ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    submission.LIMITS.update(limits)
    _marks = Marks(Course(folder, source), without_sandbox)


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)


def enter(assignment, student):
    """Enter a student's marks, or note why that cannot be done."""
    own = _marks.course
    problems = own.record(assignment, student).get("problems", [])
    problems = [other for other in problems if other["kind"] != UNDONE]
    try:
        _marks.enter(assignment, student)
    except RuntimeError as error:
        problems.append({"kind": UNDONE, "cell": "", "text": str(error)})
        own.note(assignment, student, recorded=False)
    own.note(assignment, student, problems=problems)


def write_feedback(assignment, student):
    """Write one page; a text that takes too long to typeset costs only its own page."""

    def ring(number, frame):
        raise TimeoutError(f"the page took more than {FEEDBACK_SECONDS} seconds")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(
        signal.ITIMER_REAL, FEEDBACK_SECONDS, 1
    )  # again, if it is swallowed
    try:
        _marks.write_feedback(assignment, student)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
