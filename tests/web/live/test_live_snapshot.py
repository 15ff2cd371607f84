"""Python starts from the stored snapshot, with the same results as an ordinary start."""

import pytest

from publish.serve import serving
from tests.web.live.test_live_pages import CHAPTERS, KEPT, Visit, wait_until_done

pytestmark = pytest.mark.browser

GAVE = """() => [...document.querySelectorAll("[data-live-cell-status]")].map(cell => {
    const output = cell.querySelector(".live-output");
    const pictures = [...output.querySelectorAll("img")].map(image => image.src);
    return [cell.id, cell.dataset.liveCellStatus, output.textContent, pictures];
})"""
DIFFERS = {"cell-loop-or-array", "cell-neuron-widget"}  # a time; a widget's ids
PUT = """async ([name, old, text]) => {
    const [snapshot] = (await caches.keys()).filter(each => each.includes("snapshot"));
    const cache = await caches.open(snapshot);
    const [file] = (await cache.keys()).filter(({ url }) => url.includes(name));
    const now = await (await cache.match(file)).text();
    await cache.put(file, new Response(old ? now.replace(old, text) : text));
}"""
FACTS = """
import random, time, uuid
import numpy as np
print(time.tzname[0], time.strftime("%Z"), time.localtime(0).tm_hour)
print(random.random(), np.random.rand(), uuid.uuid4())
"""
LATE = """
import sqlite3, xml.etree.ElementTree, importlib, io
import matplotlib.pyplot as plt, matplotlib.tri, nn_core
import mpl_toolkits.mplot3d
importlib.reload(nn_core)
try:  # thrown and caught in C++
    matplotlib.tri.Triangulation([0, 1, 0], [0, 0, 1], [[0, 1, 5]])
except ValueError as error:
    print("caught:", error)
plt.figure().add_subplot(projection="3d").plot([1, 2], [1, 2], [1, 2])
plt.savefig(io.StringIO(), format="svg")
with open("notes.txt", "w") as file:
    file.write("a file")
print(open("notes.txt").read(), nn_core.digits().inputs.shape)
1 / 0
"""


@pytest.fixture(scope="module")
def served(built_book):
    """Serve the book as `make serve` does, with isolated pages; yield its address."""
    with serving(built_book) as address:
        yield address


def loaded(visit, part):
    return [url for url in visit.requests if part in url]


def run(visit, cell, code):
    visit.write(cell, code)
    state = visit.run(cell)
    return state, visit.output(cell)


def press_run(visit, cell, code):
    visit.write(cell, code)
    visit.page.keyboard.press("Shift+Enter")
    visit.page.click(f"#{cell} .live-stop")


def test_later_pages_start_from_the_snapshot_and_give_the_same(browser, served):
    """Protects readers: a later page computes what the first one did, and can be stopped."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, timezone_id="Asia/Tokyo"
    )
    visit = Visit(context, served)
    page = visit.open(f"notebooks/{CHAPTERS[0]}.html")
    visit.go_live()
    assert loaded(visit, "/numpy-")
    assert not loaded(visit, "/snapshot/")  # it is fetched only once the page is live
    ordinary = page.evaluate(GAVE)
    facts = run(visit, "cell-transpose", FACTS)[1].split()
    page.wait_for_function(KEPT)
    assert loaded(visit, "/snapshot/memory.bin.z")

    visit.requests.clear()
    page.reload(wait_until="load")
    page.click("[data-live=reset]")
    visit.go_live()
    assert not loaded(visit, "/numpy-")
    assert len(page.workers) == 1
    same = [cell for cell in page.evaluate(GAVE) if cell[0] not in DIFFERS]
    assert same == [cell for cell in ordinary if cell[0] not in DIFFERS]
    again = run(visit, "cell-transpose", FACTS)[1].split()
    assert again[:3] == facts[:3]
    assert again[2] == "9"  # it is nine in Tokyo when it is midnight in Greenwich
    assert not set(again[3:]) & set(facts[3:])
    state, words = run(visit, "cell-transpose", LATE)
    assert "caught: triangles are indices" in words, words
    assert "a file (64, 1797)" in words, words
    assert state == "error"
    assert "ZeroDivisionError" in words

    # stopping a cell keeps the variables
    assert page.evaluate("Boolean(window.SharedArrayBuffer)")
    assert run(visit, "cell-transpose", "x = 41")[0] == "done"
    press_run(visit, "cell-transpose", "while True:\n    x = x")
    page.wait_for_selector('#cell-transpose[data-live-cell-status="error"]')
    assert "KeyboardInterrupt" in visit.output("cell-transpose")
    assert "variables are kept" in visit.words()
    assert run(visit, "cell-transpose", "print(x + 1)")[1].strip() == "42"
    # a cell that ignores the interrupt ends only with Python; the page asks first
    press_run(visit, "cell-transpose", "import time\ntime.sleep(3600)")
    page.wait_for_function(
        "() => document.querySelector('#cell-transpose .live-stop').textContent"
        " === 'Restart Python'"
    )
    assert "all variables are lost" in visit.words()
    page.click("#cell-transpose .live-stop")
    page.wait_for_function(
        "() => /started anew/.test(document.querySelector('.live-words').textContent)"
    )
    assert not loaded(visit, "/numpy-")  # from the snapshot again
    page.locator("#cell-three-neurons .live-run").click()
    wait_until_done(visit, "three-neurons")

    # the cached snapshot is incomplete
    page.evaluate(PUT, ["memory.bin", "", "short"])
    page.reload(wait_until="load")
    page.click("[data-live=reset]")
    visit.go_live()
    assert loaded(visit, "/numpy-")
    page.wait_for_function(KEPT)

    # if Python cannot start from it in this browser, it is not fetched again
    page.evaluate(PUT, ["snapshot.json", "__cxa_throw", "none"])
    for _ in range(2):
        visit.requests.clear()
        page.reload(wait_until="load")
        visit.go_live()
        page.wait_for_timeout(3000)
        assert loaded(visit, "/numpy-")
        assert not loaded(visit, "/snapshot/")
    assert visit.errors == []
    assert visit.elsewhere() == []
    assert visit.refused == []
    context.close()
