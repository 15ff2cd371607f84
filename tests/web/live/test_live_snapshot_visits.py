"""Later visits with a stored snapshot: two tabs at once, a changed book, no connection."""

import functools
import http.server
import os
import shutil
import threading

import pytest

from tests.web.live.test_live_pages import CHAPTERS, KEPT, Visit

pytestmark = pytest.mark.browser

FIRST, SECOND, THIRD = (f"notebooks/{name}.html" for name in CHAPTERS[:3])
KEEPS = """async () => {
    const names = (await caches.keys()).filter(name => name.startsWith("python-snapshot"));
    const kept = await (await caches.open(names[0])).keys();
    return [...new Set(kept.map(({ url }) => url.match(/book-\\w+/)[0]))];
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files that the browser must revalidate: otherwise it could show an old page."""

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args):
        pass


def change_book(site):
    """Rename the book's folder in live/, as a change of its modules would."""
    (old,) = (site / "live").glob("book-*")
    new = old.with_name("book-changed00000")
    old.rename(new)
    texts = [
        *site.glob("notebooks/*.html"),
        *new.glob("*.json"),
        site / "live/live.json",
    ]
    for path in texts:
        text = path.read_text(encoding="utf-8")
        path.unlink()  # a hard link to a file of the built book, which must not change
        path.write_text(text.replace(old.name, new.name), encoding="utf-8")
    return old.name, new.name


@pytest.fixture
def site(built_book, tmp_path):
    """Return a copy of the built book, with hard links if possible."""
    target = tmp_path / "site"
    link = os.link if os.stat(tmp_path).st_dev == os.stat(built_book).st_dev else None
    shutil.copytree(built_book, target, copy_function=link or shutil.copy)
    return target


def test_two_tabs_a_changed_book_and_no_connection(browser, site):
    """Protects readers from an old snapshot in a new edition, and readers who are offline."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    visit = Visit(context, f"http://127.0.0.1:{server.server_port}")

    def python_of(page):
        return page.get_attribute(".live-bar", "data-live-python")

    page = visit.open(FIRST)
    visit.go_live()
    assert python_of(page) == "wheels"
    page.wait_for_function(KEPT)

    visit.open(SECOND)
    other = visit.open(THIRD, visit.new_tab())
    page.click("[data-live=start]")
    visit.go_live(other)
    visit.wait_for("ready", page=page)
    assert [python_of(page), python_of(other)] == ["snapshot", "snapshot"]
    other.close()

    old, new = change_book(site)
    visit.open(FIRST)
    visit.go_live()
    assert python_of(page) == "wheels"
    page.wait_for_function(KEPT)
    assert page.evaluate(KEEPS) == [new]
    assert not any(f"{old}/snapshot" in url for url in visit.requests[-50:])

    server.shutdown()
    server.server_close()
    visit.open(FIRST)
    visit.go_live()
    assert python_of(page) == "snapshot"
    assert {state for _, state in visit.cell_states()} == {"done"}
    assert visit.errors == []
    context.close()
