"""A student hands in from an exercise's page, and a teacher grades the file."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from publish.paths import ROOT
from tests.grading.sample_submissions import NAME, blank, solved, with_answers
from tests.web import axe_core
from tests.web.live.test_live_pages import PICTURES, Visit, visiting

pytestmark = pytest.mark.browser

PAGE = f"book/exercises/{NAME}.html"
LAYER, SHAPE, ACCURACY = (
    f"ex04-{name}-answer" for name in ("hidden-layer", "predict-shape", "accuracy")
)
WORDS = "ex04-boundary-words"
STUDENT = "Zoë <b>Berg</b>_1"
FILE = f"Zoë -b-Berg--b--1_{NAME}.ipynb"
ANSWERS = {
    cell.id: cell.source
    for cell in solved().cells
    if cell.id in (LAYER, SHAPE, ACCURACY)
} | {WORDS: "Where the output is 0.5.\n\n<b>Bent</b> & more, as `a < b`."}


def said(page):
    return page.inner_text(".hand-in-said")


def wait_until_said(page, words):
    page.locator(".hand-in-said").get_by_text(words).wait_for()


def hand_in(page, folder):
    """Press "Hand in", confirm that some answers are missing, and return the file."""
    page.get_by_role("button", name="Hand in", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Hand in all the same").click()
    file = Path(folder) / download.value.suggested_filename
    download.value.save_as(file)
    wait_until_said(page, "has been downloaded")
    return file


def load(page, content, name="mine.ipynb"):
    content = content if isinstance(content, bytes) else content.encode()
    page.set_input_files(
        "#hand-in-back",
        {"name": name, "mimeType": "application/json", "buffer": content},
    )


def kept_answers(page):
    kept = page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.startsWith('live:')).map(e => e[1])"
    )
    return {
        cell: edit["source"]
        for text in kept
        for cell, edit in json.loads(text)["edits"].items()
    }


def marks_of(handed_in, course):
    """Grade a folder as `make grade` does; return the student's row of marks.csv."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "grade.py", "grade", handed_in]
        + ["--course", course],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with open(course / "marks.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    return {column.split(" ")[0]: value for column, value in row.items()}


@pytest.mark.usefixtures("bubblewrap")
def test_from_the_page_to_the_mark(browser, book_address, tmp_path):
    """Protects students and teachers: what was answered in the page is what is marked."""
    with visiting(browser, book_address) as visit:
        page = visit.open(PAGE)
        # an answer in words, before Python has started
        page.get_by_label("Your answer").fill(ANSWERS[WORDS])
        page.get_by_role("button", name="Hand in", exact=True).click()
        page.get_by_text("Type your name or student number first").wait_for()
        field = page.get_by_label("Your name or student number")
        assert field.evaluate("field => field === document.activeElement")
        field.fill(STUDENT)
        assert FILE in page.inner_text("#hand-in-file")
        page.keyboard.press("Enter")
        asked = page.get_by_role("dialog")
        asked.get_by_text("8 exercises of 9 not answered yet:").wait_for()
        page.screenshot(path=PICTURES / "hand-in-asks.png")
        asked.get_by_role("link", name="4.2 Complete the hidden layer").click()
        assert page.url.endswith(f"#cell-{LAYER}")
        assert not asked.is_visible()
        assert visit.status() == "idle"
        # three answers in code
        visit.go_live()
        for cell in (SHAPE, LAYER, ACCURACY):
            visit.write(f"cell-{cell}", ANSWERS[cell])
            assert visit.run(f"cell-{cell}") == "done"
        page.locator("#cell-ex04-hidden-layer .live-run").click()
        output = "#cell-ex04-hidden-layer .live-output"
        page.locator(output, has_text="Right: ex04-hidden-layer").wait_for()
        assert axe_core.faults_in_light_and_dark(page) == []
        # a reload keeps them, and they can be handed in before Python starts again
        page.reload(wait_until="load")
        assert "3 cells are kept" in visit.words()
        assert page.get_by_label("Your answer").input_value() == ANSWERS[WORDS]
        assert page.get_by_label("Your name").input_value() == STUDENT
        folder = tmp_path / "handed in"
        folder.mkdir()
        file = hand_in(page, folder)
        assert "4 of 9 exercises answered" in said(page)
        assert visit.status() == "idle"
        assert visit.errors == []
        page.get_by_role("button", name="Forget it").click()
        page.reload(wait_until="load")
        assert page.get_by_label("Your name").input_value() == ""
    assert file.name == FILE
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    assert notebook == with_answers(ANSWERS, blank())
    marks = marks_of(folder, tmp_path / "classroom")
    assert marks.pop("student") == FILE.removesuffix(f"_{NAME}.ipynb")
    got = {name: mark for name, mark in marks.items() if name.startswith("ex04-")}
    right = {"ex04-predict-shape": "1", "ex04-hidden-layer": "2", "ex04-accuracy": "3"}
    assert got == dict.fromkeys(got, "0") | right | {WORDS: "to mark"}


def test_on_another_computer_and_in_a_book_that_has_changed(browser, book_address):
    """Protects students: no answer is lost, whatever happens to page, book and computer."""
    mine = nbformat.writes(with_answers(ANSWERS, blank()))
    with visiting(browser, book_address) as visit:
        page = visit.open(PAGE)
        for content, words in (
            (b"\x89PNG\r\n", "mine.ipynb was not loaded: it is no notebook"),
            (
                nbformat.writes(blank("ex05_activation_function")),
                "belongs to other exercises",
            ),
            (b" " * 20_000_001, "it is too large for a notebook: 20 MB"),
        ):
            load(page, content)
            wait_until_said(page, words)
        load(page, b"[]", "<img src=x onerror=alert(1)>.ipynb")
        wait_until_said(page, "<img src=x onerror=alert(1)>.ipynb was not loaded")
        assert kept_answers(page) == {}
        load(page, mine)
        wait_until_said(page, "4 answers loaded from the file.")
        assert kept_answers(page) == ANSWERS
        assert page.get_by_label("Your answer").input_value() == ANSWERS[WORDS]
        # Then the book's code changes, and one cell gets another name.
        page.evaluate(
            """() => {
                const key = Object.keys(localStorage).find((k) => k.startsWith("live:"));
                const all = JSON.parse(localStorage[key]);
                for (const edit of Object.values(all.edits)) edit.hash = "old";
                all.edits["was-renamed"] = { hash: "old", source: "renamed = True" };
                all.edits["flat-biases-broken"] = { hash: "old", source: "mended = True" };
                localStorage[key] = JSON.stringify(all);
            }"""
        )
        page.reload(wait_until="load")
        older = page.locator(".hand-in-older")
        assert "Earlier answers kept here: 1" in older.inner_text()
        visit.go_live()
        for cell in (SHAPE, LAYER, ACCURACY):
            assert visit.code(f"cell-{cell}") == ANSWERS[cell]
            assert "when the book's text here was another" in page.inner_text(
                f"#cell-{cell}"
            )
        assert "mended" not in visit.code("cell-flat-biases-broken")
        # A new edit does not replace the older one.
        visit.write("cell-flat-biases-broken", "again = True")
        page.locator("#cell-flat-biases-broken >> text=Show my code").click()
        assert visit.code("cell-flat-biases-broken") == "mended = True"
        page.locator("#cell-flat-biases-broken >> text=Show my code").click()
        assert visit.code("cell-flat-biases-broken") == "again = True"
        # A file whose answer differs from the page's
        load(page, nbformat.writes(with_answers({LAYER: "layer = 1"}, blank())))
        asked = page.get_by_role("dialog")
        asked.get_by_text(
            "This page has other answers than the file to 1 ex"
        ).wait_for()
        page.keyboard.press("Escape")
        wait_until_said(page, "Nothing was loaded.")
        assert visit.code(f"cell-{LAYER}") == ANSWERS[LAYER]
        load(page, nbformat.writes(with_answers({LAYER: "layer = 1"}, blank())))
        asked.get_by_role("button", name="Take the file's").click()
        wait_until_said(page, "1 answer loaded from the file.")
        assert visit.code(f"cell-{LAYER}") == "layer = 1"
        # The replaced answer, and after a reset all others, can be restored.
        page.click("[data-live=reset]")
        visit.wait_for("ready")
        assert "Write your code here" in visit.code(f"cell-{LAYER}")
        assert page.get_by_label("Your answer").input_value() == ""
        older.locator("summary").click()
        row = older.locator("li", has_text="def hidden_layer")
        row.scroll_into_view_if_needed()
        page.screenshot(path=PICTURES / "hand-in-older.png")
        row.get_by_role("button", name="Put it back").click()
        wait_until_said(page, "4.2 Complete the hidden layer is back")
        assert visit.code(f"cell-{LAYER}") == ANSWERS[LAYER]
        row = older.locator("li", has_text="renamed = True")
        assert row.get_by_role("button", name="Put it back").count() == 0
        row.get_by_role("button", name="Discard it").click()
        wait_until_said(page, "was discarded")
        assert row.count() == 0
        assert visit.errors == []


def test_without_the_notebook_the_answers_stay(
    browser, built_book, serve_folder, tmp_path
):
    folder = tmp_path / "book"
    leave_out = shutil.ignore_patterns("lite", "lib-*", "handout", "slides")
    shutil.copytree(built_book, folder, ignore=leave_out)
    context = browser.new_context(service_workers="block")
    with serve_folder(folder) as address:
        page = Visit(context, address).open(PAGE)
        page.get_by_label("Your answer").fill("Bent.")
        page.get_by_label("Your name").fill("7")
        page.get_by_role("button", name="Hand in", exact=True).click()
        wait_until_said(page, "the book's server answers 404. Your answers are kept")
        assert kept_answers(page) == {WORDS: "Bent."}
    context.close()


@pytest.mark.parametrize("width", [390, 1400])
def test_it_fits_a_phone_and_a_desk(browser, book_address, width):
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = Visit(context, book_address).open(PAGE)
    page.get_by_label("Your answer").fill("A line that is bent.")
    page.get_by_label("Your name").fill("Anna Berg")
    page.locator(".hand-in").scroll_into_view_if_needed()
    page.screenshot(path=PICTURES / f"hand-in-{width}.png")
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".hand-in *, .answer-in-words *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
            .map((e) => e.outerHTML.slice(0, 100))"""
    )
    assert outside == []
    context.close()
