"""Draw the README's picture: the playground at work on the live page of chapter 6.

`make readme-picture` builds the book, opens the page in Chromium and presses its buttons.
"""

import sys
import threading

from playwright.sync_api import sync_playwright

from tools.build.serve import PAGES, open_server
from tools.chromium import launch_options

PICTURE = PAGES.parents[1] / "web" / "static" / "playground.png"
PATIENCE = 120_000  # milliseconds


def draw(address):
    options = launch_options()
    if options is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**options)
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
        playground.screenshot(path=PICTURE)
        chromium.close()


def main():
    with open_server(8000) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        draw(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
