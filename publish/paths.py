"""Name every folder and file of the project that more than one part of it uses."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
NOTEBOOKS = ROOT / "notebooks"
EXERCISES = ROOT / "exercises"  # the sources: with solutions and hidden tests
STUDENT_COPIES = NOTEBOOKS / "exercises"  # without them
EXERCISE_PAGES = BOOK / "exercises"  # written by each build
REQUIREMENTS = ROOT / "requirements.txt"
LOCK = ROOT / "requirements-lock.txt"
GRADE = ROOT / "tools" / "grade.py"

BUILD = ROOT / "_build"
HTML = BUILD / "html"
LIVE = BUILD / "live"
LITE = BUILD / "lite"
MATHJAX = BUILD / "mathjax"  # draws the formulas in Node
THIRD_PARTY = BUILD / "third_party"  # copied into the built book as it is
DOCTREES = BUILD / ".doctrees"  # the pages that Sphinx has read
NOTEBOOK_RESULTS = BUILD / ".jupyter_cache"  # what the notebooks' cells returned


def book_files():
    """Return the modules and data that a notebook needs beside it, relative to ROOT."""
    files = [
        *ROOT.glob("nn_*.py"),
        *ROOT.glob("nn_*/**/*.py"),
        *ROOT.glob("notebooks/data/*"),
    ]
    return sorted(file.relative_to(ROOT).as_posix() for file in files if file.is_file())
