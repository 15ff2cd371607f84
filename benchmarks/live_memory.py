"""Measure the memory of a live page, in Chromium on Linux.

    python benchmarks/live_memory.py [--json FILE]

Chromium runs as on a phone with little memory (--enable-low-end-device-mode): otherwise it
caches up to 512 MB of decoded images until other programs need the memory. Chapters 2 and 6
are measured on the first visit with a new browser profile and on the next one, when Python
starts from its snapshot: once all cells have run, and again after half a minute of play.

"In all" is the PSS of the page's process, which counts shared memory in part: the page,
Python, its compiled code, and the browser itself. The service worker shares this process. It
is stopped before the second measurement, because a browser stops an idle service worker after
half a minute, but not while a debugger is attached. "Own" is the result of
performance.measureUserAgentSpecificMemory.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.book_server import serve
from benchmarks.command_line import make_parser, write_json
from benchmarks.live_page import KEPT, chromium

CHAPTERS = ("02_define_architecture", "06_train")
ALL_RAN = """() => document.querySelector(".live-words").textContent
    .includes("This page is live")"""
OWN = "async () => (await performance.measureUserAgentSpecificMemory()).bytes"
FIRST, LATER = "first page ever", "later page"
SECONDS_OF_PLAY = 30
TIMEOUT = 480_000  # milliseconds
PHONE = "--enable-low-end-device-mode"


def renderers(profile):
    """Return the ids of the renderer processes of the browser with this profile."""
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
    """Return the PSS of the largest renderer process with this profile, in bytes."""
    sizes = []
    for process in renderers(profile):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                sizes.append(1024 * int(line.split()[1]))
    return max(sizes)


def play(page):
    """Press Play if there is such a button, and move the sliders, for SECONDS_OF_PLAY."""
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
    """Stop the book's service worker until it is needed again."""
    session = context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()


def visit(context, profile, address, first):
    """Return the memory after the start and after playing: {when: {kind: bytes}}."""
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
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
        own = page.evaluate(OWN)  # it waits for the garbage collection
        found[when] = {"own": own, "in all": in_all(profile)}
    page.close()
    return found


def main():
    options = make_parser(__doc__).parse_args()
    if not sys.platform.startswith("linux"):
        sys.exit("The memory of a page is read from /proc, which only Linux has.")
    options_of_browser = chromium()
    options_of_browser["args"].append(PHONE)
    results = {}
    with serve() as server, sync_playwright() as playwright:
        for chapter in CHAPTERS:
            address = f"{server.address}/notebooks/{chapter}.html"
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
    write_json(options.json, {"chapters": results})


if __name__ == "__main__":
    main()
