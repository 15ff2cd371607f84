"""Read the sources of the exercises: notebooks with solutions and hidden tests."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from publish.paths import EXERCISES, book_files

# What nbgrader replaces the solutions with in a student's copy.
CODE_STUB = "# Write your code here"
TEXT_STUB = "*Write your answer here.*"
STUDENT_FILES = tuple(book_files())  # what every student gets besides the notebook


def assignments(folder: Path = EXERCISES) -> list[str]:
    """Return the names of all assignments in the book's order, capstones last."""
    return sorted(
        (file.stem for file in folder.glob("*/*.ipynb")),
        key=lambda name: (name.startswith("capstone"), name),
    )


def read_source(assignment: str, folder: Path = EXERCISES) -> NotebookNode:
    """Return an assignment's source notebook."""
    return nbformat.read(folder / assignment / f"{assignment}.ipynb", as_version=4)
