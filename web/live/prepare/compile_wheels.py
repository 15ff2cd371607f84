"""Compile wheels to bytecode and list matplotlib's fonts, inside Pyodide.

compile_wheels.mjs runs this in the Python of the pages, because bytecode works in one version
of Python only and the machine that builds the book may have another.
"""

import fnmatch
import importlib.util
import json
import sys
import zipfile
from pathlib import Path, PurePosixPath

SITE_PACKAGES = "/lib/python{}.{}/site-packages".format(*sys.version_info)
# Files of the third-party wheels that no page of the book can use.
LEFT_OUT = [
    "*.data/*",  # files for a Jupyter server
    "*/tests/*",
    "*/testing/plugin/*",
    *("*.pyi", "*.pyx", "*.pxd", "*.h", "*.c", "*.a", "*/RECORD"),
    "IPython/sphinxext/*",
    *("dateutil/zoneinfo/*.tar.gz", "numpy/f2py/*", "numpy/distutils/*"),
    *("PIL/_imagingcms*.so", "PIL/_imagingft*.so", "PIL/_webp*.so"),
    *("matplotlib/_ttconv*.so", "matplotlib/mpl-data/sample_data/*"),
    *("matplotlib/mpl-data/images/*", "matplotlib/mpl-data/fonts/[ap]*"),
    *("matplotlib/mpl-data/fonts/ttf/DejaVuSerif*", "*/DejaVuSansMono-*"),
    *(
        f"matplotlib/backends/*{name}*"
        for name in ("gtk", "qt", "wx", "tk", "web", "pdf")
    ),
]
# Of the 500 languages that Pygments highlights, those that a traceback needs.
LEXERS = {"__init__", "_mapping", "python", "special", "_builtins"}
# IPython imports its terminal, which would need another package.
NO_TERMINAL = {"IPython/terminal/embed.py": b"embed = None\n"}
# Where Pyodide's matplotlib looks for its font list. The list in the wheel is of another
# version, so each page would rebuild it, which takes 1.3 seconds.
FONT_LIST = "matplotlib/fontlist.json"
WORK = Path("/work")
DATE = (2020, 1, 1, 0, 0, 0)  # of all files, so that builds are reproducible


def bytecode(source, name):
    """Return the .pyc of a module, which Python loads without checking its source."""
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
    if name.startswith("pygments/lexers/") and PurePosixPath(name).stem not in LEXERS:
        return True
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in LEFT_OUT)


def compile_wheel(wheel, extra_files):
    """Write a copy of a wheel in which .pyc files replace the .py files."""
    names = []
    with (
        zipfile.ZipFile(WORK / "in" / wheel) as source,
        zipfile.ZipFile(WORK / "out" / wheel, "w") as target,
    ):

        def add(name, data):
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data, compresslevel=9)
            names.append(name)

        for name in sorted(source.namelist()):
            if name.endswith("/") or name in extra_files or is_left_out(name):
                continue
            data = NO_TERMINAL.get(name) or source.read(name)
            if name.endswith(".py"):
                add(name + "c", bytecode(data, name))
            else:
                add(name, data)
        for name, data in extra_files.items():
            add(name, data)
        (info,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
        record = "".join(f"{name},,\n" for name in [*names, f"{info}/RECORD"])
        add(f"{info}/RECORD", record)


def font_list(wheels):
    """Return matplotlib's list of its own fonts, as JSON."""
    for wheel in wheels:
        with zipfile.ZipFile(WORK / "out" / wheel) as files:
            files.extractall(SITE_PACKAGES)
    importlib.invalidate_caches()
    from matplotlib.font_manager import fontManager, json_dump

    for fonts in (fontManager.afmlist, fontManager.ttflist):
        fonts.sort(
            key=lambda font: font.fname
        )  # the order in which they are found varies
    path = Path("/fontlist.json")
    json_dump(fontManager, path)
    return path.read_text()


def main():
    wheels = json.loads((WORK / "wheels.json").read_text())
    (WORK / "out").mkdir(exist_ok=True)
    for wheel in wheels:
        compile_wheel(wheel, {})
    for wheel in wheels:
        if wheel.startswith("matplotlib-3"):
            compile_wheel(wheel, {FONT_LIST: font_list(wheels)})


main()
