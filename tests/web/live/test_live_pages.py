"""The live pages of the built book in a real browser, on a static server, below a path."""

import contextlib
import json
import shutil

import pytest

from nn_widgets import Playground
from publish.paths import ROOT
from tests.conftest import nightly_but
from tests.web import axe_core

pytestmark = pytest.mark.browser

PICTURES = ROOT / "_build" / "screenshots"
CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("0*.ipynb"))
PLAYGROUND = "06_train"
PATIENCE = 120_000  # milliseconds; the machine may be busy


KEPT = "() => document.querySelector('.live-kept')?.textContent.includes('is kept')"
TELL_REFUSED = """addEventListener("securitypolicyviolation", (event) =>
    console.log(`refused: ${event.effectiveDirective} ${event.blockedURI}`));"""


class Visit:
    """Opens pages in its own browser context, and records all requests and errors."""

    def __init__(self, context, address):
        self.context, self.address = context, address
        self.requests, self.errors, self.refused = [], [], []
        # The page reports what its content-security policy has refused.
        context.add_init_script(TELL_REFUSED)
        context.on("console", self.listen)
        context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.new_tab()

    def listen(self, message):
        if message.text.startswith("refused: "):
            self.refused.append(message.text.removeprefix("refused: "))

    def new_tab(self):
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def open(self, name, page=None):
        page = page or self.page
        page.goto(f"{self.address}/{name}", wait_until="load")
        return page

    def elsewhere(self):
        """Return the requests to any host but the book's own."""
        own = (self.address + "/", "data:", "blob:")
        server = self.address.rsplit("/some/where", 1)[0]
        return [
            url
            for url in self.requests
            # JupyterLite's service worker answers this request; it never leaves the browser.
            if not url.startswith((*own, f"{server}/api/service-worker-heartbeat"))
        ]

    def status(self, page=None):
        return (page or self.page).get_attribute(
            "[data-live-status]", "data-live-status"
        )

    def words(self, page=None):
        return (page or self.page).inner_text(".live-words")

    def wait_for(self, *statuses, page=None):
        wanted = ",".join(f'[data-live-status="{status}"]' for status in statuses)
        (page or self.page).wait_for_selector(wanted, state="attached")

    def go_live(self, page=None):
        page = page or self.page
        page.click("[data-live=start]")
        self.wait_for("ready", "error", page=page)
        assert self.status(page) == "ready", self.words(page)

    def cell_states(self):
        return self.page.eval_on_selector_all(
            "[data-live-cell-status]",
            "cells => cells.map(cell => [cell.id, cell.dataset.liveCellStatus])",
        )

    def write(self, cell, code):
        """Replace a cell's code by typing, as a reader does."""
        self.page.locator(f"#{cell} .CodeMirror").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)

    def run(self, cell):
        """Press Shift-Enter in a cell and wait until it has run; return its state."""
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_selector(
            f'#{cell}[data-live-cell-status="done"], #{cell}[data-live-cell-status="error"]'
        )
        return self.page.get_attribute(f"#{cell}", "data-live-cell-status")

    def code(self, cell):
        return self.page.eval_on_selector(
            f"#{cell} .CodeMirror", "element => element.CodeMirror.getValue()"
        )

    def output(self, cell):
        return self.page.inner_text(f"#{cell} .live-output")


@contextlib.contextmanager
def visiting(browser, book_address):
    """Yield a Visit to the book; fail if it sends a request to another host."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    visit = Visit(context, book_address)
    yield visit
    context.close()
    assert visit.elsewhere() == []
    assert visit.refused == []


@pytest.fixture
def visit(browser, book_address):
    with visiting(browser, book_address) as visit:
        yield visit


@pytest.fixture(scope="module")
def reader(browser, book_address):
    """Yield a Visit that goes from chapter to chapter."""
    with visiting(browser, book_address) as visit:
        yield visit


@contextlib.contextmanager
def screenshot_of_failure(page, name):
    """Take a picture of the page if a check in the with block fails."""
    try:
        yield
    except BaseException:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        raise


def first_cells(visit):
    """Return the ids of the cells whose code is visible without unfolding it."""
    return visit.page.eval_on_selector_all(
        ".cell:not(:has(details))",
        "cells => cells.map(cell => cell.id).filter(id => id)",
    )


def key_of_edits(chapter):
    """Return the key under which the browser keeps a reader's edits of a chapter."""
    return f"live:/some/where/:notebooks/{chapter}"


