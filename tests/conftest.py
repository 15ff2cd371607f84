"""Fixtures for several test files: the built book, a static server, a browser."""

import contextlib
import http.server
import os
import random
import re
import shutil
import socket
import subprocess
import sys

import pytest

from publish.browsers.chromium import NAMES, SHELL, launch_options
from publish.paths import ROOT
from publish.serve import serving
from tests.web.small_book import make_small_book

MARKERS = {  # fixture: the marker of the tests that use it
    "browser": "browser",
    "built_book": "build",
    "small_book": "build",
    "bubblewrap": "grading",
}
LONGEST = ["nightly", "grading", "browser", "build", "slow"]


@pytest.hookimpl(tryfirst=True)  # before pytest selects tests by their markers
def pytest_collection_modifyitems(items):
    """Mark the tests by their fixtures, and run the files that take longest first."""
    rank_of = {}
    for item in items:
        for name in MARKERS.keys() & set(item.fixturenames):
            item.add_marker(MARKERS[name])
        ranks = [i for i, name in enumerate(LONGEST) if item.get_closest_marker(name)]
        rank_of[item.path] = min([*ranks, rank_of.get(item.path, len(LONGEST))])
    items.sort(key=lambda item: rank_of[item.path])


def missing(reason):
    """Skip a test because a program is missing; fail it instead where CI is true."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


def nightly_but(always, values):
    """Return the values as parameters: `make test` runs one of them, `make test-all` all."""
    assert always in values
    return [
        value if value == always else pytest.param(value, marks=pytest.mark.nightly)
        for value in values
    ]


def named(value):
    """Return a test id for a parameter that is the same in every run."""
    return re.sub(r" at 0x\w+", "", repr(value))


@pytest.fixture(scope="session")
def bubblewrap():
    if shutil.which("bwrap") is None:
        missing("bubblewrap is not installed (Debian: apt-get install bubblewrap)")


@pytest.fixture(scope="session")
def built_book(testrun_uid):
    """Build the book, once for all workers of a run; return the folder of its HTML pages."""
    from filelock import FileLock

    built_for = ROOT / "_build" / "tested"
    built_for.parent.mkdir(exist_ok=True)
    with FileLock(f"{built_for}.lock"):
        if not built_for.exists() or built_for.read_text() != testrun_uid:
            done = subprocess.run(
                [sys.executable, ROOT / "tools" / "build_book.py"],
                cwd=ROOT,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
            built_for.write_text(testrun_uid)
    return ROOT / "_build" / "html"


@pytest.fixture
def small_book(tmp_path):
    """Return a copy of the project with one short page, to be built with faults."""
    return make_small_book(tmp_path / "a small book")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files as a static web host does, below the path /some/where/."""

    PREFIX = "/some/where"

    def translate_path(self, path):
        if not path.startswith(self.PREFIX + "/"):
            return os.devnull + "/nothing"
        return super().translate_path(path[len(self.PREFIX) :])

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def _serve(folder):
    with serving(folder, _QuietHandler) as address:
        yield address + _QuietHandler.PREFIX


@pytest.fixture(scope="session")
def free_port():
    """Return a function that finds a free port for a server that is started later.

    It avoids the system's ephemeral ports, from 32768 on: another program, such as a Jupyter
    kernel, might get the port before the server starts.
    """

    def find():
        for port in random.sample(range(20_000, 30_000), 100):
            with contextlib.suppress(OSError), socket.socket() as attempt:
                attempt.bind(("127.0.0.1", port))
                return port
        raise OSError("none of 100 ports between 20000 and 30000 is free")

    return find


@pytest.fixture(scope="session")
def serve_folder():
    """Return a context manager: serve_folder(folder) yields the folder's address."""
    return _serve


@pytest.fixture(scope="session")
def book_address(built_book):
    """Serve the built book below a path; return its address without a trailing slash."""
    with _serve(built_book) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Start Chromium, once for each file: Playwright's event loop must not outlive it."""
    from playwright.sync_api import sync_playwright

    options = launch_options((SHELL, *NAMES)) or missing(
        f"Chromium is not installed (Debian: apt-get install {SHELL})"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
        yield chromium
        chromium.close()
