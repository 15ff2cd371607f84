"""A live page never hangs under random clicks and edits, and works normally afterwards.

The clicks depend on a seed, so that a failure can be reproduced. FUZZ_TIMES=30 in the
environment makes thirty times as many; FUZZ_SEED=7 starts with another seed.
"""

import os
import random
import time

import pytest

from tests.web.live.test_live_pages import CHAPTERS, Visit, controls_of, operate

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.fuzz]

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
ACTIONS = 25  # in each visit
SETTLED = 90  # seconds until the page must be idle; a cell may take some of them
CODE = [
    "print(6 * 7)",
    "1 / 0",
    "def broken(:",
    "",
    "# only a comment",
    "while True:\n    pass",
    "import nn_widgets\nnn_widgets.Neuron()",
    "from nn_widgets import Playground\np = Playground()\np.play()\np",
    "import asyncio\nawait asyncio.sleep(0.2)\n'awake'",
    "print('x' * 100_000)",
    "input('a question? ')",
    "raise SystemExit",
    "import os; os._exit(1)",
    "del nn_core",
    "%pip install nothing",
    "<b>not Python</b> \u202e \U0001f600 \\u0000",
    "display(1); import sys; print('to stderr', file=sys.stderr)",
]


class RandomReader:
    """Clicks and types at random on a live page, and logs what it did."""

    def __init__(self, visit, seed):
        self.visit, self.page = visit, visit.page
        self.random = random.Random(seed)
        self.did = []

    def act(self):
        name = self.random.choice(list(self.ACTIONS))
        self.did.append(name)
        self.ACTIONS[name](self)

    def press(self, selector):
        """Press a visible button, which the page may remove at the same moment."""
        buttons = [
            one
            for one in self.page.query_selector_all(selector)
            if one.is_visible() and one.is_enabled()
        ]
        if buttons:
            self.random.choice(buttons).evaluate("button => button.click()")

    def edit(self):
        editors = self.page.query_selector_all(".CodeMirror")
        visible = [one for one in editors if one.is_visible()]
        if visible:
            code = self.random.choice(CODE)
            self.did[-1] += f" {code!r}"
            self.random.choice(visible).evaluate(
                "(element, code) => element.CodeMirror.setValue(code)", code
            )

    def type_keys(self):
        editors = [
            one
            for one in self.page.query_selector_all(".CodeMirror")
            if one.is_visible()
        ]
        if editors:
            self.random.choice(editors).evaluate("one => one.CodeMirror.focus()")
            keys = ["Tab", "Shift+Tab", "Escape", "Enter", "Backspace", "a", "("]
            for key in self.random.choices(
                [*keys, "Shift+Enter", "Control+Enter"], k=4
            ):
                self.page.keyboard.press(key)

    def operate_a_widget(self):
        cells = self.page.query_selector_all(
            ".live-widget:not(:has(.live-output[inert]))"
        )
        controls = []
        for cell in cells:
            controls += controls_of(self.page, f"#{cell.get_attribute('id')}")
        if controls:
            kind, control = self.random.choice(controls)
            handle = control.element_handle()
            if kind == "button":
                handle.evaluate("button => button.click()")
            else:
                operate(kind, control)

    ACTIONS = {
        "run a cell": lambda self: self.press(".live-run"),
        "run a cell again": lambda self: self.press(".live-run"),
        "edit": edit,
        "edit again": edit,
        "type": type_keys,
        "stop": lambda self: self.press(".live-stop"),
        "book's version": lambda self: self.press(".live-undo"),
        "run all": lambda self: self.press("[data-live=run-all]"),
        "restart": lambda self: self.press("[data-live=restart]"),
        "reset": lambda self: self.press("[data-live=reset]"),
        "widget": operate_a_widget,
        "wait": lambda self: self.page.wait_for_timeout(self.random.choice([50, 500])),
    }

    def settle(self, stop):
        """Wait until nothing runs, and stop endless cells; return the last status."""
        end = time.monotonic() + SETTLED
        while time.monotonic() < end and self.visit.status() not in ("ready", "error"):
            self.page.wait_for_timeout(1000)
            if stop:
                self.press(".live-stop")
        return self.visit.status()


def visit_at_random(browser, address, chapter, seed, actions):
    """Visit a chapter and act at random; check that the page works normally afterwards."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    visit = Visit(context, address)
    page = visit.open(f"notebooks/{chapter}.html")
    visit.go_live()
    page.set_default_timeout(5000)
    reader = RandomReader(visit, seed)
    try:
        for _ in range(actions):
            reader.act()
        log = f"{chapter}, seed {seed}: {reader.did}; the page says: {visit.words()}"
        assert reader.settle(stop=True) == "ready", log
        page.set_default_timeout(SETTLED * 1000)
        if page.is_visible("[data-live=reset]"):
            page.click("[data-live=reset]")
        else:
            page.click("[data-live=restart]")
        visit.wait_for("running")
        assert reader.settle(stop=False) == "ready", log
        page.click("[data-live=run-all]")
        visit.wait_for("running")
        assert reader.settle(stop=False) == "ready", log
        assert {state for _, state in visit.cell_states()} == {"done"}, log
        # Ignore the message of a Python that the page has ended.
        errors = [error for error in visit.errors if "Program terminated" not in error]
        assert errors == [], log
        assert visit.elsewhere() == [], log
    finally:
        context.close()


@pytest.mark.parametrize("number", range(TIMES))
def test_random_clicks_and_edits(browser, book_address, number):
    seed = SEED + number
    visit_at_random(
        browser, book_address, CHAPTERS[seed % len(CHAPTERS)], seed, ACTIONS
    )
