"""Which files a notebook of the book needs beside it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def book_files():
    """Return the book's modules and data, as paths from the project's folder, in order."""
    files = [
        *ROOT.glob("nn_*.py"),
        *ROOT.glob("nn_*/**/*.py"),
        *ROOT.glob("notebooks/data/*"),
    ]
    return sorted(file.relative_to(ROOT).as_posix() for file in files if file.is_file())
