"""Make everything that follows from the exercises' source notebooks.

The sources, with solutions and hidden tests, are notebooks/exercises/source/NAME/NAME.ipynb,
as nbgrader keeps them. From each of them:

    notebooks/exercises/NAME.ipynb    what a learner opens: no solutions, no hidden tests
    book/exercises/NAME.ipynb         the book's page: the same, with folded solutions

`make exercises` runs it; do so after a change of a source. With `--check` it writes nothing
and fails if a file is out of date.
"""

import argparse
import shutil
import sys
from pathlib import Path

import nbformat
from grading.course import CODE_STUB, TEXT_STUB
from grading.submission import STUDENT_FILES
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "notebooks" / "exercises"
PAGES = ROOT / "book" / "exercises"


def assignments():
    """Return the names of all assignments in the book's order."""
    return sorted(
        (file.stem for file in EXERCISES.glob("source/*/*.ipynb")),
        key=lambda name: (name.startswith("capstone"), name),
    )


def read_source(name):
    """Return an assignment's source notebook."""
    return nbformat.read(EXERCISES / "source" / name / f"{name}.ipynb", as_version=4)


def student_notebook(source):
    """Return the notebook as a student gets it: just what nbgrader would release."""
    config = Config(
        ClearSolutions={"code_stub": {"python": CODE_STUB}, "text_stub": TEXT_STUB}
    )
    notebook = nbformat.from_dict(source)
    for step in (
        LockCells,
        ClearSolutions,
        ClearOutput,
        CheckCellMetadata,
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
        CheckCellMetadata,
    ):
        notebook, _ = step(config=config).preprocess(notebook, {})
    return notebook


def book_page(source, name):
    """Return the student's notebook with each solution folded away after its check."""
    name_of = {cell.id: cell.metadata.get("nbgrader", {}) for cell in source.cells}
    solutions = {
        cell.id: cell for cell in source.cells if name_of[cell.id].get("solution")
    }
    page = nbformat.v4.new_notebook(metadata=source.metadata, cells=[])
    waiting = None
    student = student_notebook(source)
    for cell in student.cells:
        for key in ("nbgrader", "deletable", "editable"):
            cell.metadata.pop(key, None)
        page.cells.append(cell)
        if len(page.cells) == 1:
            cell.source += _download(name)
        if cell.id in solutions:
            waiting = solutions[cell.id]
        written = waiting is not None and waiting.cell_type == "markdown"
        if written or (waiting is not None and name_of[cell.id].get("grade")):
            page.cells.append(_folded(waiting))
            waiting = None
    return page


def _download(name):
    """Return a sentence in MyST: this page is made for the book alone."""
    file = f"../../notebooks/exercises/{name}.ipynb"
    return (
        f"\n\nTo hand your work in, {{download}}`download the notebook <{file}>`, which has no "
        "solutions, and open it in Jupyter."
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


def generated_files():
    """Return {path: text} of every file that follows from the sources."""
    files = {}
    for name in assignments():
        source = read_source(name)
        for folder, notebook in (
            (EXERCISES, student_notebook(source)),
            (PAGES, book_page(source, name)),
        ):
            nbformat.validate(notebook)
            text = nbformat.writes(notebook, indent=1, ensure_ascii=False)
            files[folder / f"{name}.ipynb"] = text.rstrip("\n") + "\n"
    return files


def outdated(files):
    """Return the paths whose text on disk is another, or which no source makes any more."""
    wrong = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    there = [*EXERCISES.glob("*.ipynb"), *PAGES.glob("*.ipynb")]
    return wrong + [path for path in there if path not in files]


def release(folder):
    """Write folder/NAME/ and folder/NAME.zip: all a student needs for each assignment."""
    for name in assignments():
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copy(EXERCISES / f"{name}.ipynb", target)
        for file in STUDENT_FILES:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, target / file)
        shutil.make_archive(str(target), "zip", folder, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="only say what is outdated"
    )
    options = parser.parse_args()
    files = generated_files()
    wrong = outdated(files)
    if options.check:
        for path in wrong:
            print(f"out of date: {path.relative_to(ROOT)}")
        sys.exit("Run: make exercises" if wrong else 0)
    for path in wrong:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
        else:
            path.unlink()
            print(f"removed {path.relative_to(ROOT)}: it has no source")


if __name__ == "__main__":
    main()
