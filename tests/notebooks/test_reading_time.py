"""The reading time that a chapter states agrees with an estimate from its contents."""

import re

import nbformat
import pytest

from tests.notebooks.reader import NOTEBOOKS

WORDS_A_MINUTE, SECONDS_A_LINE, MINUTES_A_WIDGET = 180, 12, 4
CHAPTERS = (
    "01_import_libraries",
    "02_define_architecture",
    "03_initialise_weights",
    "04_feedforward",
    "05_activation_function",
    "06_train",
    "07_check_the_gradient",
    "08_read_digits",
)


def minutes(notebook):
    """Return the minutes for a chapter's words, its unfolded code and its widgets."""
    words = lines = widgets = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words += len(cell.source.split())
        elif cell.id.endswith("-widget") or cell.id == "playground":
            widgets += 1
        elif "hide-input" not in cell.metadata.get("tags", []):
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
    reading = words / WORDS_A_MINUTE + lines * SECONDS_A_LINE / 60
    return reading + widgets * MINUTES_A_WIDGET


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_takes_as_long_as_it_says_to_within_a_quarter(chapter):
    notebook = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4)
    (says,) = re.findall(r"takes about (\d+)\s+minutes", notebook.cells[0].source)
    assert int(says) == pytest.approx(minutes(notebook), rel=0.25)
