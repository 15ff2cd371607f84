"""Run a chapter's cells without Jupyter, and return what a reader has afterwards."""

import contextlib
import io

import nbformat

from publish.paths import NOTEBOOKS


def cells(chapter):
    """Return {id: source} of a chapter's code cells, in order."""
    notebook = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", as_version=4)
    return {c.id: c.source for c in notebook.cells if c.cell_type == "code"}


def run_cells(chapter, only=None):
    """Run a chapter's cells, or only some; return their variables and what they printed.

    Widgets and code that draws pictures are left out.
    """
    names, printed = {}, {}
    for name, source in cells(chapter).items():
        draws = "plt.show()" in source or name.endswith("-widget")
        if draws or (only is not None and name not in only):
            continue
        with contextlib.redirect_stdout(io.StringIO()) as text:
            exec(compile(source, f"{chapter}: {name}", "exec"), names)
        printed[name] = text.getvalue()
    return {**names, "printed": printed}
