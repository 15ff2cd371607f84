"""Fetch and check the third-party files of the live pages.

python -m web.live.prepare.fetch_third_party [--offline]
"""

import argparse
import json
import sys
import tarfile
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from publish.errors import BuildError
from publish.fetch import cache_folder, fetch_npm_package, fetch_wheel
from publish.third_party import JUPYTERLITE_EXTENSIONS, NPM_PACKAGES, WHEELS
from web.live.prepare.pyodide_wheels import fetch_pyodide_wheels


class Fetched(NamedTuple):
    """The checked files, each group as {package name: path}."""

    npm: dict[str, Path]
    wheels: dict[str, Path]  # from PyPI
    extensions: dict[str, Path]  # of JupyterLab, for JupyterLite
    pyodide: dict[str, Path]  # wheels of Pyodide's distribution

    def paths(self) -> list[Path]:
        return list(chain.from_iterable(group.values() for group in self))


def fetch_everything(offline=False):
    """Fetch what is not in the cache yet, check everything, and return it.

    offline: raise a BuildError instead of fetching
    """
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
    pyodide = fetch_pyodide_wheels(lock, folder / "pyodide", offline)
    return Fetched(archives, wheels, extensions, pyodide)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--offline", action="store_true", help="use only what is in the cache"
    )
    arguments = parser.parse_args()
    try:
        paths = fetch_everything(arguments.offline).paths()
    except BuildError as error:
        sys.exit(f"The live pages cannot be built.\n{error}")
    size = sum(path.stat().st_size for path in paths) / 1e6
    print(f"{len(paths)} files of the live pages, {size:.0f} MB, all checked")


if __name__ == "__main__":
    main()
