// On a chapter's page: a code of the reader's first answers, for the class board.

import { loadScript, make } from "../pages/dom.js";
import { encode, READERS } from "./class_code.js";
import { read, readerNumber } from "./kept_answers.js";

const panel = document.querySelector(".class-code");
const { ids, ...page } = JSON.parse(panel.dataset.code);
const forms = ids.map((id) => document.querySelector(`form[data-id="${id}"]`));
const holds = panel.querySelector(".class-code-holds");
const field = panel.querySelector("input");
const made = panel.querySelector(".class-code-made");

const firstAnswers = () => {
  const kept = read();
  return ids.map((id) => kept[id]?.first ?? null);
};

function show() {
  panel.hidden = false;
  made.replaceChildren();
  holds.replaceChildren(
    ...firstAnswers().map((first, i) => {
      const words = forms[i].querySelector("legend").textContent.replace(/^\d+\. /, "");
      return make("li", {}, `${words} `, make("strong", {}, first?.said ?? "no answer"));
    }),
  );
}

function drawing(text) {
  qrcode.stringToBytes = qrcode.stringToBytesFuncs["UTF-8"];
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const picture = make("img", { alt: "The code as a QR code", width: 240, height: 240 });
  picture.className = "class-code-picture";
  picture.src = code.createDataURL(8, 32);
  return picture;
}

// Add the code as a picture. What draws it is loaded once.
async function addDrawing(text) {
  try {
    if (!window.qrcode) await loadScript(panel.dataset.qrCode);
  } catch {
    made.append(make("p", {}, "The picture of the code could not be loaded."));
    return;
  }
  made.append(drawing(text));
}

panel.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const answers = firstAnswers().map((first) => first?.choice ?? null);
  const reader = readerNumber(READERS);
  const code = encode({ ...page, reader, answers });
  const name = field.value.replace(/\s+/g, " ").trim();
  const text = name ? `${code} ${name}` : code;
  const copy = make("button", { type: "button", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(words);
      copy.textContent = "Press Ctrl C: it is selected";
    }
  });
  const words = make("code", { className: "class-code-text", textContent: text });
  made.replaceChildren(make("p", {}, words, " ", copy));
  addDrawing(text);
});
field.addEventListener("input", () => made.replaceChildren());
document.addEventListener("kept-answers", show);
show();
