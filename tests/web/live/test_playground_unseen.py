"""The playground for a blind reader, with only the keyboard and a screen reader."""

import pytest

from tests.web import axe_core
from tests.web.live.test_live_pages import visit  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser

PAGE = "notebooks/06_train.html"
MOST_TABS = 400  # presses from one place to another
# Records what a screen reader announces unasked: each new text of a live region.
LISTEN = """window.heard = [];
const texts = new WeakMap();
function listen() {
    const regions = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
    for (const region of document.querySelectorAll(regions)) {
        const text = region.innerText.replace(/\\s+/g, " ").trim();
        if (text !== (texts.get(region) ?? "") && text) window.heard.push(text);
        texts.set(region, text);
    }
    requestAnimationFrame(listen);
}
requestAnimationFrame(listen);"""
FOCUS = """() => {
    const { activeElement: at } = document;
    if (at.closest(".CodeMirror")) return "an editor";
    return at === document.body ? "nothing" : "";
}"""


class Reader:
    """Presses keys and reads announcements; it never clicks or sets the focus."""

    def __init__(self, page):
        self.page, self._heard = page, 0

    def tab_to(self, target, key="Tab"):
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            if self.page.evaluate(FOCUS) == "an editor":
                self.page.keyboard.press("Escape")  # otherwise Tab inserts a tab
            self.page.keyboard.press(key)
        raise AssertionError(f"{target} is not reached by {key}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def hear(self, words):
        """Wait for a new announcement with these words; return all that are new."""
        self.page.wait_for_function(
            "([from, words]) => heard.slice(from).some((text) => text.includes(words))",
            arg=[self._heard, words],
        )
        return self.said()

    def said(self):
        """Return the announcements since the last call."""
        heard = self.page.evaluate("heard")[self._heard :]
        self._heard += len(heard)
        return heard


def test_three_points_are_painted_and_the_loss_is_heard_to_halve(visit):  # noqa: F811
    """Protects blind readers: they can paint, train and follow without a mouse."""
    visit.context.add_init_script(LISTEN)
    page = visit.open(PAGE)
    reader = Reader(page)
    reader.tab_to(page.locator("#cell-playground .live-play:visible"))
    reader.press("Enter")
    output = page.locator("#cell-playground .live-output")

    def control(role, name):
        return output.get_by_role(role, name=name, exact=True)

    control("button", "Play").wait_for()
    reader.tab_to(control("button", "Your own data"))
    reader.press("Space")
    reader.tab_to(control("button", "Paint points"))
    reader.press("Space")
    reader.hear("2 samples to train on")
    # Three points, all with the keyboard: two with the sliders, one with a button.
    first, second = control("slider", "input 1"), control("slider", "input 2")
    reader.tab_to(first)
    reader.press(*["ArrowRight"] * 5, "0")
    assert "input 1 = " in str(reader.hear("A point of class 0 is set"))
    reader.tab_to(second)
    reader.press(*["PageUp"] * 2, "1")
    (said,) = reader.hear("A point of class 1 is set")
    assert "4 samples to train on" in said
    reader.press(*["ArrowDown"] * 9)
    reader.tab_to(control("button", "Set class 1"))
    reader.press("Enter")
    reader.hear("4 samples to train on, 1 to test with")
    assert axe_core.faults(page) == []

    reader.tab_to(control("button", "Play"), "Shift+Tab")
    reader.said()
    reader.press("Space")
    said = reader.hear("The training loss has halved")
    reader.press("Space")
    said += reader.hear("Paused.")
    assert "Paused." in said.pop()
    # During training, only this is announced, though the words change in every frame.
    assert all(text.startswith("The training loss has halved") for text in said), said
    assert len(said) == len(set(said))
    assert axe_core.faults(page) == []
    assert visit.errors == []
