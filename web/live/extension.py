"""Sphinx extension: a "Run this page" control on every chapter, and the files behind it.

It builds the live pages' files (web/live/prepare/), gives each code cell in the HTML its id
from the notebook, and passes the cells' code to the page. A page without notebook cells is left
unchanged, and no page loads Python before its reader asks for it.

A live page that has been out of sight for half an hour ends its Python. To change the time, set
live_minutes_until_rest below `sphinx: config:` in _config.yml.

With LIVE=0 in the environment the book is built without live pages, and its chapters say so.
"""

import hashlib
import html
import json
import shutil
from pathlib import Path

import nbformat
from docutils import nodes
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook

from publish.errors import exit_on_build_error
from publish.paths import LITE, LIVE, ROOT
from publish.settings import live_pages_are_wanted
from web.live.cell_needs import needs_of_cells

WIDGET = "application/vnd.jupyter.widget-view+json"
OPEN_IN_LITE = "Open in JupyterLite"
NOT_LIVE = (
    "This copy of the book was built without live pages, so its code cannot run here. "
    "You can still read it all, and run the notebooks with Jupyter."
)


def build_files(app, config):
    """Build the live pages' files before the book, so that a page can name them."""
    app.live = None
    if not live_pages_are_wanted():
        return
    from web.live.prepare.jupyterlite import build_lite
    from web.live.prepare.page_files import build_live

    folder = LIVE
    with exit_on_build_error():
        app.live = build_live(folder)
        app.lite = build_lite(LITE, app.live)
    app.live_folder = folder
    app.add_css_file(f"../live/{app.live['book']}/live.css")
    config.live_version = app.live[
        "book"
    ]  # when it changes, Sphinx writes all pages again


def name_cells(app, doctree):
    """Give each code cell an HTML id, and mark the cells that show a widget."""
    docname = app.env.docname
    cells = _notebook_cells(app, docname)
    if cells is None:
        return
    for container in doctree.findall(nodes.container):
        if container.get("nb_element") != "cell_code":
            continue
        cell = cells[container["cell_index"]]
        container["ids"].append(f"cell-{cell['id']}")
        outputs = container.findall(nodes.container)
        if any(output.get("mime_type") == WIDGET for output in outputs):
            container["classes"].append("live-widget")


def add_control(app, pagename, templatename, context, doctree):
    """Add the control below the page's title, and the cells' code."""
    cells = _notebook_cells(app, pagename) if doctree is not None else None
    if not cells or "body" not in context:
        return
    if getattr(app, "live", None) is None:
        bar = f'<p class="live-note" data-live-status="none">{NOT_LIVE}</p>'
    else:
        bar = _bar(app, pagename, context, _described(cells))
    title, heading, rest = context["body"].partition("</h1>")
    context["body"] = title + heading + bar + rest


def publish_files(app, exception):
    """Copy the live pages' files into the built book."""
    if exception or getattr(app, "live", None) is None:
        return
    out = Path(app.outdir)
    target = out / "live"
    target.mkdir(exist_ok=True)
    wanted = {app.live["lib"], app.live["book"], "live.json"}
    for old in target.iterdir():
        if old.name not in wanted:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in wanted:
        source = app.live_folder / name
        if source.is_file():
            shutil.copy(source, target / name)
        elif not (target / name).exists():
            shutil.copytree(source, target / name)
    service_worker = Path(__file__).parent / "worker" / "service_worker.js"
    shutil.copy(service_worker, out / "service-worker.js")
    shutil.rmtree(out / "lite", ignore_errors=True)
    shutil.copytree(app.lite, out / "lite")


def _notebook_cells(app, docname):
    """Return a page's cells, or None if the page is not a notebook."""
    path = Path(app.env.doc2path(docname))
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4).cells
    text = path.read_text(encoding="utf-8")
    if not is_myst_markdown_notebook(text):
        return None
    cells = read_myst_markdown_notebook(text).cells
    for number, cell in enumerate(cells):  # Markdown notebooks have no cell ids
        cell.id = str(number)
    return cells


def _described(cells):
    """Return the data of each code cell, for the page's JavaScript."""
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    needs = needs_of_cells([cell.source for cell in code])
    return [
        {
            "id": cell.id,
            "source": cell.source,
            "hash": hashlib.sha256(cell.source.encode()).hexdigest()[:16],
            "isAnswer": cell.metadata.get("is_answer", False),
            "mayFail": "raises-exception" in cell.metadata.get("tags", []),
            "needs": its_needs,  # indices in this list
        }
        for cell, its_needs in zip(code, needs, strict=True)
    ]


def root_of(context):
    """Return the book's address, relative to the page with this context."""
    return context["pathto"]("index", 0).rsplit("index", 1)[0] or "./"


def _bar(app, pagename, context, cells):
    root = root_of(context)
    book = f"live/{app.live['book']}"
    page = {"name": pagename, "root": root, "book": book, "cells": cells}
    page["minutesUntilRest"] = app.config.live_minutes_until_rest
    data = json.dumps(page).replace("<", "\\u003c")
    notebook = Path(app.env.doc2path(pagename)).relative_to(ROOT)
    hand_in, lite, script = "", "", "control.js"
    if notebook.parts[:2] == ("book", "exercises"):  # the copy without solutions
        notebook = Path("notebooks", *notebook.parts[1:])
        hand_in = '<a class="live-hand-in" href="#hand-in">Hand in</a>'
        script = "hand_in.js"  # control.js is bundled into it
    if notebook.suffix == ".ipynb":
        address = f"{root}lite/lab/index.html?path={notebook.as_posix()}"
        lite = f'<a class="live-lite" href="{html.escape(address)}">{OPEN_IN_LITE}</a>'
    return f"""
<section class="live-bar" aria-label="Run this page" data-live-status="idle">
<div class="live-controls">
<button type="button" class="live-button live-start" data-live="start">
<span aria-hidden="true">▶</span> <span>Run this page</span></button>
<button type="button" class="live-button" data-live="reset" hidden>Reset this page</button>
{lite}
{hand_in}
</div>
<progress max="1" hidden aria-label="Starting Python"></progress>
<p class="live-words" role="status" aria-live="polite">Python runs in your browser:
nothing is installed, nothing leaves your computer.</p>
</section>
<script type="application/json" id="live-page">{data}</script>
<script defer src="{root}{book}/{script}"></script>
"""


def setup(app):
    app.add_config_value("live_version", "none", "html")
    app.add_config_value("live_minutes_until_rest", 30, "html")
    app.connect("config-inited", build_files)
    app.connect("doctree-read", name_cells)
    app.connect("html-page-context", add_control)
    app.connect("build-finished", publish_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
