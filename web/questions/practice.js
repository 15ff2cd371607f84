// "From earlier chapters": choose three questions by this reader's earlier answers, and fill in
// new numbers.

import { loadScript } from "../pages/dom.js";
import { daysLeft, read } from "./kept_answers.js";
import { start } from "./self_check.js";

const place = document.querySelector(".practice"); // the first chapter has none
const chapter = place?.dataset.chapter;
const list = place?.querySelector(".practice-questions");
const said = place?.querySelector(".practice-said");
const more = place?.querySelector(".practice-more");
const address = new URL("practice_questions.js", document.currentScript.src);
const shown = new Set(); // the ids of those that are or were there

const shuffled = (all) =>
  all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

// Sort questions by priority: first those that are due, the lowest box and the longest wait
// first; then new ones; then those that come back soonest.
function inTurn(questions) {
  const kept = read();
  const rank = ({ id }) => {
    const entry = kept[id];
    if (!entry) return [1, 0, 0];
    const left = daysLeft(entry);
    return left <= 0 ? [0, entry.box, left] : [2, left, 0];
  };
  return shuffled(questions)
    .map((question) => ({ question, rank: rank(question) }))
    .sort(({ rank: a }, { rank: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
    .map(({ question }) => question);
}

// Return the index of a set of numbers that this reader has not just answered.
function someNumbers({ id, sets }) {
  const last = read()[id]?.numbers;
  const others = [...sets.keys()].filter((number) => number !== last);
  return others[Math.floor(Math.random() * others.length)] ?? 0;
}

function formOf(question, slot) {
  const numbers = someNumbers(question);
  const holder = document.createElement("template");
  holder.innerHTML = question.html.replace(/\{(\d+|slot)\}/g, (_, name) =>
    name === "slot" ? slot : question.sets[numbers][name],
  );
  const form = holder.content.querySelector("form");
  form.dataset.numbers = numbers;
  const options = [...form.querySelectorAll("input[type=radio]")].map((one) => one.parentNode);
  form.querySelector("legend").after(...shuffled(options));
  return form;
}

function draw() {
  const earlier = inTurn(window.practiceQuestions.filter((one) => one.chapter < chapter));
  const fresh = earlier.filter(({ id }) => !shown.has(id));
  const drawn = [...fresh, ...earlier.filter(({ id }) => shown.has(id))].slice(0, 3);
  if (fresh.length <= 3) shown.clear();
  list.replaceChildren(...drawn.map((question, i) => formOf(question, i + 1)));
  for (const form of list.children) start(form);
  for (const { id } of drawn) shown.add(id);
  said.textContent = "";
  more.textContent = "Three others";
  more.hidden = false;
}

async function load() {
  try {
    await loadScript(address);
  } catch {
    said.textContent = "The questions could not be loaded. Try again with a connection.";
    more.textContent = "Try again";
    more.hidden = false;
    return;
  }
  draw();
}

more?.addEventListener("click", () => {
  if (!window.practiceQuestions) {
    load();
    return;
  }
  draw();
  list.querySelector("input, select").focus();
});
const watch = new IntersectionObserver(
  (seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    load();
  },
  { rootMargin: "2400px" }, // they come before the reader does: nothing moves in sight
);
if (place) watch.observe(place);
