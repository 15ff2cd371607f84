"""Time chapter 6 in a browser beside the first edition of this book, in turns, in Chromium.

    python benchmarks/live_side_by_side.py [--rounds 5] [--json FILE]

The first edition is built once, into _build/first_edition, from this repository's own
history (some minutes; its commit must be there). Each round gives either edition a browser
that has never seen it; which one begins changes from round to round. Times run from the
press of the playground's picture until the playground can be used. The table has medians,
and the median over the rounds of each quotient, so that a slow moment hits both.
"""

import argparse
import contextlib
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.live_page import CHAPTER, FRAMES, KEPT, chromium
from publish.paths import ROOT
from publish.serve import ISOLATED, PAGES, Handler
from web.measured.report_live import EDITIONS, quotient

FIRST_EDITION = "34ee95d80a040a0863dd82b76a5bd60136722b20"
FIRST_FOLDER = ROOT / "_build" / "first_edition"
FIRST_PAGES = FIRST_FOLDER / "_build" / "html"
ALIVE = (
    '#cell-playground[data-live-cell-status="done"] '
    '.live-output button:has-text("Play"):visible'
)
ANEW = """() => document.querySelector(".live-words").textContent
    .includes("Python has started anew")"""
PATIENCE = 480_000  # milliseconds


class Counting(Handler):
    """Serve an edition as `make serve` does; count the bytes that are sent."""

    def copyfile(self, source, outputfile):
        self.server.sent += source.seek(0, os.SEEK_END)
        source.seek(0)
        super().copyfile(source, outputfile)


class NotIsolated(Counting):
    """The first edition's server did not isolate its pages; in such ones its Python hangs."""

    def send_header(self, keyword, value):
        if keyword not in ISOLATED:
            super().send_header(keyword, value)


def build_first_edition():
    """Build the first edition, if it is not there."""
    if (FIRST_PAGES / CHAPTER).exists():
        return
    print(f"Building the first edition in {FIRST_FOLDER} …", flush=True)
    if not FIRST_FOLDER.exists():
        command = ["git", "worktree", "add", "--force", "--detach", str(FIRST_FOLDER)]
        done = subprocess.run([*command, FIRST_EDITION], cwd=ROOT)
        if done.returncode:
            sys.exit(
                f"The first edition is commit {FIRST_EDITION[:7]}, which git could not "
                "check out: a clone with its whole history is needed."
            )
    if subprocess.run(["make", "book"], cwd=FIRST_FOLDER).returncode:
        sys.exit(f"The first edition could not be built: make book in {FIRST_FOLDER}")


def serve(pages, handler):
    """Serve a folder on this computer; the server's `sent` is how many bytes it sent."""
    bound = functools.partial(handler, directory=str(pages))
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    server.sent = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def press(context, server):
    """Open the chapter and press the playground's picture; return page and seconds."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    address = f"http://127.0.0.1:{server.server_port}/{CHAPTER}"
    page.goto(address, wait_until="networkidle")
    begin = time.perf_counter()
    page.locator("#cell-playground .live-play:visible").click()
    page.wait_for_selector(ALIVE)
    return page, time.perf_counter() - begin


def measure(playwright, server, keeps_python):
    """Return what one round measures of one edition: {name: number}."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(profile, **chromium())
        server.sent = 0
        page, first = press(context, server)
        megabytes = server.sent / 1e6
        page.wait_for_selector('[data-live-status="ready"]')
        if keeps_python:
            page.wait_for_function(KEPT)
        page.wait_for_timeout(3000)  # its service worker keeps what was loaded
        page.close()
        page, later = press(context, server)
        page.wait_for_selector('[data-live-status="ready"]')
        frames = page.evaluate(FRAMES, "cell-playground")
        page.locator('#cell-playground .live-output button:has-text("Pause")').click()
        begin = time.perf_counter()
        page.click("[data-live=restart]")
        page.wait_for_function(ANEW)
        restart = time.perf_counter() - begin
        context.close()
    return {
        "first": first,
        "later": later,
        "restart": restart,
        "megabytes": megabytes,
        "frames": frames,
    }


@contextlib.contextmanager
def editions():
    """Serve both editions, the first one built if need be; yield {edition: its server}."""
    if not (PAGES / CHAPTER).exists():
        sys.exit(f"There is no book in {PAGES} yet. Build it first: make book")
    build_first_edition()
    servers = {
        "first": serve(FIRST_PAGES, NotIsolated),
        "this": serve(PAGES, Counting),
    }
    try:
        yield servers
    finally:
        for server in servers.values():
            server.shutdown()


def turns(servers, rounds):
    """Yield (number of the round, edition); which begins changes from round to round."""
    for number in range(rounds):
        for edition in list(servers)[:: 1 if number % 2 else -1]:
            yield number + 1, edition


def print_head():
    print(f"\n{'':48} first edition  this one  quotient  aim")


def print_row(label, results, name, aim):
    """Print both editions' medians of one thing that was measured, and the quotient."""
    middle = [statistics.median(r[name] for r in results[e]) for e in ("first", "this")]
    print(
        f"{label:48} {middle[0]:13.2f} {middle[1]:9.2f} "
        f"{quotient(results, name):9.2f} {aim:4}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args()
    results = {"first": [], "this": []}
    with editions() as servers, sync_playwright() as playwright:
        for number, edition in turns(servers, options.rounds):
            found = measure(playwright, servers[edition], edition == "this")
            results[edition].append(found)
            words = ", ".join(f"{key} {found[key]:.2f}" for key in EDITIONS)
            print(f"round {number}, {edition} edition: {words}", flush=True)
    print_head()
    for name, (label, unit, aim) in EDITIONS.items():
        print_row(f"{label}, {unit}", results, name, aim)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
