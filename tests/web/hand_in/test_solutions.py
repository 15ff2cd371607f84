"""A book built without solutions has no solution in any of its files."""

import datetime
import html
import json
import re
import shutil

import pytest

from publish.errors import BuildError
from publish.paths import EXERCISES
from publish.settings import solutions_are_shown
from tests.web.small_book import ROOT, build

NAME = "ex04_feedforward"
MARKED = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def cells(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield cell, "".join(cell["source"])


def solutions(name):
    """Return {cell's name: its solution}, without text that students' copies have too."""
    student = bare((ROOT / "notebooks/exercises" / f"{name}.ipynb").read_text("utf-8"))
    found = {}
    for cell, source in cells(EXERCISES / name / f"{name}.ipynb"):
        data = cell["metadata"].get("nbgrader", {})
        if data.get("solution"):
            text = "".join(MARKED.findall(source)) or source
            if bare(text) not in student:
                found[data["grade_id"]] = text
    return found


def bare(text):
    """Return a text without white space and the characters that JSON or Markdown escape."""
    return re.sub(r"[^A-Za-z0-9+=@().]", "", text.replace("\\n", ""))


def where(folder, wanted):
    """Return {solution: files in the folder that contain it}."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in (
            ".png",
            ".woff2",
            ".npz",
            ".wasm",
            ".whl",
        ):
            text = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".html":
                text = html.unescape(re.sub(r"<[^>]*>", "", text))
            text = bare(text)
            for name, solution in wanted.items():
                if bare(solution) in text:
                    found.setdefault(name, set()).add(
                        path.relative_to(folder).as_posix()
                    )
    return found


def words_of(folder):
    """Return the words in the book's search index."""
    text = (folder / "searchindex.js").read_text(encoding="utf-8")
    return set(json.loads(re.search(r"Search\.setIndex\((.*)\)", text)[1])["terms"])


@pytest.mark.build
def test_a_book_without_solutions_has_them_in_no_file(small_book):
    """Protects teachers: with SOLUTIONS=0 no file gives an answer away."""
    shutil.copytree(ROOT / "exercises", small_book / "exercises")
    shutil.copytree(ROOT / "notebooks/exercises", small_book / "notebooks/exercises")
    shutil.copytree(ROOT / "notebooks/data", small_book / "notebooks/data")
    with open(small_book / "_toc.yml", "a") as file:
        file.write(f"- file: book/exercises/{NAME}\n")
    book = small_book / "_build" / "html"
    wanted = solutions(NAME)
    assert len(wanted) == 9
    done = build(small_book, SOLUTIONS="1")
    assert done.returncode == 0, done.stdout + done.stderr
    shown, words = where(book, wanted), words_of(book)
    assert set(shown) == set(wanted)  # otherwise this test could not find them
    assert all(len(files) >= 2 for files in shown.values())  # the page and its source
    done = build(small_book, SOLUTIONS="0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (book / "book/exercises" / f"{NAME}.html").exists()
    assert where(book, wanted) == {}
    assert words - words_of(book), "no word of the solutions was in the search before"
    assert (
        "SOLUTIONS: expected 0, 1 or a date" in build(small_book, SOLUTIONS="no").stderr
    )


def test_what_runs_in_the_browser_has_no_solutions(built_book):
    names = [path.stem for path in EXERCISES.glob("*/*.ipynb")]
    wanted = {k: text for name in names for k, text in solutions(name).items()}
    assert len(wanted) > 40
    found = where(
        built_book / "lite", wanted
    )  # chapters and nn_check may have the same code
    assert [f for files in found.values() for f in files if "/exercises/ex" in f] == []


def test_the_copy_for_students_has_no_solutions(tmp_path):
    from grading.student_copies import copy_for_students

    copy = tmp_path / "book"
    copy_for_students(copy)
    names = [path.stem for path in EXERCISES.glob("*/*.ipynb")]
    wanted = {k: text for name in names for k, text in solutions(name).items()}
    found = where(copy, wanted)
    assert [
        f
        for files in found.values()
        for f in files
        if "exercises/" in f and not f.startswith("nn_check/")
    ] == []
    assert not any(
        "BEGIN SOLUTION" in p.read_text("utf-8") for p in copy.rglob("*.ipynb")
    )
    assert not list(copy.rglob(".git"))
    assert (copy / "nn_check" / "__init__.py").exists()
    with pytest.raises(SystemExit, match="not empty"):
        copy_for_students(copy)


def test_solutions_may_wait_for_a_day():
    day = datetime.date(2026, 12, 24)
    assert solutions_are_shown("2026-12-24", day)
    assert not solutions_are_shown("2026-12-25", day)
    assert solutions_are_shown("1")
    assert not solutions_are_shown("0")
    with pytest.raises(BuildError, match="expected 0, 1 or a date"):
        solutions_are_shown("tomorrow")
