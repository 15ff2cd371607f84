"""On a host without special headers, the book's service worker isolates its pages.

Only an isolated page may share memory with its Python, which it needs to stop a cell without
losing the variables, and to wait for input().
"""

import pytest

from tests.web.live.test_live_pages import CHAPTERS, screenshot_of_failure, visiting
from tests.web.live.test_live_snapshot import press_run, run

pytestmark = pytest.mark.browser

CELL = "cell-transpose"
CHAPTER = f"notebooks/{CHAPTERS[0]}.html"
CONTROLLED = "() => Boolean(navigator.serviceWorker.controller)"
FRAME = '<!doctype html><title>Frame</title><iframe src="BOOK" width=900 height=700>'


@pytest.fixture
def visit(browser, book_address):
    with visiting(browser, book_address) as visit:
        yield visit
    assert visit.errors == []


def test_from_the_second_page_on_stop_keeps_the_variables_and_input_waits(visit):
    """Protects readers' variables: Stop keeps them, and input() waits."""
    page = visit.open("book/welcome.html")
    assert page.evaluate("crossOriginIsolated") is False
    page.wait_for_function(CONTROLLED)
    visit.open(CHAPTER)
    assert page.evaluate("crossOriginIsolated") is True
    visit.go_live()
    assert run(visit, CELL, "x = 41")[0] == "done"
    press_run(visit, CELL, "while True:\n    x = x")
    page.wait_for_selector(f'#{CELL}[data-live-cell-status="error"]')
    assert "KeyboardInterrupt" in visit.output(CELL)
    assert "variables are kept" in visit.words()
    assert run(visit, CELL, "print(x + 1)")[1].strip() == "42"

    asks = "name = input('Your name? ')\nprint(name[::-1], x, len(input()))"
    visit.write(CELL, asks)
    page.keyboard.press("Shift+Enter")
    field = page.get_by_label("Your name?")
    field.wait_for()
    with screenshot_of_failure(page, "input"):
        page.keyboard.type("Zoë Ωmega")  # it has the focus
    page.keyboard.press("Enter")
    page.get_by_label("waits for an input").fill("four")
    page.click(f"#{CELL} .live-ask button")
    page.wait_for_selector(f'#{CELL}[data-live-cell-status="done"]')
    said = visit.output(CELL).split("\n")
    assert [line.strip() for line in said if line.strip()] == [
        "Your name? Zoë Ωmega",
        "four",
        "agemΩ ëoZ 41 4",
    ]
    # a waiting cell can be stopped
    press_run(visit, CELL, "import getpass\ngetpass.getpass('Secret: ')")
    page.wait_for_selector(f'#{CELL}[data-live-cell-status="error"]')
    assert page.locator(".live-ask").count() == 0
    assert run(visit, CELL, "print(x + 1)")[1].strip() == "42"


@pytest.mark.nightly
def test_the_first_page_says_why_input_cannot_wait(visit):
    """Protects readers from confusion: the first page says what it cannot do yet."""
    visit.open(CHAPTER)
    visit.go_live()
    state, words = run(visit, CELL, "input('Your name? ')")
    assert state == "error"
    assert "cannot wait for an answer on this page" in words
    assert "Load the page once more" in words
    press_run(visit, CELL, "while True:\n    pass")
    visit.page.wait_for_function(
        "() => /started anew/.test(document.querySelector('.live-words').textContent)"
    )


def test_a_page_in_the_frame_of_another_site_is_as_it_was(
    browser, book_address, serve_folder, tmp_path
):
    (tmp_path / "index.html").write_text(
        FRAME.replace("BOOK", f"{book_address}/{CHAPTER}")
    )
    with serve_folder(tmp_path) as another:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{book_address}/book/welcome.html")
        page.wait_for_function(CONTROLLED)
        page.goto(another.replace("127.0.0.1", "localhost") + "/")
        for _ in range(2):
            frame = page.frame_locator("iframe")
            frame.locator("article h1").wait_for()
            frame.locator("[data-live=start]").wait_for()
            page.reload()
        assert page.frames[1].evaluate("crossOriginIsolated") is False
        context.close()
