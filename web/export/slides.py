"""Sphinx extension: write the slides of each lesson, from the results of its notebook.

`make slides` writes them without a build, from the results that the last build has kept.

These rules decide what is on a slide:

- Every heading starts a slide, and every further code cell another under the same heading.
- A slide shows code, then what the code prints or draws; of folded code only the result, if
  there is one. Formulas, lists, tables and the sentences that explain a **term** are shown
  too. All text goes to the speaker's notes; a section without code is shown instead.
- The chapter's opening, prediction, tasks ("Try this.") and summary are shown whole; its
  exercises are not shown.
- Results and answers appear with the next key press, so that the class can predict first.
- What does not fit on the rest of a slide goes to the next. Code that is higher than a slide
  is split at an empty line.
"""

import base64
import hashlib
import html
import re
import shutil
import struct
import sys
from pathlib import Path

import nbformat
from docutils.nodes import make_id
from jupyter_cache import get_cache
from nbconvert import SlidesExporter

from publish.errors import BuildError, exit_on_build_error
from publish.fetch import cache_folder, fetch_npm_package, unpack_npm_package
from publish.paths import BUILD, HTML, NOTEBOOK_RESULTS, NOTEBOOKS
from publish.settings import live_pages_are_wanted
from publish.third_party import REVEAL
from web.pages.printed_text import joined

LOOKS = Path(__file__).with_name("slides.css")
SHOWN_WHOLE = ("title", "predict", "try", "summary")  # parts of such cells' names
WIDTH, HEIGHT = 1280, 800  # of a slide, in its own pixels; the browser scales it
ROOM = 650  # of that height, below the heading and above the slide's number
CHARACTERS = 78  # in a line of text
# Heights in a slide's pixels, as slides.css sets them.
TEXT_LINE, CODE_LINE, LARGE_CODE_LINE, TABLE_ROW, FORMULA, GAP = 40, 28, 34, 50, 90, 20
LARGE_CODE = 66  # characters in a line that fit in large letters
WIDEST_PICTURE = 1140
WIDGET = "application/vnd.jupyter.widget-view+json"
# nbconvert's page, changed to load every file from the book.
PAGE = """
{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="../_static/logo.svg">
<script>MathJax = {tex: {inlineMath: [['$', '$']]}, options: {enableMenu: false}};</script>
<script src="../mathjax/tex-mml-chtml.js" defer></script>
<script src="reveal/dist/reveal.js"></script>
<script src="reveal/plugin/notes/notes.js"></script>
{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block footer_js -%}
<link rel="stylesheet" href="slides.css">
<script>
Reveal.initialize({
  width: WIDTH, height: HEIGHT, margin: 0.02, center: false, hash: true,
  navigationMode: "linear", slideNumber: "c/t", transition: "none",
  pdfSeparateFragments: false, plugins: [RevealNotes]
});
</script>
{%- endblock -%}
""".replace("WIDTH", str(WIDTH)).replace("HEIGHT", str(HEIGHT))
NOT_BUILT = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Slides: not built</title></head>
<body><main><h1>These slides were not built</h1>
<p>reveal.js, which shows them, could not be fetched. On a computer that reaches npm,
<code>make book</code> builds the book with its slides.</p>
<p><a href="../book/teaching.html">Teaching with this book</a></p></main></body>
</html>
"""


class Deck:
    """Fill the slides of one notebook from top to bottom."""

    def __init__(self):
        self.cells = []
        self.heading = None
        self.room = 0
        self.is_bare = False  # whether the slide has a heading only

    def start(self, heading, slide_type="slide"):
        """Start a slide; a repeated heading is of the third level, and so smaller."""
        level = "#" * (
            3 if slide_type == "subslide" else 1 if self.heading is None else 2
        )
        self.heading, self.room, self.is_bare = heading, ROOM, True
        self._append(nbformat.v4.new_markdown_cell(f"{level} {heading}"), slide_type)

    def add(self, cell, height, waits=False):
        """Put a cell on the slide, or on a new one if it needs more room than is left."""
        if height > self.room and not self.is_bare:
            self.start(self.heading, "subslide")
        # A result that is alone on its slide is shown at once.
        self._append(cell, "fragment" if waits and not self.is_bare else "-")
        self.room -= height + GAP
        self.is_bare = False

    def add_text(self, text, waits=False):
        self.add(nbformat.v4.new_markdown_cell(text), height_of_text(text), waits)

    def add_notes(self, texts):
        if texts:
            self._append(nbformat.v4.new_markdown_cell("\n\n".join(texts)), "notes")

    def _append(self, cell, slide_type):
        cell.id = f"part-{len(self.cells) + 1}"  # the same in every build
        cell.metadata["slideshow"] = {"slide_type": slide_type}
        self.cells.append(cell)


def deck_of(notebook, chapter):
    """Return a notebook whose cells carry nbconvert's slide types."""
    deck = Deck()
    shown, notes = [], []  # text that belongs to the next code cell
    has_code = False  # whether the heading has code, or a text shown whole, below it

    def end_of_section():
        if has_code:
            for text in shown:
                deck.add_text(text)
            deck.add_notes(notes)
        else:  # nothing but text: show it
            for text in notes:
                deck.add_text(text)
        shown.clear()
        notes.clear()

    for cell in notebook.cells:
        if cell.cell_type == "code":
            if has_code:
                deck.start(deck.heading, "subslide")
            for text in shown:
                deck.add_text(text)
            deck.add_notes(notes)
            shown.clear()
            notes.clear()
            has_code = True
            add_code(deck, cell, chapter)
            continue
        for part in re.split(r"^(?=#{1,2} )", cell.source, flags=re.MULTILINE):
            if part.startswith("#"):
                end_of_section()
                heading, _, part = part.partition("\n")
                heading = heading.lstrip("# ")
                if heading == "Exercises":
                    break
                deck.start(heading)
                has_code = False
            if part.strip() and any(name in cell.id for name in SHOWN_WHOLE):
                if has_code:  # the tasks of a widget
                    end_of_section()
                    deck.start(deck.heading, "subslide")
                for text, waits in blocks_and_answers(part):
                    deck.add_text(text, waits)
                has_code = True  # the following text is not about this one
                continue
            for text in blocks(part):
                notes.append(text)
                shown.extend(what_stands_out(text))
    return nbformat.v4.new_notebook(cells=deck.cells, metadata=notebook.metadata)


