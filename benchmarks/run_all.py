"""Run the benchmarks of the page "How fast, and why", one after the other: `make bench`.

    python benchmarks/run_all.py                     all parts, about three quarters of an hour
    python benchmarks/run_all.py training growth     these parts only

Each part is written when it is done, so nothing is lost if a later one fails:
web/measured/record.py says where. Build the book again to see your figures on the page. Each
part has its own date.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

from publish.paths import ROOT
from web.measured.record import PARTS, REPORT, results_of_this_machine, write
from web.measured.results import RESULTS

HERE = Path(__file__).resolve().parent


def load():
    """Return the load average of the last minute, or None where there is none."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def run(part):
    """Run one benchmark; return its results, with the load before and after it."""
    file = REPORT / f"{part}.json"
    file.unlink(missing_ok=True)
    print(f"\n== {part.replace('_', ' ')}\n", flush=True)
    before = load()
    done = subprocess.run([sys.executable, HERE / f"{part}.py", "--json", file])
    if done.returncode:
        sys.exit(f"{part} failed; its error is printed above. Earlier parts are kept.")
    return {
        **json.loads(file.read_text(encoding="utf-8")),
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "load": [before, load()],
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parts = parser.parse_args(arguments).parts or PARTS
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"expected parts among {', '.join(PARTS)}, got {unknown[0]}")
    results = results_of_this_machine()
    for part in parts:
        file = write(results := results | {part: run(part)})
    print(f"\nWritten: {file.relative_to(ROOT)}")
    if file == RESULTS:
        from web.measured import report  # late: it imports Matplotlib

        report.write(REPORT)
        print(f"Tables and plots: {REPORT.relative_to(ROOT)}. On the page: make book")


if __name__ == "__main__":
    main()
