"""Questions from earlier chapters are right, and come back by the Leitner rule."""

import json
import re

import numpy as np
import pytest
from sphinx.errors import ExtensionError

import nn_core
from publish.paths import ROOT
from tests.web import axe_core
from web.questions import practice, self_check
from web.questions import practice_templates as templates

TEMPLATES = {t.name: t for t in templates.read_templates(practice.TEMPLATES)}
PICTURES = ROOT / "_build" / "screenshots"


# --- The templates, recomputed with NumPy and nn_core ---------------------------------------


def network(inputs, hidden, outputs):
    return nn_core.NeuralNetwork(inputs, hidden, outputs)


def logit(share):
    return np.log(share / (1 - share))


def slope_of_sigmoid(s):
    z, step = logit(s), 1e-5
    return (nn_core.sigmoid(z + step) - nn_core.sigmoid(z - step)) / (2 * step)


def number_of_parameters(inputs, hidden, outputs):
    net = network(inputs, hidden, outputs)
    return sum(getattr(net, name).size for name in nn_core.Gradients._fields)


def largest_first_weight(inputs, hidden):
    limit = np.sqrt(6 / (inputs + hidden))
    assert np.abs(network(inputs, hidden, 1).weights_input_hidden).max() <= limit
    return limit


def loss_of_outputs(a, b, c):
    """Return the loss of a network that gives these outputs for three samples."""
    net = network(3, 3, 1)
    net.weights_input_hidden = 2000 * np.eye(3)
    net.biases_hidden = np.full((3, 1), -1000)
    net.weights_hidden_output = logit(np.array([[a, b, c]]))
    assert np.allclose(net.feedforward(np.eye(3)), [[a, b, c]])
    return net.loss(np.eye(3), np.array([[0, 1, 1]]))


def growth_of_a_weight(o, h, rate):
    net = network(1, 1, 1)
    net.biases_hidden = [[logit(h)]]
    net.biases_output = logit(o) - h * net.weights_hidden_output
    before = net.weights_hidden_output.copy()
    net.train([[0]], [[1]], rate)
    return (net.weights_hidden_output - before).item()


RIGHT = {
    "shape-of-a-product": lambda rows, inner, columns: (
        np.dot(np.ones((rows, inner)), np.ones((inner, columns))).shape
    ),
    "sum-of-a-neuron": lambda w1, w2, x1, x2, b: np.dot([w1, w2], [x1, x2]) + b,
    "mean-of-each-input": lambda inputs, samples: (
        np.ones((inputs, samples)).mean(axis=1).shape
    ),
    "shape-of-weights": lambda inputs, hidden, outputs: (
        network(inputs, hidden, outputs).weights_input_hidden.shape
    ),
    "number-of-parameters": number_of_parameters,
    "mean-sum-of-uniform-weights": lambda inputs: np.full(inputs + 1, 0.5).sum(),
    "where-a-neuron-switches": lambda w, b: np.roots([w, b]).item(),
    "shape-of-hidden-outputs": lambda inputs, hidden, samples: (
        network(inputs, hidden, 1).layer_outputs(np.zeros((inputs, samples)))[0].shape
    ),
    "output-of-a-sigmoid-neuron": lambda w, x, b: nn_core.sigmoid(w * x + b),
    "slope-from-the-output": slope_of_sigmoid,
    "limit-of-first-weights": largest_first_weight,
    "loss-of-three-samples": loss_of_outputs,
    "one-update": lambda w, rate, slope: np.array([w]) - rate * np.array([slope]),
    "growth-of-an-output-weight": growth_of_a_weight,
    "relative-error-of-scaled-slopes": lambda factor: nn_core.relative_error(
        factor * np.arange(5), np.arange(5)
    ),
}


def test_each_template_is_worked_out_here():
    assert set(RIGHT) == set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_set_of_numbers_has_the_right_answer_and_others(name):
    template = TEMPLATES[name]
    sets = templates.draw_sets(template)
    assert len(sets) >= 5
    for numbers, values in sets:
        question = templates.filled(template.question, values)
        right, *wrong = templates.answers_of(question)
        expected = RIGHT[name](**numbers)
        if "options" in question:
            assert right == str(expected), numbers
            assert len({right, *wrong}) == len(wrong) + 1 >= 3
        else:
            within = question["within"]
            assert right == pytest.approx(float(np.squeeze(expected)), abs=within / 10)
            answers = sorted([right, *wrong])
            assert min(np.diff(answers)) > 2 * within, numbers
            assert len(wrong) >= 2
            parts = [question, *question["mistakes"]]
            for part, number in zip(parts, [right, *wrong], strict=True):
                part["answer"] = number
        assert self_check.problem_of(question) == ""
        for value in values:
            assert re.fullmatch(r"[+−]? ?[\d.]+(e−\d\d)?|bias(es)?", value), value


def test_a_template_draws_the_same_numbers_in_each_build():
    template = TEMPLATES["one-update"]
    assert templates.draw_sets(template) == templates.draw_sets(template)