def add_code(deck, cell, chapter):
    """Show a code cell, then each of its results."""
    is_widget = any(WIDGET in output.get("data", {}) for output in cell.outputs)
    is_folded = "hide-input" in cell.metadata.get("tags", [])
    for part in [] if is_folded and cell.outputs else parts_of_code(cell.source):
        code = nbformat.v4.new_code_cell(part)
        deck.add(code, height_of_code(code, part))
    if is_widget:
        where = f"../notebooks/{chapter}.html#{make_id(deck.heading)}"
        deck.add_text(f"[Move it in the chapter]({where})")
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    for output in joined(cell.outputs):
        data = output.get("data", {})
        if "image/png" in data:
            room = deck.room if is_widget and deck.room > ROOM / 2 else ROOM
            deck.add(*picture_cell(data["image/png"], alt, room), waits=not is_widget)
            continue
        text = output.get("text") or data.get("text/plain", "")
        result = nbformat.v4.new_code_cell("", outputs=[output])
        result.metadata["transient"] = {"remove_source": True}
        deck.add(result, height_of_code(result, text), waits=True)


def parts_of_code(source):
    """Split code that is higher than a slide at empty lines."""
    parts = [""]
    for block in re.split(r"\n\n+(?=\S| {4}def )", source):
        longer = f"{parts[-1]}\n\n{block}".lstrip("\n")
        fits = height_of_code(nbformat.v4.new_code_cell(), longer) <= ROOM
        parts[-1:] = [longer] if fits or not parts[-1] else [parts[-1], block]
    return parts


def height_of_code(cell, text):
    """Return the height of code in pixels; mark a cell with short lines for large type."""
    lines = text.splitlines()
    is_large = max(map(len, lines), default=0) <= LARGE_CODE
    if is_large:
        cell.metadata["tags"] = ["large"]
    return len(lines) * (LARGE_CODE_LINE if is_large else CODE_LINE) + 20


def picture_cell(png, alt, room):
    """Return a picture as a cell, and its height; it is as large as fits into room."""
    if not alt:
        raise ValueError(
            "expected mystnb.image.alt in the metadata of a cell with a picture"
        )
    width, height = struct.unpack(">II", base64.b64decode(png)[16:24])
    scale = min(WIDEST_PICTURE / width, room / height, 1.6)
    size = f'width="{round(width * scale)}" height="{round(height * scale)}"'
    source = "".join(png.split())
    picture = (
        f'<img src="data:image/png;base64,{source}" {size} '
        f'alt="{html.escape(alt, quote=True)}">'
    )
    return nbformat.v4.new_markdown_cell(picture), height * scale


def blocks(text):
    """Split Markdown at empty lines, but keep a list in one block."""
    found = []
    for block in re.split(r"\n{2,}", text.strip()):
        if found and is_list(found[-1]) and is_list(block):
            found[-1] += "\n" + block
        elif block:
            found.append(block)
    return found


def is_list(text):
    return bool(re.match(r"(-|\d+\.) ", text))


