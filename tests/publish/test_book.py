"""The built book in a real browser: pages load completely, and only from the book."""

import html.parser
import importlib.metadata
import json
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
import yaml

from publish.paths import ROOT
from tests.web.small_book import build, make_small_book, write_page

CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("0*.ipynb"))


def pages_of_contents():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    files = [contents["root"]]
    for part in contents["parts"]:
        files += [chapter["file"] for chapter in part["chapters"]]
    return files


@pytest.fixture
def page(browser, book_address):
    """Return a page that fails the test on an error or a request to another host."""
    troubles = []
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: (
            message.type == "error" and troubles.append(f"console: {message.text}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            request.url.startswith((book_address, "data:", "blob:"))
            or troubles.append(f"request to {request.url}")
        ),
    )
    page.on(
        "response",
        lambda response: (
            response.status < 400
            or troubles.append(f"{response.status} for {response.url}")
        ),
    )
    yield page
    page.close()
    assert troubles == []


# Loads a lazy picture at once.
LOAD = """async image => {
    image.loading = "eager";
    await image.decode();
    return image.naturalWidth > 0;
}"""


@pytest.mark.parametrize("name", pages_of_contents())
def test_every_page_loads_whole_and_from_here_only(page, book_address, name):
    page.goto(f"{book_address}/{name}.html", wait_until="networkidle")
    assert page.locator("article h1").count() == 1
    for picture in page.locator("article img").all():
        assert picture.get_attribute("alt").strip()
        assert picture.evaluate(LOAD), picture.get_attribute("src")
    page.wait_for_function("!document.querySelector('.math:not(:has(mjx-container))')")
    assert page.locator("mjx-merror").count() == 0
    shown = page.locator("article").inner_text()
    assert "{ref}" not in shown
    assert "$$" not in shown


def test_the_opening_page_leads_through_all_chapters(page, book_address):
    page.goto(f"{book_address}/index.html")
    page.wait_for_url("**/book/welcome.html")
    visited = []
    for _ in range(len(pages_of_contents()) - 1):
        following = page.locator("a.right-next")
        address = following.evaluate("link => link.href")
        following.press(
            "Enter"
        )  # while the page still loads, the link may move away from the pointer
        page.wait_for_url(address)
        visited.append(page.url.rsplit("/", 1)[1].removesuffix(".html"))
    assert [name for name in visited if name[0] == "0"] == CHAPTERS
    page.locator("a.left-prev").press("Enter")
    page.wait_for_url(f"**/{visited[-2]}.html")


def test_search_finds_a_chapter(page, book_address):
    page.goto(f"{book_address}/search.html?q=broadcasting")
    page.locator("#search-results li a", has_text="one neuron").first.wait_for()


def test_dark_theme(page, book_address):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{book_address}/book/notation.html")
    colour = page.locator("body").evaluate(
        "body => getComputedStyle(body).backgroundColor"
    )
    assert max(map(int, re.findall(r"\d+", colour)[:3])) < 60


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_chapter_offers_its_notebook(built_book, chapter):
    text = (built_book / "notebooks" / f"{chapter}.html").read_text()
    (source,) = set(re.findall(rf'href="([^"?]*/{chapter}\.zip)"', text))
    with zipfile.ZipFile(built_book / "notebooks" / source) as files:
        offered = json.loads(files.read(f"{chapter}/{chapter}.ipynb"))
    assert offered["cells"].pop(1)["id"] == "find-the-book"
    own = (ROOT / "notebooks" / f"{chapter}.ipynb").read_text(encoding="utf-8")
    assert offered == json.loads(own)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_static_page_shows_the_pictures_of_the_widgets(built_book, chapter):
    text = (built_book / "notebooks" / f"{chapter}.html").read_text()
    assert "widget-view+json" not in text
    assert re.search(r'<img [^>]*alt="[^"]{40,}"', text)


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.anchors = [], set()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes.get("id"), attributes.get("name")}
        self.links += filter(None, (attributes.get("href"), attributes.get("src")))


def test_every_link_within_the_book_leads_somewhere(built_book):
    read = {}
    for path in built_book.rglob("*.html"):
        if path.relative_to(built_book).parts[0] not in ("lite", "live", "_static"):
            read[path] = Links()
            read[path].feed(path.read_text())
    broken = []
    for path, found in read.items():
        for link in found.links:
            if re.match(r"[a-z]+:|//", link):
                continue
            target, anchor = urldefrag(urljoin(path.as_uri(), link))
            file = Path(unquote(target.removeprefix("file://").split("?")[0]))
            if not file.exists():
                broken.append(f"{path.name}: {link}")
            elif anchor and file in read and anchor not in read[file].anchors:
                broken.append(f"{path.name}: {link} (no such place)")
    assert broken == []


