"""Compile wheels to bytecode and list matplotlib's fonts. Runs inside Pyodide.

Started by compile_wheels.mjs, in the Python that the pages run: bytecode fits one version
of Python only, and the machine that builds the book may have another.
"""

import importlib.util
import json
import zipfile
from pathlib import Path, PurePosixPath

SITE_PACKAGES = "/lib/python3.12/site-packages"
# Parts of the third-party wheels that no page of the book can use.
LEFT_OUT_FOLDERS = {"tests", "test", "sample_data", "afm", "pdfcorefonts", "include"}
LEFT_OUT_SUFFIXES = {".pyi", ".pyx", ".pxd", ".h", ".c", ".a", ".map"}
# Where Pyodide's matplotlib looks for its list of fonts. The one in the wheel is of another
# version, so every page would search the fonts anew: 1.3 seconds.
FONT_LIST = "matplotlib/fontlist.json"
WORK = Path("/work")


def bytecode(source, name):
    """Return the .pyc of a module; Python takes it without looking for its source."""
    import marshal

    code = compile(source, f"{SITE_PACKAGES}/{name}", "exec", dont_inherit=True)
    unchecked_hash = (0b01).to_bytes(4, "little")
    return (
        importlib.util.MAGIC_NUMBER
        + unchecked_hash
        + importlib.util.source_hash(source)
        + marshal.dumps(code)
    )


def is_left_out(name):
    path = PurePosixPath(name)
    parts = path.parts
    if parts[0].endswith(".data"):  # files for a Jupyter server
        return True
    return (
        bool(LEFT_OUT_FOLDERS.intersection(parts[:-1]))
        or path.suffix in LEFT_OUT_SUFFIXES
        or path.name == "RECORD"
    )


def compile_wheel(wheel, keep_source, extra_files):
    """Write one wheel with .pyc files; keep_source leaves the .py files in as well."""
    names = []
    with (
        zipfile.ZipFile(WORK / "in" / wheel) as source,
        zipfile.ZipFile(WORK / "out" / wheel, "w") as target,
    ):

        def add(name, data):
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))  # always the same bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data, compresslevel=9)
            names.append(name)

        for name in sorted(source.namelist()):
            if name.endswith("/") or name in extra_files or is_left_out(name):
                continue
            data = source.read(name)
            if not name.endswith(".py"):
                add(name, data)
            elif keep_source:
                add(name, data)
                add(importlib.util.cache_from_source(name), bytecode(data, name))
            else:
                add(name + "c", bytecode(data, name))
        for name, data in extra_files.items():
            add(name, data)
        (info,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
        record = "".join(f"{name},,\n" for name in [*names, f"{info}/RECORD"])
        add(f"{info}/RECORD", record)


def font_list(wheels):
    """Return matplotlib's list of the fonts it brings, as JSON."""
    for wheel in wheels:
        with zipfile.ZipFile(WORK / "out" / wheel) as files:
            files.extractall(SITE_PACKAGES)
    importlib.invalidate_caches()
    from matplotlib.font_manager import fontManager, json_dump

    path = Path("/fontlist.json")
    json_dump(fontManager, path)
    return path.read_text()


def main():
    job = json.loads((WORK / "job.json").read_text())
    wheels, keep_source = job["wheels"], job["keep_source"]
    (WORK / "out").mkdir(exist_ok=True)
    for wheel in wheels:
        compile_wheel(wheel, keep_source, {})
    for wheel in wheels:
        if wheel.startswith("matplotlib-3"):
            compile_wheel(wheel, keep_source, {FONT_LIST: font_list(wheels)})


main()
