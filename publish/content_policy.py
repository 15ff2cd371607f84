"""The content-security policy of the book: what its pages may load and run.

Everything comes from the book's own host. Code that a reader runs in a page can ask no
other host for anything, and can send nothing there.

A page has the policy in its head (web/pages/content_policy_of_pages.py), the server of
`make serve` sends it with every file, and the build writes it to the file _headers, which
some hosts of static pages follow. Python runs in a worker, which obeys the policy that its
own script came with: where a host sends none, the book's service worker adds one.
"""

PAGES = {
    "default-src": "'self' data: blob:",
    # Inline: the theme's scripts, and styles that widgets and plots set. wasm: Python.
    "script-src": "'self' blob: 'unsafe-inline' 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
# JupyterLite compiles the checks of its settings while it runs.
JUPYTERLITE = PAGES | {"script-src": PAGES["script-src"] + " 'unsafe-eval'"}


def in_words(policy):
    """Return a policy as it is written in a header."""
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def header_for(path):
    """Return the header's value for a file, named by its path below the book's folder."""
    policy = JUPYTERLITE if path.lstrip("/").startswith("lite/") else PAGES
    # In a page's head this one has no effect, so it is not part of PAGES.
    return in_words(policy | {"frame-ancestors": "'self'"})


def headers_file(folders):
    """Return the text of _headers: each folder of the book, and the header for it."""
    return "".join(
        f"/{folder}/*\n  Content-Security-Policy: {header_for(f'{folder}/')}\n"
        for folder in sorted(folders)
    )
