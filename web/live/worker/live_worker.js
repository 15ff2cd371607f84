// @ts-check
// The worker that Python runs in. It starts Python at once, while the page still loads Thebe,
// and then becomes thebe-lite's own worker, which asks for that Python. It lies beside
// thebe-lite's files, whose worker looks for its parts beside itself.

/** @type {import("../page/engine.js").WorkerSettings} */
const { python, input, options, shares } = JSON.parse(self.name);

// The page sends the memory that it shares with Python before thebe-lite listens.
self.sharedWithPage = new Promise((resolve) => {
  if (!shares) {
    resolve({});
    return;
  }
  const take = (event) => {
    if (!event.data?.sharedWithPage) return;
    event.stopImmediatePropagation();
    self.removeEventListener("message", take);
    resolve(event.data.sharedWithPage);
  };
  self.addEventListener("message", take);
});

// live_input.js, and live_python.js: self.startPython and self.loadPyodide
importScripts(input, python);
self.startPython(options).catch(() => {}); // the page has been told
importScripts("903.thebe-lite.min.js");