# --- Before the press -----------------------------------------------------------------


@pytest.mark.parametrize("chapter", nightly_but(PLAYGROUND, CHAPTERS))
def test_page_loads_no_python_before_it_is_asked_to(visit, chapter):
    visit.open(f"notebooks/{chapter}.html")
    assert visit.status() == "idle"
    names = {
        url.split("/")[-1].split("?")[0] for url in visit.requests if "/live/" in url
    }
    assert names == {"control.js"}
    assert visit.page.is_enabled("[data-live=start]")
    assert visit.page.locator(".live-play").count() >= 1
    assert (
        visit.page.locator("a.live-lite")
        .get_attribute("href")
        .endswith(f"lite/lab/index.html?path=notebooks/{chapter}.ipynb")
    )
    assert visit.errors == []


def test_page_opened_as_a_file_says_how_to_run_it(browser, built_book):
    context = browser.new_context()
    page = context.new_page()
    page.goto((built_book / "notebooks" / f"{CHAPTERS[0]}.html").as_uri())
    assert page.is_disabled("[data-live=start]")
    assert "make serve" in page.inner_text(".live-words")
    assert page.locator("article h1").is_visible()
    context.close()


# --- Alive ----------------------------------------------------------------------------

PICTURE = """cell => {
    const frame = cell.querySelector(".live-frame"); // while it plays
    if (frame) return frame.toDataURL();
    const image = cell.querySelector(".live-output .widget-image, .live-output img");
    if (!image || !image.naturalWidth) return "";
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""


def picture_of(page, cell):
    """Return a live widget's current picture as a data URL, or ''."""
    return page.eval_on_selector(cell, PICTURE)


def wait_for_another_picture(page, cell, before):
    for _ in range(100):
        page.wait_for_timeout(100)
        if picture_of(page, cell) not in (before, ""):
            return True
    return False


def controls_of(page, cell):
    """Return [(kind, locator)] of a live widget's controls that can be operated."""
    output = page.locator(f"{cell} .live-output")
    found = []
    for kind, selector in (
        ("slider", ".noUi-handle"),
        ("menu", "select"),
        ("button", "button.widget-button:not(.widget-toggle-button)"),
    ):
        for number in range(output.locator(selector).count()):
            control = output.locator(selector).nth(number)
            if control.is_visible() and control.is_enabled():
                found.append((kind, control))
    return found


def operate(kind, control):
    control.scroll_into_view_if_needed()
    if kind == "slider":
        control.focus()
        low, high, now = (
            float(control.get_attribute(f"aria-value{name}"))
            for name in ("min", "max", "now")
        )
        key = "ArrowRight" if now < (low + high) / 2 else "ArrowLeft"
        for _ in range(3):
            control.press(key)
    elif kind == "menu":
        count = control.locator("option").count()
        now = control.evaluate("menu => menu.selectedIndex")
        control.select_option(index=(now + 1) % count)
    else:
        control.click()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_comes_alive(reader, chapter):
    """Protects readers: in each chapter every cell runs, and every widget can be used."""
    page = reader.open(f"notebooks/{chapter}.html")
    with screenshot_of_failure(page, f"{chapter}-after"):
        reader.go_live()
    assert {state for _, state in reader.cell_states()} == {"done"}, reader.words()
    assert any("numpy" in url for url in reader.requests), (
        "worker requests are not seen"
    )
    widgets = page.eval_on_selector_all(
        ".live-widget", "all => all.map(cell => cell.id)"
    )
    assert widgets
    for widget in widgets:
        check_widget(page, f"#{widget}")
    assert axe_core.faults_in_light_and_dark(page) == []
    assert reader.errors == []
    if chapter == CHAPTERS[0]:
        page.wait_for_function(KEPT)  # the other chapters start from this snapshot


