"""Sphinx extension: lets a page show its words before it has loaded all that it loads.

The theme's scripts hold a page up although they act only once it is there, and a picture
without a size moves the words below it when it arrives. (The colours of a page that is
dark are set by web/pages/theme/templates/layout.html.)
"""

from urllib.parse import unquote

from bs4 import NavigableString
from PIL import Image

from web.pages.written_pages import change_pages

# Scripts that wait for the page by themselves, so they need not hold it up.
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
NEAR_THE_TOP = 1500  # characters that stand before a picture which is seen at once


def let_scripts_wait(page):
    """Run the theme's scripts once the page is there, as they want it anyway."""
    if page.select_one("script[src*='searchtools.js']"):
        return  # it starts at once, and wants doctools.js there
    for script in page.select("script[src]"):
        if script["src"].split("?")[0].endswith(CAN_WAIT):
            script["defer"] = ""


def lighten_pictures(page, folder):
    """Give each picture its size, half the bytes, and its turn.

    With its size, its place is kept free. As WebP without loss it looks the same. One that
    is not near the top waits until the reader comes near it.
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
        let_scripts_wait(page)
        lighten_pictures(page, path.parent)


def setup(app):
    change_pages(app, quicken_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
