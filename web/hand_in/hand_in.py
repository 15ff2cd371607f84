"""Sphinx extension: "Hand in" on an exercise's page, and the notebook that it fills in.

A student who works in the live page gets a file to submit: the notebook as `make release`
writes it, with the answers from the page. The build publishes that notebook in the folder
handout/, and web/hand_in/hand_in.js fetches it when the student hands in.

Without live pages (LIVE=0) the page has no form, and only says how to submit a notebook.
"""

import html
import shutil
from pathlib import Path, PurePosixPath

from publish.paths import STUDENT_COPIES
from web.hand_in.exercise_pages import HAND_IN_PLACE, write_exercise_pages
from web.live.extension import root_of
from web.pages.assets import prepare_files

FOLDER = "handout"


def add_style(app, config):
    if getattr(app, "live", None):
        app.add_css_file(f"../live/{app.live['book']}/hand_in.css")


def add_panel(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if doctree is None or HAND_IN_PLACE not in body or not getattr(app, "live", None):
        return
    root = root_of(context)
    name = PurePosixPath(pagename).name
    panel = PANEL.format(name=html.escape(name), root=html.escape(root))
    context["body"] = body.replace(HAND_IN_PLACE, panel)


def publish_notebooks(app, exception):
    """Copy the notebooks as students get them into the built book."""
    if exception or not getattr(app, "live", None):
        return
    target = Path(app.outdir) / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for notebook in STUDENT_COPIES.glob("*.ipynb"):
        shutil.copyfile(notebook, target / notebook.name)


PANEL = """<div class="hand-in" data-assignment="{name}"
data-notebook="{root}handout/{name}.ipynb">
<p><strong>Hand in</strong> gives you one file: the notebook of this page with your answers.
Give that file in where your teacher said. The page itself sends nothing anywhere.</p>
<form class="hand-in-form">
<p><label for="hand-in-name">Your name or student number, as your teacher wants it</label>
<input id="hand-in-name" autocomplete="name" maxlength="200" aria-describedby="hand-in-file">
<button type="button" class="live-button" data-hand-in="forget" hidden>Forget it</button></p>
<p id="hand-in-file" class="live-note">It is kept in this browser only.</p>
<p><button type="submit" class="live-button live-start">Hand in</button></p>
</form>
<p class="hand-in-said" role="status"></p>
<p><label for="hand-in-back">To go on on another computer, hand in here and take the file along.
There, load it into this page:</label>
<input id="hand-in-back" type="file" accept=".ipynb"></p>
<details class="hand-in-older" hidden><summary></summary><ul></ul></details>
<dialog class="hand-in-ask" aria-labelledby="hand-in-asked">
<p id="hand-in-asked"></p><ul></ul><p class="live-controls"></p></dialog>
</div>
"""


def setup(app):
    prepare_files(app, write_exercise_pages)
    app.connect("config-inited", add_style, priority=600)  # after the live files
    app.connect("html-page-context", add_panel)
    app.connect("build-finished", publish_notebooks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
