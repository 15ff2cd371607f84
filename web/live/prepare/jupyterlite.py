"""Build JupyterLite, a complete Jupyter in the browser, with the book's notebooks.

    python -m web.live.prepare.jupyterlite FOLDER LIVE

LIVE is the folder that page_files.py has built. In the book it is next to FOLDER, as `live`,
and JupyterLite runs its Python.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.errors import BuildError
from publish.fetch import sha256_of
from publish.paths import NOTEBOOKS, ROOT, book_files
from web.live.prepare.fetch_third_party import fetch_everything
from web.live.prepare.page_files import START_PACKAGES

LEFT_OUT = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", "release")

# JupyterLite looks for Python inside its own folder only; this loads it from live/.
START = """\
self.loadPyodide = (options) => {
  const book = new URL("../live/BOOK/", options.indexURL).href;
  importScripts(`${book}live_python.js`);
  return self.loadPyodide({ ...options, indexURL: book });
};
"""


def build_lite(folder, live, offline=False):
    """Build JupyterLite into folder unless it is up to date; return the folder."""
    extensions = fetch_everything(offline).extensions
    with TemporaryDirectory() as place:
        site = Path(place)
        contents = site / "contents"
        shutil.copytree(NOTEBOOKS, contents / "notebooks", ignore=LEFT_OUT)
        for file in book_files():
            (contents / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, contents / file)
        write_settings(site, extensions)
        stamp = _digest(site) + live["book"]
        stamp_file = folder / "build.sha256"
        if stamp_file.exists() and stamp_file.read_text() == stamp:
            return folder
        print("Building JupyterLite (about half a minute) …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        done = subprocess.run(
            [sys.executable, "-m", "jupyterlite_core", "build"]
            + ["--lite-dir", str(site), "--output-dir", str(folder.resolve())],
            cwd=site,
            capture_output=True,
            text=True,
        )
        if done.returncode or not (folder / "lab" / "index.html").exists():
            raise BuildError(
                f"JupyterLite could not be built.\n{(done.stdout + done.stderr)[-3000:]}"
            )
        (folder / "live_python.js").write_text(START.replace("BOOK", live["book"]))
        stamp_file.write_text(stamp)
    return folder


def write_settings(site, extensions):
    """Write the settings of the build and of the site."""
    build = {
        "contents": ["contents"],
        "apps": ["lab"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        # Otherwise it would add this machine's JupyterLab extensions, of any version.
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(path) for path in extensions.values()],
        "source_date_epoch": 1577836800,
    }
    kernel = {
        "pyodideUrl": "./live_python.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": START_PACKAGES},
    }
    pages = {
        "appName": "Build a Neural Network with NumPy",
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    # Render all cells, so that the browser's search and screen readers find their text.
    notebooks = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
    _write(site / "overrides.json", notebooks)
    _write(site / "jupyter_lite_config.json", {"LiteBuildConfig": build})
    _write(
        site / "jupyter-lite.json",
        {"jupyter-lite-schema-version": 0, "jupyter-config-data": pages},
    )


def _write(path, data):
    path.write_text(json.dumps(data, indent=1))


def _digest(folder):
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)} {sha256_of(path)}".encode())
    return digest.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "live", type=Path, help="the folder that page_files.py has built"
    )
    arguments = parser.parse_args()
    live = json.loads((arguments.live / "live.json").read_text())
    try:
        build_lite(arguments.folder, live)
    except BuildError as error:
        sys.exit(str(error))
    print(f"JupyterLite is in {arguments.folder}")


if __name__ == "__main__":
    main()
