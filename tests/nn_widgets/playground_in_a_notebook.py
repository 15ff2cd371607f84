"""Operate a playground in the page of JupyterLab, Jupyter Notebook or JupyterLite."""

import contextlib
import time

from playwright.sync_api import TimeoutError as TookTooLong

from nn_widgets.playground.panels.plane_cells import SIDE

PATIENCE = 60_000  # ms: a shared machine can be slow
LINK = """print("the same:", Playground.from_link(
    playground.link(), network=NeuralNetwork).history == playground.history)"""


def playground_of(page):
    """Return the playground of chapter 6."""
    return page.locator(".widget-vbox", has_text="epochs per frame").first


def run_all_cells(page):
    """Wait for the kernel, run all cells, and wait until the first one is running."""
    wait_for_kernel(page, "idle")
    for _ in range(3):  # a click may be lost although the kernel is shown as idle
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(TookTooLong):
            page.wait_for_selector(
                ".jp-CodeCell .jp-InputPrompt >> text=/[*0-9]/", timeout=30_000
            )
            break


def wait_for_kernel(page, status):
    """Wait until the notebook shows this status of the kernel, "idle" or "busy"."""
    page.wait_for_selector(
        f'.jp-Notebook-ExecutionIndicator[data-status="{status}"]',
        state="attached",
        timeout=3 * PATIENCE,
    )


def scroll_to(page, element):
    """Scroll down as a reader does: JupyterLab creates only the visible cells."""
    page.locator(".jp-WindowedPanel-outer").hover(position={"x": 300, "y": 300})
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    for _ in range(200):
        if element.is_visible():
            break
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(100)
    element.scroll_into_view_if_needed(timeout=PATIENCE)


def words(playground):
    """Return the words beside the picture; they are empty for a moment when they change."""
    return eventually(playground.locator(".widget-html-content").first.inner_text)


def epoch(playground):
    return int(words(playground).split("Epoch ")[1].split(".")[0].replace(",", ""))


def picture(playground):
    """Return the current picture as a data URL of its pixels."""
    return playground.locator("img").first.evaluate(
        """image => {
            const canvas = document.createElement("canvas");
            canvas.width = image.naturalWidth;
            canvas.height = image.naturalHeight;
            canvas.getContext("2d").drawImage(image, 0, 0);
            return canvas.toDataURL();
        }"""
    )


def eventually(condition, seconds=60):
    """Wait until condition() is true; return its value."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"still not true after {seconds} s"
        time.sleep(0.1)
    return value


def press(page, playground, slider, key, times):
    handle = playground.locator(".widget-slider", has_text=slider).locator(
        ".noUi-handle"
    )
    handle.focus()
    for _ in range(times):
        page.keyboard.press(key)


def paint_two_points(playground):
    """Set a third and a fourth point with the mouse, in the plane of the picture."""
    for name in ("Your own data", "Paint points"):
        playground.get_by_role("button", name=name).click()
    playground.get_by_text("2 samples to train on").wait_for(timeout=PATIENCE)
    last = playground.get_by_title(f"row {SIDE}, column {SIDE} of the plane")
    last.wait_for(timeout=PATIENCE)
    for count, row, column in ((3, 3, 4), (4, 4, 9)):
        # Unlike a click at a place of the picture, it waits until the layout is at rest.
        cell = playground.get_by_title(f"row {row}, column {column} of the plane")
        cell.click(timeout=PATIENCE)
        said = playground.get_by_text(f"{count} samples to train on")
        said.wait_for(timeout=PATIENCE)


def write_cell(page, code):
    """Write code into a new cell below the first one, and leave the cursor in it."""
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.locator(".jp-CodeCell.jp-mod-active").wait_for(timeout=PATIENCE)
    page.keyboard.press("Enter")
    editor = page.locator(".jp-CodeCell.jp-mod-active .cm-content:focus")
    editor.wait_for(timeout=PATIENCE)
    page.keyboard.insert_text(code)
    eventually(lambda: code.split("\n")[0] in editor.inner_text())


def open_own_link(page):
    """Open the playground's own link in the notebook, which must give the same network."""
    write_cell(page, LINK)
    page.keyboard.press("Control+Enter")
    page.get_by_text("the same: True").wait_for(timeout=PATIENCE)


def check(page, playground):
    """Check the functions that may depend on the kind of notebook."""
    still = picture(playground)
    playground.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(playground) > 30)
    eventually(lambda: picture(playground) != still)
    playground.get_by_role("button", name="Pause").click()
    playground.get_by_role("button", name="Play").wait_for(timeout=PATIENCE)
    paint_two_points(playground)
    eventually(lambda: epoch(playground) == 0)
    playground.get_by_role("button", name="Step").click()
    eventually(lambda: epoch(playground) == 1)
    open_own_link(page)
