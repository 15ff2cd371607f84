"""Sphinx extension: lets a page show its words before it has loaded all that it loads.

The theme's scripts hold a page up although they act only once it is there; its icons come
in three fonts of which the book uses one; and a picture without a size moves the words
below it when it arrives.
"""

from urllib.parse import unquote, urldefrag

from accessible_pages import remove, rewrite_pages
from bs4 import BeautifulSoup
from PIL import Image

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


def let_scripts_wait(page):
    if page.select_one("script[src*='searchtools.js']"):
        return  # it starts at once, and wants doctools.js there
    for script in page.select("script[src]"):
        if script["src"].split("?")[0].endswith(CAN_WAIT):
            script["defer"] = ""


def fetch_less(page):
    """Leave out fonts without a used icon, and the styles of Thebe's launch code."""
    for link in page.select("link[rel=preload][as=font]"):
        if "fa-solid" not in link["href"]:
            remove(link)
    for link in page.select("link[href*='sphinx-thebe.css']"):
        remove(link)


def give_pictures_their_size(page, folder):
    """Keep each picture's place free; fetch those far below when they come near."""
    for number, picture in enumerate(page.select("article img[src]")):
        path = folder / unquote(urldefrag(picture["src"]).url)
        if path.suffix != ".png" or not path.is_file():
            continue
        if not picture.get("width") and not picture.get("style"):
            with Image.open(path) as image:
                picture["width"], picture["height"] = map(str, image.size)
        if number:
            picture["loading"] = "lazy"


def quicken(text, folder):
    """Return a page's HTML, quicker to show; folder is where the page lies."""
    page = BeautifulSoup(text, "html.parser")
    let_scripts_wait(page)
    fetch_less(page)
    give_pictures_their_size(page, folder)
    return str(page)


def quicken_pages(app, exception):
    rewrite_pages(app, exception, quicken)


def setup(app):
    app.connect("build-finished", quicken_pages, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