def test_a_chapter_is_the_readers_own(reader):
    """Protects readers' own code: it runs, it is kept, and the book's comes back."""
    page = reader.open(f"notebooks/{CHAPTERS[0]}.html")
    reader.go_live()
    # edit and run
    cell, *_ = first_cells(reader)
    book_code = reader.code(cell)
    reader.write(cell, "print(6 * 7)")
    assert reader.run(cell) == "done"
    assert reader.output(cell).strip() == "42"
    # break
    reader.write(cell, "1 / 0")
    assert reader.run(cell) == "error"
    assert "ZeroDivisionError" in reader.output(cell)
    # the edit is still there after a reload
    reader.write(cell, "print('mine')")
    edits = key_of_edits(CHAPTERS[0])
    assert "mine" in page.evaluate("name => localStorage.getItem(name)", edits)
    page.reload(wait_until="load")
    assert "kept" in reader.words()
    reader.go_live()
    assert reader.code(cell) == "print('mine')"
    assert reader.output(cell).strip() == "mine"
    page.click("[data-live=reset]")
    reader.wait_for("running")
    reader.wait_for("ready")
    assert reader.code(cell) == book_code
    assert page.evaluate("name => localStorage.getItem(name)", edits) is None
    assert reader.errors == []


def test_opening_page_trains_a_network(reader):
    """Protects the first impression: the network trains smoothly on the opening page."""
    page = reader.open("book/welcome.html")
    with screenshot_of_failure(page, "welcome-after"):
        reader.go_live()
    (cell,) = page.eval_on_selector_all(".live-widget", "all => all.map(c => c.id)")
    output = page.locator(f"#{cell} .live-output")
    output.get_by_text("Epoch 300.", exact=True).wait_for()
    output.get_by_role("button", name="Reset").click()
    page.wait_for_function(
        "cell => document.getElementById(cell).innerText.includes('Epoch 0.')", arg=cell
    )
    before = picture_of(page, f"#{cell}")
    output.get_by_role("button", name="Play").click()
    assert wait_for_another_picture(page, f"#{cell}", before)
    check_frames_are_drawn_on_a_canvas(page, output)
    assert page.locator(".CodeMirror:visible").count() == 0
    assert reader.words() == "This page is live."
    assert reader.errors == []


COUNT_FRAMES = """image => {
    window.frames_seen = { drawn: 0, loaded: 0 };
    new MutationObserver(changes => frames_seen.loaded += changes.length)
        .observe(image, { attributeFilter: ["src"] });
    const context = ImageBitmapRenderingContext.prototype;
    const draw = context.transferFromImageBitmap;
    context.transferFromImageBitmap = function (frame) {
        if (this.canvas.previousElementSibling === image) frames_seen.drawn += 1;
        draw.call(this, frame);
    };
}"""


# Returns whether the canvas covers the picture at once, and after each of two changes of the
# output's width between the last frame and the removal of the canvas.
STAYS_COVERED = """async image => {
    const canvas = image.nextElementSibling;
    const output = image.closest(".live-output");
    const covered = () => {
        const [box, over] = [image, canvas].map(one => {
            const { x, y, width, height } = one.getBoundingClientRect();
            return [x, y, width, height].map(Math.round).join();
        });
        return canvas.isConnected && box === over;
    };
    const seen = [covered()];
    let drawn;
    do {
        drawn = frames_seen.drawn;
        await new Promise(after => setTimeout(after, 400));
    } while (drawn < frames_seen.drawn);
    for (const width of ["60%", ""]) {
        output.style.width = width;
        for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
        seen.push(covered());
    }
    return seen;
}"""


