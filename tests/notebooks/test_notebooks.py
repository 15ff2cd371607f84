"""The chapters as notebooks are committed cleanly, and run anywhere without other files."""

import re
import statistics
import subprocess
import sys
import time

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

from publish.paths import ROOT

FOLDER = ROOT / "notebooks"
CHAPTERS = sorted(path.stem for path in FOLDER.glob("0*.ipynb"))
EVERY_NOTEBOOK = sorted(
    path
    for folder in (FOLDER, ROOT / "exercises")
    for path in folder.rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)
SECONDS_ALLOWED = 60
# Cells that hold the reader's whole class, and how many lines they may have.
WHOLE_CLASS = {"class-so-far": 50, "class-now": 50, "complete-class": 50}

each_chapter = pytest.mark.parametrize("name", CHAPTERS)
each_notebook = pytest.mark.parametrize(
    "path", EVERY_NOTEBOOK, ids=[path.stem for path in EVERY_NOTEBOOK]
)


def read(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def cells_of(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


@pytest.fixture(scope="module", params=CHAPTERS)
def run(request, tmp_path_factory):
    """Run a chapter in a new kernel, in another folder; return the result."""
    folder = tmp_path_factory.mktemp("some other folder")
    notebook = read(request.param)
    began = time.perf_counter()
    NotebookClient(
        notebook,
        timeout=SECONDS_ALLOWED,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    seconds = time.perf_counter() - began
    return request.param, notebook, seconds, list(folder.iterdir())


def outputs_of(notebook):
    for cell in cells_of(notebook, "code"):
        for output in cell.outputs:
            yield cell, output


# --- As committed -----------------------------------------------------------------------


def test_the_book_has_the_chapters_in_order():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    files = [page["file"] for part in contents["parts"] for page in part["chapters"]]
    assert [file for file in files if file.startswith("notebooks/0")] == [
        f"notebooks/{name}" for name in CHAPTERS
    ]
    assert len(CHAPTERS) >= 6  # the blog's steps


def test_no_notebook_is_committed_with_outputs():
    command = [sys.executable, "-m", "nbstripout", "--verify", "--keep-id"]
    done = subprocess.run(
        [*command, *EVERY_NOTEBOOK], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, (
        f"{done.stdout}{done.stderr}Run: nbstripout --keep-id notebooks/*.ipynb"
    )


@each_notebook
def test_it_is_written_as_jupyter_writes_it(path):
    """Otherwise saving it in Jupyter would change lines that nobody edited."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"
    assert notebook.metadata.kernelspec.name == "python3"


@each_notebook
def test_cell_ids_are_names(path):
    """A name is stable when the cell changes; readers' edits are stored under it."""
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert len(ids) == len(set(ids))
    for name in ids:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), name
        assert not re.fullmatch(r"[0-9a-f]{8}(-.*)?", name), f"{name} looks random"


@each_chapter
def test_code_cells_are_small(name):
    lengths = {
        cell.id: sum(bool(line.strip()) for line in cell.source.splitlines())
        for cell in cells_of(read(name), "code")
    }
    most = {cell: WHOLE_CLASS.get(cell, 15) for cell in lengths}
    assert {cell: n for cell, n in lengths.items() if n > most[cell]} == {}
    assert statistics.median(lengths.values()) <= 6


@each_chapter
def test_code_lines_are_short(name):
    for cell in cells_of(read(name), "code"):
        for line in cell.source.splitlines():
            assert len(line) <= 88, f"{cell.id}: {line}"


@each_notebook
def test_text_is_plain_markdown(path):
    """MyST's directives and roles show as raw text in Jupyter."""
    myst = re.compile(
        r"^\s*(```+|:::+)\{|\{[a-z:+-]+\}`|^\([\w-]+\)=\s*$", re.MULTILINE
    )
    for cell in cells_of(nbformat.read(path, as_version=4), "markdown"):
        assert not myst.search(cell.source), cell.id


@each_notebook
def test_pictures_in_the_text_are_described(path):
    for cell in cells_of(nbformat.read(path, as_version=4), "markdown"):
        assert not re.search(r"!\[\s*\]\(", cell.source), cell.id
        for tag in re.findall(r"<img\b[^>]*>", cell.source):
            assert re.search(r'\balt="[^"]+"', tag), cell.id


@each_chapter
def test_headings_make_an_outline(name):
    number = int(name[:2])
    levels = []
    for cell in cells_of(read(name), "markdown"):
        text = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
        levels += [len(hashes) for hashes in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert read(name).cells[0].source.startswith(f"# {number}. ")
    assert levels.count(1) == 1
    for above, below in zip(levels, levels[1:], strict=False):
        assert below <= above + 1


@each_chapter
def test_a_chapter_asks_before_it_answers_and_leads_on(name):
    text = "\n".join(cell.source for cell in cells_of(read(name), "markdown"))
    for words in ("You will do", "You will learn", "You need", "Summary", "Exercises"):
        assert words in text
    folded = len(re.findall(r"<details", text))
    assert folded >= 2
    assert folded == len(re.findall(r"<summary>[^<]+</summary>", text))
    assert folded == len(re.findall(r"</details>", text))
    following = CHAPTERS[CHAPTERS.index(name) + 1 :]
    if following:
        assert f"({following[0]}.ipynb)" in text


@each_notebook
def test_it_installs_nothing_and_expects_no_error(path):
    for cell in cells_of(nbformat.read(path, as_version=4), "code"):
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), cell.id
        assert "raises-exception" not in cell.metadata.get("tags", []), cell.id


# --- As run -----------------------------------------------------------------------------


@pytest.mark.slow
def test_it_runs_in_a_fresh_kernel_within_a_minute(run):
    name, _, seconds, _ = run
    assert seconds < SECONDS_ALLOWED, f"{name} took {seconds:.0f} s"


@pytest.mark.slow
def test_it_leaves_no_files_behind(run):
    name, _, _, files = run
    assert files == [], name


@pytest.mark.slow
def test_every_output_picture_is_described(run):
    """A screen reader has nothing else to read."""
    name, notebook, _, _ = run
    described = {}
    for cell, output in outputs_of(notebook):
        if any(mime.startswith("image/") for mime in output.get("data", {})):
            image = cell.metadata.get("mystnb", {}).get("image", {})
            described[cell.id] = image.get("alt", "")
    assert described, f"{name} shows no picture"
    assert {cell: alt for cell, alt in described.items() if len(alt) < 40} == {}
    assert len(set(described.values())) == len(described)


@pytest.mark.slow
def test_each_chapter_has_its_widget(run):
    name, notebook, _, _ = run
    widgets = [
        cell.id
        for cell, output in outputs_of(notebook)
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
        and "image/png" in output.data
    ]
    assert widgets, f"{name} shows no live widget with a picture"


@pytest.mark.slow
def test_outputs_are_for_readers(run):
    """No object's address (a forgotten plt.show()), no warning about the code itself."""
    _, notebook, _, _ = run
    for cell, output in outputs_of(notebook):
        text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
        assert not re.search(r" at 0x[0-9a-f]{6,}>", text), cell.id
        assert not re.search(r"(Deprecation|Future|User)Warning", text), cell.id
