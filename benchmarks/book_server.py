"""Serve a built book to the browsers of the benchmarks, and count the bytes sent."""

import contextlib
import functools
import os
import sys
import threading
from http.server import ThreadingHTTPServer

from publish.paths import HTML
from publish.serve import Handler


class CountingHandler(Handler):
    """Serve files as `make serve` does; add their sizes to the server's `sent`."""

    def copyfile(self, source, outputfile):
        self.server.sent += source.seek(0, os.SEEK_END)
        source.seek(0)
        super().copyfile(source, outputfile)


@contextlib.contextmanager
def serve(pages=HTML):
    """Serve a folder of pages; yield a server with its `address` and `sent`, in bytes."""
    if not (pages / "index.html").exists():
        sys.exit(f"There is no book in {pages}. Build it first: make book")
    handler = functools.partial(CountingHandler, directory=str(pages))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.sent = 0
        server.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
