// A live page: start Python, run the cells, and restart Python. control.js loads this module.
//
// When the reader presses a picture, the cells that it needs run first, then its own cell. The
// page's other cells run when the reader is idle, or asks for them.

import { button } from "../../pages/dom.js";
import { ask, makeCell, showEdited, showFirstOutput } from "./cells.js";
import * as engine from "./engine.js";
import { inWords, notYetRun, showsWidget } from "./order.js";
import * as presence from "./presence.js";
import { connectPlaygrounds, follow } from "./settings.js";
import { keepForNextTime } from "./snapshot_cache.js";

const QUIET = 6000; // milliseconds without a touch after which the other cells may run
let live; // the page, as control.js describes it
let running = false; // whether Python has started
let cells; // one object for each code cell, in order
let queue = Promise.resolve(); // runs of cells, one after another
let restarted = Promise.resolve(); // when Python has started again, each time in turn
let waiting = 0; // runs asked for and not yet done; "run all" counts as one more
let generation = 0; // goes up when Python restarts: runs asked for before are dropped
let plan = 0; // goes up when another way to run the page's cells takes over
let settled = -1; // the generation in which all cells have run in the page's order
let byHand = 0; // how often the reader has run a cell
let resting = null; // { goOn }: the button that is shown while Python is given up
let markReady;
const wasReady = new Promise((resolve) => (markReady = resolve)); // for the first time
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// --- Starting ----------------------------------------------------------------------

const EARLY = 60_000; // milliseconds that a Python which started early waits for the press
let early; // when that Python's start is under way

export function startEarly(description) {
  const address = new URL(`${description.page.book}/files.json`, description.root);
  early = (async () => {
    await engine.startEarly(description, await fetchJson(address.href, "default"));
    setTimeout(engine.endEarly, EARLY); // does nothing if the page has used it
  })();
  return early;
}

export async function start(description) {
  live = description;
  const { page, root } = live;
  const url = (path) => new URL(path, root).href;
  await early?.catch(() => {});
  const cache = live.tries > 1 ? "reload" : "default";
  const files = await fetchJson(url(`${page.book}/files.json`), cache);
  const { python } = await engine.start(live, files);
  if (!cells) {
    const actions = { run: runByHand, stop };
    cells = page.cells.map((cell, i) => makeCell({ ...cell, number: i + 1 }, live, actions));
    addPageButtons();
    presence.watch(() => waiting > 0);
    presence.whenLeft(page.minutesUntilRest, rest);
    engine.onAsk((question) => {
      const cell = cells.find(({ element }) => element.dataset.liveCellStatus === "running");
      if (cell) ask(cell, question);
    });
  }
  await python;
  running = true;
  live.tellWasLive();
  for (const cell of cells) cell.buttons.hidden = false;
  const loaded = Object.keys(files.python.page).map((path) => url(`live/${path}`));
  const core = ["pyodide.js", "pyodide.asm.js"].map((name) => {
    return url(`live/${files.lib}/pyodide/${name}`);
  });
  const names = ["live_input.js", "live_python.js", "live_snapshot.js", "page-lock.json"];
  const own = names.map((name) => url(`${page.book}/${name}`));
  live.keep([...loaded, ...core, ...own], [files.lib, page.book.split("/").pop()]);
  wasReady.then(() => pause(3000)).then(() => keepForNextTime(live, files));
  const wanted = [...live.wanted];
  live.wanted.clear();
  await (wanted.length ? bring(wanted) : runAll());
}

async function fetchJson(url, cache) {
  const response = await fetch(url, { cache });
  if (!response.ok) throw new Error(`${url.split("/").pop()} is missing`);
  return response.json();
}

// --- Running one cell -----------------------------------------------------------------

// Queue a run of a cell, after the cells that it needs.
function run(cell, { first = false, inOrder = false } = {}) {
  wake();
  const mine = generation;
  cell.element.dataset.liveCellStatus = "waiting";
  waiting += 1;
  queue = queue.then(async () => {
    if (mine !== generation) return { dropped: true };
    const asOnThePage = inOrder || settled === generation;
    const ranFirst = notYetRun(cell, cells, generation, asOnThePage);
    if (ranFirst.length) tellWhatRunsFirst(cell, ranFirst, first);
    for (const needed of ranFirst) {
      const { dropped } = await runNow(needed, true);
      if (dropped) return { dropped };
    }
    const result = await runNow(cell, first);
    if (mine === generation) finishOne();
    return { ...result, ranFirst };
  });
  return queue;
}

const isShown = (cell) => cell.ranIn === generation && showsWidget(cell);

