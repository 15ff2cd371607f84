"""Sphinx extension: let a page show its text before everything has loaded.

The theme's scripts block rendering although they act only after it, and a picture without a
size shifts the text below it when it arrives. (web/pages/theme/templates/layout.html sets the
colours of a dark page early.)
"""

from urllib.parse import unquote

from bs4 import NavigableString
from PIL import Image

from web.pages.written_pages import change_pages

# Scripts that wait for the page themselves, so they can be deferred.
CAN_WAIT = (
    "doctools.js",
    "sphinx_highlight.js",
    "clipboard.min.js",
    "copybutton.js",
    "sphinx-book-theme.js",
    "togglebutton.js",
    "design-tabs.js",
    "bootstrap.js",
    "pydata-sphinx-theme.js",
)
NEAR_THE_TOP = 1500  # characters of text before a picture that is visible at once


def defer_scripts(page):
    """Run the theme's scripts after the page has been parsed."""
    if page.select_one("script[src*='searchtools.js']"):
        return  # it starts at once and needs doctools.js
    for script in page.select("script[src]"):
        if script["src"].split("?")[0].endswith(CAN_WAIT):
            script["defer"] = ""


def lighten_pictures(page, folder):
    """Give each picture its size, half the bytes, and a loading priority.

    The size reserves its place on the page. Lossless WebP looks the same as PNG. Pictures
    further down are loaded when the reader scrolls near them.
    """
    text_before = 0
    for node in page.article.descendants if page.article else ():
        if isinstance(node, NavigableString):
            text_before += len(node)
        if node.name != "img" or not node["src"].endswith(".png"):
            continue
        path = folder / unquote(node["src"])
        if not path.is_file():
            continue
        lighter = path.with_suffix(".webp")
        with Image.open(path) as image:
            if not node.get("width") and not node.get("style"):
                node["width"], node["height"] = map(str, image.size)
            if not lighter.exists() or lighter.stat().st_mtime < path.stat().st_mtime:
                image.save(lighter, lossless=True, exact=True, quality=90)
        node["src"] = node["src"].removesuffix(".png") + ".webp"
        if text_before < NEAR_THE_TOP:
            node["fetchpriority"] = "high"
        else:
            node["loading"] = "lazy"


def quicken_pages(app, pages):
    for path, page in pages.items():
        defer_scripts(page)
        lighten_pictures(page, path.parent)


def setup(app):
    change_pages(app, quicken_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