def what_stands_out(text):
    """Return the part of a block that a slide shows beside code, as a list of one or none.

    Formulas, tables and lists are shown whole; of other text a bold first sentence, and the
    sentences with a bold term. One that starts with "It" or "This" brings the one before it.
    """
    if is_list(text) or text.startswith(("$$", "|")):
        return [text]
    if lead := re.match(r"\*\*.+?\.\*\*", text):
        return [lead[0]]
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z*`$])", text)
    found = set()
    for position, sentence in enumerate(sentences):
        if "**" in sentence:
            found.add(position)
            while position and re.match(r"(It|Its|They|These|This|That)\b", sentence):
                position -= 1
                sentence = sentences[position]
                found.add(position)
    return (
        [" ".join(sentences[position] for position in sorted(found))] if found else []
    )


def blocks_and_answers(text):
    """Yield the blocks of a text, and whether each belongs to a folded answer."""
    parts = re.split(
        r"<details><summary>(.*?)</summary>(.*?)</details>", text, flags=re.S
    )
    for position in range(0, len(parts), 3):
        for block in blocks(parts[position]):
            yield block, False
        if position + 2 < len(parts):
            title, answer = parts[position + 1 : position + 3]
            yield f"**{title}.** {answer.strip()}", True


def height_of_text(text):
    """Estimate the height of a text on a slide, in pixels."""
    height = 0
    for block in blocks(text):
        if block.startswith("$$"):
            height += FORMULA
        elif block.startswith("|"):
            height += TABLE_ROW * len(block.splitlines())
        else:
            items = re.split(r"\n(?=(?:-|\d+\.) )", block)
            lines = [1 + len(item) // CHARACTERS for item in items]
            height += sum(lines) * TEXT_LINE + GAP
    return height


def with_links_into_the_book(text):
    """Turn links between source files into links to the book's pages."""
    text = re.sub(r"\]\((\d\d_\w+)\.ipynb", r"](../notebooks/\1.html", text)
    return re.sub(r"\]\(\.\./book/([\w/]+)\.(md|ipynb)", r"](../book/\1.html", text)


def install_reveal(folder):
    """Fetch reveal.js and put the files that the slides load into folder."""
    archive = fetch_npm_package(REVEAL, cache_folder() / "npm")
    whole = folder / f"{REVEAL.sha256}.txt"  # written last
    if whole.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    unpacked = BUILD / "reveal.unfinished"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpack_npm_package(archive, unpacked)
    for part in ("dist", "plugin/notes"):
        shutil.copytree(unpacked / part, folder / part, dirs_exist_ok=True)
    shutil.copy(unpacked / "LICENSE", folder)
    whole.write_text(f"reveal.js {REVEAL.version}\n")
    shutil.rmtree(unpacked)


def write_deck(path, notebook, exporter):
    """Write the slides of one executed notebook to the .html file at path."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_links_into_the_book(cell.source)
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    notebook.metadata = {"title": f"{title}:", "language_info": {"name": "python"}}
    page, _ = exporter.from_notebook_node(deck_of(notebook, path.stem))
    path.write_text(page, encoding="utf-8")


def build_slides():
    """Write _build/html/slides from the kept results, unless nothing has changed.

    With LIVE=0 a book may lack reveal.js; a page then says that the slides were not built.
    """
    folder = HTML / "slides"
    notebooks = sorted(NOTEBOOKS.glob("0*.ipynb"))
    if not notebooks:
        return
    pages = [folder / f"{path.stem}.html" for path in notebooks]
    ran_with = BUILD / "notebooks_ran_with.sha256"
    digest = hashlib.sha256()
    for path in [*notebooks, ran_with, LOOKS, Path(__file__)]:
        digest.update(path.read_bytes() if path.exists() else b"")
    stamp = BUILD / "slides_made_from.sha256"
    made_from = stamp.read_text() if stamp.exists() else ""
    if made_from == digest.hexdigest() and all(page.exists() for page in pages):
        return
    stamp.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        install_reveal(folder / "reveal")
    except BuildError as error:
        if live_pages_are_wanted():
            raise
        for page in pages:
            page.write_text(NOT_BUILT, encoding="utf-8")
        print(f"The slides were not built.\n{error}", flush=True)
        return
    shutil.copy(LOOKS, folder)
    exporter = SlidesExporter(
        raw_template=PAGE,
        reveal_url_prefix="reveal",
        reveal_theme="white",
        exclude_anchor_links=True,
    )
    kept = get_cache(NOTEBOOK_RESULTS)
    for path, page in zip(notebooks, pages, strict=True):
        notebook = nbformat.read(path, as_version=4)
        try:
            _, notebook = kept.merge_match_into_notebook(notebook)
        except KeyError:
            raise BuildError(
                f"{path.name} has changed or was never run. Run `make book` first."
            ) from None
        write_deck(page, notebook, exporter)
    stamp.write_text(digest.hexdigest())


def write_slides(app, exception):
    """Write the slides of a book without errors or warnings, whose notebooks have run."""
    if not exception and not app._warncount and app.builder.name == "html":
        with exit_on_build_error():
            build_slides()


def setup(app):
    app.connect("build-finished", write_slides, priority=950)  # after the pages
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    try:
        build_slides()
    except BuildError as error:
        sys.exit(f"The slides cannot be built.\n{error}")
    print(f"The slides are in {HTML / 'slides'}")
