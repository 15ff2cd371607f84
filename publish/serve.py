"""Serve the built book on this computer: `make serve`, or python tools/serve_book.py.

Only this computer can reach it (127.0.0.1). It takes port 8000, or the next free one.
"""

import argparse
import functools
import gzip
import http.server
import io
import sys
from pathlib import Path

from publish.content_policy import header_for
from publish.paths import HTML

# With these a page may share memory with its Python, and so interrupt a cell.
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
TEXT = {".html", ".css", ".js", ".json", ".svg"}


@functools.lru_cache(maxsize=200)
def compressed(path, changed):
    """Return a file's contents compressed; changed is when it was, so the newest."""
    return gzip.compress(path.read_bytes(), compresslevel=6)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files, and let the browser ask each time whether one has changed.

    Of a file that the build also wrote compressed, as .gz, it sends that; other text it
    compresses, as hosts of static pages do. The folders of live/ are named for their
    contents, so a browser may keep them without asking.
    """

    # Some systems map these to types with which a browser refuses to run them.
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".webp": "image/webp",
    }

    def send_head(self):
        path = Path(self.translate_path(self.path))
        packed = path.with_name(path.name + ".gz")
        if "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        if packed.is_file():
            content = packed.open("rb")
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

    def end_headers(self):
        named_for_contents = "/live/lib-" in self.path or "/live/book-" in self.path
        keep = "max-age=31536000, immutable" if named_for_contents else "no-cache"
        self.send_header("Cache-Control", keep)
        self.send_header("Content-Security-Policy", header_for(self.path))
        if not self.path.startswith("/lite/"):
            for name, value in ISOLATED.items():
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args):
        pass


def open_server(port, tries=20):
    """Return a server of the book on the first free port from `port` on."""
    if not (HTML / "index.html").exists():
        sys.exit(
            f"There is no book in {HTML} yet. Build it first: make book "
            "(or python tools/build_book.py)"
        )
    handler = functools.partial(Handler, directory=str(HTML))
    for candidate in range(port, port + tries):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError:
            continue
    sys.exit(
        f"Ports {port} to {port + tries - 1} are all in use. Choose one with --port"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
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
