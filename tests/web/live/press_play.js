// Press Play in the page's playground, if it has one; return whether its picture and words change.
async () => {
  const buttons = [...document.querySelectorAll(".live-output button")];
  const play = buttons.find((button) => button.textContent.trim() === "Play");
  if (!play) return null;
  const output = play.closest(".live-output");
  const image = output.querySelector("img");
  const shown = () => output.querySelector(".live-frame")?.toDataURL() ?? image.src;
  const before = [shown(), output.innerText];
  play.scrollIntoView();
  play.click();
  for (let wait = 0; wait < 100; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (shown() !== before[0] && output.innerText !== before[1]) return true;
  }
  return false;
}
