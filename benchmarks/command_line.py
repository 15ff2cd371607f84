"""Parse the options that the benchmarks share, and write their results as JSON."""

import argparse
import json
from pathlib import Path


def make_parser(documentation, rounds=None, quick=False):
    """Return a parser with --json and, if asked for, --rounds and --quick."""
    parser = argparse.ArgumentParser(description=documentation.partition("\n")[0])
    if quick:
        parser.add_argument(
            "--quick", action="store_true", help="a short run; its figures mean little"
        )
    if rounds is not None:
        parser.add_argument(
            "--rounds", type=int, default=rounds, help="default: %(default)s"
        )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the results to FILE"
    )
    return parser


def write_json(file, results):
    """Write the results to the file given with --json, or do nothing if it is None."""
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
