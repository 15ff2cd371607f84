// @ts-check
// Keep the reader's answers in this browser: for each question its Leitner box and the day of the
// last answer, its words, and the first answer in its own chapter. Show and erase all of it.

import { find, make } from "../pages/dom.js";
import { Stored } from "../pages/storage.js";

const panel = find(".kept-answers");
/** @type {number[]} */
const days = JSON.parse(panel.dataset.days ?? ""); // that a question waits, for each box
const book = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
const stored = new Stored(`answers:${book.pathname}`);

/**
 * An answer as self_check.js and prediction.js report it: the number of the option, and its text.
 * @typedef {{ choice: number, said: string }} Answer
 */

/**
 * What is kept of a question: its words, the first answer in its own chapter, Leitner's box (from
 * 1 on), the day of that, and the number of the set that was shown. Of a prediction: first, words.
 * @typedef {{ words: string, first?: Answer, box?: number, day?: number, numbers?: number }} Entry
 */

/** @returns {Record<string, Entry>} of each question, by its id */
export function read() {
  try {
    return JSON.parse(stored.read()) ?? {};
  } catch {
    return {};
  }
}

/** @param {Record<string, Entry>} all */
function write(all) {
  stored.write(Object.keys(all).length ? JSON.stringify(all) : "");
  document.dispatchEvent(new Event("kept-answers"));
}

// A random number, chosen once, that distinguishes this reader's codes on the class board.
const reader = new Stored(`class-code:${book.pathname}`);

export function readerNumber(below) {
  if (!reader.read()) reader.write(String(Math.floor(Math.random() * below)));
  return Number(reader.read());
}

// Return the number of today's day, in the reader's time zone.
function today() {
  const now = new Date();
  return Math.floor((now.getTime() / 60_000 - now.getTimezoneOffset()) / 1440);
}

// Return the days until a question is due; negative: overdue. The clock may have been set back.
export function daysLeft({ box = 1, day = today() }) {
  return Math.min(day, today()) + days[box - 1] - today();
}

const wordsOf = (form) => find("legend", form).textContent ?? "";

// Record an answer. A right one moves the question on only if the question was due.
/**
 * @param {HTMLElement} form
 * @param {Answer & { right: boolean }} verdict
 */
function answered(form, { right, choice, said }) {
  const all = read();
  const { id = "" } = form.dataset;
  const before = all[id];
  const numbers = Number(form.dataset.numbers ?? before?.numbers ?? -1);
  const words = wordsOf(form).replace(/^\d+\. /, "");
  const first = before?.first ?? (form.closest(".practice") ? undefined : { choice, said });
  const box = right ? Math.min((before?.box ?? 1) + 1, days.length) : 1;
  const moved = { day: today(), numbers, words, box };
  const stays = right && before && daysLeft(before) > 0;
  all[id] = { ...(stays ? before : moved), first };
  write(all);
}

/**
 * @param {HTMLElement} form
 * @param {Answer} first
 */
function predicted(form, first) {
  const all = read();
  all[form.dataset.id ?? ""] = { first, words: wordsOf(form) };
  write(all);
}

// --- What is kept, in words -----------------------------------------------------------------

/** @param {Entry} entry */
function inWords({ first, words, ...entry }) {
  if (!entry.box) return `${words} Prediction: ${first?.said}`;
  const left = daysLeft(entry);
  const when = left > 0 ? `comes back in ${left} day${left === 1 ? "" : "s"}` : "due";
  const answer = first ? ` First answer: ${first.said}` : "";
  return `${words} Box ${entry.box}, ${when}.${answer}`;
}

const order = (entry) => (entry.box ? daysLeft(entry) : Infinity);

function show() {
  const entries = Object.values(read()).sort((a, b) => order(a) - order(b));
  panel.hidden = false;
  find("button", panel).hidden = !entries.length;
  find(".kept-answers-said", panel).textContent = entries.length
    ? "These questions, and nothing else. Nothing is sent anywhere."
    : "Nothing.";
  const rows = entries.map((entry) => make("li", { textContent: inWords(entry) }));
  find("ul", panel).replaceChildren(...rows);
}

find("button", panel).addEventListener("click", () => {
  reader.write("");
  write({});
  find("summary", panel).focus();
});
document.addEventListener("self-check", ({ target, detail }) => {
  const form = /** @type {HTMLElement} */ (target);
  if ("counted" in form.dataset) return; // after an explanation, the rest is no test
  form.dataset.counted = "";
  answered(form, detail);
});
document.addEventListener("prediction", ({ target, detail }) => {
  predicted(/** @type {HTMLElement} */ (target), detail);
});
document.addEventListener("kept-answers", show);
addEventListener("storage", () => document.dispatchEvent(new Event("kept-answers")));
show();
