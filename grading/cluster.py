"""Run jobs on a Dask cluster; only the examiner's files travel to its workers."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grading import jobs
from grading.examiner import start
from grading.examiner.job import Job, Result


def run_all(
    wanted: dict[jobs.Key, Job], done: Callable[[jobs.Key, Result], None], address: str
) -> None:
    """Run the jobs on the cluster; call done(key, result) as each one ends."""
    try:
        from dask.distributed import Client, as_completed
    except ImportError:
        raise SystemExit(
            'Dask is not installed. Run: .venv/bin/pip install -e ".[classroom,cluster]"'
        ) from None
    examiner = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(start.EXAMINER.glob("*.py"))
    }
    with Client(address, timeout="20s") as client:
        sent = client.scatter(examiner, broadcast=True, hash=True)

        def send(key: jobs.Key) -> Any:
            job = wanted[key]
            text = json.dumps(job.to_json())
            return client.submit(
                run_on_worker, sent, text, job.limits.seconds, pure=False, retries=2
            )

        def run_of(future: Any) -> jobs.Run:
            error = future.exception()
            if error:
                return jobs.Run(Result.failed(f"on the cluster: {error!r}"))
            return jobs.as_run(*future.result())

        futures = {send(key): key for key in wanted}
        runs = ((futures[future], run_of(future)) for future in as_completed(futures))
        jobs.deliver(runs, lambda key: run_of(send(key)), done)


def run_on_worker(
    examiner: dict[str, str], job: str, seconds: float
) -> tuple[str, str, tuple[float, float]]:
    """Run a job on a worker with the files sent to it, whatever version it has itself."""
    with tempfile.TemporaryDirectory(prefix="grading-code-") as folder:
        for name, text in examiner.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("start", f"{folder}/start.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        returned: tuple[str, str, tuple[float, float]] = module.run(job, seconds)
        return returned