def test_no_set_asks_what_the_chapter_asked():
    numbers = {
        "w1": [2],
        "w2": [-1],
        "x1": [3],
        "x2": [4],
        "b": [n + 0.5 for n in range(6)],
    }
    few = TEMPLATES["sum-of-a-neuron"]._replace(numbers=numbers)
    assert {drawn["b"] for drawn, _ in templates.draw_sets(few)} == {
        1.5,
        2.5,
        3.5,
        4.5,
        5.5,
    }


def test_badly_made_templates_stop_the_build(tmp_path, monkeypatch):
    template = TEMPLATES["one-update"]
    one_draw = template._replace(numbers={"w": [1], "rate": [1], "slope": [0]})
    with pytest.raises(ExtensionError, match="one-update: only 0 of"):
        templates.draw_sets(one_draw)
    path = tmp_path / "practice.yml"
    path.write_text("01_import_libraries:\n- choose: What\n")
    with pytest.raises(ExtensionError, match="expected a template with name and numb"):
        templates.read_templates(path)
    text = practice.TEMPLATES.read_text(encoding="utf-8")
    path.write_text(text.replace("the weight 4 and", "the weight 5 and"), "utf-8")
    monkeypatch.setattr(practice, "TEMPLATES", path)
    with pytest.raises(ExtensionError, match="03_init.* has no question 'A neuron"):
        practice.all_questions()


def test_each_question_of_the_chapters_can_come_back():
    found = practice.all_questions()
    assert len({question["id"] for question in found}) == len(found)
    for chapter in practice.chapters():
        path = self_check.QUESTIONS / f"{chapter}.yml"
        ids = {
            self_check.id_of(chapter, one) for one in self_check.read_questions(path)
        }
        assert ids <= {one["id"] for one in found if one["chapter"] == chapter}
    for question in found:
        places = {int(n) for n in re.findall(r"\{(\d+)\}", question["html"])}
        assert places == set(range(len(question["sets"][0])))


# --- In the browser -------------------------------------------------------------------------

SUM = "A neuron has the weights"
SHAPE = "`weights` has the shape".replace("`", "")


class Reader:
    """One reader's browser, with a clock that the test sets."""

    def __init__(self, context, address):
        self.context, self.address = context, address
        self.page = context.new_page()
        self.page.set_default_timeout(120_000)
        self.troubles = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def open(self, chapter, day=1):
        self.page.clock.set_fixed_time(f"2026-03-{day:02}T10:00:00")
        self.page.goto(f"{self.address}/notebooks/{chapter}.html")
        self.page.locator(".kept-answers").wait_for()

    def three(self, chapter, day=1):
        """Open a chapter and return the forms at its end."""
        self.open(chapter, day)
        self.page.locator(".practice").scroll_into_view_if_needed()
        self.page.locator(".practice-questions form").nth(2).wait_for()
        return self.page.locator(".practice-questions form").all()

    def fix_random_choice(self, form):
        """Make later pages choose this form's numbers again, if they choose from all sets."""
        number = int(form.get_attribute("data-numbers"))
        sets = self.page.evaluate(
            "id => practiceQuestions.find((one) => one.id === id).sets.length",
            form.get_attribute("data-id"),
        )
        self.page.add_init_script(f"Math.random = () => {(number + 0.5) / sets}")

    def kept(self):
        rows = self.page.locator(".kept-answers li").all_text_contents()
        return {row.split("?")[0]: row.rsplit("? ", 1)[1] for row in rows}


def asks(form):
    return form.locator("legend").inner_text().split(". ", 1)[1]


def answers(form):
    return json.loads(form.get_attribute("data-answers"))


def said(form):
    return form.locator("[role=status]").inner_text()


def answer_number(form, number):
    form.get_by_role("textbox", name="Your answer").fill(str(number))
    form.get_by_role("button", name="Check").click()
    return said(form)


@pytest.fixture
def reader(browser, book_address):
    context = browser.new_context(service_workers="block")
    reader = Reader(context, book_address)
    yield reader
    context.close()
    assert reader.troubles == []


