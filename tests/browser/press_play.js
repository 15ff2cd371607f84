// Tell whether the page's playground, if it has one, trains: its picture and words change.
async () => {
  const buttons = [...document.querySelectorAll(".live-output button")];
  const play = buttons.find((button) => button.textContent.trim() === "Play");
  if (!play) return null;
  const output = play.closest(".live-output");
  const image = output.querySelector("img");
  const before = [image.src, output.innerText];
  play.scrollIntoView();
  play.click();
  for (let wait = 0; wait < 100; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (image.src !== before[0] && output.innerText !== before[1]) return true;
  }
  return false;
}
