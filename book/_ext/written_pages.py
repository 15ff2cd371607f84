"""The pages that Sphinx has written, for the extensions that change them afterwards."""

from pathlib import Path

NOT_OF_THE_THEME = ("lite", "live", "_static", "mathjax", "slides")


def paths_of_pages(app, exception):
    """Return the paths of the book's HTML pages; none if the build failed."""
    if exception or app.builder.format != "html":
        return []
    out = Path(app.outdir)
    return [
        path
        for path in sorted(out.rglob("*.html"))
        if path.relative_to(out).parts[0] not in NOT_OF_THE_THEME
    ]


def rewrite_pages(app, exception, change):
    """Put change(text, folder) in place of each page; folder is where the page lies."""
    for path in paths_of_pages(app, exception):
        before = path.read_text(encoding="utf-8")
        after = change(before, path.parent)
        if after != before:
            path.write_text(after, encoding="utf-8")
