"""Chapter 6 in a real JupyterLab: run all cells, play, and move the controls while it plays."""

import time

import pytest

from publish.paths import BUILD
from tests.nn_widgets.jupyter_server import serving
from tests.nn_widgets.playground_in_a_notebook import (
    PATIENCE,
    epoch,
    eventually,
    open_own_link,
    paint_two_points,
    picture,
    playground_of,
    press,
    scroll_to,
    words,
    write_cell,
)
from tests.web import axe_core

pytestmark = pytest.mark.browser

PICTURES = BUILD / "screenshots"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, free_port):
    """Start JupyterLab; yield its address and its log."""
    folder = tmp_path_factory.mktemp("a path with spaces")
    with serving("jupyterlab", folder, free_port()) as address_and_log:
        yield address_and_log


@pytest.fixture
def chapter(lab, browser):
    """Open chapter 6, run all its cells, and yield the page with its playground."""
    address, log = lab
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and troubles.append(message.text),
    )
    page.goto(f"{address}/lab/tree/06_train.ipynb?reset")
    kernel = page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel)")
    kernel.filter(has_text="Idle").wait_for(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    playground = playground_of(page)
    kernel.filter(has_text="Busy").wait_for(timeout=PATIENCE)
    kernel.filter(has_text="Idle").wait_for(timeout=PATIENCE)
    scroll_to(page, playground)
    yield page, playground, troubles
    page.close()
    assert troubles == []
    assert "Traceback" not in log.read_text()


def test_play_slide_and_pause(chapter):
    """Protects readers in JupyterLab: the playground obeys while it plays."""
    page, playground, _ = chapter
    assert page.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    still = picture(playground)
    playground.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(playground) > 30)
    moving = picture(playground)
    assert moving != still

    before = epoch(playground)
    press(page, playground, "learning rate", "ArrowRight", 8)
    eventually(lambda: epoch(playground) > before)  # the same run continues
    assert picture(playground) != moving

    press(page, playground, "hidden nodes", "ArrowLeft", 4)  # a new network, at once
    time.sleep(1)
    eventually(lambda: epoch(playground) > 10)
    loss = words(playground)
    eventually(lambda: words(playground) != loss)

    playground.get_by_role("button", name="Pause").click()
    playground.get_by_role("button", name="Play").wait_for()
    time.sleep(0.5)
    rest, shown = epoch(playground), picture(playground)
    time.sleep(1)
    assert (epoch(playground), picture(playground)) == (rest, shown)

    playground.get_by_role("button", name="More").click()
    playground.get_by_role("button", name="Copy as Python").click()
    code = playground.locator("textarea")
    eventually(lambda: " NeuralNetwork(2, 4, 1" in code.input_value())


@pytest.mark.nightly
def test_paint_points_train_and_go_back(chapter):
    """Protects readers in JupyterLab: they can paint, train, and go back to the start."""
    page, playground, _ = chapter
    paint_two_points(playground)
    press(page, playground, "input 1", "ArrowRight", 20)
    press(page, playground, "input 2", "ArrowUp", 20)
    playground.get_by_role("button", name="Set class 1").press("Enter")
    playground.get_by_text("A point of class 1 is set").wait_for(timeout=PATIENCE)
    said = playground.get_by_text("4 samples to train on, 1 to test with")
    said.wait_for(timeout=PATIENCE)
    page.screenshot(path=PICTURES / "playground-painted.png")

    playground.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(playground) > 30)
    playground.get_by_role("button", name="Pause").click()
    playground.get_by_role("button", name="Time", exact=True).click()
    before = picture(playground)
    press(page, playground, "epoch", "Home", 1)
    eventually(lambda: epoch(playground) == 0)
    eventually(lambda: picture(playground) != before)
    assert "This is how it was" in words(playground)
    open_own_link(page)


@pytest.mark.nightly
def test_restarting_the_cell_ends_the_old_task(chapter):
    """Protects the kernel: a playing playground whose output is removed stops."""
    page, playground, _ = chapter
    playground.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(playground) > 10)
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_role("menuitem", name="Clear Outputs of All Cells").click()
    eventually(lambda: page.locator(".widget-vbox").count() == 0)
    write_cell(page, "print('playing:', playground.playing)")

    answer = page.locator(".jp-OutputArea-output", has_text="playing: ")

    def at_rest():
        page.keyboard.press("Control+Enter")  # the kernel is notified a moment later
        answer.wait_for(timeout=PATIENCE)
        return "False" in answer.inner_text()

    eventually(at_rest)


@pytest.mark.nightly
def test_axe_finds_no_fault_in_the_playground(chapter):
    """Protects readers with a screen reader in JupyterLab."""
    page, playground, _ = chapter
    playground.evaluate("element => element.dataset.look = 'here'")
    faults = axe_core.faults(page, "[data-look=here]")
    # ipywidgets cannot name a slider's handle or describe an Image (an Image with a tooltip is
    # not shown). The live pages repair both. Here the label before the slider and the words
    # below the picture have to do.
    known = (("aria-input-field-name", "noUi-handle"), ("image-alt", "widget-image"))
    assert [
        fault
        for fault in faults
        if not any(fault.startswith(rule) and part in fault for rule, part in known)
    ] == []
