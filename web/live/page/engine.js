// @ts-check
// Run Python. Only this file depends on Thebe, its kernel and Pyodide. It exports:
//
//     startEarly(live, files)  start only Python, before the reader asks for it
//     endEarly()             end it if the reader has not asked
//     start(live, files)     load all and start Python; live is the page (control.js)
//     makeCell(id, code, editorPlace, outputPlace)   an editor and a place for outputs:
//                            { editor, outputs, source, run(), onOutput(call) }
//     end()                  end Python; restart() starts it again
//     restart()              end Python and start it again; variables are lost
//     canInterrupt()         whether interrupt() can be tried on this page
//     interrupt()            stop the cell that runs, and keep the variables
//     onAsk(call)            call({ prompt, hidden }) when a cell waits for input()
//     answer(text)           what input() returns then, of at most ANSWER characters
//     widgetModel(id)        the model of a widget that a cell has shown
//     onTraffic(call)        call on each message between a widget and its Python
//
// startEarly(), start() and restart() return promises.

import { loadScript, make } from "../../pages/dom.js";
import { onCanvas } from "./frames.js";
import { findSnapshot } from "./snapshot_cache.js";

/** @type {import("./control.js").Live} */
let live; // only what startEarly is given, until start
/** @type {BookFiles} */
let files;
let api; // of Thebe
let config;
let server; // Thebe's Jupyter server, which is in this page too
let rendermime; // Jupyter's way to show outputs
let session; // Thebe's session: a kernel and its widget manager
let notebook;
let running = false;
let worker; // the one that Python starts in, until thebe-lite takes it
let latest; // the same, also afterwards
let interrupts; // memory shared with it, where the page is isolated
let answers; // the same, for what the reader answers to input()
let asked; // called when a cell waits for that
export const ANSWER = 10_000; // characters
const listeners = []; // of the traffic between widgets and Python
const made = []; // Thebe's cells

/**
 * A file, with its size and its SHA-256 as browsers write it.
 * @typedef {{ bytes: number, integrity: string }} FileData
 */

/**
 * files.json, which web/live/prepare/page_files.py writes. Paths are those below live/.
 * @typedef {{
 *   lib: string,
 *   style: string,
 *   thebe: string,
 *   kernel: string,
 *   page: Record<string, string>,
 *   packages: string[],
 *   python: { page: Record<string, FileData>, lite: Record<string, FileData> },
 *   snapshot: Record<string, FileData>,
 * }} BookFiles
 */

/**
 * What Python's worker gets as its name (live_worker.js).
 * @typedef {{ python: string, input: string, options: object, shares: boolean }} WorkerSettings
 */

/**
 * The memory that the page shares with Python's worker.
 * @typedef {{ interrupts?: Uint8Array, answers?: SharedArrayBuffer }} Shared
 */

/**
 * A message of live_python.js and live_input.js, each with one of these.
 * @typedef {{
 *   bytes?: number,
 *   started?: "snapshot" | "wheels",
 *   failed?: string,
 *   ask?: { prompt: string, hidden: boolean },
 * }} News
 */

const url = (path) => new URL(path, live.root).href;

// --- Starting ----------------------------------------------------------------------

/** @type {{ failure: Promise<never> } | null} */
let early = null; // { failure }: the worker of startEarly, until start takes it over

export async function startEarly(description, itsFiles) {
  live = description;
  files = itsFiles;
  const failure = listenToPython();
  const mine = (early = { failure });
  failure.catch(() => mine === early && endEarly());
  await startWorker();
}

export function endEarly() {
  if (!early) return;
  early = null;
  news.close();
  worker?.terminate();
  worker = null;
}

export async function start(description, itsFiles) {
  live = description;
  files = itsFiles;
  const again = live.tries > 1;
  const started = early && worker;
  const kernelFailed = early && started ? early.failure : listenToPython();
  early = null;
  leaveServiceWorkersAlone();
  if (!started) await startWorker();
  await Promise.race([loadPageScripts(again), kernelFailed]);
  api = window.thebeCore.api;
  config = api.makeConfiguration({ kernelOptions: { kernelName: "python" } });
  // Without a name for MathJax, Thebe would show LaTeX as plain text.
  rendermime = api.makeRenderMimeRegistry({ mathjaxUrl: "ours", mathjaxConfig: "" });
  rendermime.latexTypesetter = { typeset: drawFormulas };
  notebook ??= api.setupNotebookFromBlocks(live.page.cells, config, rendermime);
  server = api.makeServer(config);
  const python = server
    .connectToJupyterLiteServer({ litePluginSettings: kernelSettings(again, null) })
    .then(startPython);
  return { python: Promise.race([python, kernelFailed]) };
}

