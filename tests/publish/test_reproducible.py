"""The same sources give the same book, in every folder and at any time."""

import hashlib
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from jupyter_cache import get_cache

from publish.paths import ROOT

# Notebooks to run again for the comparison; the others' results come from the first build.
RUN_ANEW = ["01_import_libraries", "05_activation_function"]
NOT_NEEDED = shutil.ignore_patterns(
    *(".git", ".venv", ".doctrees", "html", "oldest", "screenshots", "tests"),
    *("__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"),
)


def contents(folder):
    """Return {path: SHA-256} of all files that are published."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        # Sphinx's checksum of its settings, which include paths.
        if path.is_file() and path.name != ".buildinfo"
    }


@pytest.mark.nightly
def test_a_build_elsewhere_gives_the_same_files(built_book, tmp_path):
    """In another folder, at another time and with another hash seed: identical bytes."""
    copy = tmp_path / "the book, somewhere else"
    shutil.copytree(ROOT, copy, ignore=NOT_NEEDED, symlinks=True)
    cache = get_cache(copy / "_build" / ".jupyter_cache")
    for name in RUN_ANEW:
        notebook = nbformat.read(copy / "notebooks" / f"{name}.ipynb", as_version=4)
        cache.remove_cache(cache.match_cache_notebook(notebook).pk)
    cache.db.dispose()
    done = subprocess.run(
        [sys.executable, "tools/build_book.py"],
        cwd=copy,
        env=os.environ | {"PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for name in RUN_ANEW:
        assert f"{name}.ipynb: Executing notebook" in done.stdout + done.stderr
    first, second = contents(built_book), contents(copy / "_build" / "html")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
