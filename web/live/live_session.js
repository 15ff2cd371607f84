// A live page: it starts Python, runs the cells in an order that leaves the reader free, and
// starts Python anew when asked. Loaded by live.js, together with the other live_*.js.
//
// Whoever presses a picture gets that picture first: the cells that it needs run, then its
// own. The page's other cells run while the reader leaves the page alone, or when asked for.

window.liveSession = (() => {
  const QUIET = 6000; // milliseconds without a touch after which the other cells may run
  const { button, makeCell, showEdited, showFirstOutput } = window.liveCells;
  const engine = window.liveEngine;
  let live; // the page, as live.js describes it
  let cells; // one object for each code cell, in order
  let queue = Promise.resolve(); // runs of cells, one after another
  let restarted = Promise.resolve(); // when Python has started again, each time in turn
  let waiting = 0; // runs asked for and not yet done; "run all" counts as one more
  let generation = 0; // goes up when Python restarts: runs asked for before are dropped
  let plan = 0; // goes up when another way to run the page's cells takes over
  let settled = -1; // the generation in which all cells have run in the page's order
  let byHand = 0; // how often the reader has run a cell
  let markReady;
  const wasReady = new Promise((resolve) => (markReady = resolve)); // for the first time
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  // --- Starting ----------------------------------------------------------------------

  async function start(description) {
    live = description;
    const { page, root } = live;
    const url = (path) => new URL(path, root).href;
    const files = await fetchJson(url(`${page.book}/files.json`));
    const { python } = await engine.start(live, files);
    if (!cells) {
      const actions = { run: runByHand, stop };
      cells = page.cells.map((cell, i) => makeCell({ ...cell, number: i + 1 }, live, actions));
      addPageButtons();
      watchForTouches();
    }
    await python;
    session.running = true;
    for (const cell of cells) cell.buttons.hidden = false;
    const loaded = Object.keys(files.python.page).map((path) => url(`live/${path}`));
    const core = ["pyodide.js", "pyodide.asm.js"].map((name) => {
      return url(`live/${files.lib}/pyodide/${name}`);
    });
    const own = ["live_python.js", "page-lock.json"].map((name) => url(`${page.book}/${name}`));
    live.keep([...loaded, ...core, ...own], [files.lib, page.book.split("/").pop()]);
    keepForNextTime(files);
    const wanted = [...live.wanted];
    live.wanted.clear();
    await (wanted.length ? bring(wanted) : runAll());
  }

  async function fetchJson(url) {
    const response = await fetch(url, { cache: live.tries > 1 ? "reload" : "default" });
    if (!response.ok) throw new Error(`${url.split("/").pop()} is missing`);
    return response.json();
  }

  // Once the page is live, this browser gets what its next page starts from.
  async function keepForNextTime(files) {
    await wasReady;
    await pause(3000);
    const words = document.createElement("p");
    words.className = "live-kept";
    live.bar.append(words);
    try {
      await window.liveKeep.fetchSnapshot(live, files, (share) => {
        const done = "Python is kept in this browser: the next page starts faster.";
        const percent = Math.round(100 * share);
        words.textContent = share < 1 ? `Keeping Python for the next page: ${percent} %` : done;
      });
    } catch (error) {
      console.warn("Python is not kept for the next page:", error);
      words.remove();
    }
  }

  // --- Running one cell -----------------------------------------------------------------

  // A cell's run takes its turn; the cells that it needs run before it.
  function run(cell, { first = false, inOrder = false } = {}) {
    const mine = generation;
    cell.element.dataset.liveCellStatus = "waiting";
    waiting += 1;
    queue = queue.then(async () => {
      if (mine !== generation) return { dropped: true };
      const ranFirst = notYetRun(cell, inOrder);
      if (ranFirst.length) tellWhatRunsFirst(cell, ranFirst, first);
      for (const needed of ranFirst) {
        const { dropped } = await runNow(needed, true);
        if (dropped) return { dropped };
      }
      const result = await runNow(cell, first);
      if (mine === generation) finishOne();
      return { ...result, ranFirst };
    });
    return queue;
  }

  // What a cell needs was worked out from the book's code. Of a cell that the reader has
  // changed it is not known, so everything before it counts, but for what had to be stopped.
  function notYetRun(cell, inOrder) {
    const before = cells.slice(0, cell.number - 1);
    const lastEdited = cell.isEdited() ? before.length : before.findLastIndex((c) => c.isEdited());
    const needed = before.filter((each, i) => {
      const counts = i <= lastEdited || cell.needs.includes(i);
      return counts && each.endedWith !== each.code.source;
    });
    const missing = needed.filter((each) => each.ranIn !== generation);
    if (inOrder || settled === generation) return missing;
    // Cells have run in another order than the page's. If one of them, or one that is still
    // to come, may have taken a name from a needed cell, all that are needed run once more.
    const ran = needed.filter((each) => each.ranIn === generation);
    const since = Math.min(...ran.map((each) => each.ranAt));
    const others = cells.some((each) => !needed.includes(each) && each.ranAt > since);
    const between = ran.some((each) => each.number > missing[0]?.number);
    return others || between ? needed.filter((each) => !isShown(each)) : missing;
  }

  const isShown = (cell) =>
    cell.ranIn === generation && cell.output.querySelector(".jupyter-widgets");

  function tellWhatRunsFirst(cell, ranFirst, first) {
    const numbers = ranFirst.map(({ number }) => number);
    const last = numbers.pop();
    const few = numbers.length ? `cells ${numbers.join(", ")} and ${last}` : `cell ${last}`;
    const which = numbers.length > 4 ? `${numbers.length + 1} of the cells above` : few;
    if (first) {
      live.say(`Running what this picture needs: ${which} …`);
      return;
    }
    live.say(`Cell ${cell.number} needs ${which}: running that first …`);
    cell.ranFirst.textContent = `needed and ran first: ${which}`;
  }

  async function runByHand(cell) {
    if (!session.running) return;
    byHand += 1;
    const { ranFirst = [], dropped } = await run(cell);
    if (dropped || !ranFirst.length) return;
    const failed = ranFirst.find((each) => each.failed && !each.mayFail);
    live.say(
      failed
        ? `Cell ${failed.number}, which may be needed here, stopped with an error.`
        : `Cell ${cell.number} and the cells that it needs have run.`,
    );
  }

  function finishOne() {
    waiting -= 1;
    if (!waiting) markReady();
    live.setStatus(waiting ? "running" : "ready");
  }

  async function runNow(cell, first) {
    const mine = generation;
    const { source } = cell.code;
    cell.element.dataset.liveCellStatus = "running";
    live.hidePlayMarks(cell.id);
    live.setStatus("running");
    cell.output.style.minHeight = `${cell.output.offsetHeight}px`; // nothing jumps
    const appear = setTimeout(() => showStopButton(cell), 700);
    const stopped = new Promise((resolve) => (cell.release = () => resolve(false)));
    const shown = showFirstOutput(cell);
    const succeeded = await Promise.race([cell.code.run(), stopped]);
    clearTimeout(appear);
    cell.stopButton.hidden = true;
    if (cell.stopping && mine === generation) live.say("Stopped: the variables are kept.");
    cell.stopping = false;
    if (mine !== generation) return { dropped: true };
    shown();
    cell.ranIn = generation;
    cell.ranAt = performance.now();
    cell.failed = !succeeded;
    cell.output.inert = false;
    cell.output.style.minHeight = "";
    cell.element.dataset.liveCellStatus = cell.failed ? "error" : "done";
    if (!first) live.kept.change("settings", cell.id, null);
    await window.liveSettings.follow(cell, source, first, live.kept).catch(console.error);
    await window.liveSettings.connectPlaygrounds(cell, live).catch(console.error);
    return { failed: cell.failed };
  }

  function showStopButton(cell) {
    cell.stopButton.textContent = "Stop";
    cell.stopButton.title = engine.canInterrupt()
      ? "Stop this cell: the variables are kept"
      : "Stop this cell: Python starts anew and its variables are lost";
    cell.stopButton.hidden = false;
    cell.stopping = false;
  }

  // Python is interrupted where the page can do that. What does not listen to it (a sleep,
  // a long step inside NumPy) can only be ended together with Python: that is said first.
  async function stop(cell) {
    if (cell.stopping || !engine.canInterrupt()) {
      await restart();
      return;
    }
    const mine = generation;
    cell.stopping = true;
    live.say("Stopping the cell; the variables are kept …");
    engine.interrupt();
    await pause(3000);
    if (mine !== generation || cell.stopButton.hidden || !cell.stopping) return;
    cell.stopButton.textContent = "Restart Python";
    cell.stopButton.title = "End this cell: Python starts anew and its variables are lost";
    live.say(
      "This cell has not stopped yet. Restart Python ends it, but then all variables are lost.",
    );
  }

  // --- Running the page -----------------------------------------------------------------

  // Run all cells, in order.
  async function runAll() {
    const mine = ++plan;
    waiting += 1;
    let end = isLive();
    for (const cell of cells) {
      live.say(`Running cell ${cell.number} of ${cells.length} …`);
      const { failed, dropped } = await run(cell, { first: true, inOrder: true });
      if (dropped || mine !== plan) return;
      if (failed && !cell.mayFail) {
        end = stoppedAt(cell);
        break;
      }
    }
    settled = generation;
    live.say(end);
    finishOne();
  }

  const isLive = () =>
    cells.some(({ editor }) => editor.getWrapperElement().offsetParent)
      ? "This page is live: change any code and press Shift-Enter to run it."
      : "This page is live.";

  const stoppedAt = (cell) =>
    `Cell ${cell.number} stopped with an error; the cells below it have not run. ` +
    "Mend it, then run them all.";

  // Bring pressed pictures to life, then the rest of the page when there is time for it.
  async function bring(wanted) {
    const mine = ++plan;
    for (const id of wanted) {
      const cell = cells.find((each) => each.id === id);
      if (cell.ranIn === generation && !cell.failed) continue;
      const { failed, dropped } = await run(cell, { first: true });
      if (dropped) return;
      if (failed) live.say(`Cell ${cell.number} stopped with an error.`);
      else if (cells.every((each) => each.ranIn === generation)) live.say(isLive());
      else live.say("This picture is live. The page's other cells run while you leave it alone.");
    }
    if (mine === plan) await runRest(mine);
  }

  // Those whose pictures are live already stay as they are; all others run in their order,
  // definitions too that ran before, so that each finds what the cells above it have left.
  // After a cell that the reader ran meanwhile it begins with the first again.
  async function runRest(mine) {
    let seen = byHand;
    for (let next = 0; next < cells.length; next += 1) {
      if (isShown(cells[next])) continue;
      if (!(await quiet(mine))) return;
      if (seen !== byHand) {
        seen = byHand;
        next = -1;
        continue;
      }
      const { failed, dropped } = await run(cells[next], { first: true, inOrder: true });
      if (dropped || mine !== plan) return;
      if (failed && !cells[next].mayFail) {
        live.say(stoppedAt(cells[next]));
        return;
      }
    }
    settled = generation;
    live.say(isLive());
  }

  // Wait until nobody uses the page; return whether the plan is still the same.
  async function quiet(mine) {
    for (;;) {
      if (mine !== plan) return false;
      const rest = touched + QUIET - performance.now();
      if (rest <= 0 && !waiting && !document.hidden) return true;
      await pause(Math.max(rest, 200));
    }
  }

  let touched = 0; // when the reader, or a widget that plays, last did something

  function watchForTouches() {
    const touch = () => {
      touched = performance.now();
    };
    for (const kind of ["pointerdown", "pointermove", "keydown", "input"]) {
      addEventListener(
        kind,
        ({ target }) => target.closest?.(".live-output, .CodeMirror") && touch(),
        { capture: true, passive: true },
      );
    }
    // A widget that plays has something to say all the time; one that was made, only once.
    let last = 0;
    let since = 0;
    engine.onTraffic(() => {
      const now = performance.now();
      if (now - last > 2000) since = now;
      last = now;
      if (!waiting && now - since > 1500) touch();
    });
  }

  // --- Starting Python anew --------------------------------------------------------------

  // The kernel runs in a worker of this page and listens to nothing while a cell runs, so
  // a cell that runs away is stopped by ending the worker and starting a new one.
  // A restart that is asked for while another is under way takes its turn.
  async function restart({ andRunAll = false } = {}) {
    generation += 1;
    plan += 1;
    const mine = generation;
    for (const cell of cells) {
      cell.release?.();
      if (cell.element.dataset.liveCellStatus === "running") cell.endedWith = cell.code.source;
      if (["waiting", "running"].includes(cell.element.dataset.liveCellStatus)) {
        cell.element.dataset.liveCellStatus = "stopped";
      }
      // Its widgets have lost their Python, and wait for the cell to run again.
      cell.output.inert = Boolean(cell.output.querySelector(".jupyter-widgets"));
    }
    waiting = 0;
    live.setStatus("running");
    live.say("Python stops and starts anew …");
    restarted = restarted.then(() => mine === generation && startAnew(mine));
    queue = restarted; // cells that are run from now on wait for the new Python
    if (!(await restarted)) return;
    if (andRunAll) {
      await runAll();
      return;
    }
    live.setStatus(waiting ? "running" : "ready");
    live.say(
      "Python has started anew: its variables are gone. Run all cells to go on, or any cell: " +
        "those that it needs run first.",
    );
  }

  async function startAnew(mine) {
    try {
      await engine.restart();
    } catch (error) {
      generation += 1; // drops the runs that wait
      waiting = 0;
      live.setStatus("error");
      live.say(`Python did not start again: ${error.message}. Load this page anew.`);
      return false;
    }
    return mine === generation; // else another restart is next
  }

  function addPageButtons() {
    const row = live.bar.querySelector(".live-controls");
    const reset = row.querySelector("[data-live=reset]");
    const all = button("Run all cells", "live-run-all", runAll);
    all.dataset.live = "run-all";
    const anew = button("Restart Python", "live-restart", () => restart());
    anew.dataset.live = "restart";
    anew.title = "Stops whatever runs; variables are lost, your code is not";
    reset.before(all, anew);
  }

  async function reset() {
    live.kept.clear();
    for (const cell of cells) {
      cell.editor.setValue(cell.source);
      showEdited(cell);
    }
    live.kept.clear();
    await restart({ andRunAll: true });
  }

  const session = { start, bring, reset, running: false };
  return session;
})();
