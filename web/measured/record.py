"""Write what `make bench` measures into results.json, one part at a time.

The parts in results.json always come from one machine with the same releases. A run on
another machine keeps its parts in some_parts.json until all of them have been measured.
"""

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

from publish.paths import BUILD
from web.measured.results import RESULTS

REPORT = BUILD / "benchmarks"
SOME_PARTS = REPORT / "some_parts.json"
PARTS = (  # each is measured by the benchmark of that name
    *("training", "steps", "growth", "playground_frames"),
    *("live_page", "other_browsers", "page_quality", "book_build"),
)


def processor():
    """Return the processor's name, or its architecture if the name is unknown."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine():
    """Return the properties and releases that all parts must have in common."""
    return {
        "processor": processor(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": version("numpy"),
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
    """Write the results into the file for all parts or for some; return that file."""
    complete = set(PARTS) <= set(results)
    file = RESULTS if complete else SOME_PARTS
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(file)
    if complete:
        SOME_PARTS.unlink(missing_ok=True)
    return file
