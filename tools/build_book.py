"""Build the HTML book: `make book`, or python tools/build_book.py.

It fetches what the pages load, runs the notebooks whose code has changed, writes the pages
to _build/html, and stops with an error at a cell that raises, a broken link or reference,
or a picture without a description.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from fetch_live_files import (
    LiveFilesError,
    Package,
    cache_folder,
    fetch_npm_package,
    unpack_npm_package,
)

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
MATHJAX = Package(
    "mathjax",
    "3.2.2",
    "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
    "Apache-2.0",
    "formulas",
)


def forget_stale_outputs():
    """Delete kept outputs if a module that the notebooks import has changed."""
    files = sorted([*ROOT.glob("nn_*.py"), *ROOT.glob("notebooks/data/*")])
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    stamp = BUILD / "modules.sha256"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        shutil.rmtree(BUILD / ".jupyter_cache", ignore_errors=True)
        # Sphinx keeps the pages it has read: without these it would not run them again.
        shutil.rmtree(BUILD / "html" / ".doctrees", ignore_errors=True)
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    return stamp, digest.hexdigest()


def put_mathjax():
    """Put MathJax where the pages find it: formulas need no other host."""
    archive = fetch_npm_package(MATHJAX, cache_folder() / "npm")
    target = BUILD / "third_party" / "mathjax"
    if not (target / "tex-mml-chtml.js").exists():
        unpacked = BUILD / "mathjax.unfinished"
        shutil.rmtree(unpacked, ignore_errors=True)
        unpack_npm_package(archive, unpacked)
        fonts = "output/chtml/fonts/woff-v2"
        shutil.copytree(unpacked / "es5" / fonts, target / fonts, dirs_exist_ok=True)
        shutil.copy(unpacked / "es5" / "tex-mml-chtml.js", target)
        shutil.rmtree(unpacked)


def main():
    print("1. Fetching and checking what the pages load", flush=True)
    try:
        put_mathjax()
    except LiveFilesError as error:
        sys.exit(f"The book cannot be built.\n{error}")
    print("2. Running changed notebooks and writing the pages", flush=True)
    stamp, digest = forget_stale_outputs()
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(ROOT)]
    command += ["--warningiserror", "--keep-going", "--nitpick", *sys.argv[1:]]
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(
            "\nThe book was not built: each line with WARNING or ERROR above names the "
            "page and what is wrong with it."
        )
    stamp.write_text(digest)
    print(
        f"\nThe book is built. Open it in a browser:\n  {BUILD / 'html' / 'index.html'}\n"
        "or, so that its pages can run Python: make serve"
    )


if __name__ == "__main__":
    main()
