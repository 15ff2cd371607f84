"""Run jobs: on this computer's cores, or on a cluster's."""

import concurrent.futures
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

EXAMINE = Path(__file__).resolve().parent / "examine.py"
GRACE = 60  # seconds beyond a submission's own limit

_running = set()
_stopped = threading.Event()


def run_job(job):
    """Run one job in a process of its own; return its result, a failure's included."""
    if _stopped.is_set():
        return failed("interrupted")
    process = subprocess.Popen(
        [sys.executable, "-I", str(EXAMINE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )
    _running.add(process)
    try:
        data = json.dumps(job).encode("ascii")
        output, said = process.communicate(
            data, timeout=job["limits"]["seconds"] + GRACE
        )
        return json.loads(output)
    except subprocess.TimeoutExpired:
        return failed("its time was up, and it could not be stopped in order")
    except ValueError:
        lines = said.decode(errors="replace").strip().splitlines()
        return failed(lines[-1] if lines else f"exit status {process.returncode}")
    finally:
        _running.discard(process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def failed(text):
    """Return the result of a job that could not be run."""
    problem = {"kind": "not graded", "cell": "", "text": text}
    return {"outputs": None, "problems": [problem], "seconds": 0}


def run_all(jobs, done, workers=None):
    """Run {key: job} on this computer; call done(key, result) as each one ends."""
    _stopped.clear()
    with concurrent.futures.ThreadPoolExecutor(workers or cores()) as pool:
        futures = {pool.submit(run_job, job): key for key, job in jobs.items()}
        try:
            for future in concurrent.futures.as_completed(futures):
                done(futures[future], future.result())
        except BaseException:  # Ctrl-C: nothing is left running
            _stopped.set()
            for process in list(_running):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            raise


def cores():
    """Return how many processors this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_on_dask(jobs, done, address):
    """Run {key: job} on a Dask cluster; call done(key, result) as each one ends."""
    try:
        from dask.distributed import Client, as_completed
    except ImportError:
        raise SystemExit(
            'Dask is not installed. Run: .venv/bin/pip install -e ".[classroom,cluster]"'
        ) from None
    code = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(EXAMINE.parent.glob("*.py"))
    }
    with Client(address, timeout="20s") as client:
        sent = client.scatter(code, broadcast=True, hash=True)
        futures = {
            client.submit(run_job_on_worker, sent, job, pure=False, retries=2): key
            for key, job in jobs.items()
        }
        for future in as_completed(futures):
            key = futures[future]
            error = future.exception()
            done(
                key, failed(f"on the cluster: {error!r}") if error else future.result()
            )


def run_job_on_worker(code, job):
    """Run a job on a cluster's worker with this computer's code, whatever is there."""
    import importlib.util
    import tempfile

    with tempfile.TemporaryDirectory(prefix="grading-code-") as folder:
        for name, text in code.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        found = importlib.util.spec_from_file_location("run_here", f"{folder}/run.py")
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        return module.run_job(job)
