"""The third-party files of the live pages: which ones, and all of them fetched.

`python -m tools.live.third_party` fetches and checks them; with --offline it only checks.
"""

import argparse
import json
import sys
import tarfile

from tools.live.fetch import (
    LiveFilesError,
    Package,
    cache_folder,
    fetch_npm_package,
    fetch_wheel,
)
from tools.live.pyodide_wheels import PYODIDE_VERSION, fetch_pyodide_wheels

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
