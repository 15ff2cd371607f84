"""Make the snapshot of Python's memory that live pages start from, and check it.

Most of a live page's first start would be spent in imports. The build runs them once, in
Node, and saves Python's memory; pages restore it (web/live/worker/live_snapshot.js). Pyodide's
own snapshots do not support compiled libraries, so PATCHES adds four hooks to pyodide.asm.js.
They fit the pinned version of Pyodide; the build stops unless each replaced text occurs once.
"""

import gzip
import hashlib
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.errors import BuildError
from publish.fetch import cache_folder, sha256_of, unpack_npm_package
from publish.npm import run_node

HERE = Path(__file__).resolve().parent
RESTORING = HERE.parent / "worker" / "live_snapshot.js"
SCRIPTS = ["make_snapshot.mjs", "check_snapshot.mjs", "warm_up.py", "snapshot.py"]
INPUTS = [RESTORING, *(HERE / name for name in SCRIPTS)]
KEPT = 4  # snapshots in the cache, 27 MB each; several checkouts may share the cache
# Sent gzipped as NAME.z, because servers may decompress a .gz on the way.
FILES = ["memory.bin", "libraries.bin", "first.bin", "later.bin", "snapshot.json"]
# (text that occurs once in pyodide.asm.js, its replacement)
PATCHES = [
    (  # copying the memory: the libraries must be linked before
        "return Module.HEAP8.set(t),l}",
        "return self.pyodideSetHeap?self.pyodideSetHeap(Module):Module.HEAP8.set(t),l}",
    ),
    (  # the address of a library's memory
        "alignMemory(getMemory(metadata.memorySize+memAlign),memAlign)",
        "alignMemory(self.pyodideMemoryBase?self.pyodideMemoryBase(libName,"
        "metadata.memorySize+memAlign,getMemory):"
        "getMemory(metadata.memorySize+memAlign),memAlign)",
    ),
    (  # the index of its first function in the table
        "var tableBase=metadata.tableSize?wasmTable.length:0;",
        "var tableBase=metadata.tableSize?wasmTable.length:0;"
        "if(self.pyodideTableBase)tableBase=self.pyodideTableBase(libName,tableBase);",
    ),
    (  # its exports: each function gets an index in the table
        "value+=memoryBase}relocated[e]=value}",
        "value+=memoryBase}relocated[e]="
        "self.pyodideExport?self.pyodideExport(value,wasmTable):value}",
    ),
]


def patched(script):
    """Return the text of pyodide.asm.js with the hooks added."""
    for old, new in PATCHES:
        if script.count(old) != 1:
            raise BuildError(
                f"pyodide.asm.js holds {script.count(old)} times, not once: {old}\n"
                "Has Pyodide's version changed? Then adapt PATCHES in "
                "web/live/prepare/snapshot.py."
            )
        script = script.replace(old, new.replace("self.", "globalThis."))
    return script


def build_snapshot(npm_archive, wheels):
    """Return the folder of a snapshot in the cache, made if it is missing or damaged.

    npm_archive: Pyodide's npm package
    wheels: {package: path of its wheel}
    """
    inputs = [sha256_of(path) for path in [npm_archive, *wheels.values(), *INPUTS]]
    digest = hashlib.sha256("".join(inputs).encode()).hexdigest()[:12]
    finished = cache_folder() / f"snapshot-{digest}"
    if finished.exists() and _is_complete(finished):
        finished.touch()
        return finished
    shutil.rmtree(finished, ignore_errors=True)
    print("Making the snapshot of Python's memory (about half a minute) …", flush=True)
    with TemporaryDirectory(prefix="unfinished-", dir=cache_folder()) as place:
        work = Path(place)
        out = _make(work, npm_archive, wheels)
        if not finished.exists():  # else a concurrent build has made it
            out.rename(finished)
    _delete_oldest_snapshots(finished.parent)
    return finished


def _delete_oldest_snapshots(cache):
    """Keep only the most recently used snapshots in the cache."""
    snapshots = sorted(cache.glob("snapshot-*"), key=lambda path: path.stat().st_mtime)
    for path in snapshots[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _is_complete(folder):
    described = folder / "files.json"
    return described.exists() and json.loads(described.read_text()) == describe(folder)


def _make(work, npm_archive, wheels):
    pyodide = work / "pyodide"
    unpack_npm_package(npm_archive, pyodide)
    script = pyodide / "pyodide.asm.js"
    script.write_text(patched(script.read_text(encoding="utf-8")), encoding="utf-8")
    names_and_paths = [(name, str(path.resolve())) for name, path in wheels.items()]
    (work / "wheels.json").write_text(json.dumps(names_and_paths))
    out = work / "out"
    out.mkdir()
    _run("make_snapshot.mjs", pyodide, work / "wheels.json", out)
    _run("check_snapshot.mjs", pyodide, out, "--find")
    _run("check_snapshot.mjs", pyodide, out)
    (out / "ordinary.json").unlink()
    for name in FILES:
        path = out / name
        data = gzip.compress(path.read_bytes(), 9, mtime=0)
        path.with_name(f"{name}.z").write_bytes(data)
        path.unlink()
    (out / "files.json").write_text(json.dumps(describe(out), indent=1))
    return out


def describe(folder):
    """Return {name: size and SHA-256} of a snapshot's compressed files."""
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.glob("*.z"))
    }


def _run(script, *arguments):
    done = run_node(HERE / script, *arguments, timeout=900)
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        words = "\n".join(line[:300] for line in lines[-30:])
        raise BuildError(
            f"The snapshot of Python could not be made ({script}).\n{words}"
        )
