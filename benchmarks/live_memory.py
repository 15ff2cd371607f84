"""Measure the memory of a live page, in Chromium on Linux.

    python benchmarks/live_memory.py [--json FILE]

Chromium runs as on a phone with little memory (--enable-low-end-device-mode): elsewhere it
keeps up to 512 MB of pictures that it has drawn, until somebody else needs the memory.
Chapters 2 and 6, each in a browser that has never seen the book and on its next visit, when
Python starts from its snapshot: once all cells have run, and again after half a minute of play.
"In all" is what the page's process holds (its PSS, so what it shares with other processes
counts in part): the page, Python, its code as the browser has compiled it, and the browser's
own needs. The service worker, which shares this process, is ended before the second
measurement: so does a browser once it has had nothing to do for half a minute, except while
a program such as this one drives it. "The page's own" is what
performance.measureUserAgentSpecificMemory finds.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.live_page import KEPT, chromium
from benchmarks.live_side_by_side import PATIENCE, Counting, serve
from publish.serve import PAGES

CHAPTERS = ("02_define_architecture", "06_train")
ALL_RAN = """() => document.querySelector(".live-words").textContent
    .includes("This page is live")"""
OWN = "async () => (await performance.measureUserAgentSpecificMemory()).bytes"
FIRST, LATER = "first page ever", "later page"
SECONDS_OF_PLAY = 30
PHONE = "--enable-low-end-device-mode"


def renderers(profile):
    """Return the ids of the processes that show pages of the browser with this profile."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            commands[int(folder.name)] = (folder / "cmdline").read_text()
        except OSError:
            continue  # it has just ended
        line = next(line for line in status.splitlines() if line.startswith("PPid:"))
        parents[int(folder.name)] = int(line.split()[1])

    def is_of_browser(process):
        while process in commands:
            if f"--user-data-dir={profile}" in commands[process]:
                return True
            process = parents[process]
        return False

    return [
        process
        for process, command in commands.items()
        if "--type=renderer" in command and is_of_browser(process)
    ]


def in_all(profile):
    """Return the bytes of the largest page of the browser with this profile."""
    sizes = []
    for process in renderers(profile):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                sizes.append(1024 * int(line.split()[1]))
    return max(sizes)


def play(page):
    """Press Play where there is such a button, and move every slider, for a while."""
    button = page.locator('.live-output button:has-text("Play"):visible')
    if button.count():
        button.first.click()
    handles = page.locator(".live-output .noUi-handle:visible")
    keys = ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft")
    for step in range(SECONDS_OF_PLAY):
        if handles.count():
            handle = handles.nth(step % handles.count())
            handle.focus()
            for key in keys:
                handle.press(key)
        page.wait_for_timeout(1000)
    pause = page.locator('.live-output button:has-text("Pause"):visible')
    if pause.count():
        pause.first.click()


def end_service_worker(context, page):
    """End the book's service worker until it is needed again."""
    session = context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()


def visit(context, profile, address, first):
    """Return the bytes after the start and after playing: {when: {kind: bytes}}."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address, wait_until="load")
    page.click("[data-live=start]")
    page.wait_for_function(ALL_RAN)
    if first:
        page.wait_for_function(KEPT)
    found = {}
    for when in ("after the start", "after playing"):
        if when == "after playing":
            play(page)
            end_service_worker(context, page)
        own = page.evaluate(OWN)  # it waits until the browser has cleared up
        found[when] = {"own": own, "in all": in_all(profile)}
    page.close()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        sys.exit("The memory of a page is read in /proc, which Linux alone has.")
    if not (PAGES / "index.html").exists():
        sys.exit(f"There is no book in {PAGES} yet. Build it first: make book")
    server = serve(PAGES, Counting)
    options_of_browser = chromium()
    options_of_browser["args"].append(PHONE)
    results = {}
    with sync_playwright() as playwright:
        for chapter in CHAPTERS:
            address = f"http://127.0.0.1:{server.server_port}/notebooks/{chapter}.html"
            with tempfile.TemporaryDirectory() as profile:
                context = playwright.chromium.launch_persistent_context(
                    profile, **options_of_browser
                )
                results[chapter] = {
                    start: visit(context, profile, address, start == FIRST)
                    for start in (FIRST, LATER)
                }
                context.close()
            for start, whens in results[chapter].items():
                for when, sizes in whens.items():
                    words = ", ".join(
                        f"{kind} {size / 1e6:.0f} MB" for kind, size in sizes.items()
                    )
                    print(f"{chapter}, {start}, {when}: {words}", flush=True)
    server.shutdown()
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"chapters": results}))


if __name__ == "__main__":
    main()
