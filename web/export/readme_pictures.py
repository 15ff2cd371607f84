"""Take the README's screenshots: the playground, a chapter in Jupyter, a graded class.

`make readme-pictures` builds the book, opens it in Chromium, and grades sample submissions.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from publish.browsers.chromium import launch_options
from publish.paths import BOOK, GRADE, HTML, ROOT
from publish.serve import serving

# Also the picture of the book's link previews on other sites.
PLAYGROUND = ROOT / "web" / "pages" / "theme" / "playground.png"
JUPYTER = BOOK / "pictures" / "jupyter.png"
CLASS = BOOK / "pictures" / "class.png"
PATIENCE = 120_000  # milliseconds


def draw_playground(chromium, address):
    page = chromium.new_page(viewport={"width": 1000, "height": 1200})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/notebooks/06_train.html")
    page.click("[data-live=start]")
    page.wait_for_selector('[data-live-status="ready"]', state="attached")
    playground = page.locator("#cell-playground .live-output")
    playground.get_by_role("button", name="Play").click()
    page.wait_for_function(
        """() => /Epoch (\\d+)/.exec(
            document.querySelector("#cell-playground .live-output").textContent
        )?.[1] > 1000"""
    )
    playground.get_by_role("button", name="Pause").click()
    playground.screenshot(path=PLAYGROUND)


def draw_jupyter(chromium, address):
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/lite/lab/index.html?path=notebooks/04_feedforward.ipynb")
    page.wait_for_selector(
        '.jp-Notebook-ExecutionIndicator[data-status="idle"]', state="attached"
    )
    page.click(".lm-MenuBar-itemLabel >> text=Run")
    page.click(".lm-Menu-itemLabel >> text=Run All Cells")
    widget = page.locator(".widget-vbox").first
    widget.locator("img").first.wait_for(state="attached")
    widget.evaluate("element => element.scrollIntoView({ block: 'center' })")
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    page.screenshot(path=JUPYTER)


def draw_class(chromium):
    with tempfile.TemporaryDirectory() as folder:
        submissions, course = Path(folder) / "submissions", Path(folder) / "classroom"
        samples = [
            sys.executable,
            "-m",
            "tests.grading.sample_submissions",
            submissions,
        ]
        subprocess.run(samples, cwd=ROOT, check=True)
        command = [sys.executable, GRADE, "grade", submissions, "--course", course]
        subprocess.run(command, check=True)
        page = chromium.new_page(viewport={"width": 1000, "height": 900})
        page.goto((course / "overview.html").as_uri())
        page.screenshot(path=CLASS)


def main():
    options = launch_options()
    if options is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium)")
    JUPYTER.parent.mkdir(exist_ok=True)
    with serving(HTML) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
        draw_playground(chromium, address)
        draw_jupyter(chromium, address)
        draw_class(chromium)
        chromium.close()
    for picture in (PLAYGROUND, JUPYTER, CLASS):
        print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
