"""Sphinx extension: a chapter's download button gives a chapter that runs wherever it lands.

With `site_url` in _config.yml that is a notebook whose first cell can install the book's wheel
from there; without, a .zip with the notebook, the book's modules and the data.
tools/build/downloads.py makes the files.
"""

from pathlib import Path

from sphinx.errors import ExtensionError

from tools.build.downloads import CHAPTERS, FOLDER, write_downloads
from web.extensions.written_pages import change_pages

BUTTON = 'a[title="Download source file"][href$="_sources/notebooks/{}.ipynb"]'
TITLE = "Download this chapter, to run it anywhere"


def wheel_of(app):
    """Return the wheel that the live pages use, None in a book without them."""
    if not getattr(app, "live", None):
        return None
    (wheel,) = (app.live_folder / app.live["book"]).glob("neural_network_book-*.whl")
    return wheel


def suffix_of(app):
    address_is_known = app.config.overrides.get("site_url") and wheel_of(app)
    return ".ipynb" if address_is_known else ".zip"


def publish(app, exception):
    if exception or app.builder.name != "html":
        return
    site_url = app.config.overrides.get("site_url")
    write_downloads(Path(app.outdir) / FOLDER, wheel_of(app), site_url)


def lead_buttons_there(app, pages):
    chapters = {path.stem for path in CHAPTERS.glob("*.ipynb")}
    suffix = suffix_of(app)
    for path, page in pages.items():
        if path.parent.name != "notebooks" or path.stem not in chapters:
            continue
        found = page.select(BUTTON.format(path.stem))
        words = found and found[0].find(string=".ipynb")
        if len(found) != 1 or not words:
            raise ExtensionError(
                f"{path.name}: expected one button that downloads the page's source, found "
                f"{len(found)}. Has the theme changed? Then change BUTTON in {__name__}."
            )
        found[0]["href"] = f"../{FOLDER}/{path.stem}{suffix}"
        found[0]["title"] = TITLE
        words.replace_with(suffix)


def setup(app):
    app.connect("build-finished", publish, priority=600)
    change_pages(app, lead_buttons_there)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
