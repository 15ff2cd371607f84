// Restore a snapshot as a page does, and compare it with the Python that it was taken of.
//
//     node check_snapshot.mjs PYODIDE FOLDER [--find]
//
// Every pointer to a function must be what it was there: an entry of the table that differs
// would call something else. With --find it writes the slots that linking loses into
// snapshot.json, from which they are put back; without, any difference is an error.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";

const [pyodide, folder] = process.argv.slice(2, 4).map((each) => path.resolve(each));
const find = process.argv.includes("--find");
const { loadPyodide } = createRequire(import.meta.url)(path.join(pyodide, "pyodide.js"));
globalThis.self = globalThis;
const restoring = path.join(import.meta.dirname, "../worker/live_snapshot.js");
vm.runInThisContext(readFileSync(restoring, "utf8"));

const bytes = (name) => readFileSync(path.join(folder, name));
const recording = JSON.parse(bytes("snapshot.json"));
const ordinary = JSON.parse(bytes("ordinary.json"));
const libraries = bytes("libraries.bin");
const modules = recording.libraries.map(([, start, length]) => {
  return new WebAssembly.Module(libraries.subarray(start, start + length));
});
const { options, finish } = self.liveSnapshot.prepare(recording, modules, bytes("memory.bin"));
const python = await loadPyodide({ indexURL: `${pyodide}/`, ...options });
const Module = finish(python);

const pointers = Object.entries(ordinary.pointers).filter(([name, value]) => {
  return Module.GOT[name]?.value !== value;
});
if (find) {
  recording.lostSlots = pointers.filter(([name]) => Module.resolveGlobalSymbol(name, true).sym);
  writeFileSync(path.join(folder, "snapshot.json"), JSON.stringify(recording));
  process.exit(0);
}
const functions = ordinary.functions
  .map((name, slot) => [slot, name, Module.wasmTable.get(slot)?.name ?? null])
  .filter(([, name, found]) => name !== found);
if (pointers.length || functions.length) {
  console.error(`${pointers.length} pointers and ${functions.length} functions are not what`);
  console.error(`they were: ${JSON.stringify([...pointers, ...functions].slice(0, 10))}`);
  process.exit(1);
}
console.log(`${Object.keys(ordinary.pointers).length} pointers and ${ordinary.functions.length}`);
console.log("functions are what they were.");
process.exit(0);
