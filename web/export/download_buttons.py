"""Sphinx extension: download buttons give notebooks that run wherever they land.

A chapter: with `site_url` in _config.yml that is a notebook whose first cell can install the
book's wheel from there; without, a .zip with the notebook, the book's modules and the data.
Exercises: such a .zip, with the notebook as it is handed out.
web/export/downloads.py makes the files.
"""

from pathlib import Path

from sphinx.errors import ExtensionError

from publish.paths import NOTEBOOKS, STUDENT_COPIES
from web.export.downloads import FOLDER, write_downloads
from web.pages.written_pages import change_pages

BUTTON = 'a[title="Download source file"][href$="_sources/{}.ipynb"]'
TITLE = "Download this notebook, to run it anywhere"


def wheel_of(app):
    """Return the wheel that the live pages use, None in a book without them."""
    if not getattr(app, "live", None):
        return None
    (wheel,) = (app.live_folder / app.live["book"]).glob("neural_network_book-*.whl")
    return wheel


def downloads(app):
    """Return the file that each notebook's page gives, by the name of the page."""
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


def lead_buttons_there(app, pages):
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
    change_pages(app, lead_buttons_there)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
