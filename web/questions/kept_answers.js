// Keeps in this browser how a reader answered each question: in which of Leitner's boxes it
// lies, since which day, its words, and what the reader answered first in its own chapter. Shows
// all of it, and erases it.

window.keptAnswers = (() => {
  const panel = document.querySelector(".kept-answers");
  const days = JSON.parse(panel.dataset.days); // that a question waits, for each box
  const book = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const key = `answers:${book.pathname}`;
  let unkept = null; // what this browser would not keep

  // {id: { box: from 1 on, day, numbers: of the set that was shown, words, first }}, where first is
  // { choice, said } as self_check.js tells them; a prediction has only words and first
  function read() {
    try {
      return JSON.parse(unkept ?? localStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  }

  function write(all) {
    const text = JSON.stringify(all);
    try {
      if (text === "{}") localStorage.removeItem(key);
      else localStorage.setItem(key, text);
      unkept = null;
    } catch {
      unkept = text;
    }
    document.dispatchEvent(new Event("kept-answers"));
  }

  // A number that tells this reader's codes for the class board from others', drawn once.
  const readerKey = `class-code:${book.pathname}`;
  let reader = null;
  function readerNumber(below) {
    try {
      reader ??= JSON.parse(localStorage.getItem(readerKey));
      reader ??= Math.floor(Math.random() * below);
      localStorage.setItem(readerKey, reader);
    } catch {
      // then it is another one on the next page
    }
    return reader;
  }

  // The day by the reader's clock, as a number.
  function today() {
    const now = new Date();
    return Math.floor((now.getTime() / 60_000 - now.getTimezoneOffset()) / 1440);
  }

  // Days until a question comes back; below 0 it is overdue. A clock may have been put back.
  function daysLeft({ box, day }) {
    return Math.min(day, today()) + days[box - 1] - today();
  }

  // A right answer counts once it is due; until then it says little.
  function answered(form, { right, choice, said }) {
    const all = read();
    const before = all[form.dataset.id];
    const numbers = Number(form.dataset.numbers ?? before?.numbers ?? -1);
    const words = form.querySelector("legend").textContent.replace(/^\d+\. /, "");
    const first = before?.first ?? (form.closest(".practice") ? undefined : { choice, said });
    const moved = { day: today(), numbers, words };
    moved.box = right ? Math.min((before?.box ?? 1) + 1, days.length) : 1;
    const stays = right && before && daysLeft(before) > 0;
    all[form.dataset.id] = { ...(stays ? before : moved), first };
    write(all);
  }

  function predicted(form, first) {
    const all = read();
    all[form.dataset.id] = { first, words: form.querySelector("legend").textContent };
    write(all);
  }

  // --- What is kept, in words -----------------------------------------------------------------

  function inWords({ first, words, ...entry }) {
    if (!entry.box) return `${words} Prediction: ${first.said}`;
    const left = daysLeft(entry);
    const when = left > 0 ? `comes back in ${left} day${left === 1 ? "" : "s"}` : "due";
    const answer = first ? ` First answer: ${first.said}` : "";
    return `${words} Box ${entry.box}, ${when}.${answer}`;
  }

  const order = (entry) => (entry.box ? daysLeft(entry) : Infinity);

  function show() {
    const entries = Object.values(read()).sort((a, b) => order(a) - order(b));
    panel.hidden = false;
    panel.querySelector("button").hidden = !entries.length;
    panel.querySelector(".kept-answers-said").textContent = entries.length
      ? "These questions, and nothing else. Nothing is sent anywhere."
      : "Nothing.";
    panel.querySelector("ul").replaceChildren(
      ...entries.map((entry) => {
        const row = document.createElement("li");
        row.textContent = inWords(entry);
        return row;
      }),
    );
  }

  panel.querySelector("button").addEventListener("click", () => {
    reader = null;
    try {
      localStorage.removeItem(readerKey);
    } catch {
      // then none is kept
    }
    write({});
    panel.querySelector("summary").focus();
  });
  document.addEventListener("self-check", ({ target, detail }) => {
    if ("counted" in target.dataset) return; // after an explanation, the rest is no test
    target.dataset.counted = "";
    answered(target, detail);
  });
  document.addEventListener("prediction", ({ target, detail }) => predicted(target, detail));
  document.addEventListener("kept-answers", show);
  addEventListener("storage", () => document.dispatchEvent(new Event("kept-answers")));
  show();
  return { read, daysLeft, readerNumber };
})();
