"""Build the files that live pages load.

    python -m web.live.prepare.page_files FOLDER [--offline]

FOLDER gets two folders, whose names contain a hash of their contents, so that browsers may
cache them for ever:

    lib-…    third-party files: Pyodide, Thebe, the wheels compiled to bytecode
    book-…   this project's own: its wheel, Pyodide's lock file, the pages' JavaScript

and live.json with their names, and the size and SHA-256 of each file. The cache keeps the lib
folder, so it is built only once.
"""

import argparse
import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.errors import BuildError
from publish.fetch import (
    cache_folder,
    sha256_of,
    unpack_npm_package,
)
from publish.npm import run_node
from publish.paths import ROOT
from web.live.prepare.fetch_third_party import fetch_everything
from web.live.prepare.seams import check_seams
from web.live.prepare.snapshot import INPUTS, build_snapshot, describe, patched
from web.pages.bundle import bundle

HERE = Path(__file__).resolve().parent
PAGE_FILES = [
    *(HERE.parent / "page").glob("*.css"),
    *(HERE.parents[1] / "hand_in").glob("*.css"),
    *(HERE.parent / "worker").glob("*.js"),
]
PAGE_SCRIPTS = ["control.js", "hand_in.js", "session.js", "playground_link.js"]
WORKER = HERE.parent / "worker" / "live_worker.js"
PYODIDE_CORE = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
# Thebe's kernel and JupyterLite's each bring their own version of these.
KERNEL_PACKAGES = ["ipykernel", "pyodide-kernel"]
# Loaded in parallel when Python starts. The kernel would otherwise install those of the first
# two lines one after another; it looks for them under exactly these names.
START_PACKAGES = [
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel"),
    *("jedi", "ipython"),
    *("ipywidgets", "matplotlib", "neural-network-book"),
]
# The kernel imports piplite, which installs packages. Live pages cannot install any.
PIPLITE_STUB = {
    "piplite/__init__.py": "",
    "piplite/piplite.py": "",
    "piplite/cli.py": """\
async def get_transformed_code(words):
    return "raise ImportError(\'This Python runs in a page of the book, where no packages \' \\
        \'can be installed: NumPy, Matplotlib and ipywidgets are here already.\')"
""",
    "piplite-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: piplite\nVersion: 1\n",
    "piplite-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
}
# The service worker controls the folder it is in, so it is copied to the book's root.
# live_worker.js is copied next to Thebe's files.
LIE_ELSEWHERE = {"service_worker.js", "live_worker.js"}
COMPRESSED_SUFFIXES = {".css", ".js", ".json", ".wasm"}


def build_live(folder, offline=False):
    """Build everything into folder; return the contents of live.json."""
    fetched = fetch_everything(offline)
    lib = build_lib(fetched)
    check_seams(lib)
    folder.mkdir(parents=True, exist_ok=True)
    lib_target = folder / lib.name
    if not lib_target.exists():
        _copy_whole(lib, lib_target)
    book = build_book_files(folder, lib_target, fetched.npm["pyodide"])
    for old in folder.iterdir():
        if old.is_dir() and old not in (lib_target, book):
            shutil.rmtree(old)
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": sha256_of(path),
        }
        for part in (lib_target, book)
        for path in sorted(part.rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    }
    description = {"lib": lib_target.name, "book": book.name, "files": files}
    text = json.dumps(description, indent=1, sort_keys=True)
    (folder / "live.json").write_text(text + "\n")
    return description


def build_lib(fetched):
    """Return the lib folder in the cache, built if it is missing or damaged."""
    inputs = fetched.paths()
    scripts = [HERE / "compile_wheels.mjs", HERE / "compile_wheels.py", __file__]
    scripts += [HERE / "snapshot.py", WORKER]
    name = "lib-" + _digest([Path(path).read_bytes() for path in [*inputs, *scripts]])
    finished = cache_folder() / name
    checksums = cache_folder() / f"{name}.json"
    if finished.exists():
        if checksums.exists() and checksums.read_text() == _checksums(finished):
            return finished
        print(f"A file in {finished} is damaged; building all again.", flush=True)
        shutil.rmtree(finished)
    print("Preparing the live pages' files (once; about half a minute) …", flush=True)
    with TemporaryDirectory(prefix="unfinished-", dir=cache_folder()) as work:
        lib = _make_lib(Path(work), fetched)
        checksums.write_text(_checksums(lib))
        if not finished.exists():  # else a concurrent build has made it
            lib.rename(finished)
    return finished


