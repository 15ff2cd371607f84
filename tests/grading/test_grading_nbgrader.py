"""Grading with nbgrader's own commands, and releasing assignments."""

import os
import subprocess
import sys
import zipfile

import pytest

from grading import sources
from publish.paths import ROOT
from tests.grading.sample_submissions import (
    NAME,
    blank,
    hidden_layer,
    solved,
    write,
)

from .grade_a_class import (
    FULL,
    GRADE,
    NEEDS,
    NO_LAYER,
    grade,
    marks_of,
    needs_of,
    table,
)

pytestmark = NEEDS


@pytest.mark.nightly
def test_plain_nbgrader_does_the_same(tmp_path):
    """Protects teachers who leave our command for nbgrader's own."""
    environment = {**os.environ, "CLASSROOM": str(tmp_path / "course")}

    def nbgrader(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    nbgrader("generate_assignment", NAME)
    released = tmp_path / "course" / "release" / NAME / f"{NAME}.ipynb"
    assert "BEGIN" not in released.read_text()
    downloaded = tmp_path / "course" / "downloaded" / NAME / "archive"
    ends = hidden_layer("import os\nos._exit(3)")
    write(downloaded, solved(), f"ada_{NAME}.ipynb")
    write(downloaded, ends, f"ben_{NAME}.ipynb")
    nbgrader("zip_collect", NAME)
    nbgrader("autograde", NAME)
    nbgrader("generate_feedback", NAME)
    grade(tmp_path / "course")
    assert marks_of(tmp_path / "course") == {"ada": FULL, "ben": NO_LAYER}
    assert needs_of(tmp_path / "course") == {"ben": {"crashed"}}


def test_release_makes_what_students_get(tmp_path):
    done = subprocess.run(
        [sys.executable, GRADE, "release", "--course", tmp_path],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in (NAME, "capstone_digits"):
        assert (tmp_path / "release" / name / f"{name}.ipynb").exists()
        with zipfile.ZipFile(tmp_path / "handout" / f"{name}.zip") as archive:
            files = archive.namelist()
            text = archive.read(f"{name}/{name}.ipynb").decode()
        assert f"{name}/nn_core.py" in files
        assert f"{name}/nn_check/exercises/ex06_train.py" in files
        assert f"{name}/nn_widgets/__init__.py" in files
        assert "BEGIN SOLUTION" not in text
        assert "HIDDEN" not in text


def test_a_perfect_submission_of_every_assignment_gets_all_points(tmp_path):
    """Protects students: what the solutions do gets all points, in each assignment."""
    submissions = tmp_path / "submissions"
    names = sources.assignments()
    for name in names:
        write(submissions / "ada", solved(name), f"{name}.ipynb")
        write(submissions / "ben", blank(name), f"{name}.ipynb")
    grade(tmp_path / "course", submissions)
    ada, ben = table(tmp_path / "course" / "marks.csv")
    marks = {key: value for key, value in ada.items() if "-" in key.split(" (of ")[0]}
    assert len(marks) > 40
    for question, points in marks.items():
        assert points in ("to mark", question.split("(of ")[1].rstrip(")")), question
        assert ben[question] == "0", question
    assert needs_of(tmp_path / "course") == {}
    assert len(names) == 9
