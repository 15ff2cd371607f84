"""The network's tests with the oldest NumPy releases that the book promises to work with.

The newest release is the one of this environment, where all tests run. The older ones get
small environments of their own in _build/numpy, made once.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
# The comparison with scikit-learn runs once, here: its releases choose their own NumPy.
TESTS = sorted(
    f"tests/{path.name}"
    for path in (ROOT / "tests").glob("test_nn_core*.py")
    if path.name != "test_nn_core_sklearn.py"
)
# NumPy has ready packages for a new Python only from some release on.
OLDEST = {(3, 13): ["2.1"], (3, 14): ["2.3"]}.get(sys.version_info[:2], ["1.26", "2.0"])


def environment_with(numpy_version):
    """Return the Python of an environment with that NumPy and what the tests import."""
    python_version = "{}.{}".format(*sys.version_info[:2])
    folder = ROOT / "_build" / "numpy" / f"{numpy_version}-python{python_version}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    finished = folder / "finished"
    if not finished.exists():
        venv.create(folder, with_pip=True, clear=True)
        packages = [f"numpy=={numpy_version}.*", "hypothesis", "pytest"]
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--only-binary=:all:"]
            + ["--disable-pip-version-check", *packages],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        finished.touch()
    return python


@pytest.mark.parametrize("numpy_version", OLDEST)
def test_the_network_works_with_numpy(numpy_version, capsys):
    with capsys.disabled():
        print(
            f"\n  the network's tests with NumPy {numpy_version} ", end="", flush=True
        )
    python = environment_with(numpy_version)
    found = subprocess.check_output(
        [python, "-c", "import numpy; print(numpy.__version__)"], text=True
    )
    assert found.startswith(f"{numpy_version}.")
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout, done.stdout[-2000:]


def test_this_environment_has_a_newer_numpy():
    newest_of_the_old = max(tuple(map(int, name.split("."))) for name in OLDEST)
    found = tuple(map(int, np.__version__.split(".")[:2]))
    assert found > newest_of_the_old
