// Starts Python in the page's worker. The kernel (thebe-lite) loads this file where it
// expects Pyodide's own pyodide.js, and calls loadPyodide.
//
// It fetches every file at once, checks each against its SHA-256, tells the page how many
// bytes have arrived, and says which file failed and how. Then Pyodide does the rest.
// JupyterLite's kernel loads this file too, and leaves it to find out what there is.

async function describeForJupyterLite({ indexURL: book, packages }) {
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
}

self.loadPyodide = async (given) => {
  const { live, ...options } = given.live ? given : await describeForJupyterLite(given);
  const page = new BroadcastChannel(live.channel);
  const plainFetch = self.fetch.bind(self);
  const started = new Map(); // URL -> promise of a response

  async function fetchChecked(url, file) {
    let response;
    const cache = live.again ? "reload" : "default";
    try {
      response = await plainFetch(url, { integrity: file.integrity, cache });
    } catch (error) {
      // Browsers say the same of a lost connection and of bytes that do not match.
      const reached = await plainFetch(url, { cache }).catch(() => null);
      if (reached?.ok) throw new Error(`${file.name} is damaged: its bytes are not the book's`);
      response = reached;
    }
    if (!response) throw new Error(`${file.name} could not be reached`);
    if (!response.ok) throw new Error(`${file.name} is missing (${response.status})`);
    countBytes(response.clone());
    return response;
  }

  async function countBytes(response) {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      page.postMessage({ bytes: value.byteLength });
    }
  }

  for (const file of live.files) {
    const url = new URL(file.url, options.indexURL).href;
    const response = fetchChecked(url, file);
    response.catch((error) => page.postMessage({ failed: error.message }));
    started.set(url, response);
  }
  self.fetch = (resource, settings) => {
    const url = String(resource.url ?? resource);
    const response = started.get(url);
    started.delete(url);
    return response ?? plainFetch(resource, settings);
  };

  try {
    importScripts(options.indexURL + "pyodide.js");
    // Named only so that the kernel does not install them: no page of the book needs them.
    const notNeeded = ["jedi", "micropip", "ssl"];
    const packages = options.packages.filter((name) => !notNeeded.includes(name));
    const python = await self.loadPyodide({ ...options, packages });
    await Promise.all(started.values());
    page.postMessage({ stage: "started" });
    return python;
  } catch (error) {
    page.postMessage({ failed: String(error.message ?? error) });
    throw error;
  }
};
