"""Time the build of the book: from scratch, with nothing changed, and after one change.

    python benchmarks/book_build.py [--rounds 3]

It builds a copy of the project in a temporary folder. The third-party files are downloaded
before the first build, because their download time depends on the network, not on the book.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.command_line import make_parser, write_json
from publish.paths import ROOT

NOTEBOOK = Path("notebooks", "04_feedforward.ipynb")
LEFT_OUT = (".*", "_build", "__pycache__", "*.egg-info")


def seconds_to_build(folder):
    """Build the book in a copy of the project; return how long it took."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "publish"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(
            f"The copy could not be built.\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
    return time.perf_counter() - began


def change(notebook, number):
    """Add a comment to the notebook's first code cell, so that it has to run again."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(cell for cell in content["cells"] if cell["cell_type"] == "code")
    cell["source"].append(f"\n# change {number}")
    notebook.write_text(json.dumps(content), encoding="utf-8")


def main(arguments=None):
    options = make_parser(__doc__, rounds=3).parse_args(arguments)
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
    write_json(options.json, {"seconds": results})


if __name__ == "__main__":
    main()
