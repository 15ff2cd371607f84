"""A server that goes offline while a page starts Python, and comes back."""

import functools
import http.server
import threading

import pytest

from tests.conftest import nightly_but
from tests.web.live.test_live_pages import CHAPTERS, Visit

pytestmark = pytest.mark.browser


class LeavingServer(http.server.ThreadingHTTPServer):
    """Breaks off in the middle of a file once it has sent a number of bytes."""

    daemon_threads = True
    left = None  # bytes until it breaks off; None: it stays online

    def handle_error(self, request, client_address):
        pass  # broken connections are what this tests


class LeavingHandler(http.server.SimpleHTTPRequestHandler):
    def handle(self):
        if self.server.left is None or self.server.left > 0:
            super().handle()

    def copyfile(self, source, outputfile):
        while block := source.read(100_000):
            if self.server.left is not None and "/live/" in self.path:
                self.server.left -= len(block)
                if self.server.left <= 0:
                    raise ConnectionAbortedError
            outputfile.write(block)

    def log_message(self, *args):
        pass


@pytest.fixture
def leaving_server(built_book):
    handler = functools.partial(LeavingHandler, directory=str(built_book))
    with LeavingServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("sent", nightly_but(9_000_000, [1_000, 600_000, 9_000_000]))
def test_a_server_that_goes_offline_is_reported_and_can_be_retried(
    browser, leaving_server, sent
):
    """Protects readers with a bad connection: they are told, and may try again.

    The server breaks off during the page's scripts, the kernel's, or Python's packages.
    """
    context = browser.new_context(service_workers="block")  # nothing is cached
    visit = Visit(context, f"http://127.0.0.1:{leaving_server.server_port}")
    page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    leaving_server.left = sent
    page.click("[data-live=start]")
    visit.wait_for("error")
    assert "could not start" in visit.words()
    assert "try again" in visit.words()
    assert page.locator(".cell_output").first.is_visible()  # as readable as before
    page.click("[data-live=start]")  # the server is still offline
    page.wait_for_timeout(1000)
    visit.wait_for("error")
    leaving_server.left = None
    visit.go_live()
    assert {state for _, state in visit.cell_states()} == {"done"}
    context.close()


def test_a_script_that_could_not_be_loaded_is_asked_for_under_another_address(
    browser, book_address
):
    """A browser does not fetch a module again after a failed load."""
    context = browser.new_context(service_workers="block")
    visit = Visit(context, book_address)
    asked = []

    def fail_twice(route):
        asked.append(route.request.url)
        route.abort() if len(asked) < 3 else route.continue_()

    context.route("**/session.js*", fail_twice)
    page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    for _ in range(2):
        page.click("[data-live=start]")
        visit.wait_for("error")
        assert "session.js is missing or damaged" in visit.words()
    with page.expect_worker():  # the script runs, and starts Python
        page.click("[data-live=start]")
    assert len(set(asked)) == 3
    context.close()
