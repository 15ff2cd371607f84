"""Chapter 8 in a real JupyterLab: drawing a digit with the mouse and the keyboard."""

import pytest

from tests.nn_widgets.playground_in_a_notebook import scroll_to
from tests.nn_widgets.test_jupyterlab import lab  # noqa: F401
from tests.web import axe_core

pytestmark = pytest.mark.browser

PATIENCE = 180_000  # ms: the chapter trains a dozen networks


@pytest.fixture(scope="module")
def drawing(lab, browser):  # noqa: F811
    """Open chapter 8, run all its cells, and yield the page with the drawing widget."""
    address, log = lab
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{address}/lab/tree/08_read_digits.ipynb?reset")
    kernel = page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel)")
    kernel.filter(has_text="Idle").wait_for(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    kernel.filter(has_text="Busy").wait_for(timeout=PATIENCE)
    kernel.filter(has_text="Idle").wait_for(timeout=PATIENCE)
    widget = page.locator(".widget-vbox", has=page.locator(".widget-gridbox")).first
    scroll_to(page, widget)
    yield page, widget, troubles
    page.close()
    assert troubles == []
    assert "Traceback" not in log.read_text()


def colour(cell):
    return cell.evaluate("element => getComputedStyle(element).backgroundColor")


def test_a_digit_is_drawn_with_mouse_and_keyboard(drawing):
    """Protects chapter 8: a reader's digit is read, however it was drawn."""
    page, widget, _ = drawing
    words = widget.locator(".widget-html-content").first
    words.get_by_text("The network reads a 5").wait_for(timeout=PATIENCE)
    widget.get_by_role("button", name="Clear").click()
    words.get_by_text("Nothing is drawn yet").wait_for(timeout=PATIENCE)

    cells = widget.locator(".widget-gridbox button")
    assert cells.count() == 64
    paper = colour(cells.nth(9))
    cells.nth(9).click()
    words.get_by_text("The network reads a").wait_for(timeout=PATIENCE)
    assert colour(cells.nth(9)) != paper
    assert cells.nth(9).get_attribute("title") == "row 2, column 2: ink"

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_function(
        "cell => cell.title == 'row 2, column 3: ink'",
        arg=cells.nth(10).element_handle(),
        timeout=PATIENCE,
    )
    focused = "element => element === document.activeElement"
    assert cells.nth(10).evaluate(focused)  # and drawing goes on from there
    cells.nth(9).click()
    cells.nth(10).click()
    words.get_by_text("Nothing is drawn yet").wait_for(timeout=PATIENCE)
    assert colour(cells.nth(9)) == paper


def test_axe_finds_no_fault_in_the_drawing(drawing):
    page, _, _ = drawing
    assert axe_core.faults(page, ".widget-gridbox") == []
