// Make accessible what a page creates in the browser: name sliders, describe pictures, announce
// changes to screen readers, and let the keyboard reach what scrolls.

import { make } from "./dom.js";

const page = document.querySelector("article");
if (page) repair(page);

function repair(article) {
  // --- The descriptions of a cell's pictures in the static page --------------------------

  const descriptions = new Map();
  for (const cell of article.querySelectorAll(".cell")) {
    const pictures = cell.querySelectorAll(".cell_output img:not(.narrow-picture)");
    descriptions.set(
      cell,
      [...pictures].map((picture) => picture.alt),
    );
  }

  function describePictures() {
    for (const [cell, texts] of descriptions) {
      const changed = cell.classList.contains("live-edited") || !texts.length;
      const pictures = cell.querySelectorAll(".live-output img");
      pictures.forEach((picture, number) => {
        // A picture of several parts was one picture in the book: only the first is described.
        const wanted = changed ? "A picture that this cell has drawn" : (texts[number] ?? "");
        if (picture.getAttribute("alt") !== wanted) picture.alt = wanted;
      });
    }
  }

  // --- Names for the parts of a widget -----------------------------------------------------

  let made = 0;
  function idOf(element) {
    if (!element.id) element.id = `heard-${(made += 1)}`;
    return element.id;
  }

  function nameControls() {
    for (const control of article.querySelectorAll(".widget-inline-hbox")) {
      const label = control.querySelector(":scope > .widget-label");
      if (!label?.textContent.trim()) continue;
      if (label.title === "null") label.removeAttribute("title");
      const handles = control.querySelectorAll('.noUi-handle[role="slider"]');
      const readout = control.querySelector(".widget-readout[contenteditable]");
      for (const handle of handles) handle.setAttribute("aria-labelledby", idOf(label));
      if (!readout) continue;
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", `${label.textContent.trim()}, as a number`);
      // A logarithmic slider announces the number that is shown, not the exponent.
      if (handles.length === 1) {
        handles[0].setAttribute("aria-valuetext", readout.textContent.trim());
      }
    }
    for (const picture of article.querySelectorAll(".widget-image")) {
      const figure = picture.closest(".widget-vbox");
      const words = figure?.querySelector(".widget-html > .widget-html-content");
      if (words && picture.alt) picture.setAttribute("aria-describedby", idOf(words));
      else picture.removeAttribute("aria-describedby");
    }
  }

  // --- Say in words what a reader's own change did, once the picture rests -------------------

  const status = make("p", { className: "heard-only" });
  status.setAttribute("role", "status");
  article.append(status);
  const changed = new Set();
  let resting;

  function announce(words) {
    // A status that is replaced with each picture would be announced each time.
    for (const part of words.querySelectorAll("[role=status]")) part.removeAttribute("role");
    const figure = words.closest(".widget-vbox");
    if (!figure?.contains(document.activeElement)) return;
    if (words.closest(".heard-at-once")) {
      if (words.innerText.trim()) status.textContent = words.innerText.trim();
      return;
    }
    changed.add(words);
    clearTimeout(resting);
    resting = setTimeout(sayNearest, 1000);
  }

  // Announce, of all words that have changed, those nearest to what the reader moved.
  function sayNearest() {
    let figure = document.activeElement.closest(".widget-vbox");
    while (figure) {
      const said = [...changed].filter((words) => figure.contains(words) && words.innerText);
      if (said.length) {
        const texts = said.map((words) => words.innerText.replace(/\s+/g, " ").trim());
        status.textContent = texts.join(" ");
        break;
      }
      figure = figure.parentElement.closest(".widget-vbox");
    }
    changed.clear();
  }

  // --- Keys that set a point where two sliders have moved to -----------------------------------

  article.addEventListener("keydown", ({ key, target }) => {
    if (!["0", "1"].includes(key) || !target.matches(".noUi-handle")) return;
    target.closest(".sets-points")?.querySelector(`.sets-class-${key}`).click();
  });

  // --- Boxes that scroll can be reached by keyboard -------------------------------------------

  const SCROLLING =
    ".pst-scrollable-table-container, .live-output, .cell_output, div.math, :has(> .keeps-its-size)";
  function reachScrolling() {
    for (const box of article.querySelectorAll(SCROLLING)) {
      const scrolls =
        box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
      if (scrolls && !box.hasAttribute("tabindex")) {
        box.tabIndex = 0;
        box.dataset.reached = "";
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", "Wider than the page: scroll sideways");
      } else if (!scrolls && "reached" in box.dataset) {
        for (const name of ["tabindex", "data-reached", "role", "aria-label"]) {
          box.removeAttribute(name);
        }
      }
    }
  }

  let waiting = false;
  function repairSoon() {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      describePictures();
      nameControls();
      reachScrolling();
    }, 250);
  }

  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const words = target.classList?.contains("widget-html-content") && target;
      if (words) announce(words);
    }
    if (changes.some(({ target }) => target !== status)) repairSoon();
  }).observe(article, { childList: true, subtree: true });
  addEventListener("resize", repairSoon);
  addEventListener("load", repairSoon);
  repairSoon();
}
