"""Make the students' copies of the exercises: no solutions, no hidden tests.

The sources are exercises/NAME/NAME.ipynb, where nbgrader expects them; the students' copies
are notebooks/exercises/NAME.ipynb. `make exercises` writes them after a source has changed.
With --check it writes nothing, and fails if a copy is out of date.
With --copy FOLDER it makes a copy of the project that students may read.
"""

import argparse
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
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

from grading.sources import (
    CODE_STUB,
    STUDENT_FILES,
    TEXT_STUB,
    assignments,
    read_source,
)
from publish.paths import NOTEBOOKS, ROOT, STUDENT_COPIES


def student_notebook(source: NotebookNode) -> NotebookNode:
    """Return the notebook that a student gets: the same as nbgrader would release."""
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


def generated_files() -> dict[Path, str]:
    """Return {path: text} of every file that is generated from the sources."""
    files = {}
    for name in assignments():
        notebook = student_notebook(read_source(name))
        nbformat.validate(notebook)
        text = nbformat.writes(notebook, indent=1, ensure_ascii=False)
        files[STUDENT_COPIES / f"{name}.ipynb"] = text.rstrip("\n") + "\n"
    return files


def outdated(files: dict[Path, str]) -> list[Path]:
    """Return the paths whose text on disk differs, or that have no source any more."""
    wrong = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return wrong + [p for p in STUDENT_COPIES.glob("*.ipynb") if p not in files]


def release(folder: Path) -> None:
    """Write folder/NAME/ and folder/NAME.zip: all a student needs for each assignment."""
    for name in assignments():
        target = folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copy(STUDENT_COPIES / f"{name}.ipynb", target)
        for file in STUDENT_FILES:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, target / file)
        shutil.make_archive(str(target), "zip", folder, name)


def copy_for_students(folder: Path) -> None:
    """Copy the parts of the project without solutions, and without their history."""
    if folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty: expected a folder to be made.")
    wanted = [
        *(ROOT / name for name in ("pyproject.toml", "requirements.txt", "README.md")),
        *ROOT.glob("LICENSE*"),
        *NOTEBOOKS.glob("*.ipynb"),
        *STUDENT_COPIES.glob("*.ipynb"),
        *(ROOT / file for file in STUDENT_FILES),
    ]
    for path in wanted:
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def main() -> None:
    description = "Make the students' copies of the exercises."
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--check", action="store_true", help="only print what is outdated"
    )
    parser.add_argument(
        "--copy",
        type=Path,
        metavar="FOLDER",
        help="copy what students may read to a new folder",
    )
    options = parser.parse_args()
    if options.copy:
        copy_for_students(options.copy)
        return
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
