"""The questions at the end of each chapter: their format, and answering in a browser."""

import html
import json
import re

import pytest
import yaml
from sphinx.errors import ExtensionError

from publish.paths import ROOT
from tests.conftest import nightly_but
from web.questions import self_check

CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("0*.ipynb"))
QUESTIONS = {
    chapter: self_check.read_questions(self_check.QUESTIONS / f"{chapter}.yml")
    for chapter in CHAPTERS
}
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)
# Its questions are of all kinds.
one_chapter = pytest.mark.parametrize("chapter", nightly_but(CHAPTERS[0], CHAPTERS))


# --- The questions --------------------------------------------------------------------


def test_every_chapter_has_four_to_six_questions_and_no_file_is_left_over():
    files = sorted(path.stem for path in self_check.QUESTIONS.glob("*.yml"))
    assert files == [*CHAPTERS, "practice", "predictions"]
    assert all(4 <= len(questions) <= 6 for questions in QUESTIONS.values())
    kinds = {kind for qs in QUESTIONS.values() for q in qs for kind in q}
    assert {"choose", "number", "order"} <= kinds


@each_chapter
def test_every_choice_is_explained_by_itself(chapter):
    for question in QUESTIONS[chapter]:
        parts = question.get("options") or question.get("steps") or question["mistakes"]
        whys = [part["why"] for part in parts]
        assert all(len(why) > 15 for why in whys), whys
        if "options" in question:
            assert len(parts) >= 3
        if "mistakes" in question:
            assert len(parts) >= 2


GOOD = {
    "choose": "Which?",
    "options": [{"right": "a", "why": "so"}, {"wrong": "b", "why": "no"}],
}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({**GOOD, "options": GOOD["options"][1:] * 2}, "exactly one right option"),
        ({**GOOD, "options": [*GOOD["options"], {"wrong": "c"}]}, "and why"),
        ({"choose": "Which?"}, "fields of one kind"),
        ({"text": "Which?"}, "fields of one kind"),
        ("Which?", "expected a question"),
        (
            {"number": "n", "answer": "2", "within": 0, "why": "w", "mistakes": []},
            "expected numbers",
        ),
        (
            {"number": "n", "answer": 2, "within": 1, "why": "w",
             "mistakes": [{"answer": 2.5, "why": "w"}]},
            "within the tolerance",
        ),
        ({"order": "o", "steps": [{"step": "a", "why": "b"}]}, "three or more steps"),
    ],
)  # fmt: skip
def test_a_badly_made_question_stops_the_build(question, words, tmp_path):
    path = tmp_path / "page.yml"
    path.write_text(yaml.safe_dump([GOOD, question]))
    with pytest.raises(ExtensionError, match=f"page.yml, question 2: .*{words}"):
        self_check.read_questions(path)


def test_text_is_shown_as_text():
    question = {
        "choose": "Is `a < b` <script>?",
        "options": [{"right": "<b>", "why": '"x"'}, {"wrong": "b", "why": "no"}],
    }
    text = self_check.question_html(question, 1, "n", "i")
    assert "Is <code>a &lt; b</code> &lt;script&gt;?" in text
    assert "<b>" not in text.replace("<b></b>", "")
    packed = html.unescape(re.search('data-answers="([^"]*)"', text).group(1))
    assert json.loads(packed)[0]["right"] is True


@each_chapter
def test_no_step_is_shown_in_its_right_place(chapter):
    for question in QUESTIONS[chapter]:
        if "order" in question:
            text = self_check.question_html(question, 1, "n", "i")
            packed = html.unescape(re.search('data-answers="([^"]*)"', text).group(1))
            places = [step["place"] for step in json.loads(packed)]
            assert sorted(places) == list(range(1, len(places) + 1))
            assert all(place != at for at, place in enumerate(places, 1))


# --- In the book ----------------------------------------------------------------------


@pytest.fixture
def page(browser, book_address):
    troubles = []
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    page.close()
    assert troubles == []


def forms_of(page, book_address, chapter):
    page.goto(f"{book_address}/notebooks/{chapter}.html")
    page.locator("form.self-check button:visible").first.wait_for()
    return page.locator("form.self-check").all()


@one_chapter
def test_a_prediction_is_kept_without_a_verdict(page, book_address, chapter):
    question = self_check.prediction_of(chapter)
    page.goto(f"{book_address}/notebooks/{chapter}.html")
    form = page.locator("#predict-before-you-run form.prediction")
    keep = form.get_by_role("button", name="Keep my prediction")
    keep.click()
    assert said(form) == "Choose one of the answers first."
    labels = [one.get("right", one.get("wrong")) for one in question["options"]]
    for place, label in enumerate(labels):
        form.get_by_role("radio", name=label, exact=True).check()
        assert said(form) == ""
        keep.click()
        first = f"Your first prediction stays: {labels[0]}"
        assert said(form) == (
            first if place else "Kept in this browser. Read on, or unfold the answer."
        )
    page.reload()
    keep.click()
    assert said(form) == "Choose one of the answers first."
    kept = page.locator(".kept-answers li").text_content()
    assert kept == f"{question['choose']} Prediction: {labels[0]}"


