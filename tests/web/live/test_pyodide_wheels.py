"""Pyodide's wheels come from the first complete source, and are always checked."""

import hashlib
import io
import subprocess
import sys
import tarfile

import pytest

from publish.errors import BuildError
from web.live.prepare import pyodide_wheels

NAMES = pyodide_wheels.PYODIDE_PACKAGES


def wheel(name):
    return b"the wheel of " + name.encode()


LOCK = {
    "packages": {
        name: {
            "file_name": f"{name}.whl",
            "sha256": hashlib.sha256(wheel(name)).hexdigest(),
        }
        for name in NAMES
    }
}


def fetch(folder, offline=False):
    return pyodide_wheels.fetch_pyodide_wheels(LOCK, folder, offline)


@pytest.fixture
def kept(tmp_path):
    """Return an empty cache folder for wheels."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Make the folder that NN_BOOK_PYODIDE names, with all wheels; return it."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.whl").write_bytes(wheel(name))
    monkeypatch.setenv("NN_BOOK_PYODIDE", str(folder))
    return folder


@pytest.fixture
def distribution(tmp_path, monkeypatch, serve_folder):
    """Serve the official distribution on this computer."""
    folder = tmp_path / "served"
    folder.mkdir()
    with tarfile.open(folder / "pyodide.tar.bz2", "w:bz2") as files:
        for name in [*NAMES, "not-needed"]:
            entry = tarfile.TarInfo(f"pyodide/{name}.whl")
            entry.size = len(wheel(name))
            files.addfile(entry, io.BytesIO(wheel(name)))
    with serve_folder(folder) as address:
        monkeypatch.setattr(
            pyodide_wheels, "DISTRIBUTION", f"{address}/pyodide.tar.bz2"
        )
        yield folder / "pyodide.tar.bz2"


@pytest.fixture
def no_carrier(monkeypatch):
    monkeypatch.setattr(pyodide_wheels, "CARRIER", "no-such-package==0.0.0.dev0")


def test_the_folder_in_the_environment_comes_first(kept, own):
    paths = fetch(kept, offline=True)
    assert {name: path.read_bytes() for name, path in paths.items()} == {
        name: wheel(name) for name in NAMES
    }
    (own / f"{NAMES[0]}.whl").unlink()
    assert fetch(kept, offline=True) == paths  # cached wheels are not fetched again


@pytest.mark.slow
def test_the_distribution_comes_last(kept, no_carrier, distribution):
    assert sorted(path.name for path in fetch(kept).values()) == sorted(
        path.name for path in kept.iterdir()
    )


@pytest.mark.slow
def test_every_source_that_was_tried_is_named_with_its_fault(
    kept, own, no_carrier, distribution
):
    (own / f"{NAMES[1]}.whl").write_bytes(b"something else")
    distribution.write_bytes(distribution.read_bytes()[:200])
    with pytest.raises(BuildError) as error:
        fetch(kept)
    words = str(error.value)
    assert f"the folder {own} (NN_BOOK_PYODIDE): " in words
    assert f"{NAMES[1]}.whl is not the file it should be" in words
    assert "no-such-package==0.0.0.dev0 of PyPI: " in words
    assert f"{pyodide_wheels.DISTRIBUTION}: " in words
    assert "make book LIVE=0" in words
    assert list(kept.iterdir()) == []  # no partial file is left


def test_offline_nothing_is_asked(kept):
    with pytest.raises(BuildError, match="nothing was asked"):
        fetch(kept, offline=True)


def test_a_kept_wheel_that_is_damaged_is_found(kept, own):
    path = fetch(kept, offline=True)[NAMES[0]]
    path.write_bytes(b"damaged")
    with pytest.raises(BuildError, match="not the file it should be"):
        fetch(kept, offline=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "contourpy",
        *(
            pytest.param(name, marks=pytest.mark.xfail(reason="not on PyPI yet"))
            for name in ("numpy", "matplotlib", "pillow", "kiwisolver")
        ),
    ],
)
def test_pypi_has_the_wheel_for_the_browser(name, tmp_path):
    """Once these pass, PyPI alone can provide the pages' Python."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", tmp_path]
    command += ["--disable-pip-version-check", "--only-binary=:all:"]
    command += ["--platform", "pyemscripten_2026_0_wasm32", "--python-version", "3.14"]
    done = subprocess.run([*command, name], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
