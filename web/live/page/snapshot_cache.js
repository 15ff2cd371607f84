// @ts-check
// Keep a snapshot of Python in this browser, so that later pages start from it. It is fetched
// once, after the first page is live, checked against its SHA-256, and kept unpacked. It belongs
// to one build of the book and is deleted when the book changes.

import { make } from "../../pages/dom.js";

const cacheName = (live) => `python-snapshot:${new URL(live.root).pathname}`;
const folder = (live) => new URL(`${live.page.book}/snapshot/`, live.root).href;
const MARK = "whole"; // kept last
const UNFIT = "unfit"; // kept instead of all else by a browser that could not start from it

// Return where the worker finds the snapshot, or null if this browser has none for this book.
export async function findSnapshot(live) {
  const cache = cacheName(live);
  try {
    // unlike open, match does not create the cache
    const mark = await caches.match(`${folder(live)}${MARK}`, { cacheName: cache });
    const script = new URL(`${live.page.book}/live_snapshot.js`, live.root).href;
    const unfit = `${folder(live)}${UNFIT}`; // where the worker records that it could not use it
    return mark ? { cache, folder: folder(live), script, unfit } : null;
  } catch {
    return null; // browsers have no cache storage without https, except on localhost
  }
}

// Return whether this browser could not start from the snapshot. Another version of the browser
// or the book tries again.
async function isUnfit(live) {
  const url = `${folder(live)}${UNFIT}`;
  const mark = await caches.match(url, { cacheName: cacheName(live) });
  return (await mark?.text()) === navigator.userAgent;
}

/**
 * Fetch the snapshot unless it is cached; call tell with the fraction received, from 0 to 1.
 * @param {import("./control.js").Live} live
 * @param {import("./engine.js").BookFiles} files
 * @param {(share: number) => void} tell
 */
async function fetchSnapshot(live, files, tell) {
  if (!window.caches || navigator.connection?.saveData) return;
  const once = navigator.locks
    ? (work) => navigator.locks.request(cacheName(live), { ifAvailable: true }, work)
    : (work) => work(true);
  await once(async (mine) => {
    if (!mine || (await findSnapshot(live))) return; // another tab fetches or has fetched it
    if (await isUnfit(live)) return;
    await caches.delete(cacheName(live)); // it may be of an earlier build
    try {
      await fetchInto(await caches.open(cacheName(live)), live, files, tell);
    } catch (error) {
      await caches.delete(cacheName(live));
      throw error;
    }
  });
}

// Fetch the snapshot for the next page, at low priority, and show the progress in the page's bar.
export async function keepForNextTime(live, files) {
  const words = make("p", { className: "live-kept" });
  live.bar.append(words);
  try {
    await fetchSnapshot(live, files, (share) => {
      const done = "Python is kept in this browser: the next page starts faster.";
      const percent = Math.round(100 * share);
      words.textContent = share < 1 ? `Keeping Python for the next page: ${percent} %` : done;
    });
  } catch (error) {
    console.warn("Python is not kept for the next page:", error);
    words.remove();
  }
}

async function fetchInto(cache, live, files, tell) {
  const parts = Object.entries(files.snapshot);
  const total = parts.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  let arrived = 0;
  tell(0);
  for (const [name, { integrity, bytes }] of parts) {
    const response = await fetch(`${folder(live)}${name}`, { integrity, priority: "low" });
    if (!response.ok || !response.body) throw new Error(`${name} is missing`);
    const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
    await cache.put(folder(live) + name.replace(/\.z$/, ""), new Response(unpacked));
    arrived += bytes;
    tell(Math.min(arrived / total, 0.99));
  }
  await cache.put(`${folder(live)}${MARK}`, new Response("yes"));
  tell(1);
}
