"""Start the examiner for one job, and end it in time.

This file imports nothing but Python's own modules: a cluster's worker loads it alone.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

EXAMINER = Path(__file__).resolve().parent
GRACE_SECONDS = 20  # beyond a submission's own limit

_folders: dict[subprocess.Popen[bytes], str] = {}  # temporary, of each running process
_stopped = threading.Event()


def run(
    job: str, seconds: float, processor: int | None = None
) -> tuple[str, str, tuple[float, float]]:
    """Run a job, as JSON, in a process of its own that may take so many seconds.

    processor: the number of the only one that it and its children may use.

    Returns the result as JSON, the reason why there is none ("" if there is one), and when
    the job began and ended.
    """
    began = time.time()
    if _stopped.is_set():
        return "", "interrupted", (began, began)
    folder = tempfile.mkdtemp(prefix=f"grading-{os.getpid()}-")
    process = subprocess.Popen(
        [sys.executable, "-I", str(EXAMINER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "TMPDIR": folder,
        },
        start_new_session=True,
    )
    _folders[process] = folder
    output, failure = b"", ""
    try:
        if processor is not None:
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(process.pid, {processor})
        output, errors = process.communicate(
            job.encode("ascii"), timeout=seconds + GRACE_SECONDS
        )
        json.loads(output)
    except subprocess.TimeoutExpired:
        failure = "its time was up, and it could not be stopped in order"
    except ValueError:
        lines = errors.decode(errors="replace").strip().splitlines()
        failure = lines[-1] if lines else f"exit status {process.returncode}"
    finally:
        _end(process)
        process.communicate()
        _folders.pop(process, None)
    return "" if failure else output.decode("ascii"), failure, (began, time.time())


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(_folders.get(process, ""), ignore_errors=True)


def allow() -> None:
    """Let jobs start again after `stop_all`."""
    _stopped.clear()


def stop_all() -> None:
    """End all running jobs, start no more, and leave no files behind."""
    _stopped.set()
    for process in list(_folders):
        _end(process)
