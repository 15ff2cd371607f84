// Run the cells of pages in Pyodide, in Node, and record everything that they would have shown.
//
//     node run_cells.mjs PYODIDE FROM PAGES.json OUT.json [PLATFORM]
//
// FROM is the folder of a snapshot, from which Python is restored as in a page, or a .json file
// with [[package, path of its wheel], ...] for an ordinary start. PLATFORM sets
// navigator.platform: Pyodide behaves differently on an iPad.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";

const [pyodide, from, pages, out] = process.argv.slice(2, 6).map((each) => path.resolve(each));
const platform = process.argv[6];
if (platform) Object.defineProperty(globalThis, "navigator", { value: { platform } });
const here = import.meta.dirname;
const { loadPyodide } = createRequire(import.meta.url)(path.join(pyodide, "pyodide.js"));
const python = await (from.endsWith(".json") ? startPlainly() : restore());
python.FS.writeFile("/tmp/pages.json", readFileSync(pages));
await python.runPythonAsync(readFileSync(path.join(here, "run_cells.py"), "utf8"));
writeFileSync(out, python.FS.readFile("/tmp/shown.json"));
process.exit(0); // Python's event loop would keep Node alive

async function startPlainly() {
  const python = await loadPyodide({ indexURL: `${pyodide}/` });
  const extractDir = "/lib/python3.12/site-packages";
  for (const [, wheel] of JSON.parse(readFileSync(from, "utf8"))) {
    python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel", { extractDir });
  }
  return python;
}

async function restore() {
  globalThis.self = globalThis;
  const script = path.join(here, "../../../web/live/worker/live_snapshot.js");
  vm.runInThisContext(readFileSync(script, "utf8"));
  const bytes = (name) => readFileSync(path.join(from, name));
  const recording = JSON.parse(bytes("snapshot.json"));
  const libraries = bytes("libraries.bin");
  const modules = recording.libraries.map(([, start, length]) => {
    return new WebAssembly.Module(libraries.subarray(start, start + length));
  });
  const { prepare, writeFiles } = self.liveSnapshot;
  const { options, finish } = prepare(recording, modules, bytes("memory.bin"));
  const python = await loadPyodide({ indexURL: `${pyodide}/`, ...options });
  finish(python);
  for (const part of ["first", "later", "libraries"]) {
    writeFiles(python, recording[part], new Uint8Array(bytes(`${part}.bin`)));
  }
  return python;
}