// Draw the formulas in an output with MathJax. The build has drawn those of the page itself.
async function drawFormulas(element) {
  if (!/\$|\\[([]|\\begin/.test(element.textContent)) return;
  if (!window.MathJax) {
    const inlineMath = [
      ["$", "$"],
      ["\\(", "\\)"],
    ]; // as in Jupyter
    window.MathJax = { tex: { inlineMath }, startup: { typeset: false } };
    await loadScript(new URL("mathjax/tex-mml-chtml.js", live.root));
  }
  await window.MathJax.startup.promise;
  await window.MathJax.typesetPromise([element]);
}

async function loadPageScripts(again) {
  const load = (path) => {
    const address = url(`live/${path}`) + (again ? `?try=${live.tries}` : "");
    return loadScript(address, files.page[path]);
  };
  const style = make("link", { rel: "stylesheet", href: url(`live/${files.style}`) });
  // Before the page's own styles, so that those override it.
  document.head.prepend(style);
  if (!window.thebeLite) await load(files.kernel);
  if (!window.thebeCore) {
    // Thebe passes its widget classes to an AMD loader if the page has one.
    await load(files.thebe);
  }
}

// --- The worker --------------------------------------------------------------------------

const PlainWorker = window.Worker;
const isolated = window.crossOriginIsolated;
const shared = isolated && "SharedArrayBuffer" in window; // not in every WebKit

// Replaces the browser's Worker: give Thebe the worker in which Python has already started.
function HandingOver(address, settings) {
  if (!worker || !/\/(903|284)\.thebe-lite/.test(address)) {
    return new PlainWorker(address, settings);
  }
  const handedOver = worker;
  worker = null;
  return handedOver;
}

// Python starts before Thebe is loaded. Thebe has no option to take a worker, so it gets this
// one when it calls `new Worker`.
async function startWorker() {
  const snapshot = await findSnapshot(live);
  if (snapshot || session) tellBytes = false;
  const settings = kernelSettings(live.tries > 1, snapshot);
  const { pyodideUrl, loadPyodideOptions } = Object.values(settings)[0];
  /** @type {WorkerSettings} */
  const workerSettings = {
    python: pyodideUrl,
    input: url(`${live.page.book}/live_input.js`),
    options: loadPyodideOptions,
    shares: shared,
  };
  const name = JSON.stringify(workerSettings);
  const again = live.tries > 1 ? `?try=${live.tries}` : "";
  const address = url(`live/${files.lib}/thebe-lite/live_worker.js${again}`);
  latest?.terminate();
  worker = latest = new PlainWorker(address, { name });
  worker.addEventListener("error", ({ message }) => {
    failed?.(new Error(message || "Python's worker could not be reached"));
  });
  interrupts = null;
  if (shared) {
    interrupts = new Uint8Array(new SharedArrayBuffer(1));
    answers = new SharedArrayBuffer(4 + 4 * ANSWER);
    /** @type {{ sharedWithPage: Shared }} */
    const message = { sharedWithPage: { interrupts, answers } };
    worker.postMessage(message);
  }
  window.Worker = /** @type {typeof Worker} */ (/** @type {unknown} */ (HandingOver));
  // On isolated pages thebe-lite would use another worker script, which sometimes hangs.
  if (isolated) {
    Object.defineProperty(window, "crossOriginIsolated", { value: false, configurable: true });
  }
}

function kernelSettings(again, snapshot) {
  const inPython = Object.entries(files.python.page);
  return {
    "@jupyterlite/pyodide-kernel-extension:kernel": {
      pyodideUrl: url(`${live.page.book}/live_python.js${again ? `?try=${live.tries}` : ""}`),
      pipliteUrls: [],
      pipliteWheelUrl: "",
      disablePyPIFallback: true,
      loadPyodideOptions: {
        indexURL: url(`live/${files.lib}/pyodide/`),
        lockFileURL: url(`${live.page.book}/page-lock.json`),
        packages: files.packages,
        live: {
          channel,
          again,
          snapshot,
          files: inPython.map(([path, file]) => ({
            url: url(`live/${path}`),
            name: path.split("/").pop(),
            integrity: file.integrity,
          })),
        },
      },
    },
  };
}

// The kernel would replace the book's service worker by its own, which shares files with
// JupyterLab. This page has no JupyterLab.
function leaveServiceWorkersAlone() {
  if (!navigator.serviceWorker) return;
  Object.assign(navigator.serviceWorker, {
    getRegistrations: () => Promise.resolve([]),
    getRegistration: () => Promise.resolve(undefined),
    register: () => Promise.reject(new Error("this page needs no other service worker")),
  });
}

// Thebe would fetch an AMD loader from another host, for widget packages that the book does
// not use.
function useBundledWidgets(manager) {
  const refuse = (names, _resolve, reject) =>
    reject(new Error(`The widget package ${names} is not part of this book`));
  const loader = Object.assign(refuse, { defined: () => false, config: () => {} });
  manager._loader = { requested: true, ready: Promise.resolve({ require: loader }) };
}

function drawFramesOnCanvas(manager) {
  const load = manager.loadClass.bind(manager);
  manager.loadClass = async (name, ...where) => {
    const found = await load(name, ...where);
    return name === "ImageView" ? onCanvas(found) : found;
  };
}

// --- News from Python while it starts -----------------------------------------------

let channel; // a new one for each start: messages of a failed start may arrive late
let news;
let pythonStarted;
let failed; // rejects the start that is under way
let tellBytes = true; // false if the start reads cached files

function listenToPython() {
  const sizes = Object.values(files.python.page).map((file) => file.bytes);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
  let arrived = 0;
  news?.close();
  channel = `live-${Math.random().toString(36).slice(2)}`;
  news = new BroadcastChannel(channel);
  let markStarted;
  pythonStarted = new Promise((resolve) => (markStarted = resolve));
  /** @type {Promise<never>} */
  const failure = new Promise((_, reject) => {
    failed = (error) => running || reject(error);
    news.onmessage = ({ data: message }) => {
      /** @type {News} */
      const data = message;
      if (data.failed) {
        news.close(); // ignore later messages
        reject(new Error(data.failed));
      }
      if (data.started) markStarted(data.started);
      if (data.ask) asked?.(data.ask);
      if (!data.bytes || running || !tellBytes) return;
      arrived += data.bytes;
      live.showProgress(Math.min(arrived / total, 1));
      if (arrived < total) {
        live.say(`Loading Python: ${megabytes(arrived)} of ${megabytes(total)} MB`);
      } else {
        live.showProgress(null);
        live.say("Starting Python …");
      }
    };
  });
  failure.catch(() => {});
  return failure;
}

addEventListener("unhandledrejection", ({ reason }) => {
  const lines = String(reason?.message ?? reason)
    .trim()
    .split("\n");
  // A run that the end of Python has cancelled is not an error of the new Python.
  if (lines[0].includes("Canceled future")) return;
  failed?.(new Error(lines.at(-1)));
});

async function startPython() {
  session = await server.startNewSession(rendermime);
  useBundledWidgets(session.manager);
  drawFramesOnCanvas(session.manager);
  live.bar.dataset.livePython = await pythonStarted; // "snapshot" or "wheels"
  live.showProgress(null);
  live.say("Starting Jupyter …");
  // Install input(), in a first cell that is not shown and leaves no names.
  const code = 'exec(__import__("js").inputInPython, {})';
  await session.kernel.requestExecute({ code, silent: true }).done;
  session.kernel.anyMessage.connect((_, { msg }) => {
    if (msg.header.msg_type === "comm_msg") for (const call of listeners) call();
  });
  for (const cell of made) cell.attachSession(session);
  running = true;
}

// --- What the page asks for ----------------------------------------------------------

/** @type {Promise<void> | null} */
let ended = null; // when it is, for restart

export function end() {
  running = false;
  latest.terminate();
  ended = session.shutdown();
  ended?.catch(() => {});
}

export async function restart() {
  running = false;
  const failure = listenToPython();
  await (ended ?? session.shutdown());
  ended = null;
  await startWorker();
  await Promise.race([startPython(), failure]);
}

export const canInterrupt = () => Boolean(interrupts);

export function interrupt() {
  interrupts[0] = 2; // SIGINT
}

export const onAsk = (call) => (asked = call);

export function answer(text) {
  const bytes = new TextEncoder().encode(text.slice(0, ANSWER));
  new Uint8Array(answers, 4).set(bytes);
  const state = new Int32Array(answers, 0, 1);
  Atomics.store(state, 0, bytes.length);
  Atomics.notify(state, 0);
}

export function makeCell(id, code, editorPlace, outputPlace) {
  const thebe = notebook.getCellById(id);
  thebe.source = code;
  const [{ ui }] = window.thebe.renderAllCells(
    {
      mountRunButton: false,
      mountRunAllButton: false,
      mountRestartButton: false,
      mountRestartAllButton: false,
      codeMirrorConfig: { lineNumbers: false, viewportMargin: Infinity },
    },
    notebook,
    [{ id, placeholders: { source: editorPlace, output: outputPlace } }],
  );
  made.push(thebe);
  if (running) thebe.attachSession(session);
  return {
    box: ui.cell,
    editor: ui.editor.querySelector(".CodeMirror").CodeMirror,
    get source() {
      return thebe.source;
    },
    get outputs() {
      return thebe.outputs;
    },
    hasOutput: () => thebe.model.length > 0,
    // Call whenever the outputs change; return a function that stops this.
    onOutput(call) {
      thebe.model.changed.connect(call);
      return () => thebe.model.changed.disconnect(call);
    },
    // Run the code in the editor; return whether it ran without an error.
    async run() {
      if (interrupts) interrupts[0] = 0; // one that came too late
      const result = await thebe.execute(thebe.source);
      return Boolean(result) && !result.error;
    },
  };
}

export const widgetModel = (id) => session.manager.get_model(id);
export const onTraffic = (call) => listeners.push(call);
