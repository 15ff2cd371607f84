"""Fetch and check the third-party files of the live pages.

`python -m web.live.prepare.fetch_all` does; with --offline it only checks.
"""

import argparse
import json
import sys
import tarfile

from publish.fetch import LiveFilesError, cache_folder, fetch_npm_package, fetch_wheel
from publish.third_party import JUPYTERLITE_EXTENSIONS, NPM_PACKAGES, WHEELS
from web.live.prepare.pyodide_wheels import fetch_pyodide_wheels


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
