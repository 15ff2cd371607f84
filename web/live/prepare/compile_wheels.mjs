// Compile the wheels of the live pages to bytecode, with the Python that will run them.
//
//     node compile_wheels.mjs WORK
//
// WORK/pyodide holds Pyodide's core, WORK/in the wheels, WORK/wheels.json the names of those to
// compile. compile_wheels.py writes the compiled wheels to WORK/out.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

const work = path.resolve(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(path.join(work, "pyodide/pyodide.mjs")));
const python = await loadPyodide({ indexURL: path.join(work, "pyodide") });
python.FS.mkdirTree("/work");
python.FS.mount(python.FS.filesystems.NODEFS, { root: work }, "/work");
const script = path.join(import.meta.dirname, "compile_wheels.py");
await python.runPythonAsync(await readFile(script, "utf8"));
