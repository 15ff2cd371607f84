// Start painting points in the page's playground, if it has one; return a place in the window,
// [x, y], where a click sets a third point: in the plane of the picture.
async () => {
  const all = () => [...document.querySelectorAll(".live-output button")];
  async function found(isIt) {
    for (let wait = 0; wait < 600; wait += 1) {
      const button = all().find(isIt);
      if (button) return button;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the playground has no such button");
  }
  const called = (name) => (button) => button.textContent.trim() === name;
  if (!all().some(called("Play")) && !all().some(called("Pause"))) return null;
  (await found(called("Your own data"))).click();
  const paint = await found(called("Paint points"));
  paint.click();
  await found((button) => button.title.startsWith("row 12, column 12 "));
  const image = paint.closest(".live-output").querySelector("img");
  image.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = image.getBoundingClientRect();
  return [x + 0.3 * width, y + 0.2 * height].map(Math.round);
}
