"""The exercises: students' copies match their sources, and the solutions get full marks."""

import ast
import contextlib
import copy
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from grading import sources, student_copies
from tests.nn_check.exercise_notebooks import ROOT, SOURCES
from web.hand_in import exercise_pages

NAMES = sources.assignments()
CHAPTERS = [
    "ex01_import_libraries",
    "ex02_define_architecture",
    "ex03_initialise_weights",
    "ex04_feedforward",
    "ex05_activation_function",
    "ex06_train",
    "ex07_check_the_gradient",
]
each_assignment = pytest.mark.parametrize("name", NAMES)


def marks(notebook):
    """Return {exercise: (points, cell)} of the graded cells."""
    return {
        cell.metadata.nbgrader.grade_id: (cell.metadata.nbgrader.points, cell)
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


@contextlib.contextmanager
def started_kernel(folder):
    """Yield a client with a running kernel, for several notebooks."""
    client = NotebookClient(
        nbformat.v4.new_notebook(), timeout=60, kernel_name="python3", allow_errors=True
    )
    with client.setup_kernel(cwd=str(folder)):
        yield client


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Run all notebooks in one kernel: starting one for each takes half a minute."""
    with started_kernel(tmp_path_factory.mktemp("kernel")) as client:
        yield client


FORGET_EVERYTHING = "%reset -f\nimport nn_check\nnn_check.forget_tries()\ndel nn_check"


def run(notebook, kernel):
    """Run every cell in the kernel; return {exercise: points} as nbgrader gives them."""
    anew = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(FORGET_EVERYTHING)]
    )
    for kernel.nb in (anew, notebook):
        for index, cell in enumerate(kernel.nb.cells):
            kernel.execute_cell(cell, index)
    got = {}
    for name, (points, cell) in marks(notebook).items():
        if cell.cell_type == "code":
            failed = any(output.output_type == "error" for output in cell.outputs)
            got[name] = 0 if failed else points
    return got


def test_all_assignments_are_there():
    assert [*CHAPTERS, "capstone_digits", "capstone_train"] == NAMES
    assert len(SOURCES) == len(NAMES)


# --- Students' copies -----------------------------------------------------------------


def test_everything_generated_is_up_to_date():
    wrong = student_copies.outdated(student_copies.generated_files())
    assert wrong == [], "run make exercises"


def test_the_tool_says_what_is_out_of_date(tmp_path, monkeypatch):
    files = student_copies.generated_files()
    path = next(iter(files))
    assert student_copies.outdated({**files, path: files[path] + " "}) == [path]
    del files[path]
    assert student_copies.outdated(files) == [path]


@pytest.mark.slow
def test_the_student_notebooks_are_what_nbgrader_releases(tmp_path, monkeypatch):
    """Protects teachers who release with nbgrader itself: students get the same notebooks."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", programs)  # nbgrader calls alembic

    source, released = tmp_path / "source" / "all", tmp_path / "release" / "all"
    source.mkdir(parents=True)
    notebooks = {name: sources.read_source(name) for name in NAMES}
    for name, notebook in notebooks.items():
        nbformat.write(notebook, source / f"{name}.ipynb")
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.course_id = "book"
    config.ClearSolutions.code_stub = {"python": sources.CODE_STUB}
    config.ClearSolutions.text_stub = sources.TEXT_STUB
    config.GenerateAssignment.no_database = True  # the database takes longest
    config.SaveCells.enabled = False
    done = NbGraderAPI(config=config).generate_assignment("all")
    assert done["success"], done["log"]
    for name, notebook in notebooks.items():
        ours = student_copies.student_notebook(notebook)
        theirs = nbformat.read(released / f"{name}.ipynb", as_version=4)
        assert theirs.cells == ours.cells, name


@each_assignment
def test_students_get_no_solution_and_no_hidden_test(name):
    source = sources.read_source(name)
    text = (student_copies.STUDENT_COPIES / f"{name}.ipynb").read_text()
    assert not re.search("SOLUTION|HIDDEN|grade\\(", text)
    students = "\n".join(
        cell.source for cell in student_copies.student_notebook(source).cells
    )
    for cell in source.cells:
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        inside = cell.source
        if cell.cell_type == "code":
            inside = "".join(re.findall("BEGIN SOLUTION\n(.*?)### END", inside, re.S))
        broken = "".join(
            c.source for c in source.cells if c.id.endswith(("-broken", "-start"))
        )
        lines = [line.strip() for line in inside.splitlines() if len(line.strip()) > 20]
        assert lines or name, cell.id
        for line in lines:
            assert line in broken or line not in students, line


@each_assignment
def test_the_page_shows_each_solution_once_folded_away(name):
    source = sources.read_source(name)
    page = exercise_pages.exercise_page(name)
    solved = [c for c in source.cells if c.metadata.get("nbgrader", {}).get("solution")]
    folded = [c for c in page.cells if c.source.startswith("<details>")]
    assert len(folded) == len(solved)
    for cell, fold in zip(solved, folded, strict=True):
        for line in cell.source.splitlines():
            if "### " not in line:
                assert line in fold.source
        assert "### " not in fold.source
        assert fold.source.endswith("\n\n</details>")


# --- Marks ----------------------------------------------------------------------------


