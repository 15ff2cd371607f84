// Restore a snapshot as a page does, and compare it with the Python that it was made from.
//
//     node check_snapshot.mjs PYODIDE FOLDER [--find]
//
// Every function pointer must be the same: a different entry in the table would call another
// function. With --find, the script writes the slots that linking loses to snapshot.json, from
// which pages restore them; without it, any difference is an error.

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
  console.error(`${pointers.length} pointers and ${functions.length} functions differ:`);
  console.error(JSON.stringify([...pointers, ...functions].slice(0, 10)));
  process.exit(1);
}
console.log(`${Object.keys(ordinary.pointers).length} pointers and ${ordinary.functions.length}`);
console.log("functions are the same.");
process.exit(0);
