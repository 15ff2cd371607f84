// What the benchmark does in a page of either edition, in Firefox and WebKit: the same by script.

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

// Wait until the whole page has run and, if this edition does so, the browser keeps Python.
async function comeToRest(keepsPython) {
  await until(() => document.querySelector('[data-live-status="ready"]'));
  const words = () => document.querySelector(".live-kept")?.textContent ?? "";
  if (keepsPython) await until(() => words().includes("is kept"));
  await new Promise((resolve) => setTimeout(resolve, 3000)); // its service worker keeps files
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
