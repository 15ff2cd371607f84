"""Time chapter 6 from the press on the playground's picture until it is live, in Chromium.

    python benchmarks/live_page.py [--rounds 3] [--json FILE]

It serves the built book (make book) on this computer. "First" is the first visit with a new
browser profile; "cached" is the next visit with the same profile, after the page has stored
Python's memory snapshot. Targets: 8 and 6 seconds, 30 frames a second while the playground
trains, and 25 MB sent.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from benchmarks.book_server import serve
from benchmarks.command_line import make_parser, write_json
from publish.browsers.chromium import launch_options

CHAPTER = "notebooks/06_train.html"
PLAYGROUND = '#cell-playground .live-output button:has-text("Play")'
ALL_RAN = """() => document.querySelector(".live-words").textContent
    .includes("change any code")"""
KEPT = """() => document.querySelector(".live-kept")?.textContent.includes("is kept")"""
FRAMES = """async (cell) => {
    const output = document.querySelector(`#${cell} .live-output`);
    const button = [...output.querySelectorAll("button")]
        .find(each => each.textContent.trim() === "Play");
    const image = output.querySelector("img");
    let frames = 0; // shown by the image itself, or by the canvas over it
    new MutationObserver(changes => frames += changes.length)
        .observe(image, { attributes: true, attributeFilter: ["src"] });
    const canvas = ImageBitmapRenderingContext.prototype;
    const draw = canvas.transferFromImageBitmap;
    canvas.transferFromImageBitmap = function (frame) {
        if (this.canvas.previousElementSibling === image) frames += 1;
        draw.call(this, frame);
    };
    button.click();
    const pause = seconds => new Promise(done => setTimeout(done, seconds * 1000));
    await pause(1);
    const begin = performance.now(), before = frames;
    await pause(4);
    return (frames - before) / (performance.now() - begin) * 1000;
}"""

DEFAULT = "import nn_widgets\nnn_widgets.Playground()"
PARTS = (Path(__file__).parent / "frame_parts.py").read_text(encoding="utf-8")
RAN = ':is([data-live-cell-status="done"], [data-live-cell-status="error"])'


class Visit(NamedTuple):
    """An open page, and what it took: seconds, and bytes until the playground was live."""

    page: Page
    playground: float
    ready: float
    sent: int


def chromium():
    """Return the options to start Chromium, or exit if it is not installed."""
    options = launch_options()
    if options is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium)")
    return options


def visit(context, server):
    """Open the chapter, press the playground's picture, and wait until all cells have run."""
    server.sent = 0
    page = context.new_page()
    page.goto(f"{server.address}/{CHAPTER}", wait_until="networkidle")
    begin = time.perf_counter()
    page.locator("#cell-playground .live-play:visible").click()
    page.wait_for_selector(PLAYGROUND, timeout=240_000)
    playground = time.perf_counter() - begin
    sent = server.sent
    page.wait_for_function(ALL_RAN, timeout=480_000)
    return Visit(page, playground, time.perf_counter() - begin, sent)


def run_in_page(page, code):
    """Run code in the page's first cell; return that cell's id."""
    cell = page.eval_on_selector(".cell:has(.CodeMirror)", "cell => cell.id")
    page.eval_on_selector(
        f"#{cell} .CodeMirror", "(box, code) => box.CodeMirror.setValue(code)", code
    )
    page.eval_on_selector(f"#{cell}", "cell => delete cell.dataset.liveCellStatus")
    page.click(f"#{cell} .live-run")
    page.wait_for_selector(f"#{cell}{RAN}", timeout=120_000)
    return cell


def measure(playwright, server):
    """Visit the chapter twice with a new browser profile; return {name: number}."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(profile, **chromium())
        first = visit(context, server)
        first.page.wait_for_function(KEPT, timeout=240_000)
        first.page.close()
        cached = visit(context, server)
        page = cached.page
        page.wait_for_selector('[data-live-status="ready"]', timeout=120_000)
        frames = page.evaluate(FRAMES, "cell-playground")
        default = page.evaluate(FRAMES, run_in_page(page, DEFAULT))
        cell = run_in_page(page, PARTS)
        parts = json.loads(page.inner_text(f"#{cell} .live-output"))
        context.close()
    return {
        "first": first.playground,
        "cached": cached.playground,
        "ready": first.ready,
        "frames": frames,
        "default": default,
        "parts": parts,
        "bytes": first.sent,
    }


def main():
    options = make_parser(__doc__, rounds=3).parse_args()
    with serve() as server, sync_playwright() as playwright:
        rounds = [measure(playwright, server) for _ in range(options.rounds)]
    results = {name: [found[name] for found in rounds] for name in rounds[0]}
    parts, sent = results["parts"], results.pop("bytes")[-1]
    median = {
        name: statistics.median(values)
        for name, values in results.items()
        if name != "parts"
    }
    print(f"press to live playground, first   {median['first']:6.2f} s")
    print(f"press to live playground, cached  {median['cached']:6.2f} s")
    print(f"press to the last cell, first     {median['ready']:6.2f} s")
    print(f"frames while training             {median['frames']:6.1f} per second")
    print(f"… with the default settings       {median['default']:6.1f}")
    for part in parts[0]:
        each = statistics.median(found[part] for found in parts)
        print(f"{part:<33} {each:6.1f} ms a frame")
    print(f"sent until it is live, first      {sent / 1e6:6.1f} MB (page included)")
    write_json(options.json, {**results, "bytes": sent})


if __name__ == "__main__":
    main()
