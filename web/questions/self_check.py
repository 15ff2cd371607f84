"""Sphinx extension: questions at the end of a page, answered without a kernel.

The questions of the chapter notebooks/04_feedforward.ipynb are in
book/self_check/04_feedforward.yml; a page with no such file has none. There are three kinds:

    - choose: Which shape has …?       one right option; every option says why it is or is not
      options:
        - {right: "(4, 200)", why: …}
        - {wrong: "(200, 4)", why: …}
    - number: What is the largest …?   right if within the tolerance; known wrong numbers
      answer: 0.25                     are explained
      within: 0.005
      why: …
      mistakes:
        - {answer: 1, why: …}
    - order: Put the steps in order.   listed in the right order, and shown shuffled
      steps:
        - {step: …, why: …}

Each becomes native form controls, with an explanation that screen readers announce. The answer
below each question also works without JavaScript. A
chapter's prediction, in predictions.yml, is a question of the first kind without a verdict.
Text between backticks is shown as code. web/questions/practice.py repeats the questions in
later chapters.
"""

import hashlib
import html
import json
import random
import re
from pathlib import Path, PurePosixPath

import yaml
from docutils import nodes
from sphinx.errors import ExtensionError

from publish.paths import BOOK, EXERCISES
from web.pages.assets import publish_assets

QUESTIONS = BOOK / "self_check"
PREDICTIONS = QUESTIONS / "predictions.yml"
SCRIPT = "questions.js"
HERE = Path(__file__).resolve().parent
DAYS = (1, 3, 7, 14, 30)  # that a question waits in each Leitner box
FIELDS = {
    "choose": {"choose", "options"},
    "number": {"number", "answer", "within", "why", "mistakes"},
    "order": {"order", "steps"},
}


def read_questions(path):
    """Return the checked questions of one file."""
    questions = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(questions, list) or not questions:
        raise ExtensionError(f"{path.name}: expected a list of questions")
    for number, question in enumerate(questions, 1):
        problem = problem_of(question)
        if problem:
            raise ExtensionError(f"{path.name}, question {number}: {problem}")
    return questions


def prediction_of(chapter):
    """Return the checked prediction question of a chapter."""
    question = yaml.safe_load(PREDICTIONS.read_text(encoding="utf-8"))[chapter]
    problem = problem_of(question)
    if problem:
        raise ExtensionError(f"{PREDICTIONS.name}, {chapter}: {problem}")
    return question


def problem_of(question):
    """Return what is wrong with a question, or ""."""
    if not isinstance(question, dict):
        return f"expected a question, got {question!r}"
    kind = next((kind for kind in FIELDS if kind in question), None)
    if kind is None or set(question) != FIELDS[kind]:
        fields = "; ".join(", ".join(sorted(fields)) for fields in FIELDS.values())
        return f"expected the fields of one kind ({fields}), got {', '.join(question)}"
    if kind == "choose":
        options = question["options"]
        if sum("right" in option for option in options) != 1 or len(options) < 2:
            return "expected exactly one right option among two or more"
        bad = [o for o in options if set(o) not in ({"right", "why"}, {"wrong", "why"})]
        if bad:
            return f"expected options of right or wrong, and why; got {bad[0]}"
    elif kind == "number":
        numbers = [question["answer"], question["within"]]
        numbers += [mistake["answer"] for mistake in question["mistakes"]]
        if not all(isinstance(number, (int, float)) for number in numbers):
            return f"expected numbers, got {numbers}"
        if any(abs(n - numbers[0]) <= numbers[1] for n in numbers[2:]):
            return "a known mistake lies within the tolerance of the answer"
    elif len(question["steps"]) < 3 or any(
        set(step) != {"step", "why"} for step in question["steps"]
    ):
        return "expected three or more steps, each with step and why"
    return ""


def as_html(markup):
    """Return text as HTML, with `code` as code."""
    escaped = html.escape(str(markup), quote=False)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)


def words_of(question):
    """Return the text of a question."""
    return next(question[kind] for kind in FIELDS if kind in question)


def id_of(chapter, question):
    """Return the key under which answers are kept; a changed text gets a new key."""
    digest = hashlib.sha256(words_of(question).encode()).hexdigest()
    return f"{chapter[:2]}-{digest[:8]}"


def question_html(question, number, name, its_id):
    """Return one question as a form.

    number: shown before its text; name: of its controls; its_id: from id_of
    """
    kind = next(kind for kind in FIELDS if kind in question)
    ask = as_html(question[kind])
    body, data, answer = {"choose": _choose, "number": _number, "order": _order}[kind](
        question, name
    )
    packed = html.escape(json.dumps(data, ensure_ascii=False))
    return f"""
<form class="question-form self-check" data-id="{its_id}" data-kind="{kind}"
 data-answers="{packed}" autocomplete="off">
<fieldset>
<legend>{number}. {ask}</legend>
{body}
<p><button type="submit" hidden>Check</button></p>
<div class="self-check-said" role="status"></div>
</fieldset>
<details>
<summary>Answer to question {number}</summary>
{answer}
</details>
</form>
"""


