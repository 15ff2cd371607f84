"""The PDF has all chapters, bookmarks and links, and no formula left as TeX."""

import subprocess
import sys
import unicodedata

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from publish.paths import ROOT
from web.export import pdf as make_pdf

pytestmark = pytest.mark.nightly  # only `make pdf` writes it


@pytest.fixture(scope="module")
def book(built_book, browser):
    """Make the PDF and read it. The fixture browser skips the test without Chromium."""
    done = subprocess.run(
        [sys.executable, "-m", "web.export.pdf"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return PdfReader(make_pdf.PDF)


@pytest.fixture(scope="module")
def texts(book):
    return [page.extract_text() for page in book.pages]


def bookmarks(book):
    """Return {title without spaces: its page's number} of the outermost bookmarks."""
    return {
        "".join(mark.title.split()): book.get_destination_page_number(mark)
        for mark in book.outline
        if not isinstance(mark, list)
    }


def test_every_page_of_the_book_is_in_it_with_a_bookmark(book, built_book, texts):
    marks = bookmarks(book)
    names = [name for _, name in make_pdf.names_in_order()]
    assert len(names) > 20
    starts = []
    for name in names:
        page = BeautifulSoup((built_book / f"{name}.html").read_text(), "html.parser")
        for link in page.select("h1 .headerlink"):
            link.decompose()
        title = "".join(page.h1.get_text().split())
        assert title in marks, name
        # Some fonts have a ligature for "fi".
        text = unicodedata.normalize("NFKC", texts[marks[title]])
        assert title in "".join(text.split())
        starts.append(marks[title])
    assert starts == sorted(starts)
    assert len(book.pages) > 120


def test_no_page_is_blank_and_each_has_its_number(book, texts):
    for number, (page, text) in enumerate(zip(book.pages, texts, strict=True), 1):
        assert text.split()[-1] == str(number)
        assert len("".join(text.split())) > 20 or len(page.images) > 0, number


def test_formulas_are_drawn(texts):
    whole = "\n".join(texts)
    assert "\\frac" not in whole
    assert "\\mathbf" not in whole


def test_links_stay_in_the_file_or_lead_to_the_web(book):
    within, web = 0, set()
    for page in book.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            if link.get("/Subtype") != "/Link":
                continue
            if "/A" in link and "/URI" in link["/A"]:
                web.add(str(link["/A"]["/URI"]))
            else:
                within += 1
    assert within > 50
    assert [uri for uri in web if "127.0.0.1" in uri or uri.startswith("file:")] == []


def test_nothing_is_on_paper_that_only_works_on_a_screen(book, built_book, texts):
    on_screen_only = "button, .live-bar, .headerlink, .prev-next-area"
    chapter = built_book / "notebooks" / "01_import_libraries.html"
    printed = make_pdf.FOLDER / "book.html"
    pages = [
        BeautifulSoup(path.read_text(), "html.parser") for path in (chapter, printed)
    ]
    assert [bool(page.select(on_screen_only)) for page in pages] == [True, False]
    assert "nothing leaves your computer" not in " ".join("\n".join(texts).split())


def test_without_chromium_it_says_what_to_install(monkeypatch, tmp_path):
    (tmp_path / "index.html").touch()
    monkeypatch.setattr(make_pdf, "HTML", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="Install chromium"):
        make_pdf.main()
