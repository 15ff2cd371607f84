"""Run jobs: on this computer's processors, or on a cluster's."""

import concurrent.futures
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

EXAMINER = Path(__file__).resolve().parent / "examiner"  # a folder that runs by itself
GRACE = 20  # seconds beyond a submission's own limit
HURT = {
    "time",
    "given up",
    "not graded",
}  # what other programs on the computer may cause

_running = {}  # process: its temporary folder
_stopped = threading.Event()


def run_job(job, processor=None):
    """Run one job in a process of its own; return its result, a failure's included.

    processor: the number of the only one it may use, with all that it starts.
    """
    if _stopped.is_set():
        return failed("interrupted")
    began = time.time()
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
    _running[process] = folder
    try:
        if processor is not None:
            os.sched_setaffinity(process.pid, {processor})
        data = json.dumps(job).encode("ascii")
        output, said = process.communicate(
            data, timeout=job["limits"]["seconds"] + GRACE
        )
        result = json.loads(output)
    except subprocess.TimeoutExpired:
        result = failed("its time was up, and it could not be stopped in order")
    except (ValueError, ProcessLookupError):
        lines = said.decode(errors="replace").strip().splitlines()
        result = failed(lines[-1] if lines else f"exit status {process.returncode}")
    finally:
        _end(process)
        process.communicate()
        _running.pop(process, None)
    return {**result, "span": (began, time.time())}


def _end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    shutil.rmtree(_running.get(process, ""), ignore_errors=True)


def stop_all():
    """End all that runs, and leave nothing behind."""
    _stopped.set()
    for process in list(_running):
        _end(process)


def remove_leftovers():
    """Delete the temporary folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("grading-*-*"):
        number = folder.name.split("-")[1]
        own = folder.lstat().st_uid == os.getuid()
        if own and number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def failed(text):
    """Return the result of a job that could not be run."""
    problem = {"kind": "not graded", "cell": "", "text": text}
    return {"outputs": None, "problems": [problem], "seconds": 0}


def run_all(jobs, done, workers=None):
    """Run {key: job} on this computer; call done(key, result) as each one ends.

    Each worker has a processor of its own, so that no submission takes another's time.
    """
    _stopped.clear()
    remove_leftovers()
    workers = workers or cores()
    free = queue.SimpleQueue()
    for worker in range(workers):
        free.put(processors()[worker % len(processors())])

    def run(job):
        processor = free.get()
        try:
            return run_job(job, processor)
        finally:
            free.put(processor)

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(run, job): key for key, job in jobs.items()}
        ended = (
            (futures[future], future.result())
            for future in concurrent.futures.as_completed(futures)
        )
        try:
            give(ended, lambda key: run(jobs[key]), done)
        except BaseException:  # nothing is left running
            stop_all()
            raise


def give(ended, again, done):
    """Call done(key, result) for each (key, result) that has ended.

    What was broken off while another submission kept several processors busy waits until all
    others have ended; then again(key) runs it alone, and that result counts.
    """
    hurt, hogs = {}, {}
    for key, result in ended:
        kinds = {problem["kind"] for problem in result["problems"]}
        if result.get("hog"):
            hogs[key] = result
        elif kinds & HURT:
            hurt[key] = result
        else:
            done(key, _plain(result))
    for key, result in hurt.items():
        beside = [other for other in hogs if _overlap(result, hogs[other])]
        done(key, _plain(again(key) if beside else result))
        for other in beside:
            hogs[other]["hurt"] = True
    for key, result in hogs.items():
        if result.get("hurt"):
            text = "kept several processors busy; what ran beside it was run again"
            result["problems"].append({"kind": "busy", "cell": "", "text": text})
        done(key, _plain(result))


def _overlap(one, other):
    return one["span"][0] < other["span"][1] and other["span"][0] < one["span"][1]


def _plain(result):
    return {name: result[name] for name in ("outputs", "problems", "seconds")}


def processors():
    """Return the numbers of the processors that this process may use."""
    with contextlib.suppress(AttributeError):
        return sorted(os.sched_getaffinity(0))
    return [None] * (os.cpu_count() or 1)


def cores():
    """Return how many processors this process may use."""
    return len(processors())


def run_on_dask(jobs, done, address):
    """Run {key: job} on a Dask cluster; call done(key, result) as each one ends."""
    try:
        from dask.distributed import Client, as_completed
    except ImportError:
        raise SystemExit(
            'Dask is not installed. Run: .venv/bin/pip install -e ".[classroom,cluster]"'
        ) from None
    files = [Path(__file__), *sorted(EXAMINER.glob("*.py"))]
    code = {
        path.relative_to(EXAMINER.parent).as_posix(): path.read_text(encoding="utf-8")
        for path in files
    }
    with Client(address, timeout="20s") as client:
        sent = client.scatter(code, broadcast=True, hash=True)

        def send(key):
            return client.submit(
                run_job_on_worker, sent, jobs[key], pure=False, retries=2
            )

        def result_of(future):
            error = future.exception()
            if error:
                return {**failed(f"on the cluster: {error!r}"), "span": (0, 0)}
            return future.result()

        futures = {send(key): key for key in jobs}
        ended = (
            (futures[future], result_of(future)) for future in as_completed(futures)
        )
        give(ended, lambda key: result_of(send(key)), done)


def run_job_on_worker(code, job):
    """Run a job on a cluster's worker with this computer's code, whatever is there."""
    import importlib.util
    import tempfile

    with tempfile.TemporaryDirectory(prefix="grading-code-") as folder:
        (Path(folder) / "examiner").mkdir()
        for name, text in code.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        found = importlib.util.spec_from_file_location("run_here", f"{folder}/run.py")
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        return module.run_job(job)
