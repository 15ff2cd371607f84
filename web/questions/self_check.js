// @ts-check
// Check the answers to the questions that web/questions/self_check.py puts into a page. Each form
// holds its answers; without this script the "Answer" below each question still unfolds.
//
// Each verdict is dispatched as the event "self-check" with the detail { right, choice, said }:
// choice is the number of the chosen option, from 0, and said its text. For a numeric answer,
// choice is 0 if it is right, then the number of a known mistake, then the next for any other. For
// an order it is 0 if it is right, else the first step that is not in its place.

function judgeChoice(form, options) {
  const chosen = form.querySelector("input:checked");
  if (!chosen) return { why: "Choose one of the answers first." };
  const said = chosen.parentNode.textContent.trim();
  return { ...options[chosen.value], choice: Number(chosen.value), said };
}

function numberFrom(text) {
  const plain = String(text).trim().replaceAll("−", "-").replace(",", ".");
  const fraction = plain.match(/^(-?[\d.]+)\s*\/\s*([\d.]+)$/);
  if (plain === "") return NaN;
  return fraction ? Number(fraction[1]) / Number(fraction[2]) : Number(plain);
}

function judgeNumber(form, { answer, within, why, mistakes }) {
  const said = form.querySelector("input").value.trim();
  const number = numberFrom(said);
  if (!Number.isFinite(number)) return { why: "Write a number, such as 12 or 0.5." };
  const near = (other) => Math.abs(number - numberFrom(other)) <= within * (1 + 1e-9);
  if (near(answer)) return { right: true, why, choice: 0, said };
  const known = mistakes.findIndex((mistake) => near(mistake.answer));
  return {
    right: false,
    why: mistakes[known]?.why ?? "Work it out once more, step by step.",
    choice: known < 0 ? mistakes.length + 1 : known + 1,
    said,
  };
}

function judgeOrder(form, steps) {
  const places = [...form.querySelectorAll("select")].map((one) => Number(one.value));
  if (places.includes(0)) return { why: "Give every step a place first." };
  if (new Set(places).size < places.length) {
    return { why: "Two steps have the same place: give each its own." };
  }
  const wrong = steps.filter((step, i) => step.place !== places[i]);
  const said = places.join(", ");
  if (!wrong.length) return { right: true, why: "All steps are in their order.", choice: 0, said };
  const [first] = wrong.sort((a, b) => a.place - b.place);
  const fine = `${steps.length - wrong.length} of ${steps.length} steps are in their place.`;
  return { right: false, why: `${fine} ${first.why}`, choice: first.place, said };
}

const judges = { choose: judgeChoice, number: judgeNumber, order: judgeOrder };

export function start(form) {
  const answers = JSON.parse(form.dataset.answers);
  const said = form.querySelector(".self-check-said");
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { right, why, choice, said: words } = judges[form.dataset.kind](form, answers);
    const verdict = { true: "Right. ", false: "Not yet. " }[right] ?? "";
    said.dataset.verdict = { true: "right", false: "wrong" }[right] ?? "none";
    said.innerHTML = `<p><strong>${verdict}</strong>${why}</p>`;
    if (right === undefined) return;
    const detail = { right, choice, said: words };
    form.dispatchEvent(new CustomEvent("self-check", { bubbles: true, detail }));
  });
  form.addEventListener("input", () => {
    said.textContent = "";
    delete said.dataset.verdict;
  });
}

/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll("form.self-check");
for (const form of forms) start(form);