def test_what_was_wrong_comes_back_with_new_numbers(reader):
    reader.open("01_import_libraries")
    assert reader.page.locator(".practice").count() == 0
    forms = reader.page.locator("form.self-check").all()
    first = asks(forms[1])
    assert answer_number(forms[1], 10.5).startswith("Not yet. The second weight")
    assert answer_number(forms[1], 2.5).startswith("Right.")  # the first answer counts
    forms[0].get_by_role("radio").nth(1).check()
    forms[0].get_by_role("button", name="Check").click()
    kept = reader.kept()
    assert len(kept) == 2
    assert [kept[asked] for asked in kept if asked.startswith(SUM)] == [
        "Box 1, comes back in 1 day. First answer: 10.5"
    ]
    assert [kept[asked] for asked in kept if asked.startswith(SHAPE)] == [
        "Box 2, comes back in 3 days. First answer: (4, 10)"
    ]
    # on the same day there are enough other questions
    seen = [asks(form) for form in reader.three("03_initialise_weights")]
    assert len(set(seen)) == 3
    assert not any(asked.startswith((SUM, SHAPE)) for asked in seen)
    # on the next day the wrong one comes first, with other numbers
    form = reader.three("03_initialise_weights", day=2)[0]
    second = asks(form)
    assert second.startswith(SUM)
    assert second != first
    task = answers(form)
    assert (
        "the bias is missing"
        in answer_number(form, task["mistakes"][0]["answer"]).lower()
    )
    reader.fix_random_choice(form)
    assert not any(
        asks(f).startswith(SUM) for f in reader.three("03_initialise_weights", day=2)
    )
    # and again the day after; once right, it waits longer
    form = reader.three("03_initialise_weights", day=3)[0]
    third = asks(form)
    assert third.startswith(SUM)
    assert third != second
    assert answer_number(form, answers(form)["answer"]).startswith("Right.")
    assert "Box 2, comes back in 3 days. First answer: 10.5" in reader.kept().values()
    due = [asks(form) for form in reader.three("08_read_digits", day=7)]
    assert {due[0][: len(SUM)], due[1][: len(SHAPE)]} == {SUM, SHAPE} or {
        due[1][: len(SUM)],
        due[0][: len(SHAPE)],
    } == {SUM, SHAPE}
    # erasing leaves nothing
    reader.page.get_by_text("What this browser keeps of your answers").click()
    assert len(reader.kept()) == 2
    reader.page.get_by_role("button", name="Erase all of it").click()
    reader.page.locator(".kept-answers").get_by_text("Nothing.").wait_for()
    assert reader.kept() == {}
    assert (
        reader.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('answers:'))"
        )
        == []
    )


def test_three_others_and_then_all_over_again(reader):
    forms = reader.three("02_define_architecture")
    of_chapter_1 = len(
        self_check.read_questions(self_check.QUESTIONS / "01_import_libraries.yml")
    )
    seen = {form.get_attribute("data-id") for form in forms}
    assert len(seen) == 3
    others = reader.page.get_by_role("button", name="Three others")
    others.focus()
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.closest('form') !== null")
    now = reader.page.locator(".practice-questions form")
    assert now.count() == 3
    seen |= {form.get_attribute("data-id") for form in now.all()}
    assert len(seen) == min(6, of_chapter_1)


def test_a_link_to_the_section_leads_there(reader):
    reader.open("04_feedforward")
    reader.page.locator("a[href='#from-earlier-chapters']:visible").first.click()
    reader.page.locator(".practice-questions form").nth(2).wait_for()
    reader.page.wait_for_function(
        """() => {
            const section = document.getElementById("from-earlier-chapters");
            const { top } = section.getBoundingClientRect();
            return top >= 0 && top < 200;
        }"""
    )


def test_questions_that_cannot_be_loaded_can_be_asked_for_again(reader):
    address = "**/practice_questions.js*"
    reader.page.route(address, lambda route: route.abort())
    reader.open("06_train")
    reader.page.locator(".practice").scroll_into_view_if_needed()
    reader.page.get_by_text("The questions could not be loaded").wait_for()
    reader.page.unroute(address)
    reader.page.get_by_role("button", name="Try again").click()
    reader.page.locator(".practice-questions form").nth(2).wait_for()
    assert reader.page.get_by_role("button", name="Three others").is_visible()
    assert reader.page.locator(".practice-said").text_content() == ""


def test_from_a_folder_and_without_javascript(browser, built_book):
    page_file = (built_book / "notebooks" / "05_activation_function.html").as_uri()
    context = browser.new_context()
    page = context.new_page()
    page.goto(page_file)
    page.locator(".practice").scroll_into_view_if_needed()
    page.locator(".practice-questions form").nth(2).wait_for(timeout=120_000)
    context.close()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file)
    assert page.locator(".practice noscript p").is_visible()
    assert page.get_by_role("button", name="Three others").count() == 0
    assert not page.get_by_text("What this browser keeps of your answers").is_visible()
    context.close()


def test_everyone_can_read_and_answer_them_on_a_phone_and_on_a_desk(
    browser, book_address
):
    for width, height in ((390, 844), (1400, 900)):
        context = browser.new_context(
            viewport={"width": width, "height": height}, service_workers="block"
        )
        reader = Reader(context, book_address)
        for form in reader.three("07_check_the_gradient"):
            assert form.get_by_role("group", name=re.compile(r"^\d\. \w")).count() == 1
        reader.page.get_by_text("What this browser keeps of your answers").click()
        assert axe_core.faults_in_light_and_dark(reader.page) == []
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert reader.page.evaluate(overflow) <= 0
        for scheme in ("dark", "light"):
            reader.page.emulate_media(color_scheme=scheme)
            reader.page.locator("#from-earlier-chapters").screenshot(
                path=PICTURES / f"practice-{width}-{scheme}.png"
            )
        assert reader.troubles == []
        context.close()
