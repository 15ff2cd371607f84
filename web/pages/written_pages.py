"""Sphinx extension: change the written pages in a single pass.

Each page that a build has written is parsed once, passed to all extensions that change pages,
one after another, and written back once.
"""

from pathlib import Path

from bs4 import BeautifulSoup, NavigableString

NOT_OF_THE_THEME = ("lite", "live", "_static", "mathjax", "slides")


def note_page(app, pagename, templatename, context, doctree):
    app.written_pages.add(Path(app.builder.get_outfilename(pagename)))


def all_pages(out):
    """Return the paths of all pages of the book, including those of earlier builds."""
    return [
        path
        for path in sorted(out.rglob("*.html"))
        if path.relative_to(out).parts[0] not in NOT_OF_THE_THEME
    ]


def read(path):
    """Return a parsed page."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def write(path, page):
    path.write_text(str(page), encoding="utf-8")


def remove(element):
    """Remove an element and the line break after it."""
    after = element.next_sibling
    if isinstance(after, NavigableString) and not after.strip():
        after.extract()
    element.decompose()


def change_pages(app, change, priority=500):
    """Call change(app, {path: parsed page}) with the pages that an HTML build writes.

    Changes with a lower priority are called first.
    """
    app.setup_extension(__name__)
    app.page_changes.append((priority, change))


def change_written_pages(app, exception):
    if exception or app.builder.format != "html" or not app.written_pages:
        return
    pages = {path: read(path) for path in sorted(app.written_pages)}
    for _, change in sorted(app.page_changes, key=lambda entry: entry[0]):
        change(app, pages)
    for path, page in pages.items():
        write(path, page)


def setup(app):
    app.written_pages, app.page_changes = set(), []
    app.connect("html-page-context", note_page)
    app.connect("build-finished", change_written_pages, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
