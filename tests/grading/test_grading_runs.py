"""Runs of grading that are interrupted, run on a cluster, or refused."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.grading.sample_submissions import (
    NAME,
    hidden_layer,
    solved,
    write,
)

from .grade_a_class import CELL_SECONDS, FULL, GRADE, NEEDS, NO_LAYER, grade, marks_of

pytestmark = NEEDS


def test_an_interrupted_run_continues(tmp_path):
    """Protects teachers who press Ctrl-C: nothing is lost, or graded twice."""
    course, submissions = tmp_path / "course", tmp_path / "submissions"
    for number in range(4):
        slow = "import time\ntime.sleep(1)\n" if number else ""
        answer = f"{slow}def hidden_layer(*a): return {number}"
        write(submissions / f"student{number}", hidden_layer(answer))
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def stopped_at(words):
        """Press Ctrl-C at these words; check that the run ends and leaves no processes."""
        command = [sys.executable, GRADE, "grade", submissions, "--course", course]
        with subprocess.Popen(
            [*command, *CELL_SECONDS, "--workers", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "TMPDIR": str(temporary)},
        ) as stopped:  # fmt: skip
            for line in stopped.stdout:
                if words in line:
                    stopped.send_signal(signal.SIGINT)
                    break
            said = stopped.stdout.read()
        assert stopped.returncode == 1
        assert "goes on from here" in said
        assert "Traceback" not in said
        assert list(temporary.iterdir()) == []

    stopped_at("graded: 2 of 4")
    records = course / "records" / NAME
    first = {
        path.stem: json.loads(path.read_text()).get("graded")
        for path in records.iterdir()
    }
    done = {student: when for student, when in first.items() if when}
    assert 2 <= len(done) < 4
    time.sleep(1)
    stopped_at("feedback pages: 1 of 4")
    grade(course, submissions)
    after = {
        path.stem: json.loads(path.read_text())["graded"] for path in records.iterdir()
    }
    assert len(after) == 4
    assert done.items() <= after.items()
    assert set(map(tuple, marks_of(course).values())) == {tuple(NO_LAYER)}
    pages = list((course / "feedback").rglob("*.html"))
    assert len(pages) == 4
    assert all(page.read_text("utf-8").rstrip().endswith("</html>") for page in pages)


@pytest.mark.nightly
def test_a_dask_cluster_gives_the_same_marks(tmp_path):
    """Protects marks from depending on where they are computed."""
    from distributed import LocalCluster

    submissions = tmp_path / "submissions"
    write(submissions / "ada", solved())
    write(submissions / "ben", hidden_layer("import os\nos._exit(3)"))
    write(submissions / "cleo", hidden_layer("def hidden_layer(*a): return None"))
    grade(tmp_path / "here", submissions)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        local_directory=tmp_path / "dask",
    ) as cluster:  # fmt: skip
        words = grade(
            tmp_path / "there", submissions, "--dask", cluster.scheduler_address
        )
    assert "graded: 3 of 3" in words
    for name in ("marks.csv", "needs_a_person.csv"):
        there = (tmp_path / "there" / name).read_bytes()
        assert there == (tmp_path / "here" / name).read_bytes()


def test_without_a_sandbox_nothing_runs_unless_told_so_in_words(tmp_path):
    """Protects the teacher's computer where no sandbox can be had."""
    submissions = tmp_path / "submissions"
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w')\ndef hidden_layer(*a): pass"
    write(submissions / "ada", hidden_layer(code))
    empty = tmp_path / "bin"
    empty.mkdir()
    nowhere = {"PATH": str(empty)}
    course = tmp_path / "course"
    words = grade(course, submissions, expect=1, environment=nowhere)
    assert "Nothing was graded" in words
    assert "Install bubblewrap" in words
    assert not trace.exists()
    assert not (course / "marks.csv").exists()
    wrong = ("--without-sandbox", "yes")
    grade(course, submissions, *wrong, expect=1, environment=nowhere)
    assert not trace.exists()
    words = ("--without-sandbox", "I trust every submission")
    grade(course, submissions, *words, environment=nowhere)
    assert trace.exists()
    assert marks_of(course) == {"ada": NO_LAYER}


def test_an_unprivileged_user_can_grade(tmp_path, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("all other tests show it: this is no root")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    probe = (
        "import os, pathlib, sys; os.stat(os.environ['FILE']);"
        "pathlib.Path(sys.executable).resolve(strict=True)"
    )
    look = subprocess.run(
        [*nobody, sys.executable, "-c", probe],
        env={**os.environ, "FILE": str(GRADE)},
        capture_output=True,
        cwd="/",
    )
    spaces = [*nobody, "unshare", "--user", "--map-root-user", "true"]
    if (
        look.returncode
        or subprocess.run(spaces, capture_output=True, cwd="/").returncode
    ):
        pytest.skip(
            "other users may not use this Python, or make user namespaces, here"
        )
    home = tmp_path_factory.mktemp("nobody")
    for folder in (home, *home.parents):
        if folder.is_relative_to("/tmp/pytest-of-root"):
            folder.chmod(0o755)
    os.chown(home, 65534, 65534)
    write(home / "submissions" / "ada", solved())
    write(home / "submissions" / "ben", hidden_layer("import os\nos._exit(0)"))
    done = subprocess.run(
        [*nobody, sys.executable, GRADE, "grade", home / "submissions"]
        + ["--course", home / "course"],
        env={**os.environ, "HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert marks_of(home / "course") == {"ada": FULL, "ben": NO_LAYER}
