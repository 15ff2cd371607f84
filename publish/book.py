"""Build the HTML book: `make book`, or python tools/build_book.py.

Jupyter Book runs the notebooks whose code has changed and writes the pages to _build/html. The
Sphinx extensions in web/ do the rest: they fetch what the pages load, write the exercises'
pages and the slides. A cell that raises, a broken link or reference, or a picture without a
description stops the build with an error.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from publish.errors import STOPPED, BuildError
from publish.paths import (
    BUILD,
    DOCTREES,
    HTML,
    MATHJAX,
    NOTEBOOK_RESULTS,
    ROOT,
    THIRD_PARTY,
    book_files,
)
from publish.settings import solutions_are_shown

UNFINISHED = BUILD / "unfinished"  # exists while a build runs
NEEDED_SPACE = 250  # megabytes that a build from scratch writes


def build() -> None:
    """Build the book; exit with a message if it cannot be built."""
    shown = solutions_are_shown()
    BUILD.mkdir(exist_ok=True)
    lock = lock_build_folder()
    delete_unfinished_build()
    UNFINISHED.touch()
    delete_stale_results(shown)
    print("Building the book: files, changed notebooks, pages, slides", flush=True)
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(ROOT)]
    command += ["--warningiserror", "--keep-going", "--nitpick", *sys.argv[1:]]
    status = subprocess.run(command, cwd=ROOT, env=isolated_ipython()).returncode
    if status:
        delete(DOCTREES)  # else the next build would skip the faulty page
        exit_if_disk_is_full()
    UNFINISHED.unlink()
    lock.close()
    if status == STOPPED:
        sys.exit(1)
    if status:
        sys.exit(
            "\nThe book was not built: each line with WARNING or ERROR above names the "
            "page and what is wrong with it."
        )


def lock_build_folder() -> sqlite3.Connection:
    """Wait for any other build of this folder to end; return the lock, to be kept open.

    SQLite's lock works on every system and ends with the process, however it ends.
    """
    lock = sqlite3.connect(BUILD / "lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        print("  Another build of this book is under way; waiting for it.", flush=True)
        lock.execute("PRAGMA busy_timeout = 1800000")  # half an hour
        lock.execute("BEGIN EXCLUSIVE")
    return lock


def delete_unfinished_build() -> None:
    """Delete the results of a build that was killed or found the disk full."""
    if UNFINISHED.exists():
        print("  The last build was interrupted; this one starts from scratch.")
        delete(NOTEBOOK_RESULTS, DOCTREES, HTML)
    elif NOTEBOOK_RESULTS.exists() and not results_can_be_read():
        print("  The notebooks' kept results are damaged; all notebooks run again.")
        delete(NOTEBOOK_RESULTS, DOCTREES)


def results_can_be_read() -> bool:
    try:
        for notebook in NOTEBOOK_RESULTS.rglob("*.ipynb"):
            json.loads(notebook.read_bytes())
        index = sqlite3.connect(NOTEBOOK_RESULTS / "global.db")
        with contextlib.closing(index):
            (found,) = index.execute("PRAGMA quick_check").fetchone()
            return bool(found == "ok")
    except (ValueError, sqlite3.Error):
        return False


def delete_stale_results(solutions_shown: bool) -> None:
    """Delete results of earlier builds that depend on what Sphinx does not watch."""
    modules = [ROOT / file for file in book_files()]
    versions = "".join(f"{name} {version(name)};" for name in ("numpy", "matplotlib"))
    delete_if_changed(
        "notebooks_ran_with", modules, versions, [NOTEBOOK_RESULTS, DOCTREES]
    )
    code = [
        path
        for part in ("web", "publish")
        for path in (ROOT / part).rglob("*.*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    delete_if_changed(
        "pages_written_with",
        [ROOT / "_toc.yml", *code],
        f"solutions shown: {solutions_shown}",
        [DOCTREES, HTML, MATHJAX, THIRD_PARTY],
    )


def delete_if_changed(
    name: str, files: Iterable[Path], settings: str, folders: Iterable[Path]
) -> None:
    """Delete the folders if the files or settings differ from the last build's."""
    digest = hashlib.sha256(settings.encode())
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    stamp = BUILD / f"{name}.sha256"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        delete(*folders)
        stamp.write_text(digest.hexdigest())


def delete(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def isolated_ipython() -> dict[str, str]:
    """Return an environment whose kernels ignore the user's IPython settings."""
    folder = BUILD / "ipython"
    settings = folder / "profile_default" / "ipython_kernel_config.py"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("c = get_config()\nc.IPKernelApp.log_level = 'ERROR'\n")
    return os.environ | {"IPYTHONDIR": str(folder)}


def exit_if_disk_is_full() -> None:
    free = shutil.disk_usage(BUILD).free / 1e6
    if free < 20:
        sys.exit(
            f"\nThe book was not built: the disk is full. {BUILD} has {free:.0f} MB left, and "
            f"a build from scratch needs {NEEDED_SPACE} MB. Make room, then build again."
        )


def main() -> None:
    try:
        build()
    except BuildError as error:
        sys.exit(f"The book cannot be built.\n{error}")
    except (OSError, sqlite3.Error) as error:
        exit_if_disk_is_full()
        sys.exit(f"The book cannot be built.\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next build starts from scratch.")
    print(
        f"\nThe book is built. Open it in a browser:\n  {HTML / 'index.html'}\n"
        "or, so that its pages can run Python: make serve (python tools/serve_book.py)"
    )


if __name__ == "__main__":
    main()
