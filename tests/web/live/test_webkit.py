"""The live pages in WebKit, the engine of Safari: its small browser, driven by Selenium."""

import sys
from pathlib import Path

import pytest

from publish.browsers import webkit
from tests.conftest import missing

HERE = Path(__file__).resolve().parent
PICTURES = HERE.parent / "_build" / "screenshots"
PAGES = ("notebooks/01_import_libraries.html", "notebooks/06_train.html")
LATER = "notebooks/02_define_architecture.html"  # visited when the snapshot is stored
VISITS = (*PAGES, LATER)
KEPT = """return (document.querySelector('.live-kept')?.textContent ?? '')
    .includes('is kept')"""
PAINTED = "return document.body.innerText.includes('3 samples to train on')"
PATIENCE = 120  # seconds; the machine may be busy
LISTEN = """window.complaints = [];
const note = (text) => window.complaints.push(text);
addEventListener("error", (event) => note(event.message));
addEventListener("unhandledrejection", (event) => note(String(event.reason)));
document.addEventListener("securitypolicyviolation", (event) =>
    note(`refused: ${event.effectiveDirective} ${event.blockedURI}`));"""
STATUS = "return document.querySelector('[data-live-status]').dataset.liveStatus"
SIDEWAYS = """return [...document.querySelectorAll('html, .bd-sidebar')].filter(
    (part) => part.scrollWidth > part.clientWidth
        && getComputedStyle(part).overflowX !== 'hidden').map((part) => part.className)"""


# Selenium's own WebKit driver calls functions that Selenium deprecates.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.nightly,
    pytest.mark.filterwarnings("ignore:setting remote_server_addr"),
]


@pytest.fixture(scope="module")
def mini_browser():
    if reason := webkit.what_is_missing():
        missing(reason)
    with webkit.starting() as start:
        browser = start()
        browser.set_window_size(1200, 900)
        browser.set_script_timeout(PATIENCE)
        yield browser
        browser.quit()


@pytest.mark.skipif(sys.platform != "linux", reason="this WebKit is Linux's")
@pytest.mark.parametrize("name", VISITS)
def test_page_comes_alive_in_webkit(mini_browser, book_address, name):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    run, wait = mini_browser.execute_script, WebDriverWait(mini_browser, PATIENCE)
    mini_browser.get(f"{book_address}/{name}")
    run(LISTEN)
    assert run(SIDEWAYS) == []
    mini_browser.find_element(By.CSS_SELECTOR, "[data-live=start]").click()
    wait.until(lambda browser: run(STATUS) in ("ready", "error"))
    words = mini_browser.find_element(By.CSS_SELECTOR, ".live-words").text
    assert run(STATUS) == "ready", words
    cells = mini_browser.find_elements(By.CSS_SELECTOR, "[data-live-cell-status]")
    assert {cell.get_attribute("data-live-cell-status") for cell in cells} == {"done"}

    started = run("return document.querySelector('.live-bar').dataset.livePython")
    assert started == ("snapshot" if name == LATER else "wheels")

    press_play = (HERE / "press_play.js").read_text()
    changed = mini_browser.execute_async_script(f"({press_play})().then(arguments[0])")
    assert changed is (True if "train" in name else None)

    open_painting = (HERE / "open_painting.js").read_text()
    place = mini_browser.execute_async_script(f"({open_painting})().then(arguments[0])")
    assert (place is not None) is ("train" in name)
    if place:
        pointer = ActionBuilder(mini_browser)
        pointer.pointer_action.move_to_location(*place).click()
        pointer.perform()
        wait.until(lambda browser: run(PAINTED))

    run("""const editor = document.querySelector('.cell .CodeMirror').CodeMirror;
        editor.setValue(''); editor.focus();""")
    keys = ActionChains(mini_browser).send_keys("print(6 * 7)")
    keys.key_down(Keys.SHIFT).send_keys(Keys.ENTER).key_up(Keys.SHIFT).perform()
    output = cells[0].find_element(By.CSS_SELECTOR, ".live-output")
    wait.until(lambda browser: output.text.strip() == "42")

    PICTURES.mkdir(parents=True, exist_ok=True)
    mini_browser.save_screenshot(str(PICTURES / f"webkit-{Path(name).stem}.png"))
    assert run("return window.complaints") == []
    asked = run("return performance.getEntriesByType('resource').map((r) => r.name)")
    own = (book_address, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
    if name == PAGES[-1]:
        wait.until(lambda browser: run(KEPT))
