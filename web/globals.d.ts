// What the pages' scripts find in a page, or in its worker, that no module exports.

interface Window {
  // of other projects, without types
  MathJax: any;
  thebe: any;
  thebeCore: any;
  thebeLite: any;
  qrcode: any;
  // of the worker's scripts
  sharedWithPage: Promise<import("./live/page/engine.js").Shared>;
  startPython(options: object): Promise<any>;
}

interface Navigator {
  connection?: { saveData: boolean }; // in Chromium only
}

interface DocumentEventMap {
  "self-check": CustomEvent<import("./questions/kept_answers.js").Answer & { right: boolean }>;
  prediction: CustomEvent<import("./questions/kept_answers.js").Answer>;
}

declare function importScripts(...addresses: string[]): void;
