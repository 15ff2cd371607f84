// A cell of a live page: the editor that replaces the book's code, its buttons, its output, and
// the reader's edit, which the browser keeps.

import { button, make } from "../../pages/dom.js";
import * as engine from "./engine.js";

// actions: run(cell) and stop(cell), which the cell's buttons call.
export function makeCell(description, live, actions) {
  const cell = {
    ...description,
    element: document.getElementById(`cell-${description.id}`) ?? hiddenElement(),
  };
  putOldEditAside(cell, live);
  const edit = live.kept.read().edits[cell.id];
  cell.isOfOldText = edit && edit.hash !== cell.hash;
  cell.input = cell.element.querySelector(".cell_input") ?? hiddenElement(cell.element);
  cell.still = cell.element.querySelector(".cell_output"); // the book's own output
  const place = make("div");
  const output = make("div", { className: "live-output", hidden: true });
  cell.output = output;
  cell.input.append(place);
  (cell.still ?? cell.input).after(output);
  for (const part of cell.input.querySelectorAll("[class*=highlight-]")) part.hidden = true;

  cell.code = engine.makeCell(cell.id, keptSource(cell, live), place, output);
  cell.editor = cell.code.editor;
  cell.isEdited = () => cell.editor.getValue() !== cell.source;
  makeEditorAccessible(cell, actions);
  addButtons(cell, live, actions);
  cell.editor.on("change", () => {
    keepSource(cell, live);
    showEdited(cell);
  });
  document.addEventListener("kept-changed", () => {
    const source = keptSource(cell, live);
    if (source !== cell.editor.getValue()) cell.editor.setValue(source);
  });
  showEdited(cell);
  return cell;
}

// Return a hidden element for a cell whose code the page does not show. The cell runs anyway.
function hiddenElement(parent = document.body) {
  const element = make("div", { hidden: true });
  parent.append(element);
  return element;
}

function makeEditorAccessible(cell, actions) {
  const { editor } = cell;
  const field = editor.getInputField();
  field.setAttribute("aria-label", `Code of cell ${cell.number}`);
  field.setAttribute(
    "aria-description",
    "Shift-Enter runs the cell. To leave the editor, press Escape, then Tab.",
  );
  let leaving = false;
  editor.setOption("extraKeys", {
    ...editor.getOption("extraKeys"),
    "Shift-Enter": () => actions.run(cell),
    "Ctrl-Enter": () => actions.run(cell),
    Esc: () => {
      leaving = true;
    },
    Tab: () => {
      if (leaving) moveFocus(editor, 1);
      else if (editor.somethingSelected()) editor.indentSelection("add");
      else editor.replaceSelection(" ".repeat(4 - (editor.getCursor().ch % 4)), "end");
    },
    "Shift-Tab": () => (leaving ? moveFocus(editor, -1) : editor.indentSelection("subtract")),
  });
  editor.setOption("indentUnit", 4);
  editor.on("focus", () => {
    leaving = false;
  });
  editor.on("change", () => {
    leaving = false;
  });
}

function moveFocus(editor, step) {
  const all = [
    ...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]"),
  ];
  const able = all.filter((element) => {
    return !element.disabled && element.tabIndex >= 0 && element.getClientRects().length;
  });
  const place = able.indexOf(editor.getInputField());
  able[(place + step + able.length) % able.length].focus();
}

function addButtons(cell, live, actions) {
  cell.runButton = button("Run", () => actions.run(cell), "live-run");
  cell.runButton.title = "Run this cell (Shift-Enter)";
  cell.stopButton = button("Stop", () => actions.stop(cell), "live-stop");
  cell.stopButton.hidden = true;
  const undo = () => {
    if (cell.isAnswer) live.kept.setAside(cell.id, cell.editor.getValue());
    cell.editor.setValue(cell.source);
  };
  cell.undoButton = button("Book's version", undo, "live-undo");
  cell.undoButton.title = "Put the book's code back into this cell";
  cell.note = make("span", { className: "live-note" });
  const row = make("div", { className: "live-cell-buttons" });
  cell.ranFirst = make("span", { className: "live-note" });
  row.append(cell.runButton, cell.stopButton, cell.undoButton, cell.note, cell.ranFirst);
  row.hidden = true; // until Python is there
  cell.buttons = row;
  cell.code.box.append(row);
  if (!cell.isAnswer && live.kept.read().older[cell.id]) offerOldEdit(cell, row, live);
}

// --- The reader's change --------------------------------------------------------------

// When the book's code of a cell has changed, an answer to an exercise stays in the cell. Any
// other cell shows the book's new code; the reader's edit is set aside and offered.
function putOldEditAside(cell, live) {
  const edit = live.kept.read().edits[cell.id];
  if (!edit || edit.hash === cell.hash || cell.isAnswer) return;
  live.kept.setAside(cell.id, edit.source);
  live.kept.change("edits", cell.id, null);
}

const keptSource = (cell, live) => live.kept.read().edits[cell.id]?.source ?? cell.source;

function keepSource(cell, live) {
  const source = cell.editor.getValue();
  const same = source === cell.source;
  live.kept.change("edits", cell.id, same ? null : { hash: cell.hash, source });
}

export function showEdited(cell) {
  const edited = cell.isEdited();
  cell.element.classList.toggle("live-edited", edited);
  cell.undoButton.hidden = !edited;
  cell.note.textContent = !edited
    ? ""
    : cell.isOfOldText
      ? "changed by you, when the book's text here was another"
      : "changed by you";
}

function offerOldEdit(cell, row, live) {
  const textContent = "The book's code here is newer than your change.";
  const note = make("span", { className: "live-note", textContent });
  const parts = [note];
  const done = () => {
    live.kept.change("older", cell.id, null);
    for (const part of parts) part.remove();
  };
  parts.push(
    button("Show my code", () => {
      const old = live.kept.read().older[cell.id].at(-1);
      const now = cell.editor.getValue();
      const edited = cell.isEdited();
      cell.editor.setValue(old);
      if (!edited) done();
      else live.kept.change("older", cell.id, [now]); // swap the two
    }),
    button("Discard it", done),
  );
  row.append(...parts);
}

// --- Its output -----------------------------------------------------------------------

// Keep the book's picture until there is live output to replace it.
export function showFirstOutput(cell) {
  const show = () => {
    cell.output.hidden = !cell.code.hasOutput();
    if (cell.still) cell.still.hidden = true;
  };
  if (cell.shown) return show;
  const onChange = () => {
    if (cell.code.hasOutput()) show();
  };
  const end = cell.code.onOutput(onChange);
  return () => {
    end();
    cell.shown = true;
    show();
  };
}

// --- Its input() ----------------------------------------------------------------------

// Show a field below the output of a cell that waits for input(), until it is answered.
export function ask(cell, { prompt, hidden }) {
  const field = make("input", { type: hidden ? "password" : "text", autocomplete: "off" });
  field.maxLength = engine.ANSWER;
  const label = make("label", {}, prompt || "This cell waits for an input:", " ", field);
  const enter = button("Enter", () => {});
  enter.type = "submit";
  const form = make("form", { className: "live-ask" }, label, enter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.remove();
    engine.answer(field.value);
    cell.editor.focus();
  });
  cell.output.hidden = false;
  cell.output.after(form);
  field.focus();
  cell.endAsking = () => form.remove();
}
