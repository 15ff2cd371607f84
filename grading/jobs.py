"""Run jobs on this computer's processors, each in a process of its own."""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import json
import os
import queue
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from grading.examiner import sandbox, start
from grading.examiner.job import Job, Kind, Limits, Problem, Result

TRUST = (
    "I trust every submission"  # this option's text allows running without a sandbox
)
LIMITS = Limits()  # of this run's jobs; --cell-seconds changes them
# What a job may suffer from other programs on the computer.
DISTURBANCES = {Kind.TIME, Kind.GIVEN_UP, Kind.NOT_GRADED}

Key = TypeVar("Key", bound=Hashable)


@dataclass
class Run:
    """A result, and when its job began and ended."""

    result: Result
    began: float = 0
    ended: float = 0

    def overlaps(self, other: Run) -> bool:
        return self.began < other.ended and other.began < self.ended


@functools.cache
def require_sandbox(without_sandbox: str) -> None:
    """Raise NoSandbox unless there is a sandbox, or the teacher has agreed to have none."""
    if without_sandbox == TRUST:
        return
    if without_sandbox:
        raise sandbox.NoSandbox(f"expected {TRUST!r}, got {without_sandbox!r}")
    sandbox.check(LIMITS)


def run_job(job: Job, processor: int | None = None) -> Run:
    """Run one job, and return its result or its failure.

    processor: the number of the only one that it and its children may use.
    """
    text = json.dumps(job.to_json())
    return as_run(*start.run(text, job.limits.seconds, processor))


def as_run(result: str, failure: str, span: tuple[float, float]) -> Run:
    """Return what the examiner's `start.run` returned."""
    if failure:
        return Run(Result.failed(failure), *span)
    return Run(Result.from_json(json.loads(result)), *span)


def run_all(
    jobs: dict[Key, Job],
    done: Callable[[Key, Result], None],
    workers: int | None = None,
) -> None:
    """Run the jobs on this computer; call done(key, result) as each one ends.

    Each worker has a processor of its own, so that no submission slows another down.
    """
    start.allow()
    remove_leftovers()
    workers = workers or cores()
    free: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    for worker in range(workers):
        free.put(processors()[worker % len(processors())])

    def run(job: Job) -> Run:
        processor = free.get()
        try:
            return run_job(job, processor)
        finally:
            free.put(processor)

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(run, job): key for key, job in jobs.items()}
        runs = (
            (futures[future], future.result())
            for future in concurrent.futures.as_completed(futures)
        )
        try:
            deliver(runs, lambda key: run(jobs[key]), done)
        except BaseException:  # leave no process running
            start.stop_all()
            raise


def deliver(
    runs: Iterable[tuple[Key, Run]],
    again: Callable[[Key], Run],
    done: Callable[[Key, Result], None],
) -> None:
    """Call done(key, result) for each run.

    A run that failed while another submission kept several processors busy may have failed
    for that reason. It waits until all others have ended; then again(key) runs it alone, and
    that result counts.
    """
    disturbed: dict[Key, Run] = {}
    hogs: dict[Key, Run] = {}  # runs that kept several processors busy
    for key, run in runs:
        if run.result.hog:
            hogs[key] = run
        elif {problem.kind for problem in run.result.problems} & DISTURBANCES:
            disturbed[key] = run
        else:
            done(key, run.result)
    disturbing = set()
    for key, run in disturbed.items():
        beside = [other for other in hogs if run.overlaps(hogs[other])]
        done(key, again(key).result if beside else run.result)
        disturbing.update(beside)
    for key, run in hogs.items():
        if key in disturbing:
            text = "kept several processors busy; what ran beside it was run again"
            run.result.problems.append(Problem(Kind.BUSY, "", text))
        done(key, run.result)


def remove_leftovers() -> None:
    """Delete the temporary folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("grading-*-*"):
        number = folder.name.split("-")[1]
        ours = folder.lstat().st_uid == os.getuid()
        if ours and number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def processors() -> list[int] | list[None]:
    """Return the numbers of the processors that this process may use."""
    with contextlib.suppress(AttributeError):
        return sorted(os.sched_getaffinity(0))
    return [None] * (os.cpu_count() or 1)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(processors())
