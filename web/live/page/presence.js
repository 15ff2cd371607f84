// @ts-check
// Detect whether the reader uses the page: touches it, plays a widget, or has it in sight.

import { onTraffic } from "./engine.js";

let touched = 0; // when the reader, or a widget that plays, last did something

const touch = () => {
  touched = performance.now();
};

// isBusy() says whether cells run: messages of widgets do not count then.
export function watch(isBusy) {
  for (const kind of ["pointerdown", "pointermove", "keydown", "input"]) {
    addEventListener(
      kind,
      ({ target }) => {
        if (target instanceof Element && target.closest(".live-output, .CodeMirror")) touch();
      },
      { capture: true, passive: true },
    );
  }
  // A widget that plays sends messages all the time, a new widget only once.
  let last = 0;
  let since = 0;
  onTraffic(() => {
    const now = performance.now();
    if (now - last > 2000) since = now;
    last = now;
    if (!isBusy() && now - since > 1500) touch();
  });
}

export const sinceTouched = () => performance.now() - touched; // milliseconds

// Call when the page has been out of sight for so many minutes. Try again later while call()
// returns false or a widget plays.
export function whenLeft(minutes, call) {
  const wait = minutes * 60_000;
  let timer;
  const ask = () => {
    if (sinceTouched() < Math.min(wait, 5000) || !call()) timer = setTimeout(ask, wait);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(ask, wait);
  });
}