def _choose(question, name):
    rows, answers, whys = [], [], []
    for value, option in enumerate(question["options"]):
        right = "right" in option
        text, why = (
            as_html(option["right" if right else "wrong"]),
            as_html(option["why"]),
        )
        rows.append(
            f'<label><input type="radio" name="{name}" value="{value}"> {text}</label>'
        )
        answers.append({"right": right, "why": why})
        whys.append(
            f"<li>{text}: <strong>{'right' if right else 'no'}</strong>. {why}</li>"
        )
    return "\n".join(rows), answers, f"<ul>{''.join(whys)}</ul>"


def _number(question, name):
    body = (
        f'<label for="{name}">Your answer</label> '
        f'<input type="text" inputmode="decimal" id="{name}" size="10">'
    )
    why = as_html(question["why"])
    mistakes = [
        {"answer": mistake["answer"], "why": as_html(mistake["why"])}
        for mistake in question["mistakes"]
    ]
    data = {
        "answer": question["answer"],
        "within": question["within"],
        "why": why,
        "mistakes": mistakes,
    }
    said = "".join(f"<li>{_shown(m['answer'])}: no. {m['why']}</li>" for m in mistakes)
    said = f"<ul>{said}</ul>" if said else ""
    answer = f"<p><strong>{_shown(question['answer'])}</strong>. {why}</p>"
    return body, data, answer + said


def _shown(number):
    """Return a number as text; a template's number is text already."""
    return number if isinstance(number, str) else f"{number:g}"


def _order(question, name):
    steps = question["steps"]
    mixed = list(range(len(steps)))
    seed = hashlib.sha256(question["order"].encode()).digest()
    while any(place == number for place, number in enumerate(mixed)):
        random.Random(seed).shuffle(mixed)
        seed += b"."
    places = "".join(f"<option>{n}</option>" for n in range(1, len(steps) + 1))
    rows, data = [], []
    for place, number in enumerate(mixed):
        text = as_html(steps[number]["step"])
        key = f"{name}-{place}"
        rows.append(
            f'<li><select id="{key}" aria-labelledby="{key}-place {key}-step">'
            f'<option value="">–</option>{places}</select> '
            f'<span id="{key}-place" class="self-check-place">place of:</span> '
            f'<span id="{key}-step">{text}</span></li>'
        )
        data.append({"place": number + 1, "why": as_html(steps[number]["why"])})
    said = "".join(f"<li>{as_html(s['step'])}. {as_html(s['why'])}</li>" for s in steps)
    return f"<ul>{''.join(rows)}</ul>", data, f"<ol>{said}</ol>"


def add_prediction(app, doctree):
    """Add a choice before the folded answer of "Predict before you run"."""
    name = PurePosixPath(app.env.docname).name
    for section in doctree.findall(nodes.section):
        if "predict-before-you-run" not in section["ids"]:
            continue
        app.env.note_dependency(str(PREDICTIONS))
        question = prediction_of(name)
        options, _, _ = _choose(question, "prediction")
        text = PREDICTION.format(
            id=id_of(name, question), ask=as_html(question["choose"]), options=options
        )
        answer = next(
            i for i, part in enumerate(section) if "<details" in part.astext()
        )
        section.insert(answer, nodes.raw("", text, format="html"))


def add_questions(app, doctree):
    """Add a section with the questions at the page's end, before Sphinx lists its headings."""
    docname = app.env.docname
    path = QUESTIONS / f"{PurePosixPath(docname).name}.yml"
    if not docname.startswith("notebooks/") or not path.exists():
        return
    app.env.note_dependency(str(path))
    section = nodes.section(ids=["check-yourself"], names=["check yourself"])
    section += nodes.title("", "Check yourself")
    intro = "No Python is needed here: choose an answer, then press Check."
    section += nodes.paragraph("", intro)
    name = PurePosixPath(docname).name
    for number, question in enumerate(read_questions(path), 1):
        its_id = id_of(name, question)
        text = question_html(question, number, f"self-check-{number}", its_id)
        section += nodes.raw("", text, format="html")
    section += nodes.raw("", KEPT, format="html")
    if (EXERCISES / f"ex{name}").exists():
        link = (
            f'<a href="../book/exercises/ex{name}.html">Exercises {int(name[:2])}</a>'
        )
        text = f"<p>{link} go on from here, with feedback on code of your own.</p>"
        section += nodes.raw("", text, format="html")
    top = next(doctree.findall(nodes.section), None)
    (doctree if top is None else top).append(section)


def add_files(app, pagename, templatename, context, doctree):
    if doctree is not None and any(
        "check-yourself" in section["ids"] for section in doctree.findall(nodes.section)
    ):
        app.add_js_file(SCRIPT, loading_method="defer")


PREDICTION = """
<form class="question-form prediction" data-id="{id}" autocomplete="off">
<fieldset>
<legend>{ask}</legend>
{options}
<p><button type="submit">Keep my prediction</button></p>
<div class="self-check-said" role="status"></div>
</fieldset>
</form>
"""
KEPT = f"""
<details class="kept-answers" data-days="{json.dumps(DAYS)}" hidden>
<summary>What this browser keeps of your answers</summary>
<p class="kept-answers-said" role="status"></p>
<ul></ul>
<p><button type="button">Erase all of it</button></p>
</details>
"""


def setup(app):
    app.add_css_file("self_check.css")
    publish_assets(app, HERE, "self_check.css", SCRIPT)
    app.connect("doctree-read", add_questions, priority=100)
    app.connect("doctree-read", add_prediction, priority=100)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
