"""Serve the built book on this computer: `make serve`, or python tools/serve_book.py [PORT].

Only this computer can reach it. Stop it with Ctrl-C.
"""

import functools
import http.server
import sys
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "_build" / "html"


def main():
    if not (PAGES / "index.html").exists():
        sys.exit(f"There is no book in {PAGES} yet: run make book first.")
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(PAGES)
    )
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        sys.exit(
            f"Port {port} cannot be used ({error.strerror}). Choose another: "
            f"python tools/serve_book.py {port + 1}"
        )
    with server:
        print(f"The book is at http://127.0.0.1:{port}/ (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