def _checksums(folder):
    """Return the SHA-256 of each file below the folder, as JSON."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    return json.dumps(sums, indent=1)


def _make_lib(work, fetched):
    for package, archive in fetched.npm.items():
        unpack_npm_package(archive, work / package)
    lib = work / "lib"
    for part in ("pyodide", "thebe", "thebe-lite", "packages"):
        (lib / part).mkdir(parents=True)
    for file in PYODIDE_CORE:
        shutil.copy(work / "pyodide" / file, lib / "pyodide")
    core = lib / "pyodide" / "pyodide.asm.js"
    core.write_text(patched(core.read_text(encoding="utf-8")), encoding="utf-8")
    for source in [*(work / "thebe" / "lib").glob("*.js")]:
        shutil.copy(source, lib / "thebe")
    shutil.copy(work / "thebe" / "lib" / "thebe.css", lib / "thebe")
    kernel = work / "thebe-lite" / "dist" / "lib"
    for source in kernel.glob("*.js"):
        shutil.copy(source, lib / "thebe-lite")
    shutil.copytree(kernel / "pypi", lib / "thebe-lite" / "pypi")
    shutil.copy(WORKER, lib / "thebe-lite")

    extension = fetched.extensions["jupyterlite-pyodide-kernel"]
    with zipfile.ZipFile(extension) as wheel:
        wheel.extractall(work / "extension")
    (lite_pypi,) = (work / "extension").rglob("static/pypi")
    kernels = {
        "page": _wheels_by_name(kernel / "pypi", KERNEL_PACKAGES),
        "lite": _wheels_by_name(lite_pypi, KERNEL_PACKAGES),
    }
    piplite = write_wheel(work / "piplite-1-py3-none-any.whl", PIPLITE_STUB)
    shared = {**fetched.pyodide, **fetched.wheels, "piplite": piplite}
    every_wheel = [
        *shared.values(),
        *kernels["page"].values(),
        *kernels["lite"].values(),
    ]
    compiled = compile_wheels(work, every_wheel)
    for path in compiled.values():
        shutil.copy(path, lib / "packages")
    official = json.loads((work / "pyodide" / "pyodide-lock.json").read_text())
    for kernel_name, kernel_wheels in kernels.items():
        wheels = {
            name: compiled[p.name] for name, p in {**shared, **kernel_wheels}.items()
        }
        lock = {**official, "packages": _lock_entries(official["packages"], wheels)}
        text = json.dumps(lock, indent=1)
        (lib / "packages" / f"{kernel_name}-lock.json").write_text(text)
    compress(lib)
    return lib


def _lock_entries(official, wheels):
    """Return {package name: entry of the lock file} for the compiled wheels."""
    entries = {}
    for name, path in sorted(wheels.items()):
        entries[name] = {**official.get(name, {}), **lock_entry(name, path)}
        if name in official:
            for key in ("depends", "imports", "version"):
                entries[name][key] = official[name][key]
    for entry in entries.values():  # leave out dependencies that pages do not have
        names = [name.lower().replace("_", "-") for name in entry["depends"]]
        entry["depends"] = [name for name in names if name in entries]
    return entries


def compile_wheels(work, paths):
    """Return {file name: path} of the wheels compiled to bytecode by Pyodide in Node."""
    (work / "in").mkdir(exist_ok=True)
    for path in paths:
        shutil.copy(path, work / "in" / path.name)
    (work / "wheels.json").write_text(json.dumps(sorted({path.name for path in paths})))
    done = run_node(HERE / "compile_wheels.mjs", work, timeout=900)
    if done.returncode:
        lines = (line[:200] for line in done.stderr.splitlines())
        raise BuildError("The wheels could not be compiled.\n" + "\n".join(lines))
    return {path.name: work / "out" / path.name for path in paths}


def build_book_files(folder, lib, pyodide):
    """Build the folder of this project's own files; return it.

    pyodide: the archive of the npm package that makes the snapshot
    """
    work = folder / "unfinished"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for source in [*PAGE_FILES, *map(bundle, PAGE_SCRIPTS)]:
        if source.name not in LIE_ELSEWHERE:
            shutil.copy(source, work)
    wheel = project_wheel(work)
    contents = [path.read_bytes() for path in sorted(work.iterdir())]
    contents += [path.read_bytes() for path in [*INPUTS, Path(__file__)]]
    contents += [lib.name.encode()]
    book_name = "book-" + _digest(contents)
    own = lock_entry("neural-network-book", wheel)
    own["depends"] = ["ipywidgets", "matplotlib", "numpy", "pillow"]
    own["file_name"] = f"../../{book_name}/{wheel.name}"
    for kernel in ("page", "lite"):
        lock = json.loads((lib / "packages" / f"{kernel}-lock.json").read_text())
        packages = lock["packages"].items()
        wheels = {
            name: lib / "packages" / entry["file_name"] for name, entry in packages
        }
        if kernel == "page":
            snapshot = build_snapshot(pyodide, {**wheels, own["name"]: wheel})
            shutil.copytree(snapshot, work / "snapshot")
            (work / "snapshot" / "files.json").unlink()
        for entry in lock["packages"].values():  # relative to Pyodide's folder
            entry["file_name"] = f"../packages/{entry['file_name']}"
        lock["packages"]["neural-network-book"] = own
        (work / f"{kernel}-lock.json").write_text(json.dumps(lock, indent=1))
    page_files = describe_page_files(lib, {f"{book_name}/{wheel.name}": wheel})
    page_files["snapshot"] = {
        name: {"bytes": file["bytes"], "integrity": integrity(file["sha256"])}
        for name, file in describe(snapshot).items()
    }
    (work / "files.json").write_text(json.dumps(page_files, indent=1))
    compress(work)
    finished = folder / book_name
    shutil.rmtree(finished, ignore_errors=True)
    return work.rename(finished)


def describe_page_files(lib, own_wheels):
    """Return which files a live page loads, with the size and integrity of each."""

    def checked(paths):
        return {
            path: {
                "bytes": file.stat().st_size,
                "integrity": integrity(sha256_of(file)),
            }
            for path, file in paths.items()
        }

    def below_lib(files):
        return {f"{lib.name}/{f.relative_to(lib).as_posix()}": f for f in sorted(files)}

    def kernel_files(kernel):
        lock = json.loads((lib / "packages" / f"{kernel}-lock.json").read_text())
        core = [lib / "pyodide" / f for f in PYODIDE_CORE if not f.endswith(".js")]
        names = [entry["file_name"] for entry in lock["packages"].values()]
        wheels = [lib / "packages" / name for name in names]
        return checked({**below_lib([*core, *wheels]), **own_wheels})

    thebe = lib / "thebe" / "index.js"
    kernel = lib / "thebe-lite" / "thebe-lite.min.js"
    scripts = checked(below_lib([thebe, kernel]))
    return {
        "lib": lib.name,
        "style": f"{lib.name}/thebe/thebe.css",
        "thebe": f"{lib.name}/thebe/{thebe.name}",
        "kernel": f"{lib.name}/thebe-lite/{kernel.name}",
        "page": {path: script["integrity"] for path, script in scripts.items()},
        "packages": START_PACKAGES,
        "python": {kernel: kernel_files(kernel) for kernel in ("page", "lite")},
    }


def project_wheel(folder):
    """Build this project's wheel, byte-for-byte reproducible, into folder."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise BuildError(
            f"This project's wheel could not be built.\n{done.stdout}{done.stderr}"
        )
    return wheels[0]