@each_assignment
@pytest.mark.slow
def test_the_solutions_get_full_marks(name, kernel):
    """Protects teachers: every question can be answered, and marked, as it stands."""
    notebook = sources.read_source(name)
    got = run(notebook, kernel)
    assert got == {
        exercise: points
        for exercise, (points, cell) in marks(notebook).items()
        if cell.cell_type == "code"
    }
    errors = [o for c in notebook.cells for o in c.get("outputs", ()) if "ename" in o]
    assert errors == []


@each_assignment
@pytest.mark.slow
def test_an_untouched_notebook_gets_nothing_and_does_not_crash(name, kernel):
    """Protects marks: nothing is given for nothing, and no test needs an answer above."""
    source = sources.read_source(name)
    notebook = student_copies.student_notebook(copy.deepcopy(source))
    tests = {cell.id: cell.source for _, cell in marks(source).values()}
    for cell in notebook.cells:  # nbgrader puts the teacher's tests back
        if cell.cell_type == "code":
            cell.source = tests.get(cell.id, cell.source)
    got = run(notebook, kernel)
    assert got
    assert set(got.values()) == {0}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.get("ename", "AssertionError") == "AssertionError", cell.id


@pytest.mark.slow
def test_a_forged_check_does_not_help(tmp_path):
    """Protects marks from students' code that replaces the check."""
    name = "ex04_feedforward"
    notebook = sources.read_source(name)
    forged = (
        "import nn_check\n"
        "nn_check.grade = lambda *answer: None\n"
        "right = nn_check.answers.verdicts.Verdict(True, '')\n"
        "nn_check.kinds.Exercise.judge = lambda *a: right\n"
        "feedforward = layer_of_flat_biases = accuracy = lambda *a: 0\n"
        "nn_check.answers.reference.nn_core.NeuralNetwork = None"
    )
    for cell in notebook.cells:
        if (
            cell.metadata.get("nbgrader", {}).get("solution")
            and cell.cell_type == "code"
        ):
            cell.source = forged
    with started_kernel(tmp_path) as client:  # not the shared one, as nn_check changes
        assert set(run(notebook, client).values()) == {0}


# --- What each exercise promises ------------------------------------------------------


@each_assignment
def test_each_exercise_states_goal_time_and_marks(name):
    notebook = sources.read_source(name)
    texts = [c.source for c in notebook.cells if c.source.startswith("## ")]
    graded = marks(notebook)
    assert len(texts) == len(graded)
    minutes = 0
    for text, (points, cell) in zip(texts, graded.values(), strict=True):
        text = " ".join(text.split())
        goal, time, promised = re.search(
            r"\*\*Goal:\*\* (.+?)\. \*\*Time:\*\* (\d+) minutes\. "
            r"\*\*Marks:\*\* (\d+) points?, (?=marked)",
            text,
        ).groups()
        assert int(promised) == points, text
        assert ("by your teacher" in text) == (cell.cell_type == "markdown"), text
        assert len(goal) > 10
        minutes += int(time)
    title = " ".join(notebook.cells[0].source.split())
    total = sum(points for points, _ in graded.values())
    assert f" {total} points." in title
    promised = int(re.search(r"about (\d+) minutes", title, re.I).group(1))
    assert abs(promised - minutes) <= 5, (promised, minutes)


def test_the_page_about_the_exercises_agrees_with_them():
    text = (ROOT / "book" / "exercises.md").read_text()
    listed = re.findall(
        r"\(exercises/(\w+)\.ipynb\) \| \d \| (\d+ minutes) \| (\d+) \|", text
    )
    assert sorted(name for name, _, _ in listed) == sorted(NAMES)
    for name, minutes, points in listed:
        title = " ".join(sources.read_source(name).cells[0].source.split()).lower()
        assert f"about {minutes}, {points} points." in title, name


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_chapter_has_five_exercises_of_all_kinds(name):
    notebook = sources.read_source(name)
    titles = [
        c.source.split("\n")[0] for c in notebook.cells if c.source.startswith("## ")
    ]
    assert len(titles) >= 5
    for kind in ("Predict", "Complete", "Debug|Bug hunt", "Build|build", "Explore"):
        assert any(re.search(kind, title) for title in titles), kind
    assert sum(cell.id.endswith("-broken") for cell in notebook.cells) >= 1


@each_assignment
def test_students_need_numpy_and_the_projects_modules_only(name):
    notebook = student_copies.student_notebook(sources.read_source(name))
    needed = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for node in ast.parse(cell.source).body:  # imports inside try are optional
                if isinstance(node, ast.Import):
                    needed |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    needed.add(node.module)
    assert needed == {"numpy", "nn_check", "nn_core"} - (
        {"nn_core"} if "nn_core" not in needed else set()
    )


@pytest.mark.slow
def test_a_release_runs_by_itself_with_numpy_alone(tmp_path):
    student_copies.release(tmp_path)
    assert sorted(path.stem for path in tmp_path.glob("*.zip")) == sorted(NAMES)
    with zipfile.ZipFile(tmp_path / "capstone_digits.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    folder = tmp_path / "unpacked" / "capstone_digits"
    notebook = nbformat.read(folder / "capstone_digits.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code = (
        "import sys\n"
        "for name in ('ipywidgets', 'matplotlib', 'IPython', 'PIL'):\n"
        "    sys.modules[name] = None\n"  # importing them fails
    ) + "\n".join(cells)
    code += "\nprint(nn_check.__file__, nn_check.check('digits-design', design))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert str(folder) in done.stdout
    assert "Not yet (try 2): digits-design" in done.stdout
