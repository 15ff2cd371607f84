// @ts-check
// The control at the top of a chapter, "Run this page". A page loads only this until the reader
// presses it, or the play mark on a picture: that loads session.js, which starts Python.
//
// A page may be opened as a file, where browsers load no modules: the build bundles this one
// into a classic script (web/pages/bundle.py).

import { find, make } from "../../pages/dom.js";
import { Stored } from "../../pages/storage.js";

/**
 * A code cell, as web/live/extension.py describes it.
 * @typedef {{
 *   id: string,
 *   source: string,
 *   hash: string,
 *   isAnswer: boolean,
 *   mayFail: boolean,
 *   needs: number[],
 * }} CellData
 */

/**
 * What web/live/extension.py writes into the page, as JSON.
 * @typedef {{
 *   name: string,
 *   root: string,
 *   book: string,
 *   cells: CellData[],
 *   minutesUntilRest: number,
 * }} PageData
 */

/**
 * What this browser keeps of the reader's changes: of cells, of widgets' settings, and the
 * reader's older texts of cells that hold something newer.
 * @typedef {{
 *   edits: Record<string, { hash: string, source: string }>,
 *   settings: Record<string, { source: string, values: Record<string, unknown> }>,
 *   older: Record<string, string[]>,
 * }} KeptChanges
 */

/**
 * What session.js needs of the page.
 * @typedef {{
 *   page: PageData,
 *   root: URL,
 *   tries: number,
 *   say(text: string): void,
 *   showProgress(share: number | null): void,
 * }} Starting
 * @typedef {Starting & {
 *   bar: HTMLElement,
 *   kept: typeof kept,
 *   keep: typeof keep,
 *   tellWasLive(): void,
 *   setStatus(status: string): void,
 *   wanted: Set<string>,
 *   hidePlayMarks(cell?: string): void,
 * }} Live
 */

const bar = find(".live-bar");
const startButton = find("[data-live=start]", bar, HTMLButtonElement);
const words = find(".live-words", bar);
const progress = find("progress", bar, HTMLProgressElement);
const resetButton = find("[data-live=reset]", bar, HTMLButtonElement);

/** @type {PageData} */
export const page = JSON.parse(find("#live-page").textContent ?? "");
export const root = new URL(page.root, location.href); // of the book

// --- What the reader changed, kept in this browser ---------------------------------

const stored = new Stored(`live:${root.pathname}:${page.name}`);
const hasAnswers = Boolean(document.querySelector(".hand-in")); // an exercise's page
const NOTHING = JSON.stringify({ edits: {}, settings: {}, older: {} });

export const kept = {
  /** @returns {KeptChanges} */
  read() {
    const nothing = JSON.parse(NOTHING);
    try {
      return { ...nothing, ...JSON.parse(stored.read()) };
    } catch {
      return nothing;
    }
  },
  /**
   * @template {keyof KeptChanges} Part
   * @param {Part} part
   * @param {string} cell
   * @param {KeptChanges[Part][string] | null} value
   */
  change(part, cell, value) {
    const all = kept.read();
    if (value === null) delete all[part][cell];
    else all[part][cell] = value;
    write(all);
  },
  /**
   * @param {string} cell
   * @param {string} source
   */
  setAside(cell, source) {
    const others = (kept.read().older[cell] ?? []).filter((text) => text !== source);
    kept.change("older", cell, [...others, source]);
  },
  // Answers are set aside: no book can give them back.
  clear() {
    const { edits } = kept.read();
    if (hasAnswers) for (const cell in edits) kept.setAside(cell, edits[cell].source);
    const { older } = kept.read();
    write({ ...JSON.parse(NOTHING), ...(hasAnswers && { older }) });
    document.dispatchEvent(new Event("kept-changed"));
  },
};

/** @param {KeptChanges} all */
function write(all) {
  const text = JSON.stringify(all);
  if (!stored.write(text === NOTHING ? "" : text)) {
    say("This browser keeps nothing for this page: changes are lost when you leave.");
  }
  showReset();
}

function showReset() {
  const { edits, settings } = kept.read();
  resetButton.hidden = !Object.keys(edits).length && !Object.keys(settings).length;
}

// --- The control -------------------------------------------------------------------

/** @param {string} status */
function setStatus(status) {
  bar.dataset.liveStatus = status;
  startButton.hidden = status === "ready" || status === "running";
  startButton.disabled = status === "loading";
  const label = /** @type {Element} */ (startButton.lastElementChild);
  label.textContent = status === "error" ? "Try again" : "Run this page";
  progress.hidden = status !== "loading";
  if (status !== "idle" && status !== "error") return;
  for (const mark of playMarks()) mark.hidden = false;
  for (const note of document.querySelectorAll(".live-coming")) note.remove();
}

/**
 * Say it in the control, and on the pressed pictures, which may be far below the control.
 * @param {string} text
 */
function say(text) {
  words.textContent = text;
  for (const note of document.querySelectorAll(".live-coming")) note.textContent = text;
}

/** @param {number | null} share */
function showProgress(share) {
  if (share === null) progress.removeAttribute("value");
  else progress.value = share;
}

/** @type {Set<string>} */
const wanted = new Set(); // the cells whose pictures were pressed before the page is live
let tries = 0;

/** @typedef {typeof import("./session.js")} Session */
/** @type {Promise<Session> | null} */
let loading = null;
/** @type {Session | null} */
let session = null; // when it is loaded

