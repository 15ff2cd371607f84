"""The slides of the lessons in a real browser, which may load files only from the book."""

import os
import shutil
import subprocess
import sys

import pytest

from publish.paths import ROOT
from publish.third_party import REVEAL
from tests.web import axe_core
from web.export import slides as build_slides

pytestmark = pytest.mark.browser

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("0*.ipynb"))
# Returns the elements of the current slide that extend beyond it or scroll.
OUTSIDE = """() => {
    const slide = Reveal.getCurrentSlide();
    const scale = Reveal.getScale();
    const frame = document.querySelector(".slides").getBoundingClientRect();
    return [...slide.querySelectorAll("*")].filter(part => {
        if (part.closest("aside, mjx-assistive-mml")) return false;
        const box = part.getBoundingClientRect();
        const within = box.right <= frame.right + 1 && box.bottom <= frame.bottom + 1
            && box.left >= frame.left - 1 && box.top >= frame.top - 1;
        const scrolls = part.scrollWidth > part.clientWidth + 1
            && getComputedStyle(part).overflowX !== "visible";
        return box.width && box.height && (!within || scrolls);
    }).map(part => part.tagName + ": " + part.textContent.slice(0, 60));
}"""


@pytest.fixture(params=LESSONS, scope="module")
def slides(request, browser, book_address):
    """Open a lesson's slides; fail on an external or missing file, or on an error."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    troubles = []

    def only_from_here(route):
        if route.request.url.startswith((book_address, "data:", "blob:")):
            return route.continue_()
        troubles.append(f"asked for {route.request.url}")
        return route.abort()

    page.route("**/*", only_from_here)
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and troubles.append(f"console: {message.text}")
        ),
    )
    page.on(
        "response",
        lambda answer: (
            answer.status < 400 or troubles.append(f"{answer.status} {answer.url}")
        ),
    )
    page.goto(f"{book_address}/slides/{request.param}.html")
    page.wait_for_function("Reveal.isReady() && MathJax.startup.promise")
    page.evaluate("MathJax.startup.promise.then(() => null)")
    yield page
    page.close()
    assert troubles == []


def test_the_arrow_keys_lead_through_all_slides_and_nothing_overflows(slides):
    total = slides.evaluate("Reveal.getTotalSlides()")
    assert total >= 15
    seen, found = set(), {}
    slides.wait_for_timeout(100)
    while not (slides.evaluate("Reveal.isLastSlide()") and all_is_shown(slides)):
        assert len(found) <= total
        if all_is_shown(slides):
            look(slides, seen, found)
        slides.keyboard.press("ArrowRight")
    look(slides, seen, found)
    assert len(seen) == total
    assert {place: outside for place, outside in found.items() if outside} == {}
    while not slides.evaluate("Reveal.isFirstSlide()"):
        slides.keyboard.press("ArrowLeft")


def all_is_shown(slides):
    return not slides.evaluate("Reveal.availableFragments().next")


def look(slides, seen, found):
    place = slides.evaluate("Reveal.getSlidePastCount() + 1")
    if place in seen:
        return
    seen.add(place)
    found[place] = slides.evaluate(OUTSIDE)


def test_every_picture_is_described_and_drawn(slides):
    pictures = slides.evaluate(
        "[...document.querySelectorAll('.slides img')].map(i => [i.alt, i.naturalWidth])"
    )
    assert pictures
    for alt, width in pictures:
        assert len(alt) > 20, alt
        assert width > 0


def test_formulas_are_drawn(slides):
    text = slides.locator(".slides section:not(.stack)").evaluate_all(
        """all => all.map(slide => {
            const copy = slide.cloneNode(true);
            copy.querySelectorAll("pre, code, mjx-container").forEach(e => e.remove());
            return copy.textContent;
        }).join(" ")"""
    )
    assert "$" not in text
    assert "\\" not in text
    assert slides.locator("mjx-merror, [data-mjx-error]").count() == 0
    written = "$$" in (ROOT / "notebooks" / f"{lesson(slides)}.ipynb").read_text()
    assert (slides.locator("mjx-container[display=true]").count() > 0) == written


def lesson(slides):
    return slides.url.partition(".html")[0].rpartition("/")[2]


def test_no_slide_is_empty_and_the_text_is_in_the_notes(slides):
    empty = slides.evaluate(
        """Reveal.getSlides().filter(slide => {
             const shown = slide.cloneNode(true);
             shown.querySelectorAll("aside, h1, h2, h3").forEach(e => e.remove());
             return !shown.textContent.trim() && !shown.querySelector("img");
           }).map(slide => slide.textContent)"""
    )
    assert empty == []
    assert slides.locator(".slides aside.notes").count() > 5
    assert "Exercises" not in slides.locator(".slides h2").all_text_contents()


def test_answers_and_results_wait_for_a_key(slides):
    answer = slides.locator(".fragment", has_text="Answer.").first
    assert answer.count() == 1
    assert "visible" not in answer.get_attribute("class").split()
    assert slides.locator(".fragment .jp-OutputArea-output").count() > 3


def test_text_is_large_enough_to_be_read_from_the_back(slides):
    smallest = slides.evaluate(
        """Math.min(...[...document.querySelectorAll(
            ".slides :is(p, li, td, pre, h1, h2, h3)")]
            .filter(part => !part.closest("aside") && part.textContent.trim())
            .map(part => parseFloat(getComputedStyle(part).fontSize)))"""
    )
    assert smallest >= 800 / 40  # forty lines of it would fill a slide


# This test comes last, because it leaves the page in another layout.
def test_axe_finds_no_fault_on_any_slide(slides):
    # The print layout shows all slides, one below another.
    slides.goto(slides.url.partition("#")[0] + "?print-pdf")
    slides.wait_for_selector(".pdf-page")
    slides.evaluate("MathJax.startup.promise.then(() => null)")
    assert slides.locator(".pdf-page").count() >= 15
    found = axe_core.faults(slides)
    assert found == [], "\n".join(found)


def test_every_lesson_of_the_guide_leads_to_its_slides(built_book):
    guide = (built_book / "book" / "teaching.html").read_text()
    for name in LESSONS:
        assert f'href="../slides/{name}.html"' in guide


def test_a_picture_without_a_description_stops_the_build():
    with pytest.raises(ValueError, match=r"mystnb\.image\.alt"):
        build_slides.picture_cell("", None, 100)


@pytest.mark.parametrize(("live", "status"), [("0", 0), ("1", 1)])
def test_without_reveal_the_build_says_so(tmp_path, live, status):
    """Without reveal.js in the cache, and with npm unreachable."""
    for name in ("publish", "web"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    notebook = "01_import_libraries.ipynb"
    source = ROOT / "notebooks" / notebook
    (tmp_path / "notebooks" / notebook).write_bytes(source.read_bytes())
    environment = os.environ | {
        "LIVE": live,
        "NN_BOOK_CACHE": str(tmp_path / "cache"),
        "NPM_CONFIG_REGISTRY": "http://127.0.0.1:9",
        "NPM_CONFIG_FETCH_RETRIES": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "web.export.slides"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert (
        f"reveal.js {REVEAL.version} (npm) could not be fetched"
        in done.stdout + done.stderr
    )
    page = tmp_path / "_build" / "html" / "slides" / "01_import_libraries.html"
    assert page.exists() == (live == "0")
    if page.exists():
        assert "These slides were not built" in page.read_text()
