// Visits live pages in Firefox over WebDriver BiDi, for test_firefox.py.
//
//     node firefox_visit.mjs FIREFOX ADDRESS FOLDER_FOR_PICTURES PAGE...
//
// It prints a line of JSON for each page: its status, its message, its requests and so on. The
// last page is visited once the browser has stored the snapshot of Python.

import { readFileSync } from "node:fs";

import puppeteer from "puppeteer-core";

const [executablePath, address, pictures, ...names] = process.argv.slice(2);
const inPage = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const pressPlay = inPage("press_play.js");
const openPainting = inPage("open_painting.js");
const seconds = (count) => ({ timeout: count * 1000 });
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  for (const [number, name] of names.entries()) {
    console.log(JSON.stringify(await visit(name, number)));
  }
} finally {
  await browser.close();
}

async function visit(name, number) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1200, height: 900 });
  const errors = [];
  const requests = [];
  // Firefox reports this error for an invalid formula, and for one that is not fully loaded yet.
  // So the error is ignored, and `formulas` checks the formulas once the page is complete.
  const unfinished = (error) => error.message.startsWith("Invalid markup: Incorrect number");
  page.on("pageerror", (error) => unfinished(error) || errors.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`${address}/${name}`, { waitUntil: "load" });
  await page.click("[data-live=start]");
  const ended = '[data-live-status="ready"], [data-live-status="error"]';
  await page.waitForSelector(ended, seconds(120));
  const result = {
    status: await page.$eval("[data-live-status]", (bar) => bar.dataset.liveStatus),
    words: await page.$eval(".live-words", (words) => words.textContent),
    cells: await page.$$eval("[data-live-cell-status]", (cells) =>
      cells.map((cell) => cell.dataset.liveCellStatus),
    ),
    formulas: await page.$$eval("msub, msup, mfrac, msubsup", (nodes) => [
      ...new Set(nodes.map((node) => `${node.localName} ${node.childElementCount}`)),
    ]),
    changed: await page.evaluate(`(${pressPlay})()`),
    painted: await paintPoint(page),
    output: await editFirstCell(page),
    python: await page.$eval("[data-live-python]", (bar) => bar.dataset.livePython),
  };
  if (number === names.length - 2) await untilKept(page);
  const picture = `${pictures}/firefox-${name.split("/").pop().replace(".html", "")}.png`;
  await page.screenshot({ path: picture });
  await page.close();
  return { ...result, errors, requests };
}

// Set a point in the page's playground with the mouse; return false if there is no playground.
async function paintPoint(page) {
  const place = await page.evaluate(`(${openPainting})()`);
  if (!place) return false;
  await page.mouse.click(...place);
  const isSet = () => document.body.innerText.includes("3 samples to train on");
  await page.waitForFunction(isSet, seconds(60));
  return true;
}

// Type into the first editor, press Shift-Enter, and return the output.
async function editFirstCell(page) {
  const editor = await page.$(".cell[data-live-cell-status] .CodeMirror");
  await editor.click();
  await editor.evaluate((element) => element.CodeMirror.setValue(""));
  await page.keyboard.type("print(6 * 7)");
  await page.keyboard.down("Shift");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Shift");
  const cell = ".cell[data-live-cell-status] .live-output";
  await page.waitForFunction(
    (selector) => document.querySelector(selector).innerText.trim() === "42",
    seconds(30),
    cell,
  );
  return page.$eval(cell, (output) => output.innerText.trim());
}

function untilKept(page) {
  const isKept = () => document.querySelector(".live-kept")?.textContent.includes("is kept");
  return page.waitForFunction(isKept, seconds(120));
}
