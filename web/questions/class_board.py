"""Sphinx extension: a chapter's code for the class board, and the page that collects codes.

A student's page turns the first answers to its questions into a short code
(web/questions/class_page.js), and the teacher's page, book/class_board.md, shows the answers in
many codes as bars (class_board.js). Neither sends anything. class_code.js defines the code.
"""

import hashlib
import html
import json
from pathlib import Path, PurePosixPath

from docutils import nodes

from web.live.extension import root_of
from web.pages.assets import prepare_files, publish_assets
from web.questions import self_check
from web.questions.practice import chapters
from web.questions.qr_code import QR_CODE_FILE, install_qr_code

HERE = Path(__file__).resolve().parent
BOARD = "book/class_board"
PLACE = '<div class="class-board"></div>'
EDITIONS = 1 << 15


def number_of(chapter):
    return int(chapter[:2])


def board_questions(chapter):
    """Return a chapter's prediction and questions as the board shows them.

    Each has an id, a text, and answers in the order of `choice` in self_check.js.
    """
    path = self_check.QUESTIONS / f"{chapter}.yml"
    return [
        {
            "id": self_check.id_of(chapter, question),
            "words": before + self_check.as_html(self_check.words_of(question)),
            "answers": [
                {"text": self_check.as_html(text), "right": right, "why": why}
                for text, right, why in _answers(question)
            ],
        }
        for before, question in [
            ("Predicted: ", self_check.prediction_of(chapter)),
            *(("", question) for question in self_check.read_questions(path)),
        ]
    ]


def _answers(question):
    """Yield (text of the answer, whether it is right, explanation as HTML)."""
    if "options" in question:
        for option in question["options"]:
            text = option["right" if "right" in option else "wrong"]
            yield text, "right" in option, self_check.as_html(option["why"])
    elif "mistakes" in question:
        yield f"{question['answer']:g}", True, self_check.as_html(question["why"])
        for mistake in question["mistakes"]:
            yield f"{mistake['answer']:g}", False, self_check.as_html(mistake["why"])
        yield "another number", False, ""
    else:
        yield "all steps in order", True, ""
        for number, step in enumerate(question["steps"], 1):
            why = self_check.as_html(step["why"])
            yield f"not in order from step {number} on: {step['step']}", False, why


def edition_of(questions):
    """Return a number that identifies this version of the questions: a hash."""
    text = json.dumps(questions, sort_keys=True)
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % EDITIONS


def add_panel(app, doctree):
    """Add the form that makes a code, below a chapter's own questions."""
    name = PurePosixPath(app.env.docname).name
    if app.env.docname == BOARD:
        for chapter in chapters():
            app.env.note_dependency(str(self_check.QUESTIONS / f"{chapter}.yml"))
    if app.env.docname != f"notebooks/{name}" or name not in chapters():
        return
    questions = board_questions(name)
    data = {
        "chapter": number_of(name),
        "edition": edition_of(questions),
        "ids": [question["id"] for question in questions],
        "sizes": [len(question["answers"]) for question in questions],
    }
    packed = html.escape(json.dumps(data))
    root = "../" * app.env.docname.count("/")
    text = PANEL.format(data=packed, qr_code=f"{root}{QR_CODE_FILE}")
    (own,) = (s for s in doctree.findall(nodes.section) if "check-yourself" in s["ids"])
    own += nodes.raw("", text, format="html")


def add_board(app, pagename, templatename, context, doctree):
    if doctree is not None and PLACE in context.get("body", ""):
        found = [(chapter, board_questions(chapter)) for chapter in chapters()]
        data = {
            number_of(chapter): {
                "name": chapter,
                "edition": edition_of(questions),
                "questions": questions,
            }
            for chapter, questions in found
        }
        text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        board = BOARD_HTML.format(data=text, root=html.escape(root_of(context)))
        context["body"] = context["body"].replace(PLACE, board)
        app.add_js_file("class_board.js", loading_method="defer")


PANEL = """
<details class="class-code" data-code="{data}" data-qr-code="{qr_code}" hidden>
<summary>A code for the class board</summary>
<p>If your teacher asks for it: a code tells what you predicted, and which answer you gave first
to each question above. Beside that it holds only the chapter, the edition of its questions,
and a number drawn by chance, so that nobody counts twice. The page sends it nowhere. It would
tell:</p>
<ol class="class-code-holds"></ol>
<form>
<p><label>Your name, only if your teacher wants it
<input maxlength="40" autocomplete="off"></label></p>
<p><button type="submit">Make the code</button></p>
</form>
<div class="class-code-made" role="status"></div>
</details>
"""
BOARD_HTML = """
<div class="class-board" data-root="{root}">
<noscript><p>JavaScript draws the board, and this browser does not run it.</p></noscript>
<p><label for="board-codes">Codes, one a line; a name may follow after a space</label>
<textarea id="board-codes" rows="8" spellcheck="false" autocomplete="off"></textarea></p>
<p class="class-board-ways">
<label for="board-file">From text files</label>
<input id="board-file" type="file" accept=".txt,.csv,text/*" multiple>
<button type="button" class="board-camera">Read with the camera</button>
<button type="button" class="board-save">Save the codes</button></p>
<video class="board-video" hidden muted playsinline aria-label="What the camera sees"></video>
<p class="board-said" role="status"></p>
<ul class="board-refused"></ul>
<div class="board-drawn"></div>
</div>
<script type="application/json" id="board-questions">{data}</script>
"""


def setup(app):
    app.setup_extension("web.questions.practice")
    publish_assets(app, HERE, "class_board.css", "class_board.js")
    prepare_files(app, install_qr_code)
    app.add_css_file("class_board.css")
    app.connect("doctree-read", add_panel, priority=105)  # after self_check
    app.connect("html-page-context", add_board)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