# Returns whether a widget also draws frames while its output is hidden.
PLAYS_HIDDEN = """async output => {
    const press = (word) => [...output.querySelectorAll("button")]
        .find(button => button.textContent.includes(word)).click();
    output.style.display = "none";
    const before = frames_seen.drawn;
    press("Play");
    for (let i = 0; i < 600 && frames_seen.drawn < before + 5; i += 1) {
        await new Promise(after => setTimeout(after, 100));
    }
    press("Pause");
    output.style.display = "";
    return frames_seen.drawn >= before + 5;
}"""


def check_frames_are_drawn_on_a_canvas(page, output):
    """Check that an <img> shows few frames of a playing widget, and finally the last one."""
    image, canvas = output.locator("img").first, output.locator("canvas.live-frame")
    image.evaluate(COUNT_FRAMES)
    page.wait_for_function("() => frames_seen.drawn > 30", timeout=PATIENCE)
    assert page.evaluate("2 * frames_seen.loaded < frames_seen.drawn")
    playing = image.get_attribute("src")
    output.get_by_role("button", name="Pause").click()
    assert image.evaluate(STAYS_COVERED) == [True, True, True]
    page.wait_for_function(
        "output => !output.querySelector('canvas.live-frame')",
        arg=output.element_handle(),
    )
    assert canvas.count() == 0
    assert image.get_attribute("src") != playing
    assert image.evaluate("image => image.naturalWidth") > 0
    assert output.evaluate(PLAYS_HIDDEN) is True


def check_widget(page, cell):
    assert picture_of(page, cell), f"{cell} shows no picture"
    controls = controls_of(page, cell)
    assert controls, f"{cell} has no controls"
    still = {kind for kind, _ in controls}  # kinds that have not changed the picture
    for kind, control in controls:
        if kind not in still or (kind == "button" and "Copy" in control.inner_text()):
            continue
        before = picture_of(page, cell)
        operate(kind, control)
        if wait_for_another_picture(page, cell, before):
            still.remove(kind)
        if kind == "button" and "Pause" in control.inner_text():
            control.click()
    assert not still, f"{cell}: no {still} changes its picture"


def states(visit):
    return {cell.removeprefix("cell-"): state for cell, state in visit.cell_states()}


def wait_until_done(visit, *cells):
    for cell in cells:
        visit.page.wait_for_selector(f'#cell-{cell}[data-live-cell-status="done"]')


KEEP_ORDER = """window.ran = [];
new MutationObserver(changes => {
    for (const { target } of changes) {
        const { liveCellStatus } = target.dataset;
        if (liveCellStatus === "running") window.ran.push(target.id.replace("cell-", ""));
    }
}).observe(document, { subtree: true, attributeFilter: ["data-live-cell-status"] });"""


def test_pressed_picture_is_first_and_the_rest_waits_for_the_reader(visit):
    """Protects readers' time: the pressed picture comes first, and plays undisturbed."""
    visit.context.add_init_script(KEEP_ORDER)
    page = visit.open(f"notebooks/{PLAYGROUND}.html")
    page.locator("#cell-playground .live-play:visible").click()
    assert page.locator("#cell-playground .live-coming").is_visible()
    wait_until_done(visit, "playground")
    output = page.locator("#cell-playground .live-output")
    output.get_by_role("button", name="Play").click()
    assert page.evaluate("ran.slice(0, 3)") == [
        "imports",
        "complete-class",
        "playground",
    ]
    visit.wait_for("ready")
    so_far = page.evaluate("ran")
    page.wait_for_timeout(4000)  # the playground plays, and nothing else runs
    assert page.evaluate("ran") == so_far
    # a cell that the reader runs: what it needs runs first
    page.locator("#cell-fit-run .live-run").click()
    wait_until_done(visit, "fit-run")
    by_hand = page.evaluate("ran")[len(so_far) :]
    assert by_hand[-3:] == ["train", "fit", "fit-run"]
    assert "needed and ran first" in page.inner_text("#cell-fit-run")
    output.evaluate("output => { output.firstElementChild.dataset.same = 'yes' }")
    output.get_by_role("button", name="Pause").click()
    page.wait_for_function(
        """() => document.querySelector('.live-words').textContent.includes('change any')""",
        timeout=2 * PATIENCE,
    )
    assert page.evaluate("ran.filter(cell => cell === 'playground').length") == 1
    assert output.locator("[data-same]").count() == 1  # still the widget that played
    assert set(states(visit).values()) == {"done"}
    assert page.locator(".live-play:not([hidden])").count() == 0
    assert visit.errors == []


