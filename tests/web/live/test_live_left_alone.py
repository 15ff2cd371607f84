"""A page that ends Python because nobody uses it, and one that starts Python early."""

import pytest

from tests.web.live.test_live_pages import CHAPTERS, KEPT, Visit, screenshot_of_failure
from tests.web.live.test_live_snapshot import run, served  # noqa: F401

pytestmark = pytest.mark.browser

CELL, OTHER = "cell-transpose", "cell-three-neurons"
CHAPTER = f"notebooks/{CHAPTERS[0]}.html"
EXERCISE = "book/exercises/ex04_feedforward.html"
SET = '"minutesUntilRest": 30'  # as the build writes it
# Playwright keeps every page visible; this pretends that another tab is in front.
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
SAVE_DATA = (
    """Object.defineProperty(navigator, "connection", { value: { saveData: true } })"""
)


@pytest.fixture
def visit(browser, served):  # noqa: F811
    context = browser.new_context(
        service_workers="block", viewport={"width": 1200, "height": 900}
    )
    visit = Visit(context, served)
    yield visit
    context.close()
    assert visit.errors == []


def wait_for_words(page, words):
    page.wait_for_function(
        "words => document.querySelector('.live-words').textContent.includes(words)",
        arg=words,
    )


def hover_start(page):
    page.mouse.move(0, 0)
    page.hover("[data-live=start]")


def test_a_hidden_page_ends_python_and_restarts_it_on_request(visit):
    """Protects readers' memory, and what they wrote in a page that was left alone."""

    def rest_soon(route):
        response = route.fetch()
        page = response.text()
        assert SET in page
        route.fulfill(response=response, body=page.replace(SET, SET[:-2] + "0.03"))

    visit.context.route(f"**/{CHAPTER}", rest_soon)
    page = visit.open(CHAPTER)
    visit.go_live()
    page.wait_for_function(KEPT)
    assert run(visit, CELL, "x = 41")[0] == "done"
    page.wait_for_timeout(3000)  # no widget plays
    assert len(page.workers) == 1  # a visible page keeps its Python
    page.evaluate(HIDE, True)
    wait_for_words(page, "left alone")
    with screenshot_of_failure(page, "left-alone"):
        page.evaluate(HIDE, False)
    assert page.workers == []
    assert visit.code(CELL) == "x = 41"

    visit.requests.clear()
    page.click(".live-go-on")
    wait_for_words(page, "This page is live")
    assert page.get_attribute(".live-bar", "data-live-python") == "snapshot"
    assert {state for _, state in visit.cell_states()} == {"done"}
    assert run(visit, OTHER, "print(x + 1)")[1].strip() == "42"
    assert page.locator(".live-go-on").count() == 0
    # running a cell starts Python again, too, and first runs what the cell needs
    page.evaluate(HIDE, True)
    wait_for_words(page, "left alone")
    page.evaluate(HIDE, False)
    assert run(visit, OTHER, "print(x + 2)")[1].strip() == "43"
    assert page.locator(".live-go-on").count() == 0

    # this page was live before: hovering over the button now starts Python, but not the page
    page.reload(wait_until="load")
    words = visit.words()
    with page.expect_worker():
        hover_start(page)
    assert (visit.status(), visit.words()) == ("idle", words)


@pytest.mark.nightly
def test_an_exercise_starts_python_at_a_sign_and_a_new_chapter_does_not(visit):
    """Protects readers' data plans: only readers who will use Python fetch it."""
    page = visit.open(CHAPTER)
    hover_start(page)
    page.focus("[data-live=start]")
    page.wait_for_timeout(2000)
    assert page.workers == []
    assert not any("session.js" in url for url in visit.requests)

    visit.open(EXERCISE)
    words = visit.words()
    with page.expect_worker():
        page.focus("[data-live=start]")
    assert (visit.status(), visit.words()) == ("idle", words)
    visit.go_live()
    assert len(page.workers) == 1  # the one that started early

    visit.context.add_init_script(SAVE_DATA)
    page = visit.open(EXERCISE, visit.new_tab())
    hover_start(page)
    page.wait_for_timeout(2000)
    assert page.workers == []
