"""Sphinx extension: mends what the theme writes, so that everyone can read the pages.

Sphinx, the theme and docutils give some parts of a page no name, or a wrong one, for those
who hear the page or work by keyboard. Each function of `MENDS` puts one such thing right in
a written page, and leaves a page that is right as it is. What the theme's scripts write
stands in web/templates; what a page makes only in the browser is mended there, by
accessible.js; colours and focus are in accessible.css.
"""

from pathlib import Path

from web.pages.assets import publish_assets
from web.pages.written_pages import change_pages, remove

DESCRIPTION_LENGTH = 155  # what a search engine shows
NAVIGATIONS = (
    ("nav.bd-docs-nav", "Contents of the book"),
    ("nav.page-toc", "Contents of this page"),
)


def name_the_sidebar(page):
    """Put logo, search and contents into a landmark."""
    for sidebar in page.select("div.bd-sidebar-primary"):
        sidebar["role"] = "region"
        sidebar["aria-label"] = "Book"


def name_navigations(page):
    for selector, name in NAVIGATIONS:
        for navigation in page.select(selector):
            navigation["aria-label"] = name
            navigation.attrs.pop("aria-labelledby", None)


def name_buttons(page):
    """Name each button that shows only an icon; keep each from sending a form."""
    for button in page.find_all("button"):
        if not button.get("type"):
            button["type"] = "button"
        title = button.get("title")
        if title and not button.get("aria-label") and not button.get_text(strip=True):
            button["aria-label"] = title


def hide_icons(page):
    """Icons only repeat the words beside them."""
    for icon in page.select("i[class*='fa-'], i.fas, span.fa-solid"):
        icon["aria-hidden"] = "true"


def mend_references(page):
    """A list holds list items; the role that docutils gives them is out of use."""
    for entry in page.select('[role="doc-biblioentry"]'):
        in_list = entry.find_parent(attrs={"role": "list"})
        if in_list is None:
            del entry["role"]
        else:
            entry["role"] = "listitem"


def mend_empty_table_heads(page):
    for head in page.find_all("th"):
        if not head.get_text(strip=True) and not head.find("img"):
            head.name = "td"


def mend_repeated_ids(page):
    """The search page has two search fields; its own is not the one in the sidebar."""
    for field in page.select("input#search-input")[1:]:
        field["id"] = "search-input-of-page"


def mend_folded_code(page):
    """Name a folded cell by the words on it, which a summary may hold as text only."""
    for summary in page.select("details.hide > summary"):
        summary.attrs.pop("aria-label", None)
        for words in summary.find_all("p"):
            words.name = "span"


def mend_repeated_viewport(page):
    for repeated in page.find_all("meta", attrs={"name": "viewport"})[1:]:
        remove(repeated)


def describe_page(page):
    """Tell search engines what the page is about, in its own first words."""
    if page.head is None or page.find("meta", attrs={"name": "description"}):
        return
    own_words = "article section:not(.live-bar) > p:not(.live-note), article dd > p"
    for paragraph in page.select(own_words):
        words = " ".join(paragraph.get_text().split())
        if len(words) < 40:
            continue
        if len(words) > DESCRIPTION_LENGTH:
            words = words[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"
        about = {"name": "description", "content": words}
        page.head.append(page.new_tag("meta", attrs=about))
        return


def load_icons_once(page):
    """The icons come as a font; the theme loads 1.5 MB of JavaScript to draw them again."""
    for script in page.select("script[src*='fontawesome']"):
        remove(script)
    for link in page.select("link[rel=preload][href*='fontawesome'][href*='/js/']"):
        remove(link)


MENDS = (
    name_the_sidebar,
    name_navigations,
    name_buttons,
    hide_icons,
    mend_references,
    mend_empty_table_heads,
    mend_repeated_ids,
    mend_repeated_viewport,
    mend_folded_code,
    describe_page,
    load_icons_once,
)


def mend(page):
    """Put all faults of `MENDS` right in a parsed page."""
    for step in MENDS:
        step(page)


def mend_pages(app, pages):
    for page in pages.values():
        mend(page)


HERE = Path(__file__).resolve().parent


def setup(app):
    publish_assets(app, HERE, "accessible.css", "accessible.js")
    app.add_css_file("accessible.css", priority=900)
    app.add_js_file("accessible.js", loading_method="defer")
    change_pages(app, mend_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