def said(form):
    return form.locator("[role=status]").inner_text()


@one_chapter
def test_every_choice_gets_its_own_explanation(page, book_address, chapter):
    forms = forms_of(page, book_address, chapter)
    assert len(forms) == len(QUESTIONS[chapter])
    for form, question in zip(forms, QUESTIONS[chapter], strict=True):
        button = form.get_by_role("button", name="Check")
        button.click()
        assert not said(form).startswith(("Right", "Not yet"))  # nothing was answered
        if "options" in question:
            for radio, option in zip(
                form.get_by_role("radio").all(), question["options"], strict=True
            ):
                radio.check()
                assert said(form) == ""  # the old verdict is gone
                button.click()
                verdict = "Right." if "right" in option else "Not yet."
                assert said(form) == f"{verdict} {option['why'].replace('`', '')}"
        elif "answer" in question:
            field = form.get_by_role("textbox", name="Your answer")
            tries = [(question["answer"], f"Right. {question['why']}")]
            tries += [
                (m["answer"], f"Not yet. {m['why']}") for m in question["mistakes"]
            ]
            tries += [("1e6", "Not yet. Work it out"), ("many", "Write a number")]
            for answer, words in tries:
                field.fill(str(answer))
                button.click()
                assert said(form).startswith(words.replace("`", ""))
        else:
            data = json.loads(form.get_attribute("data-answers"))
            places = form.get_by_role("combobox").all()
            for place in places:
                place.select_option("1")
            button.click()
            assert "Two steps have the same place" in said(form)
            for place, step in zip(places, reversed(data), strict=True):
                place.select_option(str(step["place"]))
            button.click()
            assert said(form).startswith("Not yet. ")
            assert f"of {len(data)} steps are in their place" in said(form)
            for place, step in zip(places, data, strict=True):
                place.select_option(str(step["place"]))
            button.click()
            assert said(form) == "Right. All steps are in their order."


def test_numbers_may_be_written_in_several_ways(page, book_address):
    forms = forms_of(page, book_address, "05_activation_function")
    field = forms[0].get_by_role("textbox")
    for written in ("0.25", "0,25", " 1/4 ", ".25", "2.5e-1"):
        field.fill(written)
        field.press("Enter")
        assert said(forms[0]).startswith("Right."), written
    for written in ("−0.25", "-1/4", "1/0", "25"):
        field.fill(written)
        field.press("Enter")
        assert not said(forms[0]).startswith("Right."), written


def test_a_question_is_answered_with_the_keyboard_alone(page, book_address):
    form = forms_of(page, book_address, "04_feedforward")[0]
    form.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check"
    assert (
        page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    )
    page.keyboard.press("Enter")
    assert said(form).startswith("Right.")


@one_chapter
def test_every_control_has_a_name(page, book_address, chapter):
    for form in forms_of(page, book_address, chapter):
        assert form.get_by_role("group", name=re.compile(r"^\d\. \w")).count() == 1
        for control in form.locator("input, select, button").all():
            role = control.evaluate(
                "e => ({SELECT: 'combobox', BUTTON: 'button'})[e.tagName]"
                " ?? (e.type === 'radio' ? 'radio' : 'textbox')"
            )
            named = form.get_by_role(role, name=re.compile(r"\w"))
            assert any(
                one.evaluate("(e, other) => e === other", control.element_handle())
                for one in named.all()
            )


def test_without_javascript_the_answers_unfold(browser, book_address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{book_address}/notebooks/06_train.html")
    forms = page.locator("form.self-check")
    assert forms.count() == len(QUESTIONS["06_train"])
    assert page.locator("form.self-check button:visible").count() == 0
    forms.first.locator("summary").click()
    assert forms.first.locator("details ol").is_visible()
    context.close()


def test_pages_without_questions_load_none_of_it(built_book):
    assert "self_check" not in (built_book / "book" / "notation.html").read_text()
    assert "questions.js" in (built_book / "notebooks" / "06_train.html").read_text()


@each_chapter
def test_the_section_is_in_the_pages_contents(built_book, chapter):
    text = (built_book / "notebooks" / f"{chapter}.html").read_text()
    assert 'href="#check-yourself"' in text
