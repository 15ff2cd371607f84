"""Time chapter 6 from the press of the playground's picture till it is live, in Chromium.

    python benchmarks/live_page.py [--rounds 3] [--json FILE]

It serves the built book (make book) on this computer. "First" is a browser that has never
seen the book; "cached" is the same browser's next visit, once Python is kept in it. Targets:
8 and 6 seconds, 30 frames a second while the playground trains, and 25 MB sent.
"""

import argparse
import functools
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from publish.browsers.chromium import launch_options
from publish.serve import PAGES, Handler

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
    let frames = 0; // shown by the picture itself, or by the canvas over it
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

# A playground as it stands in the help, and one that packs its pictures and waits between
# them as the first edition did: they take turns.
DEFAULT = "import nn_widgets\nnn_widgets.Playground()"
PACKED = """import nn_widgets
class Packed(nn_widgets.Playground):
    FRAME_SECONDS = 1 / 40
    picture_format = "jpeg"
Packed()"""
PARTS = (Path(__file__).parent / "frame_parts.py").read_text(encoding="utf-8")
RAN = ':is([data-live-cell-status="done"], [data-live-cell-status="error"])'


class CountingHandler(Handler):
    sent = until_live = 0

    def copyfile(self, source, outputfile):
        CountingHandler.sent += source.seek(0, os.SEEK_END)
        source.seek(0)
        super().copyfile(source, outputfile)


def chromium():
    options = launch_options()
    if options is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium)")
    return options


def visit(context, address):
    """Return the page and the seconds from the press to the playground and to ready."""
    page = context.new_page()
    page.goto(f"{address}/{CHAPTER}", wait_until="networkidle")
    begin = time.perf_counter()
    page.locator("#cell-playground .live-play:visible").click()
    page.wait_for_selector(PLAYGROUND, timeout=240_000)
    playground = time.perf_counter() - begin
    CountingHandler.until_live = CountingHandler.sent
    page.wait_for_function(ALL_RAN, timeout=480_000)
    return page, playground, time.perf_counter() - begin


def run_in_page(page, code):
    """Run code in the page's first cell, and return that cell's id."""
    cell = page.eval_on_selector(".cell:has(.CodeMirror)", "cell => cell.id")
    page.eval_on_selector(
        f"#{cell} .CodeMirror", "(box, code) => box.CodeMirror.setValue(code)", code
    )
    page.eval_on_selector(f"#{cell}", "cell => delete cell.dataset.liveCellStatus")
    page.click(f"#{cell} .live-run")
    page.wait_for_selector(f"#{cell}{RAN}", timeout=120_000)
    return cell


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args()
    rounds = options.rounds
    if not (PAGES / CHAPTER).exists():
        sys.exit(f"There is no book in {PAGES} yet. Build it first: make book")
    handler = functools.partial(CountingHandler, directory=str(PAGES))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    names = ("first", "cached", "ready", "frames", "default", "packed", "parts")
    results = {name: [] for name in names}
    with sync_playwright() as playwright:
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as profile:
                context = playwright.chromium.launch_persistent_context(
                    profile, **chromium()
                )
                CountingHandler.sent = 0
                page, playground, ready = visit(context, address)
                sent = CountingHandler.until_live
                results["first"].append(playground)
                results["ready"].append(ready)
                page.wait_for_function(KEPT, timeout=240_000)
                page.close()
                page, playground, _ = visit(context, address)
                results["cached"].append(playground)
                page.wait_for_selector('[data-live-status="ready"]', timeout=120_000)
                results["frames"].append(page.evaluate(FRAMES, "cell-playground"))
                for name, code in (("default", DEFAULT), ("packed", PACKED)):
                    cell = run_in_page(page, code)
                    results[name].append(page.evaluate(FRAMES, cell))
                cell = run_in_page(page, PARTS)
                said = page.inner_text(f"#{cell} .live-output")
                results["parts"].append(json.loads(said))
                context.close()
    server.shutdown()
    measured = {name: values for name, values in results.items() if name != "parts"}
    median = {name: statistics.median(values) for name, values in measured.items()}
    print(f"press to live playground, first   {median['first']:6.2f} s")
    print(f"press to live playground, cached  {median['cached']:6.2f} s")
    print(f"press to the last cell, first     {median['ready']:6.2f} s")
    print(f"frames while training             {median['frames']:6.1f} per second")
    print(f"… with the default settings       {median['default']:6.1f}")
    print(f"… packed as in the first edition  {median['packed']:6.1f}")
    for part in results["parts"][0]:
        each = statistics.median(found[part] for found in results["parts"])
        print(f"{part:<33} {each:6.1f} ms a frame")
    print(f"sent until it is live, first      {sent / 1e6:6.1f} MB (page included)")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({**results, "bytes": sent}))


if __name__ == "__main__":
    main()
