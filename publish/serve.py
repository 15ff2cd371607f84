"""Serve the built book on this computer: `make serve`, or python tools/serve_book.py.

Only this computer can reach it (127.0.0.1). It uses port 8000, or the next free one.
"""

import argparse
import contextlib
import functools
import gzip
import io
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

from publish.content_policy import header_for
from publish.paths import HTML

# These let a page share memory with its Python, which makes cells interruptible.
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
TEXT = {".html", ".css", ".js", ".json", ".svg"}


@functools.lru_cache(maxsize=200)
def compressed(path: Path, changed: int) -> bytes:
    """Return a file compressed; its time of change keeps the cache up to date."""
    return gzip.compress(path.read_bytes(), compresslevel=6)


class Handler(SimpleHTTPRequestHandler):
    """Serve files that the browser revalidates before each use.

    If the build wrote a compressed copy of a file (.gz), the handler sends that; other text
    it compresses itself, as static hosts do. The folders in live/ have names made from their
    contents, so the browser may cache them for ever.
    """

    # Some systems map these to types that make browsers refuse the file.
    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".webp": "image/webp",
    }

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        packed = path.with_name(path.name + ".gz")
        if "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        if packed.is_file():
            content: BinaryIO = packed.open("rb")
            size = packed.stat().st_size
        elif path.suffix in TEXT and path.is_file():
            data = compressed(path, path.stat().st_mtime_ns)
            content, size = io.BytesIO(data), len(data)
        else:
            return super().send_head()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        return content

    def end_headers(self) -> None:
        named_for_contents = "/live/lib-" in self.path or "/live/book-" in self.path
        keep = "max-age=31536000, immutable" if named_for_contents else "no-cache"
        self.send_header("Cache-Control", keep)
        self.send_header("Content-Security-Policy", header_for(self.path))
        if not self.path.startswith("/lite/"):
            for name, value in ISOLATED.items():
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass


def open_server(port: int, tries: int = 20) -> ThreadingHTTPServer:
    """Return a server of the book on the first free port from `port` on."""
    if not (HTML / "index.html").exists():
        sys.exit(
            f"There is no book in {HTML} yet. Build it first: make book "
            "(or python tools/build_book.py)"
        )
    handler = functools.partial(Handler, directory=str(HTML))
    for candidate in range(port, port + tries):
        try:
            return ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError:
            continue
    sys.exit(
        f"Ports {port} to {port + tries - 1} are all in use. Choose one with --port"
    )


@contextlib.contextmanager
def serving(
    folder: Path, handler: type[SimpleHTTPRequestHandler] = Handler
) -> Iterator[str]:
    """Serve a folder on a free port during a with block; yield the server's address."""
    bound = functools.partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), bound) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    port = parser.parse_args().port
    if not 1 <= port <= 65000:
        sys.exit(f"--port: expected a number from 1 to 65000, got {port}")
    with open_server(port) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"The book is at {address} (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
