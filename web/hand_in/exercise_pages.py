"""Write the exercises' pages of the book, with folded solutions or without.

notebooks/exercises/NAME.ipynb     the student's notebook, without solutions
exercises/NAME/NAME.ipynb          its source, with solutions
book/exercises/NAME.ipynb          the page, made from both at the start of each build

The environment variable SOLUTIONS (publish/settings.py) decides whether pages show solutions.
"""

import nbformat

from publish.paths import EXERCISE_PAGES, EXERCISES, STUDENT_COPIES
from publish.settings import solutions_are_shown

# web/hand_in/hand_in.py replaces this with the form of a live page.
HAND_IN_PLACE = '<div class="hand-in-place"></div>'


def write_exercise_pages():
    """Write the pages that have changed, and delete those whose exercise is gone."""
    EXERCISE_PAGES.mkdir(exist_ok=True)
    shown = solutions_are_shown()
    pages = {
        EXERCISE_PAGES / f"{name}.ipynb": exercise_page(name, shown)
        for name in (path.stem for path in EXERCISES.glob("*/*.ipynb"))
    }
    for path, page in pages.items():
        text = nbformat.writes(page, indent=1, ensure_ascii=False) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in EXERCISE_PAGES.glob("*.ipynb"):
        if path not in pages:
            path.unlink()


def exercise_page(name, shown=True):
    """Return an exercise's page; if shown, with a folded solution after each check."""
    source = nbformat.read(EXERCISES / name / f"{name}.ipynb", as_version=4)
    student = nbformat.read(STUDENT_COPIES / f"{name}.ipynb", as_version=4)
    name_of = {cell.id: cell.metadata.get("nbgrader", {}) for cell in source.cells}
    solutions = {
        cell.id: cell for cell in source.cells if name_of[cell.id].get("solution")
    }
    page = nbformat.v4.new_notebook(metadata=source.metadata, cells=[])
    waiting = None
    for cell in student.cells:
        for key in ("nbgrader", "deletable", "editable"):
            cell.metadata.pop(key, None)
        page.cells.append(cell)
        if cell.id in solutions:
            cell.metadata["is_answer"] = True
            if cell.cell_type == "markdown":
                cell.source = _place_for_words(cell)
        if shown and cell.id in solutions:
            waiting = solutions[cell.id]
        written = waiting is not None and waiting.cell_type == "markdown"
        if written or (waiting is not None and name_of[cell.id].get("grade")):
            page.cells.append(_folded(waiting))
            waiting = None
    page.cells.append(_hand_in(name))
    return page


def _place_for_words(cell):
    """Return HTML that web/hand_in/hand_in.js turns into a text field."""
    return (
        f'<div class="answer-in-words" id="cell-{cell.id}" data-cell="{cell.id}">\n'
        "<p><em>Write your answer here.</em></p>\n</div>"
    )


def _hand_in(name):
    """Return the page's last section, "Hand in"."""
    file = f"../../download/{name}.zip"
    return nbformat.v4.new_markdown_cell(
        f"""## Hand in

{HAND_IN_PLACE}

In your own Jupyter: <a href="{file}">download the exercises</a>, unpack them, open
`{name}.ipynb` in that folder, and hand in your file of it. In JupyterLite: choose
*Download* in the menu *File*, and hand in what you get. If your class has no learning platform
that says whose file is whose, put your name before the file's: `Anna Berg_{name}.ipynb`.""",
        id="hand-in",
    )


def _folded(solution):
    if solution.cell_type == "markdown":
        title, text = "A good answer", solution.source
    else:
        lines = [
            line
            for line in solution.source.splitlines()
            if not line.lstrip().startswith(("### BEGIN", "### END"))
        ]
        title, text = "Solution", "\n".join(["```python", *lines, "```"])
    return nbformat.v4.new_markdown_cell(
        f"<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>",
        id=f"{solution.id}-folded",
    )
