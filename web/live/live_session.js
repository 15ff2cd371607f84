// Brings a page to life: loads Thebe and the kernel, puts an editor in place of each code
// cell, runs the cells in order, and keeps the reader's changes. Loaded by live.js.

window.liveSession = (() => {
  let live; // the page, as live.js describes it
  let api; // of Thebe
  let server; // Thebe's Jupyter server, which is in this page too
  let rendermime; // Jupyter's way to show outputs
  let session; // Thebe's session: a kernel and its widget manager
  let cells; // one object for each code cell, in order
  let queue = Promise.resolve(); // runs of cells, one after another
  let restarted = Promise.resolve(); // when Python has started again, each time in turn
  let waiting = 0; // runs asked for and not yet done; "run all" counts as one more
  let generation = 0; // goes up when Python restarts: runs asked for before are dropped

  const button = (label, className, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.className = `live-button ${className}`;
    made.addEventListener("click", action);
    return made;
  };

  // --- Starting ----------------------------------------------------------------------

  async function start(description) {
    live = description;
    const { page, root } = live;
    const again = live.tries > 1;
    const url = (path) => new URL(path, root).href;
    const files = await fetchJson(url(`${page.book}/files.json`), again);

    const kernelFailed = listenToPython(files);
    leaveServiceWorkersAlone();
    await Promise.race([loadPageScripts(files, url, again), kernelFailed]);
    api = window.thebeCore.api;
    const config = api.makeConfiguration({ kernelOptions: { kernelName: "python" } });
    // Without a name for MathJax, Thebe would show LaTeX as plain text.
    rendermime = api.makeRenderMimeRegistry({ mathjaxUrl: "ours", mathjaxConfig: "" });
    rendermime.latexTypesetter = { typeset: drawFormulas };
    server = api.makeServer(config);
    await Promise.race([
      server.connectToJupyterLiteServer({ litePluginSettings: kernelSettings(files, url, again) }),
      kernelFailed,
    ]);
    await Promise.race([startPython(), kernelFailed]);

    if (!cells) {
      const blocks = page.cells.map(({ id, source }) => ({ id, source }));
      const notebook = api.setupNotebookFromBlocks(blocks, config, rendermime);
      cells = page.cells.map((cell, i) => makeCell({ ...cell, number: i + 1 }, notebook));
      addPageButtons();
    }
    for (const cell of cells) cell.thebe.attachSession(session);
    liveSession.running = true;
    const loaded = Object.keys(files.python.page).map((path) => url(`live/${path}`));
    const core = ["pyodide.js", "pyodide.asm.js"].map((name) => {
      return url(`live/${files.lib}/pyodide/${name}`);
    });
    const own = ["live_python.js", "page-lock.json"].map((name) => url(`${page.book}/${name}`));
    live.keep([...loaded, ...core, ...own], [files.lib, page.book.split("/").pop()]);
    await runAll();
  }

  // The page's own formulas are drawings; MathJax is for those that Python shows.
  async function drawFormulas(element) {
    if (!/\$|\\[([]|\\begin/.test(element.textContent)) return;
    if (!window.MathJax) {
      const inlineMath = [["$", "$"], ["\\(", "\\)"]]; // as in Jupyter
      window.MathJax = { tex: { inlineMath }, startup: { typeset: false } };
      await live.loadScript(new URL("mathjax/tex-mml-chtml.js", live.root));
    }
    await window.MathJax.startup.promise;
    await window.MathJax.typesetPromise([element]);
  }

  async function fetchJson(url, again) {
    const response = await fetch(url, { cache: again ? "reload" : "default" });
    if (!response.ok) throw new Error(`${url.split("/").pop()} is missing`);
    return response.json();
  }

  async function loadPageScripts(files, url, again) {
    const load = (path) => {
      const address = url(`live/${path}`) + (again ? `?try=${live.tries}` : "");
      return live.loadScript(address, files.page[path]);
    };
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = url(`live/${files.style}`);
    // Before the page's own styles, which so have the last word.
    document.head.prepend(style);
    if (!window.thebeLite) await load(files.kernel);
    if (!window.thebeCore) {
      // Thebe hands its widget classes to an AMD loader if the page has one.
      await load(files.thebe);
    }
  }

  function kernelSettings(files, url, again) {
    const inPython = Object.entries(files.python.page);
    return {
      "@jupyterlite/pyodide-kernel-extension:kernel": {
        pyodideUrl: url(`${live.page.book}/live_python.js`),
        pipliteUrls: [],
        pipliteWheelUrl: "",
        disablePyPIFallback: true,
        loadPyodideOptions: {
          indexURL: url(`live/${files.lib}/pyodide/`),
          lockFileURL: url(`${live.page.book}/page-lock.json`),
          packages: files.packages,
          live: {
            channel,
            again,
            files: inPython.map(([path, file]) => ({
              url: url(`live/${path}`),
              name: path.split("/").pop(),
              integrity: file.integrity,
            })),
          },
        },
      },
    };
  }

  // The kernel would throw out the book's service worker for one of its own, which shares
  // files with a JupyterLab that is not in this page.
  function leaveServiceWorkersAlone() {
    if (!navigator.serviceWorker) return;
    Object.assign(navigator.serviceWorker, {
      getRegistrations: () => Promise.resolve([]),
      getRegistration: () => Promise.resolve(undefined),
      register: () => Promise.reject(new Error("this page needs no other service worker")),
    });
  }

  // Thebe would fetch an AMD loader from another host, for widget packages that the book
  // does not use.
  function useBundledWidgets(manager) {
    const refuse = (names, resolve, reject) =>
      reject(new Error(`The widget package ${names} is not part of this book`));
    const loader = Object.assign(refuse, { defined: () => false, config: () => {} });
    manager._loader = { requested: true, ready: Promise.resolve({ require: loader }) };
  }

  // --- News from Python while it starts -----------------------------------------------

  const channel = `live-${Math.random().toString(36).slice(2)}`;
  let news;
  let pythonStarted;

  function listenToPython(files) {
    const sizes = Object.values(files.python.page).map((file) => file.bytes);
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
    const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
    let arrived = 0;
    news?.close();
    news = new BroadcastChannel(channel);
    let markStarted;
    pythonStarted = new Promise((resolve) => (markStarted = resolve));
    const failed = new Promise((_, reject) => {
      addEventListener("unhandledrejection", ({ reason }) => {
        const lines = String(reason?.message ?? reason).trim().split("\n");
        if (!liveSession.running) reject(new Error(lines.at(-1)));
      });
      news.onmessage = ({ data }) => {
        if (data.failed) {
          news.close(); // what still arrives is no news any more
          reject(new Error(data.failed));
        }
        if (data.stage) markStarted();
        if (!data.bytes || liveSession.running) return;
        arrived += data.bytes;
        live.showProgress(Math.min(arrived / total, 1));
        if (arrived < total) {
          live.say(`Loading Python: ${megabytes(arrived)} of ${megabytes(total)} MB`);
        } else {
          live.showProgress(null);
          live.say("Starting Python …");
        }
      };
    });
    failed.catch(() => {});
    return failed;
  }

  async function startPython() {
    session = await server.startNewSession(rendermime);
    useBundledWidgets(session.manager);
    await pythonStarted;
    live.showProgress(null);
    live.say("Starting Jupyter …");
    await session.kernel.requestExecute({ code: "", silent: true }).done;
  }

  // --- Cells -------------------------------------------------------------------------

  function makeCell(description, notebook) {
    const cell = {
      ...description,
      thebe: notebook.getCellById(description.id),
      element: document.getElementById(`cell-${description.id}`) ?? hiddenElement(),
    };
    cell.input = cell.element.querySelector(".cell_input") ?? hiddenElement(cell.element);
    cell.still = cell.element.querySelector(".cell_output"); // the book's own output
    const place = document.createElement("div");
    const output = document.createElement("div");
    output.className = "live-output";
    output.hidden = true;
    cell.output = output;
    cell.input.append(place);
    (cell.still ?? cell.input).after(output);
    for (const part of cell.input.querySelectorAll("[class*=highlight-]")) part.hidden = true;

    cell.thebe.source = keptSource(cell);
    const [made] = window.thebe.renderAllCells(
      {
        mountRunButton: false,
        mountRunAllButton: false,
        mountRestartButton: false,
        mountRestartAllButton: false,
        codeMirrorConfig: { lineNumbers: false, viewportMargin: Infinity },
      },
      notebook,
      [{ id: cell.id, placeholders: { source: place, output } }],
    );
    cell.editor = made.ui.editor.querySelector(".CodeMirror").CodeMirror;
    makeEditorAccessible(cell);
    addCellButtons(cell, made.ui.cell);
    cell.editor.on("change", () => {
      keepSource(cell);
      showEdited(cell);
    });
    showEdited(cell);
    return cell;
  }

  // Where a cell goes whose code the page does not show: it runs all the same.
  function hiddenElement(parent = document.body) {
    const element = document.createElement("div");
    element.hidden = true;
    parent.append(element);
    return element;
  }

  function makeEditorAccessible(cell) {
    const { editor } = cell;
    const field = editor.getInputField();
    field.setAttribute("aria-label", `Code of cell ${cell.number}`);
    field.setAttribute(
      "aria-description",
      "Shift-Enter runs the cell. To leave the editor, press Escape, then Tab.",
    );
    let leaving = false;
    editor.setOption("extraKeys", {
      ...editor.getOption("extraKeys"),
      "Shift-Enter": () => run(cell),
      "Ctrl-Enter": () => run(cell),
      Esc: () => {
        leaving = true;
      },
      Tab: () => {
        if (leaving) moveFocus(editor, 1);
        else if (editor.somethingSelected()) editor.indentSelection("add");
        else editor.replaceSelection(" ".repeat(4 - (editor.getCursor().ch % 4)), "end");
      },
      "Shift-Tab": () => (leaving ? moveFocus(editor, -1) : editor.indentSelection("subtract")),
    });
    editor.setOption("indentUnit", 4);
    editor.on("focus", () => {
      leaving = false;
    });
    editor.on("change", () => {
      leaving = false;
    });
  }

  function moveFocus(editor, step) {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")];
    const able = all.filter((element) => {
      return !element.disabled && element.tabIndex >= 0 && element.getClientRects().length;
    });
    const place = able.indexOf(editor.getInputField());
    able[(place + step + able.length) % able.length].focus();
  }

  function addCellButtons(cell, box) {
    cell.runButton = button("Run", "live-run", () => run(cell));
    cell.runButton.title = "Run this cell (Shift-Enter)";
    cell.stopButton = button("Stop", "live-stop", () => restart());
    cell.stopButton.title = "Stop this cell: Python starts anew and its variables are lost";
    cell.stopButton.hidden = true;
    cell.undoButton = button("Book's version", "live-undo", () => {
      cell.editor.setValue(cell.source);
    });
    cell.undoButton.title = "Put the book's code back into this cell";
    cell.note = document.createElement("span");
    cell.note.className = "live-note";
    const row = document.createElement("div");
    row.className = "live-cell-buttons";
    row.append(cell.runButton, cell.stopButton, cell.undoButton, cell.note);
    box.append(row);
    const old = live.kept.read().edits[cell.id];
    if (old && old.hash !== cell.hash) offerOldEdit(cell, old, row);
  }

  // --- Running -----------------------------------------------------------------------

  function run(cell, { first = false } = {}) {
    const mine = generation;
    cell.element.dataset.liveCellStatus = "waiting";
    waiting += 1;
    queue = queue.then(async () => {
      if (mine !== generation) return { dropped: true };
      const result = await runNow(cell, first);
      if (mine === generation) finishOne();
      return result;
    });
    return queue;
  }

  function finishOne() {
    waiting -= 1;
    live.setStatus(waiting ? "running" : "ready");
  }

  async function runNow(cell, first) {
    const mine = generation;
    const source = cell.thebe.source;
    cell.element.dataset.liveCellStatus = "running";
    live.setStatus("running");
    cell.output.style.minHeight = `${cell.output.offsetHeight}px`; // nothing jumps
    const stop = setTimeout(() => {
      cell.stopButton.hidden = false;
    }, 700);
    const stopped = new Promise((resolve) => (cell.release = () => resolve(null)));
    const shown = showFirstOutput(cell);
    const result = await Promise.race([cell.thebe.execute(source), stopped]);
    clearTimeout(stop);
    cell.stopButton.hidden = true;
    if (mine !== generation) return { dropped: true };
    shown();
    cell.output.inert = false;
    cell.output.style.minHeight = "";
    const failed = !result || Boolean(result.error);
    cell.element.dataset.liveCellStatus = failed ? "error" : "done";
    if (!first) live.kept.change("settings", cell.id, null);
    await followSettings(cell, source, first).catch(console.error);
    await connectPlaygrounds(cell).catch(console.error);
    return { failed };
  }

  // The book's picture stays until the live output that takes its place is there.
  function showFirstOutput(cell) {
    const show = () => {
      cell.output.hidden = cell.thebe.model.length === 0;
      if (cell.still) cell.still.hidden = true;
    };
    if (cell.shown) return show;
    const onChange = () => {
      if (cell.thebe.model.length > 0) show();
    };
    cell.thebe.model.changed.connect(onChange);
    return () => {
      cell.thebe.model.changed.disconnect(onChange);
      cell.shown = true;
      show();
    };
  }

  async function runAll() {
    const mine = generation;
    waiting += 1;
    const anyCode = cells.some(({ editor }) => editor.getWrapperElement().offsetParent);
    let end = anyCode
      ? "This page is live: change any code and press Shift-Enter to run it."
      : "This page is live.";
    for (const [index, cell] of cells.entries()) {
      live.say(`Running cell ${index + 1} of ${cells.length} …`);
      const { failed, dropped } = await run(cell, { first: true });
      if (dropped || mine !== generation) return;
      if (failed && !cell.mayFail) {
        end =
          `Cell ${index + 1} stopped with an error; the cells below it have not run. ` +
          "Mend it, then run them all.";
        break;
      }
    }
    live.say(end);
    finishOne();
  }

  // The kernel runs in a worker of this page and listens to nothing while a cell runs, so
  // a cell that runs away is stopped by ending the worker and starting a new one.
  // A restart that is asked for while another is under way takes its turn.
  async function restart({ andRunAll = false } = {}) {
    generation += 1;
    const mine = generation;
    for (const cell of cells) {
      cell.release?.();
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
    live.say("Python has started anew: its variables are gone. Run all cells to go on.");
  }

  async function startAnew(mine) {
    try {
      await session.shutdown();
      await startPython();
      for (const cell of cells) cell.thebe.attachSession(session);
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

  // --- The reader's changes ------------------------------------------------------------

  function keptSource(cell) {
    const edit = live.kept.read().edits[cell.id];
    return edit && edit.hash === cell.hash ? edit.source : cell.source;
  }

  function keepSource(cell) {
    const source = cell.editor.getValue();
    const same = source === cell.source;
    live.kept.change("edits", cell.id, same ? null : { hash: cell.hash, source });
  }

  function showEdited(cell) {
    const edited = cell.editor.getValue() !== cell.source;
    cell.element.classList.toggle("live-edited", edited);
    cell.undoButton.hidden = !edited;
    cell.note.textContent = edited ? "changed by you" : "";
  }

  function offerOldEdit(cell, old, row) {
    const note = document.createElement("span");
    note.className = "live-note";
    note.textContent = "The book's code here is newer than your change.";
    const parts = [note];
    const done = () => parts.forEach((part) => part.remove());
    parts.push(
      button("Show my code", "", () => {
        cell.editor.setValue(old.source);
        done();
      }),
      button("Discard it", "", () => {
        live.kept.change("edits", cell.id, null);
        done();
      }),
    );
    row.append(...parts);
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

  // --- Settings of the widgets -----------------------------------------------------------

  // What a control is set to: the chosen label for a menu, the value for any other.
  const settingOf = (model) => {
    const labels = model.get("_options_labels");
    return labels ? labels[model.get("index")] : model.get("value");
  };

  async function followSettings(cell, source, restore) {
    const controls = await findControls(cell);
    if (!controls.size) return;
    const kept = live.kept.read().settings[cell.id];
    if (restore && kept && kept.source === source) {
      for (const [name, model] of controls) {
        if (name in kept.values) applySetting(model, kept.values[name]);
      }
    }
    for (const model of controls.values()) {
      model.on("change:value change:index", () => {
        const values = {};
        for (const [name, each] of controls) values[name] = settingOf(each);
        live.kept.change("settings", cell.id, { source, values });
      });
    }
  }

  async function connectPlaygrounds(cell) {
    for (const model of await shownModels(cell)) {
      if (!model.has("_opened")) continue;
      if (!window.playgroundLink) {
        await live.loadScript(new URL(`${live.page.book}/playground_link.js`, live.root));
      }
      window.playgroundLink.connect(model, live.say);
    }
  }

  async function shownModels(cell) {
    const views = cell.thebe.outputs
      .map((output) => output.data?.["application/vnd.jupyter.widget-view+json"])
      .filter((view) => view);
    return Promise.all(views.map((view) => session.manager.get_model(view.model_id)));
  }

  function applySetting(model, setting) {
    const labels = model.get("_options_labels");
    if (!labels) model.set("value", setting);
    else if (labels.includes(setting)) model.set("index", labels.indexOf(setting));
    else return;
    model.save_changes();
  }

  async function findControls(cell) {
    const found = new Map();
    async function search(model) {
      for (const child of model.get("children") ?? []) await search(await child);
      const name = model.get("description");
      const isFile = model.get("_model_name") === "FileUploadModel"; // the reader's own
      const isControl = !isFile && (model.has("value") || model.has("_options_labels"));
      if (name && isControl && !found.has(name)) found.set(name, model);
    }
    for (const model of await shownModels(cell)) await search(model);
    return found;
  }

  return { start, reset, running: false };
})();
const liveSession = window.liveSession;
