// The control at the top of a chapter. It is all that a page loads until the reader asks
// for more: pressing "Run this page", or the play mark on a picture, loads the files below,
// which start Python in the browser.

(() => {
  const bar = document.querySelector(".live-bar");
  if (!bar) return;
  const page = JSON.parse(document.getElementById("live-page").textContent);
  const startButton = bar.querySelector("[data-live=start]");
  const words = bar.querySelector(".live-words");
  const progress = bar.querySelector("progress");
  const resetButton = bar.querySelector("[data-live=reset]");

  // --- What the reader changed, kept in this browser ---------------------------------

  const root = new URL(page.root, location.href);
  const storageKey = `live:${root.pathname}:${page.name}`;

  // edits: {cell: {hash: of the book's code, source}}, settings: of widgets, older: {cell: texts
  // of the reader's in whose place something newer stands}.
  const NOTHING = JSON.stringify({ edits: {}, settings: {}, older: {} });
  const hasAnswers = Boolean(document.querySelector(".hand-in")); // an exercise's page
  let unkept = null; // as JSON, what this browser would not keep

  const kept = {
    read() {
      const nothing = JSON.parse(NOTHING);
      try {
        return { ...nothing, ...JSON.parse(unkept ?? localStorage.getItem(storageKey)) };
      } catch {
        return nothing;
      }
    },
    change(part, cell, value) {
      const all = kept.read();
      if (value === null) delete all[part][cell];
      else all[part][cell] = value;
      write(all);
    },
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
    isEmpty: (all) => !Object.keys(all.edits).length && !Object.keys(all.settings).length,
  };

  function write(all) {
    const text = JSON.stringify(all);
    try {
      if (text === NOTHING) localStorage.removeItem(storageKey);
      else localStorage.setItem(storageKey, text);
      unkept = null;
    } catch {
      unkept = text;
      say("This browser keeps nothing for this page: changes are lost when you leave.");
    }
    showReset();
  }

  function showReset() {
    resetButton.hidden = kept.isEmpty(kept.read());
  }

  // --- The control -------------------------------------------------------------------

  function setStatus(status) {
    bar.dataset.liveStatus = status;
    startButton.hidden = status === "ready" || status === "running";
    startButton.disabled = status === "loading";
    startButton.lastElementChild.textContent =
      status === "error" ? "Try again" : "Run this page";
    progress.hidden = status !== "loading";
    if (status !== "idle" && status !== "error") return;
    for (const mark of document.querySelectorAll(".live-play")) mark.hidden = false;
    for (const note of document.querySelectorAll(".live-coming")) note.remove();
  }

  // Also on the pressed pictures, which may be far below the control.
  function say(text) {
    words.textContent = text;
    for (const note of document.querySelectorAll(".live-coming")) note.textContent = text;
  }

  function showProgress(share) {
    if (share === null) progress.removeAttribute("value");
    else progress.value = share;
  }

  function loadScript(url, integrity) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.async = false; // fetched side by side, run in order
      if (integrity) script.integrity = integrity;
      script.onload = resolve;
      script.onerror = () => {
        script.remove();
        const file = String(url).split("/").pop().split("?")[0];
        reject(new Error(`${file} is missing or damaged`));
      };
      document.head.append(script);
    });
  }

  const PARTS = ["keep", "frames", "engine", "presence", "order", "cells", "settings", "session"];
  const wanted = new Set(); // the cells whose pictures were pressed before the page is live
  let tries = 0;
  let parts; // when they are loaded

  function loadParts() {
    const address = (part) => new URL(`${page.book}/live_${part}.js?try=${tries}`, root);
    parts ??= Promise.all(PARTS.map((part) => loadScript(address(part)))).catch((error) => {
      parts = null;
      throw error;
    });
    return parts;
  }

  async function start() {
    if (!["idle", "error"].includes(bar.dataset.liveStatus)) return;
    tries += 1;
    setStatus("loading");
    if (!wanted.size) hidePlayMarks();
    showProgress(null);
    say("Loading …");
    try {
      const live = { page, kept, keep, tellWasLive, setStatus, say, showProgress, loadScript };
      Object.assign(live, { bar, root, tries, wanted, hidePlayMarks });
      await loadParts();
      await window.liveSession.start(live);
    } catch (error) {
      console.error(error);
      setStatus("error");
      say(`This page could not start: ${error.message}. You can read on, or try again.`);
    }
  }

  // --- A sign that Python will be wanted ----------------------------------------------

  // On an exercise, and on a page that was live before, Python starts when the pointer or the
  // focus comes to a button that starts it: what is said and shown waits for the press.
  const liveBefore = `live-before:${root.pathname}:${page.name}`;

  function startAtASign() {
    const isExercise = /(^|\/)exercises\//.test(page.name);
    if (navigator.connection?.saveData || !(isExercise || wasLiveBefore())) return;
    for (const element of [startButton, ...document.querySelectorAll(".live-play")]) {
      for (const sign of ["pointerenter", "focus"]) element.addEventListener(sign, startEarly);
    }
  }

  function wasLiveBefore() {
    try {
      return localStorage.getItem(liveBefore) === "yes";
    } catch {
      return false;
    }
  }

  function tellWasLive() {
    try {
      localStorage.setItem(liveBefore, "yes");
    } catch {
      // next time Python waits for the press
    }
  }

  let early = false;

  async function startEarly() {
    if (early || tries) return;
    early = true;
    const silent = { page, root, tries: 1, say() {}, showProgress() {} };
    try {
      await loadParts();
      if (!tries) await window.liveSession.startEarly(silent);
    } catch (error) {
      console.warn("Python has not started before the press:", error);
    }
  }

  function bringToLife(cell, frame) {
    hidePlayMarks(cell);
    const note = document.createElement("span");
    note.className = "live-coming";
    note.setAttribute("aria-hidden", "true"); // the control says the same
    note.textContent = "Starting …";
    frame.append(note);
    if (window.liveSession?.running) window.liveSession.bring([cell]);
    else {
      wanted.add(cell);
      start();
    }
  }

  function hidePlayMarks(cell) {
    const where = cell ? `#cell-${CSS.escape(cell)} .live-play` : ".live-play";
    for (const mark of document.querySelectorAll(where)) mark.hidden = true;
  }

  function addPlayMarks() {
    for (const picture of document.querySelectorAll(".live-widget .cell_output img")) {
      const cell = picture.closest(".live-widget").id.replace("cell-", "");
      const frame = document.createElement("span");
      frame.className = "live-picture";
      const mark = document.createElement("button");
      mark.type = "button";
      mark.className = "live-play";
      mark.setAttribute("aria-label", "Bring this picture to life");
      mark.title = "Bring this picture to life";
      mark.addEventListener("click", () => bringToLife(cell, frame));
      picture.replaceWith(frame);
      frame.append(picture, mark);
    }
  }

  window.livePage = { page, root, kept, keep }; // for hand_in.js
  if (location.protocol === "file:") {
    startButton.disabled = true;
    say(
      "To run this page, open the book through a web server: type make serve (or python " +
        "tools/serve_book.py) in the book's folder, then open the address it prints.",
    );
    return;
  }
  startButton.addEventListener("click", start);
  resetButton.addEventListener("click", () => {
    if (window.liveSession?.running) window.liveSession.reset();
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

  // An address may hold the state of a playground: say which, before anything runs.
  async function tellOfLink() {
    if (!location.hash.startsWith("#playground=")) return;
    await loadScript(new URL(`${page.book}/playground_link.js`, root));
    say(await window.playgroundLink.inWords(location.hash));
  }

  // The service worker keeps what was loaded, so that it is there without a connection.
  async function keepForLater() {
    if (!navigator.serviceWorker) return; // there is none without https, save on localhost
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

  async function keep(more, current) {
    if (!navigator.serviceWorker) return;
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ keep: [location.href, ...loaded, ...more], current });
  }
})();
