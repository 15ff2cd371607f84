"""Sphinx extension: the pages that a build has written, for extensions that change them."""

from pathlib import Path

NOT_OF_THE_THEME = ("lite", "live", "_static", "mathjax", "slides")


def note_page(app, pagename, templatename, context, doctree):
    app.written_pages.add(Path(app.builder.get_outfilename(pagename)))


def all_pages(out):
    """Return the paths of all pages of the book, those of earlier builds too."""
    return [
        path
        for path in sorted(out.rglob("*.html"))
        if path.relative_to(out).parts[0] not in NOT_OF_THE_THEME
    ]


def rewrite_pages(paths, change):
    """Put change(text, folder) in place of each page; folder is where the page lies."""
    for path in sorted(paths):
        before = path.read_text(encoding="utf-8")
        after = change(before, path.parent)
        if after != before:
            path.write_text(after, encoding="utf-8")


def change_at_end(app, change, priority):
    """Have change(app, pages) called with what an HTML build wrote, if it wrote anything."""

    def finish(app, exception):
        if not exception and app.builder.format == "html" and app.written_pages:
            change(app, app.written_pages)

    app.setup_extension(__name__)
    app.connect("build-finished", finish, priority=priority)


def setup(app):
    app.written_pages = set()
    app.connect("html-page-context", note_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
