"""The words in every picture of the book are legible on a phone of 390 pixels."""

import json
import re

import pytest

import nn_widgets
from nn_widgets.playground.drawing.picture import FONT
from publish.paths import ROOT
from tests.web.live.test_live_pages import Visit

pytestmark = pytest.mark.browser

SMALLEST = 10  # points: the font size of the words in pictures
# The smallest scale of a picture: text of 10 points, 13.9 pixels, is then 10.9 pixels.
WIDEST = 0.785
SHOWN = """() => [...document.querySelectorAll("article img")].filter(
    (picture) => picture.getBoundingClientRect().width > 0).map((picture) => [
        picture.closest(".cell")?.id ?? picture.src,
        picture.getBoundingClientRect().width / picture.getAttribute("width"),
        picture.closest(".live-picture")?.getBoundingClientRect().right])"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
FIGURES = "Neuron Architecture Initialisation Feedforward Activation Slope Landscape"


@pytest.fixture(scope="module")
def pages(built_book):
    return [
        path.relative_to(built_book)
        for folder in ("notebooks", "book")
        for path in sorted((built_book / folder).rglob("*.html"))
        if re.search(r"<img[^>]* width=", path.read_text(encoding="utf-8"))
    ]


def test_every_picture_keeps_its_words_readable(browser, book_address, pages):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    assert len(pages) > 12
    widgets = 0
    for path in pages:
        page.goto(f"{book_address}/{path}", wait_until="load")
        shown = page.evaluate(SHOWN)
        assert shown, path
        small = [(cell, scale) for cell, scale, _ in shown if scale < WIDEST]
        assert small == [], path
        edges = [(cell, right) for cell, _, right in shown if right is not None]
        widgets += len(edges)
        assert [edge for edge in edges if edge[1] > 390] == [], path
        assert not page.evaluate(SIDEWAYS), path
    assert widgets > 12
    page.close()


OTHER_CHAPTERS = """from nn_widgets import Feedforward, GradientCheck, Slope
for widget in Slope(), Feedforward(), GradientCheck():
    display(widget)"""
CUT_OFF = """() => [...document.querySelectorAll(".live-bar *, .live-output img")]
    .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
    .map((part) => part.outerHTML.slice(0, 100))"""
LIVE = """cell => [...document.querySelectorAll(`#cell-${cell} .live-output img`)].map(
    (picture) => {
        const { x, right, width } = picture.getBoundingClientRect();
        return [x, right, width / picture.naturalWidth];
    })"""


def test_parts_of_a_live_picture_are_below_each_other(browser, book_address):
    """Protects readers on a phone: nothing is cut off, and pictures can be read."""
    context = browser.new_context(
        viewport={"width": 360, "height": 844}, has_touch=True, is_mobile=True
    )
    visit = Visit(context, book_address)
    page = visit.open("notebooks/06_train.html")
    page.tap("[data-live=start]")
    visit.wait_for("ready")
    assert page.evaluate(CUT_OFF) == []
    assert not page.evaluate(SIDEWAYS)
    page.set_viewport_size({"width": 390, "height": 844})
    visit.write("cell-slope-widget", OTHER_CHAPTERS)
    assert visit.run("cell-slope-widget") == "done"
    pictures = page.locator("#cell-slope-widget .live-output img")
    pictures.nth(5).wait_for()
    larger = {"playground": 10 / FONT}  # its words are larger
    for cell, count in (
        ("slope-widget", 6),
        ("landscape-widget", 2),
        ("onestep-widget", 2),
        ("playground", 2),
    ):
        parts = page.evaluate(LIVE, cell)
        assert len(parts) == count
        assert len({round(x) for x, _, _ in parts}) == 1
        assert all(right <= 390 for _, right, _ in parts), parts
        least = WIDEST * larger.get(cell, 1)
        assert all(scale >= least for _, _, scale in parts), (cell, parts)
    assert not page.evaluate(SIDEWAYS)
    context.close()


def test_on_a_desk_a_picture_is_in_one_piece(browser, book_address):
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{book_address}/notebooks/06_train.html", wait_until="load")
    assert page.locator("#cell-playground img:visible").count() == 1
    assert page.locator("img.narrow-picture:visible").count() == 0
    page.close()


@pytest.mark.parametrize("name", [*FIGURES.split(), "OneStep", "GradientCheck"])
def test_words_of_a_widget_s_picture_are_large_enough(name):
    figure = getattr(nn_widgets, name)().figure
    sizes = [
        text.get_fontsize()
        for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize"))
        if text.get_text()
    ]
    assert min(sizes) >= SMALLEST


@pytest.mark.parametrize("path", sorted(ROOT.glob("notebooks/0*.ipynb")), ids=str)
def test_words_of_a_chapter_s_plots_are_large_enough(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells)
    sizes = re.findall(r"(?:font|label)size=([\d.]+)", code)
    assert all(float(size) >= SMALLEST for size in sizes), sizes
