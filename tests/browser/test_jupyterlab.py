"""Chapter 6 in a real JupyterLab: run all cells, play, and move the controls meanwhile."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from nn_widgets.playground.painted import SIDE
from tests.browser import axe_core

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PICTURES = Path(__file__).parents[2] / "_build" / "screenshots"
PATIENCE = 60_000  # ms: a shared machine can be slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory, free_port):
    """Start JupyterLab on a copy of the notebooks; yield its address and its log."""
    folder = tmp_path_factory.mktemp("a path with spaces")
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    port = free_port()
    log = folder / "jupyter.log"
    settings = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder / "notebooks",
        "IdentityProvider.token": "",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with open(log, "w") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            assert server.poll() is None, log.read_text()
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address, log
    finally:
        server.terminate()
        server.wait(timeout=30)


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
    playground = page.locator(".widget-vbox", has_text="epochs per frame")
    kernel.filter(has_text="Busy").wait_for(timeout=PATIENCE)
    kernel.filter(has_text="Idle").wait_for(timeout=PATIENCE)
    scroll_to(page, playground.first)
    yield page, playground.first, troubles
    page.close()
    assert troubles == []
    assert "Traceback" not in log.read_text()


def scroll_to(page, element):
    """Scroll down as a reader does: JupyterLab makes only the cells that are in sight."""
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
    """Return the picture now shown as text: its pixels, as the browser paints them."""
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
    """Wait until the condition holds; return what it gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.1)
    return value


def press(page, playground, slider, key, times):
    handle = playground.locator(".widget-slider", has_text=slider).locator(
        ".noUi-handle"
    )
    handle.focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_play_slide_and_pause(chapter):
    page, playground, _ = chapter
    assert page.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    still = picture(playground)
    playground.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(playground) > 30)
    moving = picture(playground)
    assert moving != still

    before = epoch(playground)
    press(page, playground, "learning rate", "ArrowRight", 8)
    eventually(lambda: epoch(playground) > before)  # the same run goes on
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


def test_paint_points_train_and_go_back(chapter):
    """By pointer and by keyboard: own points, training, and the start once more."""
    page, playground, _ = chapter
    for name in ("Your own data", "Paint points"):
        playground.get_by_role("button", name=name).click()
    playground.get_by_text("2 samples to train on").wait_for(timeout=PATIENCE)
    last = playground.get_by_title(f"row {SIDE}, column {SIDE} of the plane")
    last.wait_for(timeout=PATIENCE)
    for count, across, down in ((3, 0.3, 0.2), (4, 0.7, 0.3)):
        plane = playground.locator("img").first.bounding_box()
        page.mouse.click(
            plane["x"] + across * plane["width"], plane["y"] + down * plane["height"]
        )
        said = playground.get_by_text(f"{count} samples to train on")
        said.wait_for(timeout=PATIENCE)
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


def test_restarting_the_cell_ends_the_old_task(chapter):
    """Once its output is gone, a playing playground stops: the kernel comes to rest."""
    page, playground, _ = chapter
    playground.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(playground) > 10)
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_role("menuitem", name="Clear Outputs of All Cells").click()
    eventually(lambda: page.locator(".widget-vbox").count() == 0)
    write_cell(page, "print('playing:', playground.playing)")

    answer = page.locator(".jp-OutputArea-output", has_text="playing: ")

    def at_rest():
        page.keyboard.press("Control+Enter")  # the kernel hears of it a moment later
        answer.wait_for(timeout=PATIENCE)  # run sooner, the cell would drop its answer
        return "False" in answer.inner_text()

    eventually(at_rest)


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
    eventually(lambda: code in editor.inner_text())


def test_axe_finds_no_fault_in_the_playground(chapter):
    page, playground, _ = chapter
    playground.evaluate("element => element.dataset.look = 'here'")
    faults = axe_core.faults(page, "[data-look=here]")
    # ipywidgets has no way to name a slider's handle or to describe an Image (a tooltip
    # keeps an Image from being shown). The live pages mend both; here the label stands
    # before the slider, and the words below the picture.
    known = (("aria-input-field-name", "noUi-handle"), ("image-alt", "widget-image"))
    assert [
        fault
        for fault in faults
        if not any(fault.startswith(rule) and part in fault for rule, part in known)
    ] == []
