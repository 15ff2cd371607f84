"""Time chapter 6 from the press on the playground's picture, in Firefox and WebKit.

    python benchmarks/other_browsers.py [--rounds 3] [--json FILE]

As live_page.py does in Chromium, but only the first and the next visit. A browser that is not
installed is left out, with a message.
"""

import contextlib
import json
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.book_server import serve
from benchmarks.command_line import make_parser, write_json
from benchmarks.live_page import CHAPTER
from publish.browsers import firefox, webkit

HERE = Path(__file__).resolve().parent
PRESS = HERE / "press_playground.js"
VISITS = ("first", "later")
TIMEOUT = 480  # seconds


@contextlib.contextmanager
def in_firefox():
    """Yield a function that times the visits in a new Firefox, or None without Firefox."""
    path = firefox.find()
    if path is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        run = firefox.prepare(folder, HERE / "firefox_visits.mjs", PRESS)

        def measure(address):
            done = run(path, address, timeout=3 * TIMEOUT)
            if done.returncode:
                sys.exit(f"The visits in Firefox failed.\n{done.stdout}{done.stderr}")
            return json.loads(done.stdout)

        yield measure


@contextlib.contextmanager
def in_webkit():
    """Yield a function that times the visits in a new WebKit, or None without WebKit."""
    if webkit.what_is_missing():
        yield None
        return
    in_page = PRESS.read_text(encoding="utf-8")

    def call(browser, text):
        answer = "arguments[arguments.length - 1]"
        return browser.execute_async_script(f"{in_page}\n{text}.then({answer});")

    with webkit.starting() as start:

        def measure(address):
            browser = start()
            browser.set_script_timeout(TIMEOUT)
            seconds = []
            try:
                for _ in VISITS:
                    browser.get(address)
                    seconds.append(call(browser, "pressPlayground()"))
                    if len(seconds) == 1:
                        call(browser, "waitUntilStored()")
            finally:
                browser.quit()
            return seconds

        yield measure


def main():
    options = make_parser(__doc__, rounds=3).parse_args()
    results = {}
    browsers = {"Firefox": in_firefox, "WebKit": in_webkit}
    with serve() as server:
        for name, start in browsers.items():
            with start() as measure:
                if measure is None:
                    print(f"{name} is not installed: not measured", flush=True)
                    continue
                address = f"{server.address}/{CHAPTER}"
                results[name] = [
                    dict(zip(VISITS, measure(address), strict=True))
                    for _ in range(options.rounds)
                ]
    for name, rounds in results.items():
        for visit in VISITS:
            middle = statistics.median(seconds[visit] for seconds in rounds)
            print(f"{name}, press to playground, {visit} visit: {middle:.2f} s")
    write_json(options.json, results)


if __name__ == "__main__":
    main()
