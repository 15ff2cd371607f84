"""Sphinx extension: point the download buttons at notebooks that run anywhere.

web/export/downloads.py makes the files. If _config.yml has a `site_url`, a chapter's button
downloads a notebook whose first cell can install the book's wheel from there; otherwise it
downloads a .zip with the notebook, the book's modules and the data. An exercise's button
downloads such a .zip with the student's notebook.
"""

from pathlib import Path

from sphinx.errors import ExtensionError

from publish.paths import NOTEBOOKS, STUDENT_COPIES
from web.export.downloads import FOLDER, write_downloads
from web.pages.written_pages import change_pages

BUTTON = 'a[title="Download source file"][href$="_sources/{}.ipynb"]'
TITLE = "Download this notebook, to run it anywhere"


def wheel_of(app):
    """Return the wheel of the live pages, or None in a book without them."""
    if not getattr(app, "live", None):
        return None
    (wheel,) = (app.live_folder / app.live["book"]).glob("neural_network_book-*.whl")
    return wheel


def downloads(app):
    """Return {page: file that its button downloads} for the notebooks' pages."""
    address_is_known = app.config.overrides.get("site_url") and wheel_of(app)
    suffix = ".ipynb" if address_is_known else ".zip"
    chapters = {
        f"notebooks/{path.stem}": path.stem + suffix
        for path in NOTEBOOKS.glob("*.ipynb")
    }
    exercises = {
        f"book/exercises/{path.stem}": f"{path.stem}.zip"
        for path in STUDENT_COPIES.glob("*.ipynb")
    }
    return chapters | exercises


def publish(app, exception):
    if exception or app.builder.name != "html":
        return
    site_url = app.config.overrides.get("site_url")
    write_downloads(Path(app.outdir) / FOLDER, wheel_of(app), site_url)


def link_buttons(app, pages):
    files = downloads(app)
    for path, page in pages.items():
        name = path.relative_to(app.outdir).with_suffix("")
        file = files.get(name.as_posix())
        if not file:
            continue
        found = page.select(BUTTON.format(name.as_posix()))
        words = found and found[0].find(string=".ipynb")
        if len(found) != 1 or not words:
            raise ExtensionError(
                f"{path.name}: expected one button that downloads the page's source, found "
                f"{len(found)}. Has the theme changed? Then change BUTTON in {__name__}."
            )
        root = "../" * (len(name.parts) - 1)
        found[0]["href"] = f"{root}{FOLDER}/{file}"
        found[0]["title"] = TITLE
        words.replace_with(Path(file).suffix)


def setup(app):
    app.connect("build-finished", publish, priority=600)
    change_pages(app, link_buttons)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
