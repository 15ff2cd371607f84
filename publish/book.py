"""Build the HTML book: `make book`, or python tools/build_book.py.

It fetches what the pages load, makes the exercises' pages, runs the notebooks whose code has
changed, writes the pages to _build/html, and stops with an error at a cell that raises, a
broken link or reference, or a picture without a description.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from importlib.metadata import version

from publish.fetch import (
    LiveFilesError,
    cache_folder,
    fetch_npm_package,
    unpack_npm_package,
)
from publish.paths import (
    BUILD,
    DOCTREES,
    HTML,
    NOTEBOOK_RESULTS,
    ROOT,
    THIRD_PARTY,
    book_files,
)
from publish.paths import MATHJAX as MATHJAX_IN_NODE
from publish.third_party import MATHJAX
from web.export.slides import build_slides
from web.hand_in.exercise_pages import (
    WrongSetting,
    solutions_are_shown,
    write_exercise_pages,
)
from web.questions.qr_code import put_qr_code

UNFINISHED = BUILD / "unfinished"  # there from a build's start to its end
ROOM = 250  # megabytes that a build from nothing writes
MATHJAX_FILES = {
    MATHJAX_IN_NODE: [
        "node-main.js",
        "core.js",
        "loader.js",
        "startup.js",
        "adaptors",
        "input/tex",
        "input/tex.js",
        "output/svg",
        "output/svg.js",
        "a11y/assistive-mml.js",
    ],
    THIRD_PARTY / "mathjax": [
        "tex-mml-chtml.js",
        "output/chtml/fonts/woff-v2",
    ],
}


def forget_half_a_build():
    """Delete what a build has left that was killed, or that the disk had no room for."""
    if UNFINISHED.exists():
        print("  The last build did not come to its end; this one begins anew.")
        forget(NOTEBOOK_RESULTS, DOCTREES, HTML)
    elif NOTEBOOK_RESULTS.exists() and not results_can_be_read():
        print("  What the notebooks gave is damaged; they run again.")
        forget(NOTEBOOK_RESULTS, DOCTREES)


def results_can_be_read():
    try:
        for notebook in NOTEBOOK_RESULTS.rglob("*.ipynb"):
            json.loads(notebook.read_bytes())
        with contextlib.closing(
            sqlite3.connect(NOTEBOOK_RESULTS / "global.db")
        ) as index:
            return index.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except (ValueError, sqlite3.Error):
        return False


def forget_stale_results():
    """Delete kept results that depend on a changed file which Sphinx does not follow."""
    modules = [ROOT / file for file in book_files()]
    versions = "".join(f"{name} {version(name)};" for name in ("numpy", "matplotlib"))
    forget_if_changed(
        "notebooks_ran_with", modules, [NOTEBOOK_RESULTS, DOCTREES], versions
    )
    looks = (path for path in (ROOT / "web").rglob("*.*") if path.is_file())
    contents = [ROOT / "_toc.yml", *(p for p in looks if "__pycache__" not in p.parts)]
    forget_if_changed("pages_written_with", contents, [DOCTREES, HTML])


def forget_if_changed(name, files, folders, more=""):
    """Delete the folders if files differ from those of the last call; remember them."""
    digest = hashlib.sha256(more.encode())
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    stamp = BUILD / f"{name}.sha256"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        forget(*folders)
        stamp.write_text(digest.hexdigest())


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
    """Put MathJax where it draws the formulas, and where slides and live pages find it."""
    archive = fetch_npm_package(MATHJAX, cache_folder() / "npm", needed=True)
    made_with_it = [*MATHJAX_FILES, DOCTREES, HTML]
    forget_if_changed("mathjax", [], made_with_it, MATHJAX.sha256)
    for target, wanted in MATHJAX_FILES.items():
        if target.exists():
            continue
        work = BUILD / "mathjax.unfinished"
        forget(work)
        unpack_npm_package(archive, work / "all")
        for name in wanted:
            (work / "used" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "all" / "es5" / name).rename(work / "used" / name)
        target.parent.mkdir(exist_ok=True)
        (work / "used").rename(target)  # whole or not at all
        forget(work)


def only_one_at_a_time():
    """Return once no other build of this folder is under way; keep the result.

    SQLite's lock does just this on every system, and ends with the process, however that ends.
    """
    lock = sqlite3.connect(BUILD / "lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        print("  Another build of this book is under way; waiting for it.", flush=True)
        lock.execute("PRAGMA busy_timeout = 1800000")  # half an hour
        lock.execute("BEGIN EXCLUSIVE")
    return lock


def build():
    """Build the book; exit with a message if it cannot be built."""
    shown = str(solutions_are_shown())
    print("1. Fetching and checking what the pages load", flush=True)
    BUILD.mkdir(exist_ok=True)
    lock = only_one_at_a_time()
    forget_half_a_build()
    UNFINISHED.touch()
    put_mathjax()
    put_qr_code(THIRD_PARTY)
    forget_if_changed("solutions_shown", [], [DOCTREES, HTML], shown)
    write_exercise_pages()
    print("2. Running changed notebooks and writing the pages", flush=True)
    forget_stale_results()
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(ROOT)]
    command += ["--warningiserror", "--keep-going", "--nitpick", *sys.argv[1:]]
    if subprocess.run(command, cwd=ROOT, env=own_ipython()).returncode:
        forget(DOCTREES)  # else the next build would not look at the faulty page again
        exit_if_disk_is_full()
        UNFINISHED.unlink()
        sys.exit(
            "\nThe book was not built: each line with WARNING or ERROR above names the "
            "page and what is wrong with it."
        )
    print("3. Writing the slides of the lessons", flush=True)
    build_slides()
    UNFINISHED.unlink()
    lock.close()


def exit_if_disk_is_full():
    free = shutil.disk_usage(BUILD).free / 1e6
    if free < 20:
        sys.exit(
            f"\nThe book was not built: the disk is full. {BUILD} has {free:.0f} MB left, "
            f"and a whole build needs {ROOM} MB. Make room, then build again."
        )


def main():
    try:
        build()
    except (LiveFilesError, WrongSetting) as error:
        sys.exit(f"The book cannot be built.\n{error}")
    except (OSError, sqlite3.Error) as error:
        exit_if_disk_is_full()
        sys.exit(f"The book cannot be built.\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next build begins anew.")
    print(
        f"\nThe book is built. Open it in a browser:\n  {HTML / 'index.html'}\n"
        "or, so that its pages can run Python: make serve (python tools/serve_book.py)"
    )


if __name__ == "__main__":
    main()
