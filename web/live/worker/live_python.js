// Starts Python in the page's worker: from a snapshot of its memory if the browser keeps one,
// else in Pyodide's usual way. live_worker.js loads this file and calls startPython; later the
// kernel (thebe-lite) loads it instead of Pyodide's own pyodide.js, and calls loadPyodide.
//
// It fetches all files in parallel, checks each against its SHA-256, reports to the page how many
// bytes have arrived, and which file failed and how. Pyodide does the rest. JupyterLite's kernel
// loads this file too, without a list of files; then this file reads files.json.

if (!self.startPython) {
  let started;
  const plainFetch = self.fetch; // while Python starts, self.fetch gives what was requested already

  const describeForJupyterLite = async ({ indexURL: book, packages }) => {
    const files = await (await fetch(`${book}files.json`)).json();
    const root = new URL("..", book);
    return {
      indexURL: new URL(`${files.lib}/pyodide/`, root).href,
      lockFileURL: `${book}lite-lock.json`,
      packages,
      live: {
        channel: "live-in-jupyterlite",
        files: Object.entries(files.python.lite).map(([path, { integrity }]) => ({
          url: new URL(path, root).href,
          name: path.split("/").pop(),
          integrity,
        })),
      },
    };
  };

  const start = async (given) => {
    const { live, ...options } = given.live ? given : await describeForJupyterLite(given);
    const page = new BroadcastChannel(live.channel);
    try {
      let python;
      if (live.snapshot) {
        python = await startFromSnapshot(live, options, page).catch(async (error) => {
          console.warn("Python starts without its snapshot:", error);
          self.liveSnapshot?.forget();
          await giveUp(live.snapshot, error);
        });
      }
      const from = python ? "snapshot" : "wheels";
      python ??= await startPlainly(live, options, page);
      if (self.sharedWithPage) {
        const { interrupts, answers } = await self.sharedWithPage;
        if (interrupts) python.setInterruptBuffer(interrupts);
        self.readersInput = self.inputFromPage(python, answers, page);
      }
      page.postMessage({ started: from });
      return python;
    } catch (error) {
      page.postMessage({ failed: String(error.message ?? error) });
      throw error;
    }
  };

  async function startPlainly(live, options, page) {
    return withFiles(live, live.files, options, page, async (fetched) => {
      importScripts(`${options.indexURL}pyodide.js`);
      // Listed only so that the kernel does not install them: no page of the book needs them.
      const notNeeded = ["jedi", "micropip", "ssl"];
      const packages = options.packages.filter((name) => !notNeeded.includes(name));
      const python = await self.loadPyodide({ ...options, packages });
      await Promise.all(fetched.values());
      return python;
    });
  }

  // The snapshot and all files are complete, but Python does not start from it in this browser.
  class Unfit extends Error {}

  // Delete the snapshot. If this browser cannot use it, record that: it is not fetched again.
  async function giveUp({ cache, unfit }, error) {
    await caches.delete(cache);
    if (!(error instanceof Unfit)) return;
    await (await caches.open(cache)).put(unfit, new Response(navigator.userAgent));
  }

  async function startFromSnapshot(live, options, page) {
    const { cache, folder, script } = live.snapshot;
    const kept = await caches.open(cache);
    const get = async (name) => {
      const response = await kept.match(`${folder}${name}`);
      if (!response) throw new Error(`${name} is not kept any longer`);
      return response;
    };
    const bytes = async (name) => new Uint8Array(await (await get(name)).arrayBuffer());
    const core = live.files.filter(({ name }) => !name.endsWith(".whl"));
    return withFiles(live, core, options, page, async (fetched) => {
      // In parallel: the core and the libraries are compiled while the memory is read.
      const compiled = WebAssembly.compileStreaming(
        fetched.get(`${options.indexURL}pyodide.asm.wasm`),
      );
      const files = ["memory.bin", "first.bin", "later.bin", "libraries.bin"].map(bytes);
      const recording = await (await get("snapshot.json")).json();
      const libraries = files[3].then((all) =>
        Promise.all(
          recording.libraries.map(([, from, n]) =>
            WebAssembly.compile(all.subarray(from, from + n)),
          ),
        ),
      );
      importScripts(script, `${options.indexURL}pyodide.js`, `${options.indexURL}pyodide.asm.js`);
      const { loadPyodide } = self; // now, because this file will replace self.loadPyodide
      const [memory, first, later, ofLibraries] = await Promise.all(files);
      const size = recording.runs.reduce((sum, [, length]) => sum + length, 0);
      if (memory.length !== size) throw new Error("memory.bin is not whole");
      const { prepare, writeFiles } = self.liveSnapshot;
      const restoring = prepare(recording, await libraries, memory);

      // Pyodide accepts only a response, which it would compile again.
      const { instantiateStreaming } = WebAssembly;
      WebAssembly.instantiateStreaming = async (_, imports) => {
        const module = await compiled;
        return { module, instance: await WebAssembly.instantiate(module, imports) };
      };
      try {
        const python = await loadPyodide({ ...options, ...restoring.options });
        restoring.finish(python);
        writeFiles(python, recording.first, first);
        writeFiles(python, recording.later, later);
        writeFiles(python, recording.libraries, ofLibraries);
        return python;
      } catch (error) {
        await Promise.all(fetched.values()); // if this fails, the connection was the cause
        throw new Unfit(error.message, { cause: error });
      } finally {
        WebAssembly.instantiateStreaming = instantiateStreaming;
      }
    });
  }

  // Fetch files, then call work, during which Pyodide's calls of fetch get these responses.
  async function withFiles(live, files, options, page, work) {
    const fetched = new Map(); // URL -> promise of a response
    for (const file of files) {
      const url = new URL(file.url, options.indexURL).href;
      const response = fetchChecked(url, file, live, page);
      response.catch((error) => page.postMessage({ failed: error.message }));
      fetched.set(url, response);
    }
    const left = new Map(fetched);
    self.fetch = (resource, settings) => {
      const url = String(resource.url ?? resource);
      const response = left.get(url);
      left.delete(url);
      return response ?? plainFetch(resource, settings);
    };
    try {
      return await work(fetched);
    } finally {
      self.fetch = plainFetch;
    }
  }

  async function fetchChecked(url, file, live, page) {
    let response;
    const cache = live.again ? "reload" : "default";
    try {
      response = await plainFetch(url, { integrity: file.integrity, cache });
    } catch {
      // Browsers raise the same error for a lost connection and for a wrong checksum.
      const reached = await plainFetch(url, { cache }).catch(() => null);
      if (reached?.ok) throw new Error(`${file.name} is damaged: its bytes are not the book's`);
      response = reached;
    }
    if (!response) throw new Error(`${file.name} could not be reached`);
    if (!response.ok) throw new Error(`${file.name} is missing (${response.status})`);
    countBytes(response.clone(), page);
    return response;
  }

  async function countBytes(response, page) {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      page.postMessage({ bytes: value.byteLength });
    }
  }

  self.startPython = (given) => (started ??= start(given));
}
self.loadPyodide = self.startPython;
