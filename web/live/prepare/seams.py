"""What the live pages' scripts overwrite in other programs, looked for in those programs.

Thebe, its kernel and Pyodide offer no option for some of what a page needs, so
page/engine.js and worker/live_python.js replace a function of the browser or a private
field with one of their own. That only works while the other program uses it in the way that is
written down here. The build looks for each use in the fetched files and stops if one is gone:
then the script named beside it must follow.
"""

import re
from pathlib import Path
from typing import NamedTuple

from publish.errors import BuildError


class Seam(NamedTuple):
    """A piece of another program that one of the book's scripts relies on."""

    overwritten: str  # and by which script
    reason: str
    file: str  # a pattern, below the folder of third-party files
    found: str  # a regular expression; names that a bundler makes up are left open


SEAMS = [
    Seam(
        "navigator.serviceWorker.getRegistrations, engine.js",
        "the kernel would unregister the book's service worker",
        "thebe-lite/thebe-lite.min.js",
        r"unregistering existing service workers.{0,60}"
        r"await navigator\.serviceWorker\.getRegistrations\(\)",
    ),
    Seam(
        "navigator.serviceWorker.getRegistration and register, engine.js",
        "the kernel would put its own service worker in the place of the book's",
        "thebe-lite/thebe-lite.min.js",
        r"const\{serviceWorker:(\w+)\}=navigator;.{0,200}"
        r"await \1\.getRegistration\b.{0,400}\1\.register\(",
    ),
    Seam(
        "window.Worker, engine.js",
        "Python starts before Thebe is there, and Thebe takes no ready worker",
        "thebe-lite/545.thebe-lite.min.js",
        r"initWorker\(\w+\)\{return crossOriginIsolated\?"
        r"new Worker\(new URL\(\w\.p\+\w\.u\(284\),\w\.b\),\{type:void 0\}\):"
        r"new Worker\(new URL\(\w\.p\+\w\.u\(903\),\w\.b\),\{type:void 0\}\)",
    ),
    Seam(
        "crossOriginIsolated, engine.js",
        "the kernel's worker for isolated pages hangs at times; the other does not",
        "thebe-lite/545.thebe-lite.min.js",
        r"initRemote\(\w+\)\{let \w;crossOriginIsolated\?",
    ),
    Seam(
        "manager._loader, engine.js",
        "Thebe would load RequireJS from another host before it makes its first widget",
        "thebe/index.js",
        r"this\._loader\.requested\|\|.{0,500}yield this\._loader\.ready",
    ),
    Seam(
        "manager.loadClass, engine.js",
        "each frame in an <img> stays in the browser's memory, unpacked, for a while",
        "thebe/index.js",
        r"_view_name:\"ImageView\".{0,900}\.addClass\(\"widget-image\"\),this\.update\(\)\}"
        r"update\(\)\{.{0,900}this\.tagName=\"img\".*"
        r"async loadViewClass\(\w,\w,\w\)\{try\{const \w=this\.loadClass\(",
    ),
    Seam(
        "self.loadPyodide, live_python.js",
        "the kernel gets the Python that has started before it",
        "thebe-lite/51.thebe-lite.min.js",
        r"importScripts\(\w+\),\w+=self\.loadPyodide\)",
    ),
    Seam(
        "self.fetch, live_python.js",
        "every file is fetched at once, and checked, before Pyodide asks for the first",
        "pyodide/pyodide.asm.js",
        r"\{response:fetch\(\w+,\w+\?\{integrity:\w+\}:\{\}\)\}",
    ),
    Seam(
        "WebAssembly.instantiateStreaming, live_python.js",
        "the core is compiled while the memory is read; Pyodide takes no compiled one",
        "pyodide/pyodide.asm.js",
        r"WebAssembly\.instantiateStreaming\(response,imports\)",
    ),
    Seam(
        "config._loadSnapshot, live_snapshot.js",
        "Pyodide keeps its settings, and with them as many zeros as the memory is long",
        "pyodide/pyodide.js",
        r"if\((\w+)\._loadSnapshot\)\{let \w=await \1\._loadSnapshot",
    ),
    Seam(
        "Interpreter.input, live_input.js",
        "the kernel's input() returns a promise, which a cell cannot wait for",
        "thebe-lite/51.thebe-lite.min.js",
        r"this\._interpreter\.input=this\.input\.bind\(this\),"
        r"this\._interpreter\.getpass=this\.getpass\.bind\(this\)",
    ),
]


def check_seams(lib):
    """Raise BuildError unless the third-party files in lib are used as written here."""
    for seam in SEAMS:
        text = (Path(lib) / seam.file).read_text(encoding="utf-8")
        if not re.search(seam.found, text, re.DOTALL):
            raise BuildError(
                f"{seam.file} has changed: it holds nothing like\n  {seam.found}\n"
                f"The book overwrites {seam.overwritten}, because {seam.reason}. Look "
                "whether it still must and how, then change SEAMS in web/live/prepare/seams.py."
            )
