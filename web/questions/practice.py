"""Sphinx extension: three questions from earlier chapters at the end of each chapter.

They are the questions of web/questions/self_check.py and those of practice.yml, whose numbers
change. web/questions/practice.js chooses three in the reader's browser. All questions are in
one script, which it loads when the reader scrolls near them.
"""

import json
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.errors import ExtensionError

from web.pages.assets import publish_assets
from web.questions import self_check
from web.questions.practice_templates import (
    draw_sets,
    expressions_of,
    filled,
    read_templates,
)

HERE = Path(__file__).resolve().parent
TEMPLATES = self_check.QUESTIONS / "practice.yml"
SCRIPT = "practice_questions.js"
RULE = (
    "Leitner's boxes decide which questions come: a new one lies in the first box, a right "
    "answer moves it to the next, a wrong one back to the first, and it comes back after "
    f"{', '.join(map(str, self_check.DAYS[:-1]))} or {self_check.DAYS[-1]} days, by its box."
)
PLACE = """
<div class="practice" data-chapter="{chapter}">
<noscript><p>JavaScript draws the questions, and this browser does not run it.</p></noscript>
<div class="practice-questions"></div>
<p class="practice-said" role="status"></p>
<p><button type="button" class="practice-more" hidden>Three others</button></p>
</div>
"""


def chapters():
    """Return the names of the chapters that have questions, in order."""
    return sorted(path.stem for path in self_check.QUESTIONS.glob("[0-9]*.yml"))


def all_questions():
    """Return the data of each question that can come back, for the browser.

    In its HTML, {0}, {1}, … are placeholders for the values of a set of numbers, and {slot}
    for the question's position among the three.
    """
    templates = read_templates(TEMPLATES)
    stands_for = {(t.chapter, t.instead_of): t for t in templates if t.instead_of}
    found = []
    for chapter in chapters():
        for question in self_check.read_questions(
            self_check.QUESTIONS / f"{chapter}.yml"
        ):
            its_id = self_check.id_of(chapter, question)
            template = stands_for.pop((chapter, self_check.words_of(question)), None)
            found.append(_for_the_browser(chapter, its_id, question, template))
        found += [
            _for_the_browser(chapter, f"{chapter[:2]}-{t.name}", None, t)
            for t in templates
            if t.chapter == chapter and not t.instead_of
        ]
    if stands_for:
        (chapter, words), template = stands_for.popitem()
        raise ExtensionError(
            f"practice.yml, {template.name}: {chapter} has no question {words!r}"
        )
    return found


def _for_the_browser(chapter, its_id, question, template):
    sets = [[]]
    if template:
        sets = [values for _, values in draw_sets(template)]
        places = [f"{{{i}}}" for i in range(len(expressions_of(template.question)))]
        question = filled(template.question, places)
    text = self_check.question_html(question, "{slot}", "practice-{slot}", its_id)
    return {"id": its_id, "chapter": chapter, "html": text, "sets": sets}


def add_practice(app, doctree):
    """Add the section after the chapter's own questions, except in the first chapter."""
    name = PurePosixPath(app.env.docname).name
    if app.env.docname != f"notebooks/{name}" or name not in chapters()[1:]:
        return
    section = nodes.section(
        ids=["from-earlier-chapters"], names=["from earlier chapters"]
    )
    section += nodes.title("", "From earlier chapters")
    section += nodes.paragraph(
        "", f"Three questions, with new numbers where they have any. {RULE}"
    )
    section += nodes.raw("", PLACE.format(chapter=name), format="html")
    next(doctree.findall(nodes.section)).append(section)


def write_questions(app, exception):
    if exception or app.builder.format != "html":
        return
    text = json.dumps(all_questions(), ensure_ascii=False, separators=(",", ":"))
    path = app.outdir / "_static" / SCRIPT
    path.write_text(f"window.practiceQuestions = {text};\n", encoding="utf-8")


def setup(app):
    app.setup_extension("web.questions.self_check")
    publish_assets(app, HERE, "practice.css")
    app.add_css_file("practice.css")
    app.connect("doctree-read", add_practice, priority=110)  # after self_check
    app.connect("build-finished", write_questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