def write_wheel(path, files):
    """Write a wheel of text files, byte-for-byte reproducible; return its path."""
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return path


def lock_entry(name, wheel):
    """Return the entry of a wheel in Pyodide's lock file."""
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        (metadata,) = [n for n in names if n.endswith(".dist-info/METADATA")]
        text = files.read(metadata).decode()
    tops = {n.split("/")[0] for n in names if ".dist-info/" not in n}
    imports = {top.removesuffix(".py") for top in tops}
    version = re.search(r"^Version: (\S+)", text, re.MULTILINE)[1]
    requires = re.findall(r"^Requires-Dist: ([\w.-]+)(.*)$", text, re.MULTILINE)
    return {
        "depends": [dep.lower() for dep, rest in requires if "extra ==" not in rest],
        "file_name": wheel.name,
        "imports": sorted(name for name in imports if name.isidentifier()),
        "install_dir": "site",
        "name": name,
        "package_type": "package",
        "sha256": sha256_of(wheel),
        "unvendored_tests": False,
        "version": version,
    }


def compress(folder):
    """Write a .gz next to each compressible file, for servers that send those."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in COMPRESSED_SUFFIXES:
            data = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(data)


def _wheels_by_name(folder, names):
    paths = {}
    for name in names:
        pattern = f"{name.replace('-', '_')}-*.whl"
        (paths[name],) = folder.glob(pattern)
    return paths


def _copy_whole(source, target):
    unfinished = target.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(source, unfinished)
    unfinished.rename(target)


def _digest(blocks):
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(hashlib.sha256(block).digest())
    return digest.hexdigest()[:12]


def integrity(sha256):
    """Return a hexadecimal SHA-256 as an integrity attribute."""
    return "sha256-" + base64.b64encode(bytes.fromhex(sha256)).decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--offline", action="store_true", help="use only what is in the cache"
    )
    arguments = parser.parse_args()
    try:
        live = build_live(arguments.folder, arguments.offline)
    except BuildError as error:
        sys.exit(f"The live pages cannot be built.\n{error}")
    size = sum(file["bytes"] for file in live["files"].values()) / 1e6
    print(f"{len(live['files'])} files for the live pages, {size:.0f} MB")


if __name__ == "__main__":
    main()
