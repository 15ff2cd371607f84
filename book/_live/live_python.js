// Starts Python in the page's worker. The kernel (thebe-lite) loads this file where it
// expects Pyodide's own pyodide.js, and calls loadPyodide.
//
// It fetches every file at once, checks each against its SHA-256, tells the page how many
// bytes have arrived, and says which file failed and how. Then Pyodide does the rest.

self.loadPyodide = async ({ live, ...options }) => {
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
    // The kernel also asks for a part of Python that no page of the book imports.
    const packages = options.packages.filter((name) => name !== "ssl");
    const python = await self.loadPyodide({ ...options, packages });
    await Promise.all(started.values());
    page.postMessage({ stage: "started" });
    return python;
  } catch (error) {
    page.postMessage({ failed: String(error.message ?? error) });
    throw error;
  }
};
