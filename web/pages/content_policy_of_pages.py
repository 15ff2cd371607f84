"""Sphinx extension: write the content-security policy into each page and into _headers.

publish/content_policy.py defines the policy. Pages also allow file:, because 'self' does not
match files in every browser when the book is opened from a disk.
"""

import html
from pathlib import Path

from publish.content_policy import PAGES, header_value, headers_file


def add_policy(app, pagename, templatename, context, doctree):
    policy = {
        name: f"{sources} file:" if name in ("default-src", "style-src") else sources
        for name, sources in PAGES.items()
    }
    policy["script-src"] += " file:"
    content = html.escape(header_value(policy), quote=True).replace("&#x27;", "'")
    context["metatags"] = (
        f'<meta http-equiv="Content-Security-Policy" content="{content}">\n'
        + context.get("metatags", "")
    )


def write_headers(app, exception):
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    folders = {path.name for path in out.iterdir() if path.is_dir()}
    (out / "_headers").write_text(headers_file(folders), encoding="utf-8")


def setup(app):
    app.connect("html-page-context", add_policy)
    app.connect("build-finished", write_headers, priority=990)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
