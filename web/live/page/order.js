// @ts-check
// Which cells must run before a cell can.

export const showsWidget = ({ output }) => Boolean(output.querySelector(".jupyter-widgets"));

// Return the cells that must run before a cell. The build has worked out what each cell needs
// from the book's code. What an edited cell needs is unknown: it gets all cells before it, except
// one that had to be stopped. generation counts the starts of Python; asOnThePage says whether
// cells have run in the page's order.
export function notYetRun(cell, cells, generation, asOnThePage) {
  const before = cells.slice(0, cell.number - 1);
  const lastEdited = cell.isEdited() ? before.length : before.findLastIndex((c) => c.isEdited());
  const needed = before.filter((each, i) => {
    const counts = i <= lastEdited || cell.needs.includes(i);
    return counts && each.endedWith !== each.code.source;
  });
  const missing = needed.filter((each) => each.ranIn !== generation);
  if (asOnThePage) return missing;
  // Cells have run in another order than the page's. If one of them, or a missing one, may
  // redefine a name of a needed cell, all needed cells run again.
  const ran = needed.filter((each) => each.ranIn === generation);
  const since = Math.min(...ran.map((each) => each.ranAt));
  const others = cells.some((each) => !needed.includes(each) && each.ranAt > since);
  const between = ran.some((each) => each.number > missing[0]?.number);
  const isShown = (each) => each.ranIn === generation && showsWidget(each);
  return others || between ? needed.filter((each) => !isShown(each)) : missing;
}

export function inWords(cells) {
  const numbers = cells.map(({ number }) => number);
  const last = numbers.pop();
  const few = numbers.length ? `cells ${numbers.join(", ")} and ${last}` : `cell ${last}`;
  return numbers.length > 4 ? `${numbers.length + 1} of the cells above` : few;
}
