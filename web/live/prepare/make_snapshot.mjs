// Make a snapshot of Python's memory after it has imported everything that the book's pages use.
//
//     node make_snapshot.mjs PYODIDE WHEELS.json OUT
//
// PYODIDE is the folder of Pyodide's npm package, with a patched pyodide.asm.js; WHEELS.json lists
// [package, path of its wheel] in the order to unpack them. warm_up.py runs inside this Python.
// OUT gets
//
//     memory.bin     the pages of memory that are not all zero
//     libraries.bin  the compiled libraries that are linked
//     first.bin      files that the first cell may open: fonts, data
//     later.bin      all other files, except modules that are imported already
//     snapshot.json  where each of these belongs, and how the libraries were linked
//     ordinary.json  all function pointers, for check_snapshot.mjs to compare

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [pyodide, wheels, out] = process.argv.slice(2).map((each) => path.resolve(each));
process.argv[1] = "./this.program"; // becomes sys.executable
const { loadPyodide } = createRequire(import.meta.url)(path.join(pyodide, "pyodide.js"));
const PAGE = 4096;

const memoryBases = {};
const tableBases = {};
globalThis.pyodideMemoryBase = (name, size, getMemory) => (memoryBases[name] = getMemory(size));
globalThis.pyodideTableBase = (name, base) => (tableBases[name] = base);

const python = await loadPyodide({
  indexURL: `${pyodide}/`,
  env: { PYTHONHASHSEED: "0", HOME: "/home/pyodide", LANG: "en_US.UTF-8" },
  _makeSnapshot: true,
});
const { _module: Module, FS } = python;
const SITE = `/lib/${FS.readdir("/lib").find((name) => /^python3\.\d+$/.test(name))}/site-packages`;

for (const [name, wheel] of JSON.parse(readFileSync(wheels, "utf8"))) {
  // loadPackage would also link libraries that nothing imports.
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel", { extractDir: SITE });
  python.loadedPackages[name] = "default channel";
}
const ownNames = () => python.runPython("{}");
const warmUp = readFileSync(path.join(import.meta.dirname, "warm_up.py"), "utf8");
python.runPython(warmUp, { globals: ownNames() });
await new Promise((resolve) => setTimeout(resolve, 500)); // for callbacks that Python's event loop still holds
python.runPython("import gc; gc.collect()", { globals: ownNames() });

const open = FS.streams.filter(Boolean).map(({ fd, path: name }) => [fd, name]);
if (open.some(([fd]) => fd > 2)) throw new Error(`files are still open: ${open}`);
const imported = new Set(
  python
    .runPython(
      "__import__('builtins').list(m.__file__ for m in __import__('sys').modules.values()" +
        " if getattr(m, '__file__', None))",
      { globals: ownNames() },
    )
    .toJs(),
);
zeroFreeMemory();

const libraries = Object.keys(memoryBases);
const recording = {
  libraries: null, // [path, start, length in libraries.bin], in the order of linking
  memoryBases,
  tableBases,
  handles: Object.entries(Module.LDSO.loadedLibsByHandle)
    .map(([handle, { name }]) => [Number(handle), name])
    .filter(([, name]) => name !== "__main__"),
  tableLength: Module.wasmTable.length,
  lostSlots: [], // filled in by check_snapshot.mjs
  loadedPackages: { ...python.loadedPackages },
};
const ordinary = {
  pointers: Object.fromEntries(Object.entries(Module.GOT).map(([k, { value }]) => [k, value])),
  functions: Array.from({ length: Module.wasmTable.length }, (_, i) => {
    return Module.wasmTable.get(i)?.name ?? null;
  }),
};

for (const name of Object.keys(python.loadedPackages)) delete python.loadedPackages[name];
const snapshot = python.makeMemorySnapshot({ serializer: nameOf });

// Name a JavaScript object that Python refers to, so that a page can find it again.
function nameOf(object) {
  const api = python._api.public_api;
  if (object === api) return { pyodide_js: "" };
  for (const name of ["loadPackagesFromImports"]) {
    if (object === api[name]) return { pyodide_js: name };
  }
  throw new Error(`Python refers to a JavaScript object without a name: ${object}`);
}

// Fill free memory with zeros, which the snapshot leaves out. The memory must not grow then.
function zeroFreeMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("no growth now");
  };
  // First Python's own pools: fill each size of small objects until memory is used up.
  python.runPython(
    `
def fill():
    kept = []
    for size in range(512, 32, -16):
        try:
            while len(kept) < 300_000:
                kept.append(bytes(size - 33))
        except MemoryError:
            pass
fill()
import gc
gc.collect()
`,
    { globals: ownNames() },
  );
  const blocks = [];
  for (let size = 1 << 24; size >= 32; size >>= 1) {
    for (;;) {
      const at = Module._emscripten_builtin_malloc(size);
      if (!at) break;
      blocks.push([at, size]);
    }
  }
  for (const [at, size] of blocks) Module.HEAPU8.fill(0, at, at + size);
  for (const [at] of blocks) Module._free(at);
  WebAssembly.Memory.prototype.grow = grow;
}

// --- Writing ---------------------------------------------------------------------------

const write = (name, data) => writeFileSync(path.join(out, name), data);
const headLength = new Uint32Array(snapshot.buffer, snapshot.byteOffset, 4)[1];
const heap = snapshot.subarray(headLength);
const runs = []; // [start, length] of adjacent pages that are not all zero
for (let at = 0; at < heap.length; at += PAGE) {
  const page = heap.subarray(at, at + PAGE);
  if (page.every((byte) => byte === 0)) continue;
  const last = runs.at(-1);
  if (last && last[0] + last[1] === at) last[1] += page.length;
  else runs.push([at, page.length]);
}
write("memory.bin", Buffer.concat(runs.map(([at, n]) => heap.subarray(at, at + n))));

function pack(name, files) {
  let at = 0;
  const index = files.map(([file, data]) => [file, (at += data.length) - data.length, data.length]);
  write(name, Buffer.concat(files.map(([, data]) => data)));
  return index;
}

const folders = [];
const own = /\/nn_/; // the book's own modules, which a reader may reload
const first = [];
const later = [];
for (const root of [SITE, "/home/pyodide"]) sort(root);

function sort(folder) {
  for (const entry of FS.readdir(folder).sort()) {
    if (entry === "." || entry === "..") continue;
    const file = `${folder}/${entry}`;
    if (FS.isDir(FS.stat(file).mode)) {
      folders.push(file);
      sort(file);
    } else if (memoryBases[file] === undefined && (own.test(file) || !imported.has(file))) {
      const soon = /DejaVuSans[^/]*\.ttf$|\.npz$/.test(file);
      (soon ? first : later).push([file, FS.readFile(file)]);
    }
  }
}

recording.libraries = pack(
  "libraries.bin",
  libraries.map((name) => [name, FS.readFile(name)]),
);
Object.assign(recording, {
  folders,
  first: pack("first.bin", first),
  later: pack("later.bin", later),
  head: Buffer.from(snapshot.subarray(0, headLength)).toString("base64"),
  heapLength: heap.length,
  runs,
});
write("snapshot.json", JSON.stringify(recording));
write("ordinary.json", JSON.stringify(ordinary));
process.exit(0); // Python's event loop would keep Node alive
