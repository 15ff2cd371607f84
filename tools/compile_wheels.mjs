// Compile the wheels of the live pages ahead of time, with the very Python that runs them.
//
//     node compile_wheels.mjs WORK
//
// WORK/pyodide holds Pyodide's core, WORK/in the wheels, WORK/jobs.json what to do with
// each. The compiled wheels are written to WORK/out and matplotlib's list of fonts to
// WORK/fonts, both by compile_wheels.py, which lies beside this file.

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
