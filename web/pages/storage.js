// @ts-check
// Keeps texts in this browser's local storage. A browser may refuse that (it is blocked, or full,
// or the page is a file): the text is then kept for as long as the page is open.

export class Stored {
  /** @type {string | null} */
  #refused = null;

  /** @param {string} key */
  constructor(key) {
    this.key = key;
  }

  /** Return the text; "" if none is kept. */
  read() {
    if (this.#refused !== null) return this.#refused;
    try {
      return localStorage.getItem(this.key) ?? "";
    } catch {
      return "";
    }
  }

  /**
   * Keep a text, or nothing if it is ""; return whether the browser did so.
   * @param {string} text
   */
  write(text) {
    try {
      if (text) localStorage.setItem(this.key, text);
      else localStorage.removeItem(this.key);
      this.#refused = null;
      return true;
    } catch {
      this.#refused = text;
      return false;
    }
  }
}
