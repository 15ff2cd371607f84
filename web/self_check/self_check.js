// Answers the questions that web/extensions/self_check.py puts into a page. Each form holds its
// answers; without this script the "Answer" below each question still unfolds.

function judgeChoice(form, options) {
  const chosen = form.querySelector("input:checked");
  if (!chosen) return [null, "Choose one of the answers first."];
  const { right, why } = options[chosen.value];
  return [right, why];
}

function judgeNumber(form, question) {
  const text = form.querySelector("input").value.trim().replace("−", "-").replace(",", ".");
  const fraction = text.match(/^(-?[\d.]+)\s*\/\s*([\d.]+)$/);
  const number = fraction ? fraction[1] / fraction[2] : Number(text);
  if (text === "" || !Number.isFinite(number)) {
    return [null, "Write a number, such as 12 or 0.5."];
  }
  const near = (other) => Math.abs(number - other) <= question.within * (1 + 1e-9);
  if (near(question.answer)) return [true, question.why];
  const mistake = question.mistakes.find((one) => near(one.answer));
  return [false, mistake ? mistake.why : "Work it out once more, step by step."];
}

function judgeOrder(form, steps) {
  const places = [...form.querySelectorAll("select")].map((one) => Number(one.value));
  if (places.includes(0)) return [null, "Give every step a place first."];
  if (new Set(places).size < places.length) {
    return [null, "Two steps have the same place: give each its own."];
  }
  const wrong = steps.filter((step, i) => step.place !== places[i]);
  if (wrong.length === 0) return [true, "All steps are in their order."];
  wrong.sort((a, b) => a.place - b.place);
  const fine = steps.length - wrong.length;
  return [false, `${fine} of ${steps.length} steps are in their place. ${wrong[0].why}`];
}

const judges = { choose: judgeChoice, number: judgeNumber, order: judgeOrder };

for (const form of document.querySelectorAll("form.self-check")) {
  const answers = JSON.parse(form.dataset.answers);
  const said = form.querySelector(".self-check-said");
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [right, why] = judges[form.dataset.kind](form, answers);
    const verdict = { true: "Right. ", false: "Not yet. " }[right] ?? "";
    said.dataset.verdict = { true: "right", false: "wrong" }[right] ?? "none";
    said.innerHTML = `<p><strong>${verdict}</strong>${why}</p>`;
  });
  form.addEventListener("input", () => {
    said.textContent = "";
    delete said.dataset.verdict;
  });
}
