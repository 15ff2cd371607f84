// Keep a prediction, without a verdict: the answer unfolds below it. Only the first one is kept.

import { read } from "./kept_answers.js";

for (const form of document.querySelectorAll("form.prediction")) {
  const said = form.querySelector(".self-check-said");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked");
    const { id } = form.dataset;
    const before = read()[id];
    if (!chosen) said.textContent = "Choose one of the answers first.";
    else if (before) said.textContent = `Your first prediction stays: ${before.first.said}`;
    else {
      const detail = { choice: Number(chosen.value), said: chosen.parentNode.textContent.trim() };
      form.dispatchEvent(new CustomEvent("prediction", { bubbles: true, detail }));
      said.textContent = "Kept in this browser. Read on, or unfold the answer.";
    }
  });
  form.addEventListener("input", () => {
    said.textContent = "";
  });
}
