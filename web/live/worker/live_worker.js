// @ts-check
// The worker that Python runs in. It starts Python at once, while the page still loads Thebe,
// and then runs thebe-lite's own worker script, which uses that Python. The build puts it into the
// folder of thebe-lite's files, because that script loads other files from its own folder.

/** @type {import("../page/engine.js").WorkerSettings} */
const { python, input, options, shares } = JSON.parse(self.name);

// The page sends the memory that it shares with Python before thebe-lite listens for messages.
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
self.startPython(options).catch(() => {}); // already reported to the page
importScripts("903.thebe-lite.min.js");
