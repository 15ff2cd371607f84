"""Sphinx extension: writes the content-security policy into each page, and into _headers.

What the policy says, and why, is in publish/content_policy.py. A page that is opened as a
file may load the files beside it: "self" does not mean them in every browser.
"""

import html
from pathlib import Path

from publish.content_policy import PAGES, headers_file, in_words


def add_policy(app, pagename, templatename, context, doctree):
    policy = {
        name: f"{sources} file:" if name in ("default-src", "style-src") else sources
        for name, sources in PAGES.items()
    }
    policy["script-src"] += " file:"
    content = html.escape(in_words(policy), quote=True).replace("&#x27;", "'")
    context["metatags"] = (
        f'<meta http-equiv="Content-Security-Policy" content="{content}">\n'
        + context.get("metatags", "")
    )


def write_headers(app, exception):
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    folders = {path.name for path in out.iterdir() if path.is_dir()}
    (out / "_headers").write_text(headers_file(folders | {"slides"}), encoding="utf-8")


def setup(app):
    app.connect("html-page-context", add_policy)
    app.connect("build-finished", write_headers, priority=990)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