function tellWhatRunsFirst(cell, ranFirst, first) {
  const which = inWords(ranFirst);
  if (first) {
    live.say(`Running what this picture needs: ${which} …`);
    return;
  }
  live.say(`Cell ${cell.number} needs ${which}: running that first …`);
  cell.ranFirst.textContent = `needed and ran first: ${which}`;
}

async function runByHand(cell) {
  if (!running) return;
  byHand += 1;
  const { ranFirst = [], dropped } = await run(cell);
  if (dropped || !ranFirst.length) return;
  const failed = ranFirst.find((each) => each.failed && !each.mayFail);
  live.say(
    failed
      ? `Cell ${failed.number}, which may be needed here, stopped with an error.`
      : `Cell ${cell.number} and the cells that it needs have run.`,
  );
}

function finishOne() {
  waiting -= 1;
  if (!waiting) markReady();
  live.setStatus(waiting ? "running" : "ready");
}

async function runNow(cell, first) {
  const mine = generation;
  const { source } = cell.code;
  cell.element.dataset.liveCellStatus = "running";
  live.hidePlayMarks(cell.id);
  live.setStatus("running");
  cell.output.style.minHeight = `${cell.output.offsetHeight}px`; // nothing jumps
  const appear = setTimeout(() => showStopButton(cell), 700);
  const stopped = new Promise((resolve) => (cell.release = () => resolve(false)));
  const shown = showFirstOutput(cell);
  const succeeded = await Promise.race([cell.code.run(), stopped]);
  clearTimeout(appear);
  cell.endAsking?.();
  cell.stopButton.hidden = true;
  if (cell.stopping && mine === generation) live.say("Stopped: the variables are kept.");
  cell.stopping = false;
  if (mine !== generation) return { dropped: true };
  shown();
  cell.ranIn = generation;
  cell.ranAt = performance.now();
  cell.failed = !succeeded;
  cell.output.inert = false;
  cell.output.style.minHeight = "";
  cell.element.dataset.liveCellStatus = cell.failed ? "error" : "done";
  if (!first) live.kept.change("settings", cell.id, null);
  await follow(cell, source, first, live.kept).catch(console.error);
  await connectPlaygrounds(cell, live).catch(console.error);
  return { failed: cell.failed };
}

function showStopButton(cell) {
  cell.stopButton.textContent = "Stop";
  cell.stopButton.title = engine.canInterrupt()
    ? "Stop this cell: the variables are kept"
    : "Stop this cell: Python starts anew and its variables are lost";
  cell.stopButton.hidden = false;
  cell.stopping = false;
}

// Interrupt the cell where the page can do that. Code that does not react (a sleep, a long call
// inside NumPy) can only be ended by a restart of Python, which the reader must confirm.
async function stop(cell) {
  if (cell.stopping || !engine.canInterrupt()) {
    await restart();
    return;
  }
  const mine = generation;
  cell.stopping = true;
  live.say("Stopping the cell; the variables are kept …");
  engine.interrupt();
  await pause(3000);
  if (mine !== generation || cell.stopButton.hidden || !cell.stopping) return;
  cell.stopButton.textContent = "Restart Python";
  cell.stopButton.title = "End this cell: Python starts anew and its variables are lost";
  live.say(
    "This cell has not stopped yet. Restart Python ends it, but then all variables are lost.",
  );
}

// --- Running the page -----------------------------------------------------------------

// Run all cells, in order.
async function runAll() {
  const mine = ++plan;
  waiting += 1;
  let end = isLive();
  for (const cell of cells) {
    live.say(`Running cell ${cell.number} of ${cells.length} …`);
    const { failed, dropped } = await run(cell, { first: true, inOrder: true });
    if (dropped || mine !== plan) return;
    if (failed && !cell.mayFail) {
      end = stoppedAt(cell);
      break;
    }
  }
  settled = generation;
  live.say(end);
  finishOne();
}

const isLive = () =>
  cells.some(({ editor }) => editor.getWrapperElement().offsetParent)
    ? "This page is live: change any code and press Shift-Enter to run it."
    : "This page is live.";

const stoppedAt = (cell) =>
  `Cell ${cell.number} stopped with an error; the cells below it have not run. ` +
  "Mend it, then run them all.";

// Run the cells of pressed pictures, then the rest of the page when the reader is idle.
export async function bring(wanted) {
  const mine = ++plan;
  for (const id of wanted) {
    const cell = cells.find((each) => each.id === id);
    if (cell.ranIn === generation && !cell.failed) continue;
    const { failed, dropped } = await run(cell, { first: true });
    if (dropped) return;
    if (failed) live.say(`Cell ${cell.number} stopped with an error.`);
    else if (cells.every((each) => each.ranIn === generation)) live.say(isLive());
    else live.say("This picture is live. The page's other cells run while you leave it alone.");
  }
  if (mine === plan) await runRest(mine);
}