// A browser does not fetch a module again after a failed load, so each try has a new address. What
// session.js imports is bundled into it, so no other address can fail.
function loadSession() {
  const address = new URL(`${page.book}/session.js?try=${tries}`, root);
  loading ??= import(address.href).then(
    (module) => {
      session = module;
      return module;
    },
    (error) => {
      loading = null;
      throw new Error("session.js is missing or damaged", { cause: error });
    },
  );
  return loading;
}

export const isRunning = () => Boolean(session?.isRunning());

async function start() {
  if (!["idle", "error"].includes(bar.dataset.liveStatus ?? "")) return;
  tries += 1;
  setStatus("loading");
  if (!wanted.size) hidePlayMarks();
  showProgress(null);
  say("Loading …");
  try {
    /** @type {Live} */
    const live = {
      ...{ page, root, bar, tries, kept, keep, tellWasLive, setStatus, say, showProgress },
      ...{ wanted, hidePlayMarks },
    };
    await (await loadSession()).start(live);
  } catch (error) {
    console.error(error);
    setStatus("error");
    const { message } = /** @type {Error} */ (error);
    say(`This page could not start: ${message}. You can read on, or try again.`);
  }
}

// --- Starting Python early ----------------------------------------------------------

// On an exercise, and on a page that was live before, Python starts when the pointer or the
// focus comes to a button that starts it. The page shows and says nothing before the press.
const liveBefore = new Stored(`live-before:${root.pathname}:${page.name}`);
const tellWasLive = () => liveBefore.write("yes");

function startAtASign() {
  const isExercise = /(^|\/)exercises\//.test(page.name);
  if (navigator.connection?.saveData) return;
  if (!isExercise && liveBefore.read() !== "yes") return;
  for (const element of [startButton, ...playMarks()]) {
    for (const sign of ["pointerenter", "focus"]) element.addEventListener(sign, startEarly);
  }
}

let early = false;

async function startEarly() {
  if (early || tries) return;
  early = true;
  /** @type {Starting} */
  const silent = { page, root, tries: 1, say() {}, showProgress() {} };
  try {
    const { startEarly: begin } = await loadSession();
    if (!tries) await begin(silent);
  } catch (error) {
    console.warn("Python has not started before the press:", error);
  }
}

/** @param {string} [cell] */
const playMarks = (cell) => {
  const where = cell ? `#cell-${CSS.escape(cell)} .live-play` : ".live-play";
  return /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(where));
};

/** @param {string} [cell] */
function hidePlayMarks(cell) {
  for (const mark of playMarks(cell)) mark.hidden = true;
}

/**
 * @param {string} cell
 * @param {HTMLElement} frame
 */
function bringToLife(cell, frame) {
  hidePlayMarks(cell);
  const note = make("span", { className: "live-coming", textContent: "Starting …" });
  note.setAttribute("aria-hidden", "true"); // the control says the same
  frame.append(note);
  if (isRunning()) session?.bring([cell]);
  else {
    wanted.add(cell);
    start();
  }
}

function addPlayMarks() {
  for (const picture of document.querySelectorAll(".live-widget .cell_output img")) {
    const cell = picture.closest(".live-widget")?.id.replace("cell-", "") ?? "";
    const frame = make("span", { className: "live-picture" });
    const mark = make("button", { type: "button", className: "live-play" });
    mark.setAttribute("aria-label", "Bring this picture to life");
    mark.title = "Bring this picture to life";
    mark.addEventListener("click", () => bringToLife(cell, frame));
    picture.replaceWith(frame);
    frame.append(picture, mark);
  }
}

// An address may hold the state of a playground: say which, before anything runs.
async function tellOfLink() {
  if (!location.hash.startsWith("#playground=")) return;
  const address = new URL(`${page.book}/playground_link.js`, root);
  /** @type {typeof import("./playground_link.js")} */
  const { inWords } = await import(address.href);
  say(await inWords(location.hash));
}

// The service worker keeps what was loaded, so that it is there without a connection.
async function keepForLater() {
  if (!navigator.serviceWorker) return; // browsers have none without https, except on localhost
  try {
    await navigator.serviceWorker.register(new URL("service-worker.js", root));
    if (document.readyState !== "complete") {
      await new Promise((resolve) => addEventListener("load", resolve));
    }
    keep([]);
  } catch {
    // the page works without it
  }
}

/**
 * Ask the service worker to keep what this page has loaded, and more.
 * @param {string[]} more addresses
 * @param {string[]} [current] folders of live/ that are used: others are thrown away
 */
export async function keep(more, current) {
  if (!navigator.serviceWorker) return;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: [location.href, ...loaded, ...more], current });
}

function addControls() {
  startButton.addEventListener("click", start);
  resetButton.addEventListener("click", () => {
    if (isRunning()) session?.reset();
    else {
      kept.clear();
      say("This page is the book's version again.");
      startButton.focus();
    }
  });
  addPlayMarks();
  startAtASign();
  setStatus("idle");
  showReset();
  tellOfLink();
  const isCell = (id) => page.cells.some((cell) => cell.id === id); // others are words
  const edits = Object.keys(kept.read().edits).filter(isCell).length;
  if (edits) {
    say(
      edits === 1
        ? "Your change to one cell is kept; it returns when you run the page."
        : `Your changes to ${edits} cells are kept; they return when you run the page.`,
    );
  }
  keepForLater();
}

if (location.protocol === "file:") {
  startButton.disabled = true;
  say(
    "To run this page, open the book through a web server: type make serve (or python " +
      "tools/serve_book.py) in the book's folder, then open the address it prints.",
  );
} else {
  addControls();
}
