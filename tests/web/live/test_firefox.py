"""The live pages in Firefox, driven by Puppeteer over WebDriver BiDi."""

import json
from pathlib import Path

import pytest

from publish.browsers import firefox
from tests.conftest import missing

pytestmark = [pytest.mark.browser, pytest.mark.nightly]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGES = ("notebooks/01_import_libraries.html", "notebooks/06_train.html")
LATER = "notebooks/02_define_architecture.html"  # visited when the snapshot is stored
VISITS = (*PAGES, LATER)


@pytest.fixture(scope="module")
def visits(book_address, tmp_path_factory):
    """Visit the pages; return what was seen on each visit, in order."""
    path = firefox.find() or missing(
        "Firefox is not installed (Debian: apt-get install firefox-esr)"
    )
    beside = [HERE / "press_play.js", HERE / "open_painting.js"]
    folder = tmp_path_factory.mktemp("puppeteer")
    run = firefox.prepare(folder, HERE / "firefox_visit.mjs", *beside)
    pictures = ROOT / "_build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    done = run(path, book_address, pictures, *VISITS, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(seen) == len(VISITS)
    return seen


@pytest.mark.parametrize("number", range(len(VISITS)))
def test_page_comes_alive_in_firefox(visits, book_address, number):
    name, seen = VISITS[number], visits[number]
    assert seen["python"] == ("snapshot" if name == LATER else "wheels")
    assert seen["status"] == "ready", seen["words"]
    assert set(seen["cells"]) == {"done"}
    assert seen["changed"] is (True if "train" in name else None)
    assert seen["painted"] is ("train" in name)
    assert seen["output"] == "42"
    assert seen["errors"] == []
    assert set(seen["formulas"]) <= {"msub 2", "msup 2", "mfrac 2", "msubsup 3"}
    own = (book_address, "data:", "blob:")
    assert [url for url in seen["requests"] if not url.startswith(own)] == []
