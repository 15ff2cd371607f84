"""Make one PDF of the built book: `make pdf`.

It joins the pages of _build/html into one, in the order of _toc.yml, without what only works
on a screen. Chromium prints that page, with page numbers, bookmarks and internal links.
"""

import sys
from urllib.parse import urldefrag, urljoin, urlparse

import yaml
from bs4 import BeautifulSoup

from publish.browsers.chromium import launch_options
from publish.paths import BUILD, HTML, ROOT
from publish.serve import serving

FOLDER = BUILD / "pdf"
PDF = FOLDER / "book.pdf"
NOT_ON_PAPER = (
    ".live-bar, .live-note, .live-play, .headerlink, .prev-next-area, .toggle-button, "
    "button, script, style, link, dialog, output, .heard-only, noscript, .toctree-wrapper, "
    "#from-earlier-chapters, .kept-answers, .class-code, .class-board"
)
STYLE = """
@page { size: A4; margin: 18mm 17mm 20mm; }
html, body { background: white; height: auto; overflow: visible; font-size: 10.5pt; }
body { max-width: none; margin: 0; padding: 0; }
main > section { break-before: page; }
h1, h2, h3, h4, h5, .admonition-title, summary { break-after: avoid; }
h1 { margin-top: 0; }
img, svg, figure, tr, mjx-container[display="true"] { break-inside: avoid; }
img { max-width: 100%; height: auto; max-height: 225mm; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8.6pt; overflow: visible; }
p, li { orphans: 3; widows: 3; }
table { max-width: 100%; font-size: 9pt; overflow-wrap: anywhere; }
a { text-decoration: none; overflow-wrap: anywhere; }
div.cell, div.highlight, .cell_output, .admonition { overflow: visible !important; }
.pst-scrollable-table-container { overflow: visible; }
.toggle-hidden, .toggle-hidden > *, .admonition.toggle-hidden > * {
  height: auto !important; visibility: visible !important; opacity: 1 !important;
}
.front { break-before: auto; text-align: center; padding-top: 60mm; }
.front img { width: 60mm; }
.front p { font-size: 26pt; margin-top: 12mm; }
.contents > p:first-child { font-size: 20pt; }
.contents { break-before: page; font-size: 10pt; }
.contents li { margin: 0.4mm 0; }
"""
FOOTER = (
    '<div style="width: 100%; font-size: 8pt; text-align: center; color: #555">'
    '<span class="pageNumber"></span></div>'
)


def names_in_order():
    """Return (caption of its part, name) of each page, in the order of _toc.yml."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    found = [(None, toc["root"])]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            found.append((part["caption"], chapter["file"]))
    return found


def place(name, fragment=""):
    """Return the id that a page, or an element of it, has in the joined page."""
    return f"{name}--{fragment}" if fragment else name


def read_page(name, names):
    """Return a page and its article, with ids and links adapted to the joined page."""
    page = BeautifulSoup((HTML / f"{name}.html").read_text("utf-8"), "html.parser")
    article = page.select_one("article")
    for element in article.select(NOT_ON_PAPER):
        element.decompose()
    for details in article.select("details"):
        details["open"] = ""
    for element in article.select("[id]"):
        element["id"] = place(name, element["id"])
    for picture in article.select("img[src]"):
        if not picture["src"].startswith("data:"):
            picture["src"] = urljoin(f"/html/{name}.html", picture["src"])
        picture.attrs.pop("loading", None)
    for link in article.select("a[href]"):
        address, fragment = urldefrag(link["href"])
        if urlparse(address).scheme:
            continue
        target = urljoin(f"/{name}.html", address)[1:].removesuffix(".html")
        if target in names:
            link["href"] = "#" + place(target, fragment)
        else:  # a download, or a page that runs Python: useless in a PDF
            link.unwrap()
    article.name = "section"
    article.attrs = {"id": place(name), "class": "bd-article"}
    return page, article


def write_long_page():
    """Write the whole book as one page of HTML."""
    entries = names_in_order()
    names = [name for _, name in entries]
    pages = {name: read_page(name, names) for name in names}
    first = pages[names[0]][0]
    long = BeautifulSoup(
        '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        "<title></title></head><body><main></main></body></html>",
        "html.parser",
    )
    title = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["title"]
    long.title.string = title
    for sheet in first.select("link[rel=stylesheet]"):
        sheet["href"] = urljoin(f"/html/{names[0]}.html", sheet["href"])
        long.head.append(sheet)
    style = long.new_tag("style")
    style.string = STYLE
    long.head.append(style)
    front = (
        f'<div class="front"><img src="/html/_static/logo.svg" alt=""><p>{title}</p>'
    )
    contents, part = "", None
    for caption, name in entries:
        heading = pages[name][1].select_one("h1").get_text(" ", strip=True)
        if caption != part:
            contents += f"</ul><p><b>{caption}</b></p><ul>"
            part = caption
        contents += f'<li><a href="#{place(name)}">{heading}</a></li>'
    front += f'</div><div class="contents"><p>Contents</p><ul>{contents}</ul></div>'
    long.main.append(BeautifulSoup(front, "html.parser"))
    for _, article in pages.values():
        long.main.append(article)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "book.html").write_text(str(long), encoding="utf-8")


def print_long_page(options):
    from playwright.sync_api import sync_playwright

    with serving(BUILD) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(300_000)
        page.goto(f"{address}/pdf/book.html")
        page.evaluate("document.fonts.ready.then(() => null)")
        broken = page.eval_on_selector_all(
            "img",
            "all => all.filter(i => !i.naturalWidth).map(i => i.src.slice(0, 99))",
        )
        if broken:
            sys.exit(f"These pictures of the book could not be read: {broken}")
        unfinished = PDF.with_suffix(".unfinished")
        page.pdf(
            path=unfinished,
            prefer_css_page_size=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOTER,
            outline=True,
            tagged=True,
        )
        unfinished.replace(PDF)  # a whole file or none
        browser.close()


def main():
    if not (HTML / "index.html").exists():
        sys.exit(f"There is no book in {HTML} yet. Build it first: make book")
    options = launch_options()
    if options is None:
        sys.exit(
            "The PDF is printed by Chromium, which is not installed. Install chromium or "
            "Google Chrome (Debian: apt-get install chromium), then run make pdf again."
        )
    write_long_page()
    print_long_page(options)
    print(f"The book as one PDF: {PDF} ({PDF.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
