"""The files of the live pages are fetched completely, checked, and described correctly."""

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import zipfile

import pytest

from publish.errors import BuildError
from publish.fetch import Package, fetch_npm_package, fetch_wheel
from publish.paths import ROOT, book_files
from publish.third_party import NPM_PACKAGES, WHEELS
from web.live.prepare import snapshot


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NN_BOOK_CACHE", str(tmp_path))
    return tmp_path


def test_damaged_file_is_named_with_what_was_expected_and_what_to_do(cache):
    package = NPM_PACKAGES[0]
    path = cache / f"{package.name}-{package.version}.tgz"
    path.write_bytes(b"not an archive")
    with pytest.raises(BuildError) as error:
        fetch_npm_package(package, cache)
    for part in (str(path), package.sha256, "Delete it and build again"):
        assert part in str(error.value)


def test_missing_file_offline_is_named_with_the_way_out(cache):
    package = WHEELS[0]
    with pytest.raises(BuildError, match="make book LIVE=0") as error:
        fetch_wheel(package, cache, offline=True)
    assert package.name in str(error.value)


@pytest.mark.slow
def test_package_that_does_not_exist_is_named(cache):
    package = Package("ipywidgets", "0.0.0.dev0", "0" * 64, "", "")
    with pytest.raises(BuildError, match=r"ipywidgets==0\.0\.0\.dev0.*not be fetched"):
        fetch_wheel(package, cache)
    assert list(cache.glob("*")) == []  # no partial file is left


def test_built_files_are_as_described(built_book):
    live = built_book / "live"
    description = json.loads((live / "live.json").read_text())
    assert {path.name for path in live.iterdir() if path.is_dir()} == {
        description["lib"],
        description["book"],
    }
    files = json.loads((live / description["book"] / "files.json").read_text())
    for kernel in ("page", "lite"):
        for name, file in files["python"][kernel].items():
            data = (live / name).read_bytes()
            digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
            assert file == {"bytes": len(data), "integrity": f"sha256-{digest}"}
        lock = json.loads(
            (live / description["book"] / f"{kernel}-lock.json").read_text()
        )
        for entry in lock["packages"].values():
            wheel = live / files["lib"] / "pyodide" / entry["file_name"]
            assert hashlib.sha256(wheel.read_bytes()).hexdigest() == entry["sha256"]
            assert set(entry["depends"]) <= set(lock["packages"])


def test_the_snapshot_is_as_described(built_book):
    live = built_book / "live"
    book = live / json.loads((live / "live.json").read_text())["book"]
    described = json.loads((book / "files.json").read_text())["snapshot"]
    assert set(described) == {f"{name}.z" for name in snapshot.FILES}
    for name, file in described.items():
        data = (book / "snapshot" / name).read_bytes()
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        assert file == {"bytes": len(data), "integrity": f"sha256-{digest}"}
    assert sum(file["bytes"] for file in described.values()) < 30e6
    recording = json.loads(
        gzip.decompress((book / "snapshot/snapshot.json.z").read_bytes())
    )
    assert recording["lostSlots"]  # C++ needs one of them to throw
    for name in ("memory.bin", "libraries.bin"):
        data = gzip.decompress((book / "snapshot" / f"{name}.z").read_bytes())
        parts = recording["runs" if name == "memory.bin" else "libraries"]
        assert len(data) == sum(part[-1] for part in parts)


@pytest.mark.parametrize("times", [0, 2])
def test_patching_another_version_of_pyodide_fails(times):
    script = "".join(old for old, _ in snapshot.PATCHES)
    assert "pyodideSetHeap" in snapshot.patched(script)
    old = snapshot.PATCHES[1][0]
    with pytest.raises(BuildError, match=f"{times} times, not once"):
        snapshot.patched(script.replace(old, old * times))


def test_a_build_leaves_the_snapshots_that_were_used_last(cache, monkeypatch):
    def make(work, npm_archive, wheels):
        (work / "out").mkdir()
        (work / "out" / "files.json").write_text(json.dumps({}))
        return work / "out"

    monkeypatch.setattr(snapshot, "_make", make)
    archive = cache / "pyodide.tgz"
    made = {}
    for day in range(snapshot.KEPT + 1):
        if day == snapshot.KEPT:  # use the first one again
            archive.write_text("0")
            assert snapshot.build_snapshot(archive, {}) == made[0]
        archive.write_text(str(day))
        made[day] = snapshot.build_snapshot(archive, {})
        os.utime(made[day], (day, day))
    del made[1]
    assert set(cache.glob("snapshot-*")) == set(made.values())
    assert not list(cache.glob("unfinished-*"))


def test_the_pages_wheel_holds_this_projects_modules(built_book):
    (path,) = (built_book / "live").glob("book-*/*.whl")
    with zipfile.ZipFile(path) as wheel:
        for file in book_files():
            assert wheel.read(file) == (ROOT / file).read_bytes()


def test_what_a_page_loads_to_come_alive_stays_below_25_megabytes(built_book):
    live = built_book / "live"
    description = json.loads((live / "live.json").read_text())
    files = json.loads((live / description["book"] / "files.json").read_text())
    paths = [live / name for name in files["python"]["page"]]
    for folder in ("pyodide", "thebe", "thebe-lite"):
        paths += (live / files["lib"] / folder).glob("*.*s")  # .js and .css
    paths += (live / description["book"]).glob("*.*s*")

    def sent(path):
        packed = path.with_name(path.name + ".gz")
        return (packed if packed.exists() else path).stat().st_size

    size = sum(sent(path) for path in set(paths) if path.suffix != ".gz")
    assert size < 25e6, f"{size / 1e6:.1f} MB"


@pytest.mark.slow
def test_book_without_live_pages_says_so(tmp_path):
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_nb", "web.live.extension"]\n'
        'nb_execution_mode = "off"\nroot_doc = "page"\n'
    )
    notebook = {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A page"},
            {
                "cell_type": "code",
                "id": "b",
                "metadata": {},
                "source": "1 + 1",
                "outputs": [],
                "execution_count": None,
            },
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "page.ipynb").write_text(json.dumps(notebook))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-b",
            "html",
            tmp_path,
            tmp_path / "out",
        ],
        env={**os.environ, "LIVE": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "page.html").read_text()
    assert "built without live pages" in page
    assert "data-live=" not in page
    assert not (tmp_path / "out" / "live").exists()