def test_playground_settings_are_kept(reader):
    """Protects readers' settings of the playground from a reload."""
    page = reader.open(f"notebooks/{PLAYGROUND}.html")
    menu = page.locator("#cell-playground .live-output select")
    menu = menu.filter(has_text="spiral").first
    page.locator("#cell-playground .live-play:visible").click()
    menu.select_option("spiral")
    page.wait_for_function(
        "() => Object.values(localStorage).join().includes('spiral')"
    )
    page.reload(wait_until="load")
    page.locator("#cell-playground .live-play:visible").click()
    wait_until_done(reader, "playground")
    assert menu.evaluate("menu => menu.selectedOptions[0].textContent") == "spiral"


def test_a_playground_in_the_address_is_described_opened_and_copied(visit):
    """Protects classes: a link opens the very playground that was sent."""
    playground = Playground("circles", 5, 1.0, batch_size=10, seed=2)
    playground.advance(30)
    link = playground.link()
    page = visit.open("notebooks/06_train.html#playground=1.abc")
    page.wait_for_function(
        "() => /cannot be read: it is damaged/.test(document.body.innerText)"
    )
    page.goto("about:blank")
    visit.open(f"notebooks/06_train.html#{link}")
    page.wait_for_function(
        """() => document.querySelector(".live-words").textContent.includes(
            "circles, 5 hidden nodes, trained for 30 epochs")"""
    )
    visit.go_live()
    output = page.locator("#cell-playground .live-output")
    output.get_by_text("Epoch 30.").wait_for()
    with screenshot_of_failure(page, "playground-link"):
        output.get_by_role("button", name="Link", exact=True).click()
        page.evaluate("history.replaceState(null, '', '#')")
        output.get_by_role("button", name="Copy link").click()
        page.wait_for_function("link => location.hash === '#' + link", arg=link)
        # On a phone, the grid of cells for painting still covers the plane.
        page.set_viewport_size({"width": 390, "height": 844})
        for name in ("Your own data", "Paint points"):
            output.get_by_role("button", name=name).click()
        output.get_by_title("row 12, column 1 of the plane").wait_for()
        heights = output.locator(".widget-gridbox").first.evaluate(
            "plane => [plane, plane.querySelector('img')].map(one => one.offsetHeight)"
        )
        assert abs(heights[0] - heights[1]) < 12  # the picture's margins
    assert visit.errors == []


@pytest.mark.nightly
def test_old_edit_is_not_mixed_into_new_code(visit):
    """Protects readers' code when the book's code below it has changed."""
    page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    cell = first_cells(visit)[0]
    name = key_of_edits(CHAPTERS[0])
    old = {
        "edits": {cell.removeprefix("cell-"): {"hash": "old", "source": "print('old')"}}
    }
    page.evaluate(
        "([name, old]) => localStorage.setItem(name, old)", [name, json.dumps(old)]
    )
    page.reload(wait_until="load")
    visit.go_live()
    assert "old" not in visit.code(cell)
    assert "newer than your change" in page.inner_text(f"#{cell}")
    page.click(f"#{cell} >> text=Show my code")
    assert visit.code(cell) == "print('old')"