class Code(html.parser.HTMLParser):
    """Collects the lines of all code blocks of a page, and their line numbers."""

    def __init__(self):
        super().__init__()
        self.text, self.inside, self.in_number, self.numbers = "", False, False, []

    def handle_starttag(self, tag, attributes):
        self.inside |= tag == "pre"
        self.in_number = ("class", "linenos") in attributes

    def handle_endtag(self, tag):
        self.inside &= tag != "pre"
        self.in_number = False

    def handle_data(self, data):
        if self.in_number:
            self.numbers.append(int(data))
        elif self.inside:
            self.text += data


def test_the_annotated_page_shows_the_whole_network_in_order(built_book):
    def lines(text):
        return [line.strip() for line in text.splitlines() if line.strip()]

    page = Code()
    page.feed((built_book / "book" / "nn_core.html").read_text())
    files = ("core", "data", "arguments", "files", "fast")
    texts = [(ROOT / f"nn_{name}.py").read_text() for name in files]
    assert lines(page.text) == [line for text in texts for line in lines(text)]
    # Each part of nn_core.py ends before the blank lines that separate it from the next.
    numbers = page.numbers
    assert numbers == sorted(set(numbers)), "line numbers go on from part to part"
    assert (numbers[0], numbers[-1]) == (1, len(texts[0].splitlines()))


def test_every_dependency_is_pinned_to_a_range():
    """Every dependency has an upper limit: the newest version that was tested."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert lines[0] == "-e ."
    project = importlib.metadata.requires("neural-network-book")
    assert len(project) > 5
    for requirement in [*project, *filter(None, lines[1:])]:
        assert re.search(r"<\d|==", requirement), requirement


# --- The build is strict ----------------------------------------------------------------


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """Build a copy of the project with one chapter, without git, in a path with spaces."""
    folder = make_small_book(tmp_path_factory.mktemp("a small") / "book of one chapter")
    assert build(folder).returncode == 0
    return folder


def fails_twice(folder):
    """Build with a fault twice; return what each build printed: the second finds it again."""
    printed = []
    for _ in range(2):
        done = build(folder)
        assert done.returncode != 0
        printed.append(done.stdout + done.stderr)
    return printed


def test_a_cell_that_raises_stops_the_build_and_is_named(small_book):
    """Protects readers from a published page with a traceback."""
    write_page(small_book, code="1 / 0")
    for output in fails_twice(small_book):
        assert "page.md" in output
        assert "ZeroDivisionError" in output


FAULTS = {
    "link": ({"text": "[lost](nowhere.md)"}, "nowhere.md"),
    "reference": ({"text": "{ref}`no-such-label`"}, "no-such-label"),
    "picture": ({"text": "![](../web/pages/theme/logo.svg)"}, "no description"),
    "plot": (
        {"code": "import matplotlib.pyplot as plt\nplt.plot([1, 2]);plt.show()"},
        "no description",
    ),
}


def test_every_fault_in_a_page_stops_the_build_and_is_named_with_its_page(small_book):
    """Protects readers from links that lead nowhere, and from pictures without words."""
    write_page(small_book)
    contents = small_book / "_toc.yml"
    whole = contents.read_text()
    with open(contents, "a") as pages:
        for name, (fault, _) in FAULTS.items():
            write_page(small_book, name=name, **fault)
            pages.write(f"- file: notebooks/{name}\n")
    printed = fails_twice(small_book)
    contents.write_text(whole)
    for name, (_, words) in FAULTS.items():
        (small_book / "notebooks" / f"{name}.md").unlink()
        for output in printed:
            found = re.search(rf"{name}(\.md|:).*{words}", output)
            assert found, (name, output[-3000:])


def test_a_changed_module_runs_the_notebooks_again(small_book):
    """Protects readers from outputs that no longer come from the code."""
    write_page(small_book, code="import nn_marker; print(nn_marker.WORD)")
    page = small_book / "_build" / "html" / "notebooks" / "page.html"
    marker = small_book / "nn_marker.py"
    try:
        for word in ("first", "second"):
            marker.write_text(f"WORD = 'the {word} version'\n")
            done = build(small_book, PYTHONPATH=str(small_book))
            assert done.returncode == 0, done.stdout + done.stderr
            assert f"the {word} version" in page.read_text()
    finally:
        marker.unlink()
        write_page(small_book)
