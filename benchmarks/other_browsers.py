"""Time chapter 6 beside the first edition of this book, in turns, in Firefox and WebKit.

    python benchmarks/other_browsers.py [--rounds 3] [--json FILE]

As live_side_by_side.py does in Chromium, but only what a reader waits for: the first page
ever, and a later one. A browser that is not installed is named, and left out.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.live_page import CHAPTER
from benchmarks.live_side_by_side import (
    PATIENCE,
    editions,
    print_head,
    print_row,
    turns,
)
from publish.browsers import firefox, webkit
from web.measured.report_live import BROWSERS, VISITS

HERE = Path(__file__).resolve().parent
PRESS = HERE / "press_playground.js"


@contextlib.contextmanager
def in_firefox():
    """Yield a function that measures a fresh Firefox, or None if it is not installed."""
    path = firefox.find()
    if path is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        run = firefox.prepare(folder, HERE / "firefox_visits.mjs", PRESS)

        def measure(address, keeps_python):
            timeout = 3 * PATIENCE / 1000
            done = run(path, address, json.dumps(keeps_python), timeout=timeout)
            if done.returncode:
                sys.exit(f"Firefox could not be measured.\n{done.stdout}{done.stderr}")
            return json.loads(done.stdout)

        yield measure


@contextlib.contextmanager
def in_webkit():
    """Yield a function that measures a fresh WebKit, or None if it is not installed."""
    if webkit.what_is_missing():
        yield None
        return
    in_page = PRESS.read_text(encoding="utf-8")

    def call(browser, text):
        answer = "arguments[arguments.length - 1]"
        return browser.execute_async_script(f"{in_page}\n{text}.then({answer});")

    with webkit.starting() as start:

        def measure(address, keeps_python):
            browser = start()
            browser.set_script_timeout(PATIENCE / 1000)
            seconds = []
            try:
                for _ in VISITS:
                    browser.get(address)
                    seconds.append(call(browser, "pressPlayground()"))
                    if len(seconds) == 1:
                        call(browser, f"comeToRest({json.dumps(keeps_python)})")
            finally:
                browser.quit()
            return seconds

        yield measure


def measure_browser(measure, servers, rounds, name):
    """Return {edition: rounds of {visit: seconds}}."""
    results = {edition: [] for edition in servers}
    for number, edition in turns(servers, rounds):
        address = f"http://127.0.0.1:{servers[edition].server_port}/{CHAPTER}"
        seconds = measure(address, edition == "this")
        results[edition].append(dict(zip(VISITS, seconds, strict=True)))
        words = ", ".join(f"{s:.2f} s" for s in seconds)
        print(f"{name}, round {number}, {edition} edition: {words}", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args()
    results = {}
    with editions() as servers:
        for name, start in zip(BROWSERS, (in_firefox, in_webkit), strict=True):
            with start() as measure:
                if measure is None:
                    print(f"{name} is not installed: not measured", flush=True)
                    continue
                results[name] = measure_browser(measure, servers, options.rounds, name)
    print_head()
    for name, found in results.items():
        for visit, (label, aim) in VISITS.items():
            print_row(f"{name}, {label}, s", found, visit, aim)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
