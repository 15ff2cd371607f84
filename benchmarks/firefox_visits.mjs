// Open a chapter twice in Firefox and press its playground, for other_browsers.py.
//
//     node firefox_visits.mjs FIREFOX ADDRESS
//
// It prints the seconds of both presses as JSON. It reads press_playground.js in its folder.

import { readFileSync } from "node:fs";

import puppeteer from "puppeteer-core";

const [executablePath, address] = process.argv.slice(2);
const inPage = readFileSync(new URL("press_playground.js", import.meta.url), "utf8");
const protocolTimeout = 600_000; // milliseconds
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  protocolTimeout,
});
try {
  const seconds = [];
  for (const _ of ["first", "later"]) {
    const page = await browser.newPage();
    await page.goto(address, { waitUntil: "networkidle0" });
    const call = (text) => page.evaluate(`(() => { ${inPage}; return ${text}; })()`);
    seconds.push(await call("pressPlayground()"));
    if (seconds.length === 1) await call("waitUntilStored()");
    await page.close();
  }
  console.log(JSON.stringify(seconds));
} finally {
  await browser.close();
}
