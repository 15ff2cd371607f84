"""Check that third-party files still use what the live pages' scripts override.

Thebe, its kernel and Pyodide have no option for some of what a page needs. So the scripts in
page/ and worker/ override functions of the browser and private fields of these programs. That
only works while a program uses them in the way described here. The build searches the fetched
files for each use, and stops if one is missing: then the script has to be adapted.
"""

import re
from pathlib import Path
from typing import NamedTuple

from publish.errors import BuildError


class Seam(NamedTuple):
    """A piece of another program that one of the book's scripts relies on."""

    overwritten: str  # what is overridden, and the script that does it
    reason: str
    file: str  # path in the folder of third-party files
    found: str  # a regular expression; minified names are wildcards


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
        "the kernel would replace the book's service worker by its own",
        "thebe-lite/thebe-lite.min.js",
        r"const\{serviceWorker:(\w+)\}=navigator;.{0,200}"
        r"await \1\.getRegistration\b.{0,400}\1\.register\(",
    ),
    Seam(
        "window.Worker, engine.js",
        "Python starts before Thebe is loaded, and Thebe accepts no running worker",
        "thebe-lite/545.thebe-lite.min.js",
        r"initWorker\(\w+\)\{return crossOriginIsolated\?"
        r"new Worker\(new URL\(\w\.p\+\w\.u\(284\),\w\.b\),\{type:void 0\}\):"
        r"new Worker\(new URL\(\w\.p\+\w\.u\(903\),\w\.b\),\{type:void 0\}\)",
    ),
    Seam(
        "crossOriginIsolated, engine.js",
        "the kernel's worker for isolated pages sometimes hangs; the other does not",
        "thebe-lite/545.thebe-lite.min.js",
        r"initRemote\(\w+\)\{let \w;crossOriginIsolated\?",
    ),
    Seam(
        "manager._loader, engine.js",
        "Thebe would load RequireJS from another host before its first widget",
        "thebe/index.js",
        r"this\._loader\.requested\|\|.{0,500}yield this\._loader\.ready",
    ),
    Seam(
        "manager.loadClass, engine.js",
        "a browser keeps each decoded frame of an <img> in memory for a while",
        "thebe/index.js",
        r"_view_name:\"ImageView\".{0,900}\.addClass\(\"widget-image\"\),this\.update\(\)\}"
        r"update\(\)\{.{0,900}this\.tagName=\"img\".*"
        r"async loadViewClass\(\w,\w,\w\)\{try\{const \w=this\.loadClass\(",
    ),
    Seam(
        "self.loadPyodide, live_python.js",
        "the kernel must use the Python that is already running",
        "thebe-lite/51.thebe-lite.min.js",
        r"importScripts\(\w+\),\w+=self\.loadPyodide\)",
    ),
    Seam(
        "self.fetch, live_python.js",
        "all files are fetched in parallel, and checked, before Pyodide fetches them",
        "pyodide/pyodide.asm.js",
        r"\{response:fetch\(\w+,\w+\?\{integrity:\w+\}:\{\}\)\}",
    ),
    Seam(
        "WebAssembly.instantiateStreaming, live_python.js",
        "the core is compiled while the memory is read; Pyodide accepts no module",
        "pyodide/pyodide.asm.js",
        r"WebAssembly\.instantiateStreaming\(response,imports\)",
    ),
    Seam(
        "config._loadSnapshot, live_snapshot.js",
        "Pyodide would keep this setting, an array as large as Python's memory",
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
    """Raise BuildError unless the third-party files in lib contain every use in SEAMS."""
    for seam in SEAMS:
        text = (Path(lib) / seam.file).read_text(encoding="utf-8")
        if not re.search(seam.found, text, re.DOTALL):
            raise BuildError(
                f"{seam.file} has changed: it holds nothing like\n  {seam.found}\n"
                f"The book overwrites {seam.overwritten}, because {seam.reason}. "
                "Find out whether and how it still has to, then change SEAMS in "
                "web/live/prepare/seams.py."
            )
