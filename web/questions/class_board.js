// The class board: read codes from the lines of a field, reject invalid ones with a reason, and
// draw the answers of the class as bars. It sends nothing and keeps nothing.

import { count, download, make } from "../pages/dom.js";
import { decode, Refused } from "./class_code.js";

const board = document.querySelector(".class-board");
const chapters = JSON.parse(document.getElementById("board-questions").textContent);
for (const chapter of Object.values(chapters)) {
  chapter.sizes = chapter.questions.map(({ answers }) => answers.length);
}
const find = (selector) => board.querySelector(selector);
const field = find("#board-codes");
const said = find(".board-said");
const video = find(".board-video");
const cameraButton = find(".board-camera");
const MOST_BYTES = 1_000_000;

const withHtml = (tag, html) => make(tag, { innerHTML: html }); // of the book's own words

// --- Codes ---------------------------------------------------------------------------------

// Return { entries, refused, twice }. Of a reader's codes for a chapter only the last counts.
function readLines(text) {
  const entries = new Map();
  const refused = [];
  let twice = 0;
  for (const [i, line] of text.split("\n").entries()) {
    const [, code, name] = line.trim().match(/^(\S*)\s*(.*)$/);
    if (!code) continue;
    try {
      const entry = { ...decode(code, chapters), name: name.slice(0, 80) };
      const key = `${entry.chapter} ${entry.reader}`;
      if (entries.delete(key)) twice += 1;
      entries.set(key, entry);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(`Line ${i + 1}, “${line.trim().slice(0, 60)}”: ${error.message}.`);
    }
  }
  return { entries: [...entries.values()], refused, twice };
}

// --- Bars ------------------------------------------------------------------------------------

function tally(question, place, entries) {
  const counts = question.answers.map(() => 0);
  for (const { answers } of entries) if (answers[place] !== null) counts[answers[place]] += 1;
  const all = counts.reduce((sum, one) => sum + one, 0);
  return question.answers.map((answer, i) => ({
    ...answer,
    words: question.words,
    chosen: counts[i],
    all,
  }));
}

function bars(question, number, rows) {
  const { all } = rows[0];
  const body = rows.map((row) => {
    const bar = make("span", { className: "board-bar" });
    bar.style.width = `${all ? (100 * row.chosen) / all : 0}%`;
    bar.dataset.right = row.right;
    const answer = withHtml("th", row.text);
    answer.scope = "row";
    if (row.right) answer.append(make("strong", {}, " (right)"));
    answer.append(bar);
    return make("tr", {}, answer, make("td", {}, String(row.chosen)));
  });
  const caption = withHtml("caption", `${number}. ${question.words} `);
  caption.append(make("span", {}, `(${count(all, "answer")})`));
  const heads = ["Answer", "Students"].map((name) => make("th", { scope: "col" }, name));
  const table = make("table", { className: "board-table" }, caption);
  table.append(make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body));
  const box = make("div", {}, table);
  const worst = mostChosenWrong(rows);
  if (worst) box.append(mistake("Most frequent mistake: ", worst));
  return box;
}

// Return the wrong answer chosen most often, of those that the book explains.
const mostChosenWrong = (rows) =>
  rows
    .filter(({ right, why, chosen }) => !right && why && chosen)
    .sort((one, other) => other.chosen - one.chosen)[0];

function mistake(before, { text, why, chosen, all }) {
  const line = withHtml("p", `<strong>${text}</strong>, ${chosen} of ${all}. ${why}`);
  line.prepend(before);
  return line;
}

function drawChapter(number, entries) {
  const { name, questions } = chapters[number];
  const rows = questions.map((question, i) => tally(question, i, entries));
  const title = make("h2", {}, `Chapter ${number}: ${count(entries.length, "student")}`);
  const worst = rows
    .map(mostChosenWrong)
    .filter(Boolean)
    .sort((one, other) => other.chosen / other.all - one.chosen / one.all)
    .slice(0, 3);
  const first = worst.map((row) => {
    const line = withHtml("li", `${row.words} `);
    line.append(mistake("", row));
    return line;
  });
  const section = make("section", {}, title);
  section.append(
    make(
      "p",
      {},
      make(
        "a",
        { href: `${board.dataset.root}notebooks/${name}.html#check-yourself` },
        "The questions in the chapter",
      ),
    ),
  );
  if (first.length)
    section.append(make("h3", {}, "Talk about these first"), make("ol", {}, ...first));
  section.append(make("h3", {}, "All answers"));
  section.append(...rows.map((each, i) => bars(questions[i], i + 1, each)));
  const names = entries.map((entry) => {
    const given = entry.answers.filter((answer) => answer !== null).length;
    return make(
      "li",
      {},
      `${entry.name || "without a name"}: ${given} of ${questions.length} answered`,
    );
  });
  section.append(
    make("details", {}, make("summary", {}, "Whose codes these are"), make("ul", {}, ...names)),
  );
  return section;
}

function draw() {
  const { entries, refused, twice } = readLines(field.value);
  const words = entries.length ? [`${count(entries.length, "code")} counted.`] : [];
  if (twice) words.push(`${count(twice, "line")} left out: a later one is by the same student.`);
  if (refused.length) words.push(`${count(refused.length, "line")} refused.`);
  said.textContent = words.join(" ");
  find(".board-refused").replaceChildren(...refused.map((line) => make("li", {}, line)));
  const numbers = [...new Set(entries.map(({ chapter }) => chapter))].sort((a, b) => a - b);
  find(".board-drawn").replaceChildren(
    ...numbers.map((number) =>
      drawChapter(
        number,
        entries.filter((e) => e.chapter === number),
      ),
    ),
  );
}

function addLines(text) {
  const parts = [field.value.trimEnd(), text.trim()].filter(Boolean);
  field.value = `${parts.join("\n")}\n`;
  draw();
}

// --- The camera --------------------------------------------------------------------------------

let stream = null;

function stopCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.hidden = true;
  cameraButton.textContent = "Read with the camera";
}

async function startCamera() {
  if (!window.BarcodeDetector) {
    said.textContent = "This browser cannot read QR codes. Paste the codes, or type them.";
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    said.textContent = `The camera cannot be used: ${error.message}. Paste the codes, or type them.`;
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  cameraButton.textContent = "Stop the camera";
  video.play().catch(() => {}); // ended by "Stop the camera"
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (stream) {
    for (const { rawValue } of await detector.detect(video).catch(() => [])) {
      const line = rawValue.replace(/\s+/g, " ").trim();
      if (!field.value.split("\n").includes(line)) addLines(line);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

// --- The controls --------------------------------------------------------------------------------

cameraButton.addEventListener("click", () => (stream ? stopCamera() : startCamera()));
find("#board-file").addEventListener("change", async ({ target }) => {
  const files = [...target.files];
  const large = files.find(({ size }) => size > MOST_BYTES);
  if (large) said.textContent = `${large.name} is too large for a list of codes; nothing was read.`;
  else addLines((await Promise.all(files.map((file) => file.text()))).join("\n"));
  target.value = ""; // so that the same file can be chosen again
});
find(".board-save").addEventListener("click", () => {
  download(field.value, "text/plain", "codes.txt");
});
field.addEventListener("input", draw);
draw(); // what the browser has left in the field
