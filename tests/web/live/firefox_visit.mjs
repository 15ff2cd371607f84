// Visits live pages in Firefox, as test_firefox.py asks for: drives it over WebDriver BiDi.
//
//     node firefox_visit.mjs FIREFOX ADDRESS FOLDER_FOR_PICTURES PAGE...
//
// It prints one line of JSON for each page: its status, what it said, and what it asked for.
// The last one is visited once the browser keeps Python.

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
  // Firefox says this of a formula whose end the network has not brought yet, and of one that is
  // wrong: `formulas` tells the two apart once the page is whole.
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

// Set a point by pointer in the page's playground; return whether it has one.
async function paintPoint(page) {
  const place = await page.evaluate(`(${openPainting})()`);
  if (!place) return false;
  await page.mouse.click(...place);
  const isSet = () => document.body.innerText.includes("3 samples to train on");
  await page.waitForFunction(isSet, seconds(60));
  return true;
}

// Type into the first editor, press Shift-Enter, and return what comes out.
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
