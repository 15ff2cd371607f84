"""Measure everything, one part after the other: `make bench`.

    python benchmarks/run_all.py                     all parts, about three quarters of an hour
    python benchmarks/run_all.py training growth     these parts only

Each part is written when it is done, so that nothing is lost if a later one stops: into
web/measured/results.json, from which the book's page "How fast, and why" takes every number
(build the book again to see yours in it), if the other parts there were measured on this
machine with the same releases. On another machine the parts are kept in
_build/benchmarks/some_parts.json until all are there. Each part has its own date.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from publish.paths import ROOT
from web.measured.results import RESULTS

HERE = Path(__file__).resolve().parent
OUT = ROOT / "_build" / "benchmarks"
SOME_PARTS = OUT / "some_parts.json"  # until all are measured on this machine
PARTS = (
    *("training", "steps", "growth", "playground_frames", "live_page"),
    *("live_side_by_side", "other_browsers", "page_quality", "book_build"),
)


def processor():
    """Return the processor's name, as far as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine():
    return {
        "processor": processor(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": version("numpy"),
    }


def load():
    """Return how many programs wanted a processor during the last minute, or None."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def run(part):
    """Run one part and return its results, with the load before and after it."""
    file = OUT / f"{part}.json"
    file.unlink(missing_ok=True)
    print(f"\n== {part.replace('_', ' ')}\n", flush=True)
    before = load()
    done = subprocess.run([sys.executable, HERE / f"{part}.py", "--json", file])
    if done.returncode:
        sys.exit(
            f"{part} stopped; its message stands above. The parts before it are kept."
        )
    return {
        **json.loads(file.read_text(encoding="utf-8")),
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "load": [before, load()],
    }


def results_of_this_machine():
    """Return the parts that were measured on this machine with the same releases."""
    results = {"machine": machine()}
    for file in (RESULTS, SOME_PARTS):
        if file.exists():
            found = json.loads(file.read_text(encoding="utf-8"))
            if found["machine"] == machine():
                results |= found
    return results


def write(results):
    """Write the results that are there so far, and return into which file."""
    whole = set(PARTS) <= set(results)
    file = RESULTS if whole else SOME_PARTS
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(file)
    if whole:
        SOME_PARTS.unlink(missing_ok=True)
    return file


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parts = parser.parse_args(arguments).parts or PARTS
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"expected parts among {', '.join(PARTS)}, got {unknown[0]}")
    OUT.mkdir(parents=True, exist_ok=True)
    results = results_of_this_machine()
    for part in parts:
        file = write(results := results | {part: run(part)})
    print(f"\nWritten: {file.relative_to(ROOT)}")
    if file == RESULTS:
        from web.measured import report

        report.write(OUT)
        print(f"Tables and plots: {OUT.relative_to(ROOT)}. On the page: make book")


if __name__ == "__main__":
    main()
