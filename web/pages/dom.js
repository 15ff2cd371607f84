// @ts-check
// What several of the pages' scripts need to build a part of a page.

/**
 * Return the first element that a selector finds; throw an error if there is none of its kind.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [where]
 * @param {{ new (): Kind }} [kind]
 * @returns {Kind}
 */
export function find(selector, where = document, kind) {
  const found = where.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`no ${selector} in this page`);
  return /** @type {Kind} */ (found);
}

/**
 * Make an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<Omit<HTMLElementTagNameMap[Tag], "style">>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Make a button that calls action when it is pressed.
 * @param {string} label
 * @param {(event: MouseEvent) => unknown} action
 * @param {string} [className] more classes than that of every button
 */
export function button(label, action, className = "") {
  const made = make("button", { type: "button", textContent: label });
  made.className = `live-button ${className}`.trim();
  made.addEventListener("click", action);
  return made;
}

/**
 * Return a number with its noun: "1 code", "2 codes".
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Let the browser save content as a file.
 * @param {string} content
 * @param {string} type
 * @param {string} name
 */
export function download(content, type, name) {
  const file = new Blob([content], { type });
  const link = make("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Load a classic script; reject if it cannot be loaded, so that it can be tried again.
 * @param {string | URL} url
 * @param {string} [integrity]
 * @returns {Promise<void>}
 */
export function loadScript(url, integrity) {
  return new Promise((resolve, reject) => {
    const script = make("script", { src: String(url), async: false }); // run in their order
    if (integrity) script.integrity = integrity;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error(`${fileName(url)} is missing or damaged`));
    };
    document.head.append(script);
  });
}

/**
 * Return the name of the file at an address.
 * @param {string | URL} url
 */
export function fileName(url) {
  return String(url).split("/").pop()?.split("?")[0] ?? "";
}