def test_keyboard_formulas_and_a_runaway_cell(visit):
    """Protects readers who use the keyboard, and who write an endless loop."""
    page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    page.focus("[data-live=start]")
    page.keyboard.press("Enter")
    visit.wait_for("ready")
    cell = first_cells(visit)[0]
    page.focus(f"#{cell} .CodeMirror textarea")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    # MathJax draws a formula in an output
    visit.write(cell, "from IPython.display import Math\nMath(r'\\frac{1}{2}')")
    assert visit.run(cell) == "done"
    page.wait_for_selector(f"#{cell} .live-output mjx-container mjx-mfrac")
    # a cell that never ends
    visit.write(cell, "while True:\n    pass")
    page.keyboard.press("Shift+Enter")
    page.click(f"#{cell} .live-stop")
    page.wait_for_function(
        "() => /started anew/.test(document.querySelector('.live-words').textContent)"
    )
    visit.write(cell, "import numpy as np")
    assert visit.run(cell) == "done"
    # what a cell needs runs before it, including the reader's edits
    page.locator("#cell-dot-product .live-run").click()
    wait_until_done(visit, "dot-product")
    assert "needed and ran first: cells 2 and 6" in page.inner_text("#cell-dot-product")
    assert visit.errors == []


@pytest.mark.nightly  # test_live_snapshot_visits.py starts two tabs from the snapshot
def test_two_tabs_have_a_python_each(visit):
    first = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    second = visit.open(f"notebooks/{CHAPTERS[1]}.html", visit.new_tab())
    first.click("[data-live=start]")
    visit.go_live(second)
    visit.wait_for("ready", page=first)


# --- Without a connection, and with damaged files --------------------------------------


@pytest.fixture
def own_copy(built_book, serve_folder, tmp_path):
    """Return (folder, address) of a copy of the built book that a test may damage."""
    folder = tmp_path / "book"
    shutil.copytree(built_book, folder, ignore=shutil.ignore_patterns("lite", "*.gz"))
    with serve_folder(folder) as address:
        yield folder, address


@pytest.mark.nightly  # test_live_snapshot_visits.py starts from the snapshot instead
def test_page_that_ran_runs_again_without_a_connection(
    browser, built_book, serve_folder
):
    context = browser.new_context()
    with serve_folder(built_book) as address:
        visit = Visit(context, address)
        page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
        visit.go_live()
        page.wait_for_function(
            """async () => {
                const kept = await (await caches.open("book-1")).keys();
                const names = kept.map(request => request.url).join();
                return ["asm.wasm", "asm.js", "numpy-", "page-lock", "live_python"].every(
                    name => names.includes(name));
            }"""
        )
        page.wait_for_timeout(1000)
    page.goto("about:blank")  # the server has stopped
    visit.open(f"notebooks/{CHAPTERS[0]}.html")
    visit.go_live()
    assert {state for _, state in visit.cell_states()} == {"done"}
    context.close()


@pytest.mark.nightly
@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_damaged_wheel_is_named_and_can_be_tried_again(browser, own_copy, damage):
    """Protects readers from damaged downloads: they are named, and tried again."""
    folder, address = own_copy
    (wheel,) = (folder / "live").glob("lib-*/packages/numpy-*.whl")
    whole = wheel.read_bytes()
    if damage == "changed":
        wheel.write_bytes(whole[:1000] + b"damage" + whole[1006:])
    else:
        wheel.unlink()
    context = browser.new_context()
    visit = Visit(context, address)
    page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    page.click("[data-live=start]")
    visit.wait_for("error")
    assert "numpy" in visit.words()
    assert {"changed": "damaged", "missing": "missing"}[damage] in visit.words()
    assert page.locator(".cell_output").first.is_visible()  # as readable as before
    wheel.write_bytes(whole)
    visit.go_live()
    context.close()
