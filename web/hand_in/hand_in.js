// "Hand in" on an exercise's page: fields for answers in words, the student's name, and a file
// with all answers, to submit and to load back. Answers are kept with the reader's edits by
// control.js, so all of this also works before Python has started.

import { isRunning, keep, kept, page, root } from "../live/page/control.js";
import { button, count, download, make } from "../pages/dom.js";
import { Stored } from "../pages/storage.js";
import * as notebooks from "./hand_in_notebook.js";
import { fileName, isBlank, places, Refused, safeName } from "./hand_in_notebook.js";

const panel = document.querySelector(".hand-in");
const { assignment } = panel.dataset;
const find = (selector) => panel.querySelector(selector);
const nameField = find("#hand-in-name");
const fileNote = find("#hand-in-file");
const forgetButton = find("[data-hand-in=forget]");
const said = find(".hand-in-said");
const older = find(".hand-in-older");
const dialog = find("dialog");

const say = (words) => {
  said.textContent = words;
};
const elementOf = (id) => document.getElementById(`cell-${id}`);

// --- Answers in words ----------------------------------------------------------------

function titleOf(id) {
  const heading = elementOf(id)?.closest("section")?.querySelector("h1, h2, h3");
  return heading?.textContent.replace(/[#¶]\s*$/, "").trim() ?? `a cell called ${id}`;
}

function addField(place) {
  const id = place.dataset.cell;
  const label = make("label", { htmlFor: `words-${id}`, textContent: "Your answer" });
  const field = make("textarea", { id: `words-${id}`, rows: 5 });
  field.setAttribute("aria-description", titleOf(id));
  const show = () => {
    const source = kept.read().edits[id]?.source ?? "";
    if (field.value !== source) field.value = source;
  };
  field.addEventListener("input", () => {
    kept.change("edits", id, field.value ? { hash: "words", source: field.value } : null);
  });
  document.addEventListener("kept-changed", show);
  show();
  place.replaceChildren(label, field);
}

// --- The name --------------------------------------------------------------------------

const storedName = new Stored(`hand-in:${root.pathname}`);

function keepName(name) {
  const isKept = storedName.write(name); // otherwise the page asks for it again
  forgetButton.hidden = !name || !isKept;
}

function showFileName() {
  const name = nameField.value;
  nameField.removeAttribute("aria-invalid");
  fileNote.textContent = safeName(name)
    ? `The file will be called ${fileName(name, assignment)}. The name is kept in this browser only.`
    : "The name is kept in this browser only.";
}

// --- Handing in ------------------------------------------------------------------------

// Fetch the student's copy of the notebook; throw Refused with the reason if that fails.
async function fetchHandout() {
  const address = new URL(panel.dataset.notebook, location.href);
  const again = "Your answers are kept in this browser: try again when the book can be reached.";
  try {
    const response = await fetch(address, { cache: "no-cache" });
    if (!response.ok) throw new Refused(`the book's server answers ${response.status}`);
    return notebooks.read(await response.text());
  } catch (error) {
    throw new Refused(`The notebook of these exercises is not there: ${error.message}. ${again}`);
  }
}

// Return the reader's text of each cell that the page shows, by the cell's id.
function answersFor(itsPlaces) {
  const { edits } = kept.read();
  const shown = new Map(page.cells.map((cell) => [cell.id, cell.hash]));
  const counts = ({ id, isAnswer }) =>
    Object.hasOwn(edits, id) && (isAnswer || edits[id].hash === shown.get(id));
  return new Map(itsPlaces.filter(counts).map(({ id }) => [id, edits[id].source]));
}

async function handIn() {
  if (!safeName(nameField.value)) {
    nameField.setAttribute("aria-invalid", "true");
    fileNote.textContent = nameField.value.trim()
      ? "A file can't be called so. Type a name or number with letters or digits."
      : "Type your name or student number first: it becomes part of the file's name.";
    nameField.focus();
    return;
  }
  keepName(nameField.value.trim());
  const notebook = await fetchHandout();
  const all = places(notebook);
  const answers = answersFor(all);
  const wanted = all.filter(({ isAnswer }) => isAnswer);
  const open = wanted.filter((place) => isBlank(answers.get(place.id) ?? place.stub, place));
  if (open.length) {
    const question = `${count(open.length, "exercise")} of ${wanted.length} not answered yet:`;
    const choice = await ask(question, open, ["Hand in all the same", "Go back"]);
    if (choice !== "Hand in all the same") return;
  }
  for (const { id } of open) if (!answers.get(id)?.trim()) answers.delete(id);
  const name = fileName(nameField.value, assignment);
  download(notebooks.fill(notebook, answers), "application/x-ipynb+json", name);
  const done = wanted.length - open.length;
  say(
    `${name} has been downloaded, with ${done} of ${wanted.length} exercises answered. ` +
      "Give that file in where your teacher said.",
  );
}

// Ask about a list of exercises; return the label of the pressed button, "" for Escape.
function ask(question, listed, labels) {
  dialog.querySelector("#hand-in-asked").textContent = question;
  dialog.querySelector("ul").replaceChildren(
    ...listed.map(({ id, title }) => {
      const link = make("a", { href: `#cell-${id}`, textContent: title });
      link.addEventListener("click", () => {
        dialog.close("");
        goTo(id);
      });
      return make("li", {}, link);
    }),
  );
  const buttons = labels.map((label) => button(label, () => dialog.close(label)));
  dialog.querySelector("p:last-child").replaceChildren(...buttons);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

function goTo(id) {
  const place = elementOf(id);
  const field = place?.querySelector("textarea:not(.CodeMirror *)");
  if (place && !field) place.tabIndex = -1;
  (field ?? place)?.focus();
}

// --- Continuing on another computer ---------------------------------------------------------

async function loadBack(file) {
  if (file.size > notebooks.MOST_BYTES) {
    throw new Refused(`it is too large for a notebook: ${(file.size / 1e6).toFixed(0)} MB`);
  }
  const all = places(await fetchHandout());
  const found = notebooks.readBack(await file.text(), all);
  const here = answersFor(all);
  const others = all.filter((place) => {
    const mine = here.get(place.id);
    const isMine = mine !== undefined && !isBlank(mine, place);
    return found.has(place.id) && isMine && mine !== found.get(place.id);
  });
  if (others.length) {
    const question = `This page has other answers than the file to ${count(others.length, "exercise")}:`;
    const choice = await ask(question, others, ["Take the file's", "Keep the page's", "Cancel"]);
    if (!choice || choice === "Cancel") return "Nothing was loaded.";
    if (choice === "Keep the page's") for (const { id } of others) found.delete(id);
    else for (const { id } of others) kept.setAside(id, here.get(id));
  }
  for (const [id, source] of found) put(id, source);
  document.dispatchEvent(new Event("kept-changed"));
  const answers = all.filter(({ id, isAnswer }) => isAnswer && found.has(id));
  const loaded = `${count(answers.length, "answer")} loaded from the file.`;
  return isRunning() ? loaded : `${loaded} Code shows when you run this page.`;
}

function put(id, source) {
  const hash = page.cells.find((cell) => cell.id === id)?.hash ?? "words";
  kept.change("edits", id, { hash, source });
}

// --- Earlier answers -------------------------------------------------------------------

// Show answers that newer ones have replaced, and answers to cells that the book no longer has.
function showOlder() {
  const { edits, older: texts } = kept.read();
  const rows = [];
  for (const [id, sources] of Object.entries(texts)) {
    for (const source of sources) rows.push(olderRow(id, source, "older"));
  }
  for (const [id, { source }] of Object.entries(edits)) {
    if (!elementOf(id)) rows.push(olderRow(id, source, "edits"));
  }
  older.hidden = !rows.length;
  older.querySelector("summary").textContent = `Earlier answers kept here: ${rows.length}`;
  older.querySelector("ul").replaceChildren(...rows);
}

function olderRow(id, source, part) {
  const title = titleOf(id);
  const discard = button("Discard it", () => {
    const others = part === "older" ? kept.read().older[id].filter((s) => s !== source) : [];
    kept.change(part, id, others.length ? others : null);
    leaveRow(`An earlier answer to ${title} was discarded.`);
  });
  const back = button("Put it back", () => {
    const now = kept.read().edits[id]?.source;
    const others = kept.read().older[id].filter((s) => s !== source && s !== now);
    if (now !== undefined) others.push(now);
    kept.change("older", id, others.length ? others : null);
    put(id, source);
    document.dispatchEvent(new Event("kept-changed"));
    leaveRow(`An earlier answer to ${title} is back.`);
  });
  const buttons = make("p", { className: "live-controls" }, discard);
  if (elementOf(id)) buttons.prepend(back);
  return make("li", {}, title, make("pre", { textContent: source }), buttons);
}

function leaveRow(words) {
  showOlder();
  say(words);
  (older.hidden ? nameField : older.querySelector("summary")).focus();
}

// --- The controls -----------------------------------------------------------------------

// Run one action at a time, and show its error.
let busy = false;
async function once(work, refusal = "") {
  if (busy) return;
  busy = true;
  say("");
  try {
    const words = await work();
    if (words) say(words);
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    say(`${refusal}${error.message}`);
  } finally {
    busy = false;
  }
}

dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation(); // the theme would keep it from closing the dialog
  dialog.close("");
});
for (const place of document.querySelectorAll(".answer-in-words")) addField(place);
nameField.value = storedName.read();
keepName(storedName.read());
showFileName();
showOlder();
nameField.addEventListener("input", showFileName);
forgetButton.addEventListener("click", () => {
  keepName("");
  nameField.value = "";
  showFileName();
  say("Your name is no longer kept in this browser.");
  nameField.focus();
});
find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  once(handIn);
});
find("#hand-in-back").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  if (file) once(() => loadBack(file), `${file.name} was not loaded: `);
  target.value = ""; // so that the same file can be chosen again
});
document.addEventListener("kept-changed", showOlder);
older.addEventListener("toggle", showOlder);
keep([new URL(panel.dataset.notebook, location.href).href]).catch(() => {});
