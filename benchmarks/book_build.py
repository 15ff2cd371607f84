"""Time the build of the book: cold, again with nothing changed, and after one change.

    python benchmarks/book_build.py [--rounds 3]

It builds a copy of the project in a temporary folder. What the pages load has been fetched
before, as after any first build: the time to download it is the network's, not the book's.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from publish.paths import ROOT

NOTEBOOK = Path("notebooks", "04_feedforward.ipynb")
LEFT_OUT = (".*", "_build", "__pycache__", "*.egg-info")


def seconds_to_build(folder):
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tools.build"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"The copy was not built.\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return time.perf_counter() - began


def change(notebook, number):
    """Add a comment to the notebook's first code cell, so that it has to run again."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(cell for cell in content["cells"] if cell["cell_type"] == "code")
    cell["source"].append(f"\n# change {number}")
    notebook.write_text(json.dumps(content), encoding="utf-8")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="of the two short builds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args(arguments)
    results = {"cold": [], "nothing changed": [], "one changed notebook": []}
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "book")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        results["cold"].append(seconds_to_build(copy))
        for number in range(options.rounds):
            results["nothing changed"].append(seconds_to_build(copy))
            change(copy / NOTEBOOK, number)
            results["one changed notebook"].append(seconds_to_build(copy))
    print("| build | seconds (median) | of |\n| --- | ---: | ---: |")
    for name, values in results.items():
        print(f"| {name} | {statistics.median(values):.1f} | {len(values)} |")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"seconds": results}))


if __name__ == "__main__":
    main()
