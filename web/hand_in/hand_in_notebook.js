// @ts-check
// Make the notebook that a student hands in, from the student's copy and the answers in the page,
// and read one back from a file. This file uses neither the page nor the browser's storage.

export const MOST_BYTES = 20e6; // the limit of grading, too
const NAME_BYTES = 120; // the limit of grading for a name

export class Refused extends Error {}

const text = (source) => (Array.isArray(source) ? source.join("") : source);
const lines = (source) => source.match(/[^\n]*\n|[^\n]+/g) ?? [];
const gradeId = (cell) => cell.metadata?.nbgrader?.grade_id;
const isAnswer = (cell) => Boolean(cell.metadata?.nbgrader?.solution);
const isTeachers = (cell) => cell.metadata?.editable === false;

/**
 * A cell of a notebook of format 4, as far as this file uses it.
 * @typedef {{
 *   id: string,
 *   cell_type: string,
 *   source: string | string[],
 *   metadata: { editable?: boolean, nbgrader?: { grade_id?: string, solution?: boolean } },
 * }} Cell
 * @typedef {{ nbformat: 4, cells: Cell[] }} Notebook
 */

/**
 * A cell that a student may change; stub: its text in the notebook that students get.
 * @typedef {{
 *   id: string,
 *   gradeId?: string,
 *   title: string,
 *   stub: string,
 *   isAnswer: boolean,
 *   isWords: boolean,
 * }} Place
 */

/**
 * Return the notebook of a file's text; throw Refused, with the reason, if it is none.
 * @param {string} content
 * @returns {Notebook}
 */
export function read(content) {
  let notebook;
  try {
    notebook = JSON.parse(content);
  } catch {
    throw new Refused("it is no notebook: expected a file whose name ends in .ipynb");
  }
  const { nbformat, cells } = notebook ?? {};
  const fits = (cell) => {
    const source = cell?.source;
    const isText = Array.isArray(source)
      ? source.every((line) => typeof line === "string")
      : typeof source === "string";
    return isText && typeof cell.cell_type === "string";
  };
  if (nbformat !== 4 || !Array.isArray(cells) || !cells.every(fits)) {
    throw new Refused("it is no notebook that this page can read: expected Jupyter's format 4");
  }
  return notebook;
}

/** @param {Notebook} notebook */
export function places(notebook) {
  /** @type {Place[]} */
  const found = [];
  let title = "";
  for (const cell of notebook.cells) {
    const source = text(cell.source);
    const isWords = cell.cell_type === "markdown";
    if (isAnswer(cell) || (cell.cell_type === "code" && !isTeachers(cell))) {
      const place = { id: cell.id, gradeId: gradeId(cell), title, stub: source };
      found.push({ ...place, isAnswer: isAnswer(cell), isWords });
    } else if (isWords) {
      title = source.match(/^##? (.+)$/m)?.[1].replace(/`/g, "") ?? title;
    }
  }
  return found;
}

/**
 * Return whether an answer is still the stub, or only comments and spaces.
 * @param {string} source
 * @param {Place} place
 */
export function isBlank(source, { stub, isWords }) {
  const bare = (code) => code.replace(isWords ? /\s/g : /^\s*#.*$|\s/gm, "");
  return bare(source) === "" || bare(source) === bare(stub);
}

/**
 * Put answers, by their cells' ids, into a notebook; return it as a file's text, without outputs.
 * @param {Notebook} notebook
 * @param {Map<string, string>} answers
 */
export function fill(notebook, answers) {
  const filled = structuredClone(notebook);
  const open = new Set(places(notebook).map(({ id }) => id));
  for (const cell of filled.cells) {
    if (open.has(cell.id) && answers.has(cell.id)) {
      const source = answers.get(cell.id) ?? "";
      cell.source = lines(source.toWellFormed?.() ?? source); // no half of a character
    }
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  }
  return `${JSON.stringify(filled, null, 1)}\n`;
}

/**
 * Return what the student has written into a notebook, by the ids of this page's cells; throw
 * Refused if the notebook has none of the page's places.
 * @param {string} content
 * @param {Place[]} itsPlaces
 * @returns {Map<string, string>}
 */
export function readBack(content, itsPlaces) {
  const { cells } = read(content);
  const named = new Map(itsPlaces.map((place) => [place.gradeId ?? `id:${place.id}`, place]));
  const found = new Map();
  let known = false;
  for (const cell of cells) {
    const place = named.get(gradeId(cell) ?? `id:${cell.id}`);
    if (!place) continue;
    known ||= place.isAnswer;
    const source = text(cell.source);
    if (source.trim() && source !== place.stub) found.set(place.id, source);
  }
  if (!known) throw new Refused(ofOthers(cells));
  return found;
}

function ofOthers(cells) {
  const isName = (name) => typeof name === "string" && /^[a-z0-9-]{1,60}$/.test(name);
  const others = cells.filter(isAnswer).map(gradeId).filter(isName);
  return others.length
    ? `it belongs to other exercises: it has an answer called ${others[0]}`
    : "it has no place for an answer to an exercise of this page";
}

// A name as part of a file's name, as grading/intake/collect.py reads it; "" if nothing is left.
export function safeName(name) {
  const safe = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, "")
    .replace(/[_/\\:*?"<>|+[\]{}]/g, "-")
    .replace(/\s+/g, " ")
    .replace(/^[\s.=@~-]+|[\s.]+$/g, "");
  let short = "";
  const bytes = (string) => new TextEncoder().encode(string).length;
  for (const character of safe) {
    if (bytes(short + character) > NAME_BYTES) break;
    short += character;
  }
  return /[\p{L}\p{N}]/u.test(short) ? short.trim() : "";
}

export const fileName = (name, assignment) => `${safeName(name)}_${assignment}.ipynb`;
