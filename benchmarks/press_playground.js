// The functions that other_browsers.py runs in the page, in Firefox and WebKit.

// Press the playground's picture; return the seconds until the playground can be used.
async function pressPlayground() {
  const visible = (element) => element.offsetParent !== null;
  const find = (selector) => [...document.querySelectorAll(`#cell-playground ${selector}`)];
  const done = () =>
    document.querySelector('#cell-playground[data-live-cell-status="done"]') &&
    find(".live-output button").some((each) => /Play/.test(each.textContent) && visible(each));
  await until(() => find(".live-play").some(visible));
  const begin = performance.now();
  find(".live-play").find(visible).click();
  await until(done);
  return (performance.now() - begin) / 1000;
}

// Wait until all cells have run and the browser has stored Python's memory snapshot.
async function waitUntilStored() {
  await until(() => document.querySelector('[data-live-status="ready"]'));
  const words = () => document.querySelector(".live-kept")?.textContent ?? "";
  await until(() => words().includes("is kept"));
  await new Promise((resolve) => setTimeout(resolve, 3000)); // the service worker stores files
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
