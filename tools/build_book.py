"""Build the HTML book: `make book`, or python tools/build_book.py.

It fetches what the pages load, runs the notebooks whose code has changed, writes the pages
to _build/html, and stops with an error at a cell that raises, a broken link or reference,
or a picture without a description.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
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
DOCTREES = BUILD / ".doctrees"  # the pages that Sphinx has read
MATHJAX = Package(
    "mathjax",
    "3.2.2",
    "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
    "Apache-2.0",
    "formulas",
)


def forget_stale_results():
    """Delete kept results that depend on a changed file which Sphinx does not follow."""
    modules = [*ROOT.glob("nn_*.py"), *ROOT.glob("notebooks/data/*")]
    versions = "".join(f"{name} {version(name)};" for name in ("numpy", "matplotlib"))
    if has_changed("notebooks_ran_with", modules, versions):
        forget(BUILD / ".jupyter_cache", DOCTREES)
    contents = [ROOT / "_toc.yml", *(ROOT / "book" / "_ext").glob("*.py")]
    if has_changed("pages_written_with", contents):
        forget(DOCTREES, BUILD / "html")


def has_changed(name, files, more=""):
    """Return whether files differ from those of the last call; remember them."""
    digest = hashlib.sha256(more.encode())
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    stamp = BUILD / f"{name}.sha256"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return False
    stamp.write_text(digest.hexdigest())
    return True


def forget(*folders):
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def own_ipython():
    """Return the environment for kernels that neither read nor change the user's IPython."""
    folder = BUILD / "ipython"
    settings = folder / "profile_default" / "ipython_kernel_config.py"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("c = get_config()\nc.IPKernelApp.log_level = 'ERROR'\n")
    return os.environ | {"IPYTHONDIR": str(folder)}


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
    forget_stale_results()
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(ROOT)]
    command += ["--warningiserror", "--keep-going", "--nitpick", *sys.argv[1:]]
    if subprocess.run(command, cwd=ROOT, env=own_ipython()).returncode:
        forget(DOCTREES)  # else the next build would not look at the faulty page again
        sys.exit(
            "\nThe book was not built: each line with WARNING or ERROR above names the "
            "page and what is wrong with it."
        )
    print(
        f"\nThe book is built. Open it in a browser:\n  {BUILD / 'html' / 'index.html'}\n"
        "or, so that its pages can run Python: make serve"
    )


if __name__ == "__main__":
    main()