// Run all cells in order, except those that already show a widget. Definitions run again, so
// that each cell finds the state that the cells above leave. Start over when the reader has run a
// cell in the meantime.
async function runRest(mine) {
  let seen = byHand;
  for (let next = 0; next < cells.length; next += 1) {
    if (isShown(cells[next])) continue;
    if (!(await quiet(mine))) return;
    if (seen !== byHand) {
      seen = byHand;
      next = -1;
      continue;
    }
    const { failed, dropped } = await run(cells[next], { first: true, inOrder: true });
    if (dropped || mine !== plan) return;
    if (failed && !cells[next].mayFail) {
      live.say(stoppedAt(cells[next]));
      return;
    }
  }
  settled = generation;
  live.say(isLive());
}

// Wait until the reader is idle; return whether the plan is still the same.
async function quiet(mine) {
  for (;;) {
    if (mine !== plan) return false;
    const rest = QUIET - presence.sinceTouched();
    if (rest <= 0 && !waiting && !document.hidden) return true;
    await pause(Math.max(rest, 200));
  }
}

// --- Restarting Python ------------------------------------------------------------------

// The kernel's worker receives no messages while a cell runs, so a runaway cell is stopped by
// replacing the worker. Restarts run one after another.
async function restart({ andRunAll = false } = {}) {
  resting?.goOn.remove();
  resting = null;
  generation += 1;
  plan += 1;
  const mine = generation;
  for (const cell of cells) {
    cell.release?.();
    if (cell.element.dataset.liveCellStatus === "running") cell.endedWith = cell.code.source;
    if (["waiting", "running"].includes(cell.element.dataset.liveCellStatus)) {
      cell.element.dataset.liveCellStatus = "stopped";
    }
    // Its widgets have no Python until the cell runs again.
    cell.output.inert = showsWidget(cell);
  }
  waiting = 0;
  live.setStatus("running");
  live.say("Python stops and starts anew …");
  restarted = restarted.then(() => mine === generation && startAnew(mine));
  queue = restarted; // cells that are run from now on wait for the new Python
  if (!(await restarted)) return;
  if (andRunAll) {
    await runAll();
    return;
  }
  live.setStatus(waiting ? "running" : "ready");
  live.say(
    "Python has started anew: its variables are gone. Run all cells to go on, or any cell: " +
      "those that it needs run first.",
  );
}

// End Python on a page that is left alone; keep its cells and their outputs.
function rest() {
  if (resting || waiting || !running) return false;
  const had = cells.filter((cell) => cell.ranIn === generation);
  had.sort((one, other) => one.ranAt - other.ranAt);
  generation += 1;
  plan += 1;
  const goOn = button("Run again what had run", () => runAgain(had), "live-go-on");
  resting = { goOn };
  for (const cell of cells) cell.output.inert = showsWidget(cell);
  live.bar.querySelector(".live-controls").append(goOn);
  engine.end();
  live.say(
    "This page was left alone, so its Python was given up to free memory. Your code is kept, " +
      "the variables are gone. Run any cell: Python starts again, in a moment.",
  );
  return true;
}

// Start Python again after a rest; the next runs wait for it.
function wake() {
  if (!resting) return;
  resting.goOn.remove();
  resting = null;
  live.setStatus("running");
  live.say("Python starts again …");
  restarted = restarted.then(() => startAnew(generation));
  queue = restarted;
}

async function runAgain(had) {
  const mine = ++plan;
  for (const cell of had) {
    const { dropped } = await run(cell, { first: true, inOrder: true });
    if (dropped || mine !== plan) return;
  }
  live.say(isLive());
}

async function startAnew(mine) {
  try {
    await engine.restart();
  } catch (error) {
    generation += 1; // drops the runs that wait
    waiting = 0;
    live.setStatus("error");
    live.say(`Python did not start again: ${error.message}. Load this page anew.`);
    return false;
  }
  return mine === generation; // else another restart is next
}

function addPageButtons() {
  const row = live.bar.querySelector(".live-controls");
  const reset = row.querySelector("[data-live=reset]");
  const all = button("Run all cells", runAll, "live-run-all");
  all.dataset.live = "run-all";
  const anew = button("Restart Python", () => restart(), "live-restart");
  anew.dataset.live = "restart";
  anew.title = "Stops whatever runs; variables are lost, your code is not";
  reset.before(all, anew);
}

export async function reset() {
  live.kept.clear();
  for (const cell of cells) {
    cell.editor.setValue(cell.source);
    showEdited(cell);
  }
  live.kept.clear();
  await restart({ andRunAll: true });
}

export const isRunning = () => running;
