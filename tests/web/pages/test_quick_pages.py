"""Pages load fast: drawn formulas, one complete style sheet, small pictures."""

import re

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests.conftest import nightly_but
from tests.web.small_book import build, page_of, write_page
from web.pages.written_pages import all_pages

SCREENS = {
    "phone": {"width": 412, "height": 823},
    "desktop": {"width": 1350, "height": 940},
}


@pytest.fixture(scope="module")
def pages(built_book):
    """Return {path: parsed page} of all pages except index.html, which only redirects."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in all_pages(built_book)
        if path.name != "index.html"
    }


# --- Formulas ---------------------------------------------------------------------------


def test_every_formula_is_drawn_and_can_be_heard(pages):
    drawn = 0
    for path, page in pages.items():
        assert page.select("script[src*=mathjax]") == [], path
        for formula in page.select(".math"):
            drawing = formula.select_one("mjx-container > svg")
            assert drawing["aria-hidden"] == "true", path
            assert drawing.find("path"), f"{path}: {formula}"
            assert formula.select_one("mjx-assistive-mml > math").get_text(strip=True)
            assert not re.search(r"\\[a-z()\[\]]", formula.get_text()), formula
            drawn += 1
    assert drawn > 100


@pytest.mark.nightly
def test_a_formula_that_cannot_be_read_stops_the_build(small_book):
    """Protects readers from formulas in red."""
    folder = small_book
    write_page(folder, text=r"[kept](kept.md) and $\frac{1$, $\sigmaa$, $\alpha$")
    done = build(folder)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "MathJax cannot read these formulas" in said
    assert r"\frac{1: Missing close brace" in said
    assert r"\sigmaa: Undefined control sequence \sigmaa" in said

    write_page(folder, text=r"[kept](kept.md) and $\frac{1}{2}$ and $\alpha$")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    page = BeautifulSoup(page_of(folder).read_text(), "html.parser")
    fractions = page.select("mjx-container mfrac")
    assert [fraction.get_text() for fraction in fractions] == ["12"]


# --- One style sheet ----------------------------------------------------------------------


def test_all_pages_load_the_same_one_sheet(pages):
    addresses = set()
    for path, page in pages.items():
        [link] = page.select("link[rel=stylesheet]")
        address, _, version = link["href"].partition("?v=")
        addresses.add(((path.parent / address).resolve(), version))
    [(sheet, version)] = addresses
    assert sheet.is_file()
    assert version


@pytest.mark.nightly
def test_a_changed_style_reaches_pages_that_are_not_rewritten(small_book):
    """Protects readers from an old style sheet after a release."""
    folder = small_book
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    sheet = folder / "_build" / "html" / "_static" / "book_pages.css"
    before = BeautifulSoup(page_of(folder).read_text(), "html.parser")
    styles = folder / "web" / "pages" / "theme" / "book.css"
    styles.write_text(styles.read_text() + ".bd-article { color: #123456; }\n")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "color: #123456" in sheet.read_text()
    after = BeautifulSoup(page_of(folder).read_text(), "html.parser")
    links = [
        page.select_one("link[rel=stylesheet]")["href"] for page in (before, after)
    ]
    assert links[0] != links[1]
    assert all(link.startswith("../_static/book_pages.css?v=") for link in links)


# Returns every selector of a style sheet with its "@media" condition.
RULES_OF = """(text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const collect = (rules, around) => [...rules].flatMap((rule) => {
        if (rule instanceof CSSStyleRule) {
            return rule.selectorText.split(/,(?![^(]*\\))/).map((s) => [around, s.trim()]);
        }
        return collect(rule.cssRules ?? [], around + (rule.conditionText ?? ""));
    });
    return collect(sheet.cssRules, "");
}"""
# Returns those that match an element of the page, if pseudo-classes such as :hover are ignored.
MATCHING = """(rules) => rules.filter(([, selector]) => {
    const element = selector
        .replace(/::?(before|after|placeholder|marker|selection|-[\\w-]+)$/, "")
        .replace(/:(hover|focus-visible|focus-within|focus|active|target)/g, "");
    try {
        return document.querySelector(element || "*") !== null;
    } catch {
        return false; // a selector for another browser
    }
})"""


@pytest.mark.parametrize(
    ("name", "live"),
    [
        ("book/welcome.html", False),
        ("book/teaching.html", False),
        ("book/how_fast.html", False),
        ("search.html", False),
        pytest.param(
            "notebooks/03_initialise_weights.html", True, marks=pytest.mark.nightly
        ),
    ],
)
def test_the_sheet_has_each_rule_that_finds_something(
    browser, built_book, book_address, name, live
):
    """It has every rule of the original sheets that matches an element, also on a live page."""
    [sheet] = built_book.glob("_static/book_pages.css")
    text = sheet.read_text(encoding="utf-8")
    sources = re.findall(r"^/\* (\S+\.css) \*/$", text, re.MULTILINE)
    assert len(sources) > 12
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{book_address}/{name}")
    if live:
        page.click("[data-live=start]")
        page.wait_for_selector('[data-live-status="ready"]', state="attached")
    page.keyboard.press("Control+K")
    kept = {tuple(rule) for rule in page.evaluate(RULES_OF, text)}
    matching = 0
    for source in [*sources, "_static/basic.css"]:
        original = (built_book / source).read_text(encoding="utf-8")
        original = re.sub(r"@import [^;]+;", "", original)
        rules = page.evaluate(MATCHING, page.evaluate(RULES_OF, original))
        lost = {tuple(rule) for rule in rules} - kept
        assert not lost, f"{source}: {sorted(lost)[:5]}"
        matching += len(rules)
    assert matching > 200
    page.close()


def test_every_icon_is_in_the_font(browser, built_book, book_address):
    from fontTools.ttLib import TTFont

    icons = set(TTFont(built_book / "_static" / "icons.woff").getBestCmap())
    page = browser.new_page()
    for name in ("book/welcome.html", "notebooks/06_train.html", "book/grading.html"):
        page.goto(f"{book_address}/{name}")
        shown = page.eval_on_selector_all(
            "[class*='fa-']",
            """all => all.flatMap(e => ["::before", "::after"].map(
                part => getComputedStyle(e, part).content)).filter(c => c.length === 3)
                .map(c => c.codePointAt(1))""",
        )
        assert len(shown) > 4, name
        assert set(shown) <= icons, name
    page.close()
    assert (built_book / "_static" / "icons.woff").stat().st_size < 20_000


# --- Pictures, and words that stay where they are -----------------------------------------


def test_pictures_are_light_and_lose_nothing(pages):
    seen = 0
    for path, page in pages.items():
        assert page.select("article img[src$='.png']") == [], path
        for picture in page.select("article img[src$='.webp']:not(.narrow-picture)"):
            light = (path.parent / picture["src"]).resolve()
            original = light.with_suffix(".png")
            assert light.stat().st_size < original.stat().st_size
            with Image.open(light) as one, Image.open(original) as other:
                assert one.convert("RGB").tobytes() == other.convert("RGB").tobytes()
                assert one.size == other.size
            seen += 1
    assert seen > 20


SHIFTS = """new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 1500);
})"""


@pytest.mark.parametrize("colours", nightly_but("dark", ["light", "dark"]))
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_moves_while_a_page_loads(browser, book_address, screen, colours):
    context = browser.new_context(
        viewport=SCREENS[screen], color_scheme=colours, service_workers="block"
    )
    page = context.new_page()
    for name in ("book/welcome", "notebooks/01_import_libraries", "notebooks/06_train"):
        page.goto(f"{book_address}/{name}.html")
        assert page.evaluate(SHIFTS) < 0.03, name
    context.close()


def test_a_page_has_its_colours_before_the_scripts_load(browser, book_address):
    """In dark mode, no white page appears first, even without the theme's script."""
    context = browser.new_context(color_scheme="dark", service_workers="block")
    page = context.new_page()
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    page.goto(f"{book_address}/notebooks/01_import_libraries.html")
    assert page.get_attribute("html", "data-theme") == "dark"
    colour = page.eval_on_selector("body", "b => getComputedStyle(b).backgroundColor")
    assert max(map(int, re.findall(r"\d+", colour)[:3])) < 60
    context.close()
