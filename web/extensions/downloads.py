"""Sphinx extension: a chapter's download button gives a chapter that runs wherever it lands.

With `site_url` in _config.yml that is a notebook whose first cell can install the book's wheel
from there; without, a .zip with the notebook, the book's modules and the data.
tools/build/downloads.py makes the files.
"""

import re
from pathlib import Path

from sphinx.errors import ExtensionError

from tools.build.downloads import CHAPTERS, FOLDER, write_downloads
from web.extensions.written_pages import change_at_end

BUTTON = re.compile(
    r'href="[./]*_sources/notebooks/(\w+)\.ipynb"([^>]*)title="Download source file"'
    r"(.*?)\.ipynb",  # the words on the button
    re.DOTALL,
)
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
    for path in sorted(pages):
        if path.parent.name != "notebooks" or path.stem not in chapters:
            continue
        text = path.read_text(encoding="utf-8")
        new = rf'href="../{FOLDER}/\1{suffix}"\2title="{TITLE}"\3{suffix}'
        text, found = BUTTON.subn(new, text)
        if found != 1:
            raise ExtensionError(
                f"{path.name}: expected one button that downloads the page's source, found "
                f"{found}. Has the theme changed? Then change BUTTON in {__name__}."
            )
        path.write_text(text, encoding="utf-8")


def setup(app):
    app.connect("build-finished", publish, priority=600)
    change_at_end(app, lead_buttons_there, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
