"""The content-security policy of the book: what its pages may load and run.

Everything comes from the book's own host, and code that a reader runs in a page can send
requests to no other.

Each page carries the policy in its head (web/pages/content_policy_of_pages.py), `make serve`
sends it with every file, and the build writes it to _headers for static hosts that read that
file. Python runs in a worker, to which the policy of its own script's response applies: where
the host sends none, the book's service worker adds one.
"""

from collections.abc import Iterable

PAGES = {
    "default-src": "'self' data: blob:",
    # Inline: the theme's scripts, and styles that widgets and plots set. wasm: Python.
    "script-src": "'self' blob: 'unsafe-inline' 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
# JupyterLite compiles its settings' JSON schemas at run time.
JUPYTERLITE = PAGES | {"script-src": PAGES["script-src"] + " 'unsafe-eval'"}


def header_value(policy: dict[str, str]) -> str:
    """Return a policy as the value of its HTTP header."""
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def header_for(path: str) -> str:
    """Return the header's value for a file, given its path below the book's folder."""
    policy = JUPYTERLITE if path.lstrip("/").startswith("lite/") else PAGES
    # Browsers ignore frame-ancestors in a page's head, so PAGES does not have it.
    return header_value(policy | {"frame-ancestors": "'self'"})


def headers_file(folders: Iterable[str]) -> str:
    """Return the text of _headers, which gives each folder of the book its header."""
    return "".join(
        f"/{folder}/*\n  Content-Security-Policy: {header_for(f'{folder}/')}\n"
        for folder in sorted(folders)
    )
