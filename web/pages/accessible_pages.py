"""Sphinx extension: repair the accessibility of the pages that the theme writes.

Sphinx, the theme and docutils give some elements no accessible name or role, or a wrong one.
Each function of `REPAIRS` corrects one such fault in a written page and leaves correct pages
unchanged. What the theme's scripts write is overridden in web/pages/theme/templates; what a
page creates in the browser is repaired by accessible.js; colours and focus are in
accessible.css.
"""

from pathlib import Path

from web.pages.assets import publish_assets
from web.pages.written_pages import change_pages, remove

DESCRIPTION_LENGTH = 155  # characters that search engines show
NAVIGATIONS = (
    ("nav.bd-docs-nav", "Contents of the book"),
    ("nav.page-toc", "Contents of this page"),
)


def name_the_sidebar(page):
    """Make a landmark of the sidebar with logo, search and contents."""
    for sidebar in page.select("div.bd-sidebar-primary"):
        sidebar["role"] = "region"
        sidebar["aria-label"] = "Book"


def name_navigations(page):
    for selector, name in NAVIGATIONS:
        for navigation in page.select(selector):
            navigation["aria-label"] = name
            navigation.attrs.pop("aria-labelledby", None)


def name_buttons(page):
    """Name buttons that show only an icon; let no button submit a form."""
    for button in page.find_all("button"):
        if not button.get("type"):
            button["type"] = "button"
        title = button.get("title")
        if title and not button.get("aria-label") and not button.get_text(strip=True):
            button["aria-label"] = title


def hide_icons(page):
    """Hide icons from screen readers: they repeat the text next to them."""
    for icon in page.select("i[class*='fa-'], i.fas, span.fa-solid"):
        icon["aria-hidden"] = "true"


def repair_references(page):
    """Replace the deprecated role that docutils gives to entries of the bibliography."""
    for entry in page.select('[role="doc-biblioentry"]'):
        in_list = entry.find_parent(attrs={"role": "list"})
        if in_list is None:
            del entry["role"]
        else:
            entry["role"] = "listitem"


def repair_empty_table_heads(page):
    """Turn header cells without content into ordinary cells."""
    for head in page.find_all("th"):
        if not head.get_text(strip=True) and not head.find("img"):
            head.name = "td"


def repair_repeated_ids(page):
    """Give the search page's own field another id than the sidebar's."""
    for field in page.select("input#search-input")[1:]:
        field["id"] = "search-input-of-page"


def repair_folded_code(page):
    """Name a folded cell by its visible text, in elements that a summary may contain."""
    for summary in page.select("details.hide > summary"):
        summary.attrs.pop("aria-label", None)
        for words in summary.find_all("p"):
            words.name = "span"


def repair_repeated_viewport(page):
    """Keep only the first viewport element."""
    for repeated in page.find_all("meta", attrs={"name": "viewport"})[1:]:
        remove(repeated)


def describe_page(page):
    """Add a description for search engines: the beginning of the page's text."""
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
    """Remove 1.5 MB of JavaScript that draws the same icons as the font."""
    for script in page.select("script[src*='fontawesome']"):
        remove(script)
    for link in page.select("link[rel=preload][href*='fontawesome'][href*='/js/']"):
        remove(link)


REPAIRS = (
    name_the_sidebar,
    name_navigations,
    name_buttons,
    hide_icons,
    repair_references,
    repair_empty_table_heads,
    repair_repeated_ids,
    repair_repeated_viewport,
    repair_folded_code,
    describe_page,
    load_icons_once,
)


def repair(page):
    """Apply all `REPAIRS` to a parsed page."""
    for step in REPAIRS:
        step(page)


def repair_pages(app, pages):
    for page in pages.values():
        repair(page)


HERE = Path(__file__).resolve().parent


def setup(app):
    publish_assets(app, HERE, "accessible.css", "accessible.js")
    app.add_css_file("accessible.css", priority=900)
    app.add_js_file("accessible.js", loading_method="defer")
    change_pages(app, repair_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
