// The worker that Python runs in. It starts Python at once, while the page still loads Thebe,
// and then becomes thebe-lite's own worker, which asks for that Python. It lies beside
// thebe-lite's files, whose worker looks for its parts beside itself.

const { python, options, interrupts } = JSON.parse(self.name);

// The page sends what it interrupts Python with before thebe-lite listens.
self.interruptBuffer = new Promise((resolve) => {
  if (!interrupts) {
    resolve(null);
    return;
  }
  const take = (event) => {
    if (!event.data?.interruptBuffer) return;
    event.stopImmediatePropagation();
    self.removeEventListener("message", take);
    resolve(event.data.interruptBuffer);
  };
  self.addEventListener("message", take);
});

importScripts(python); // live_python.js: self.startPython and self.loadPyodide
self.startPython(options).catch(() => {}); // the page has been told
importScripts("903.thebe-lite.min.js");
