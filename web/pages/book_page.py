"""Sphinx extension: the book's own rules for its pages.

- A picture without a description stops the build.
- Pages do not contain the state of their widgets, which no page uses: it is hundreds of
  kilobytes, with other ids in each build.
- index.html redirects to the opening page.
"""

import html
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def drop_widget_states(app, pagename, templatename, context, doctree):
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if "widget-state" not in getattr(script, "attributes", {}).get("type", "")
    ]


def require_descriptions(app, doctree, docname):
    for image in doctree.findall(nodes.image):
        alt = image.get("alt", "").strip()
        name = PurePosixPath(image["uri"]).name
        if not alt or alt.endswith(name):
            logger.warning(
                "%s: a picture (%s) has no description. In a notebook, give its cell the "
                'metadata "mystnb": {"image": {"alt": "…"}}; in a Markdown page, write '
                "![description](file).",
                docname,
                name,
                location=image,
            )


def write_index(app, exception):
    """Write index.html, which redirects to the opening page."""
    if exception or app.builder.name != "html":
        return
    target = f"{app.config.master_doc}.html"
    title = html.escape(app.config.html_title or app.config.project)
    icon = Path(app.config.html_favicon).name
    (Path(app.outdir) / "index.html").write_text(
        f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={target}">
<link rel="icon" href="_static/{icon}">
</head>
<body><a href="{target}">{title}</a></body>
</html>
""",
        encoding="utf-8",
    )


def setup(app):
    app.connect("html-page-context", drop_widget_states, priority=900)
    app.connect("doctree-resolved", require_descriptions, priority=900)
    app.connect("build-finished", write_index, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
