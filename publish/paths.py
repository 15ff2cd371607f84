"""Name the folders and files of the project that more than one module uses."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
NOTEBOOKS = ROOT / "notebooks"
EXERCISES = ROOT / "exercises"  # with solutions and hidden tests
STUDENT_COPIES = NOTEBOOKS / "exercises"  # without either
EXERCISE_PAGES = BOOK / "exercises"  # written by each build
REQUIREMENTS = ROOT / "requirements.txt"
LOCK = ROOT / "requirements-lock.txt"
GRADE = ROOT / "tools" / "grade.py"

BUILD = ROOT / "_build"
HTML = BUILD / "html"
LIVE = BUILD / "live"
LITE = BUILD / "lite"
MATHJAX = BUILD / "mathjax"  # runs in Node, to draw the formulas
THIRD_PARTY = BUILD / "third_party"  # copied into the built book unchanged
DOCTREES = BUILD / ".doctrees"  # parsed pages, kept by Sphinx
NOTEBOOK_RESULTS = BUILD / ".jupyter_cache"  # outputs of the notebooks' cells


def book_files() -> list[str]:
    """Return the modules and data files that notebooks import, relative to ROOT."""
    files = [
        *ROOT.glob("nn_*.py"),
        *ROOT.glob("nn_*/**/*.py"),
        *ROOT.glob("notebooks/data/*"),
    ]
    return sorted(file.relative_to(ROOT).as_posix() for file in files if file.is_file())
