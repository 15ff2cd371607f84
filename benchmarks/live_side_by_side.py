"""Time chapter 6 beside an earlier commit of the book, in turns, in Chromium.

    python benchmarks/live_side_by_side.py [--rounds 5] [--json FILE]

The earlier commit is the second edition. It is checked out and built once, in _build, from
this repository's history (some minutes; a shallow clone is not enough). In each round both
books get a new browser profile; which one goes first changes from round to round. The times
run from the press on the playground's picture until the playground can be used. The table
has the medians, and the median of the quotients within a round, which a slow moment of the
machine affects little.
"""

import statistics
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import sync_playwright

from benchmarks.book_server import serve
from benchmarks.command_line import make_parser, write_json
from benchmarks.live_page import CHAPTER, FRAMES, KEPT, chromium
from publish.paths import BUILD, ROOT

REFERENCE_COMMIT = "1dec27b44e865dc9ed075146abb641e71304f952"  # the second edition
REFERENCE_FOLDER = BUILD / f"book_at_{REFERENCE_COMMIT[:7]}"
REFERENCE_PAGES = REFERENCE_FOLDER / "_build" / "html"
MEASURED = {
    "first": "press to playground, first visit, s",
    "later": "press to playground, next visit, s",
    "restart": "restart of Python, s",
    "megabytes": "sent before the first playground is live, MB",
    "frames": "frames while it trains, a second",
}
LIVE = (
    '#cell-playground[data-live-cell-status="done"] '
    '.live-output button:has-text("Play"):visible'
)
RESTARTED = """() => document.querySelector(".live-words").textContent
    .includes("Python has started anew")"""
TIMEOUT = 480_000  # milliseconds


def build_reference():
    """Check out and build the earlier commit, unless that has been done."""
    if (REFERENCE_PAGES / CHAPTER).exists():
        return
    print(f"Building commit {REFERENCE_COMMIT[:7]} in {REFERENCE_FOLDER} …", flush=True)
    if not REFERENCE_FOLDER.exists():
        command = ["git", "worktree", "add", "--force", "--detach"]
        command += [str(REFERENCE_FOLDER), REFERENCE_COMMIT]
        if subprocess.run(command, cwd=ROOT).returncode:
            sys.exit(
                f"git could not check out commit {REFERENCE_COMMIT[:7]}: "
                "a clone with the whole history is needed."
            )
    if subprocess.run(["make", "book"], cwd=REFERENCE_FOLDER).returncode:
        sys.exit(f"The book could not be built: make book in {REFERENCE_FOLDER}")


def press(context, server):
    """Open the chapter and press the playground's picture; return the page and seconds."""
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    page.goto(f"{server.address}/{CHAPTER}", wait_until="networkidle")
    begin = time.perf_counter()
    page.locator("#cell-playground .live-play:visible").click()
    page.wait_for_selector(LIVE)
    return page, time.perf_counter() - begin


def measure(playwright, server):
    """Visit the chapter twice with a new browser profile; return {name: number}."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(profile, **chromium())
        server.sent = 0
        page, first = press(context, server)
        megabytes = server.sent / 1e6
        page.wait_for_selector('[data-live-status="ready"]')
        page.wait_for_function(KEPT)
        page.wait_for_timeout(3000)  # the service worker stores what was loaded
        page.close()
        page, later = press(context, server)
        page.wait_for_selector('[data-live-status="ready"]')
        frames = page.evaluate(FRAMES, "cell-playground")
        page.locator('#cell-playground .live-output button:has-text("Pause")').click()
        begin = time.perf_counter()
        page.click("[data-live=restart]")
        page.wait_for_function(RESTARTED)
        restart = time.perf_counter() - begin
        context.close()
    return {
        "first": first,
        "later": later,
        "restart": restart,
        "megabytes": megabytes,
        "frames": frames,
    }


def print_table(results):
    """Print both medians of each measured quantity, and the median quotient."""
    print(f"\n{'':46}{REFERENCE_COMMIT[:7]:>12}{'this':>12}{'quotient':>12}")
    for name, label in MEASURED.items():
        before, now = ([found[name] for found in rounds] for rounds in results.values())
        quotients = [new / old for old, new in zip(before, now, strict=True)]
        medians = map(statistics.median, (before, now, quotients))
        print(f"{label:46}" + "".join(f"{each:12.2f}" for each in medians))


def main():
    options = make_parser(__doc__, rounds=5).parse_args()
    build_reference()
    results = {"reference": [], "this": []}
    with (
        serve(REFERENCE_PAGES) as reference,
        serve() as this,
        sync_playwright() as playwright,
    ):
        servers = {"reference": reference, "this": this}
        for number in range(options.rounds):
            for book in list(servers)[:: -1 if number % 2 else 1]:
                found = measure(playwright, servers[book])
                results[book].append(found)
                words = ", ".join(f"{name} {found[name]:.2f}" for name in MEASURED)
                print(f"round {number + 1}, {book}: {words}", flush=True)
    print_table(results)
    write_json(options.json, results)


if __name__ == "__main__":
    main()
