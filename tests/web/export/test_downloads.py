"""A downloaded chapter runs on any computer, from the .zip or with the book's wheel."""

import hashlib
import os
import shutil
import subprocess
import sysconfig
import venv

import nbformat
import pytest

from publish.paths import STUDENT_COPIES
from web.export.downloads import write_downloads

CHAPTER = "01_import_libraries"
EXERCISES = "ex04_feedforward"
RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
for cell in notebook.cells:
    if sys.argv[2] == "install" and cell.id == "find-the-book":
        cell.source = cell.source.replace("# %pip", "%pip")
nbclient.NotebookClient(notebook, timeout=300).execute()
"""


@pytest.fixture
def elsewhere(tmp_path):
    """Return a Python with the same packages as this one, but without the book."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    inside = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
    ).stdout.strip()
    # A folder added by a .pth file is on the path, but its own .pth files, such as that of the
    # installed book, are ignored.
    with open(os.path.join(inside, "packages.pth"), "w") as file:
        file.write(sysconfig.get_path("purelib") + "\n")
    return python


def run(python, folder, name, *, install=False):
    return subprocess.run(
        [python, "-c", RUN, name, "install" if install else "as it is"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            "PIP_NO_INDEX": "1",  # do not ask any registry
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
    )


@pytest.mark.slow
def test_a_chapter_runs_wherever_it_lands(
    built_book, serve_folder, elsewhere, tmp_path
):
    """Protects readers who download one chapter: it runs alone, in any folder."""
    (wheel,) = (built_book / "download").glob("*.whl")
    site = tmp_path / "site"
    with serve_folder(site) as address:
        write_downloads(site / "download", wheel, f"{address}/")
        # the .zip, without any network
        shutil.unpack_archive(site / "download" / f"{CHAPTER}.zip", tmp_path)
        done = run(elsewhere, tmp_path / CHAPTER, f"{CHAPTER}.ipynb")
        assert done.returncode == 0, done.stderr[-3000:]
        # the notebook alone: it says what is missing, and can install it
        alone = tmp_path / "alone"
        alone.mkdir()
        shutil.copy(site / "download" / f"{CHAPTER}.ipynb", alone)
        done = run(elsewhere, alone, f"{CHAPTER}.ipynb")
        assert "No module named 'nn_core'. To install it, take the #" in done.stderr
        done = run(elsewhere, alone, f"{CHAPTER}.ipynb", install=True)
        assert done.returncode == 0, done.stderr[-3000:]
        done = run(elsewhere, alone, f"{CHAPTER}.ipynb")
        assert done.returncode == 0, done.stderr[-3000:]


def test_the_same_book_gives_the_same_downloads(tmp_path):
    wheel = tmp_path / "book-1-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    for name in ("first", "second"):
        write_downloads(tmp_path / name, wheel, "https://example.org/book/")
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("first", "second")
    )
    assert first == second
    assert len(first) == 8 + 8 + 9 + 2
    sums = dict(
        reversed(line.split("  ")) for line in first["SHA256SUMS"].decode().splitlines()
    )
    assert sums == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in first.items()
        if name != "SHA256SUMS"
    }
    notebook = nbformat.reads(first[f"{CHAPTER}.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert (
        "# %pip install https://example.org/book/download/book-1-py3-none-any.whl#sha256="
        f"{sums[wheel.name]}\n" in notebook.cells[1].source
    )


def test_exercises_come_as_they_are_handed_out(tmp_path):
    write_downloads(tmp_path)
    shutil.unpack_archive(tmp_path / f"{EXERCISES}.zip", tmp_path)
    with open(tmp_path / EXERCISES / f"{EXERCISES}.ipynb") as file:
        assert file.read() == (STUDENT_COPIES / f"{EXERCISES}.ipynb").read_text()
    assert (tmp_path / EXERCISES / "nn_check" / "__init__.py").exists()


@pytest.mark.parametrize("folder", ["notebooks", "book/exercises"])
def test_the_button_of_a_page_leads_to_its_download(built_book, folder):
    from bs4 import BeautifulSoup

    pages = list((built_book / folder).glob("*.html"))
    assert len(pages) >= 8
    for path in pages:
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        (button,) = page.select("a.btn-download-source-button")
        assert button.get_text(strip=True) == ".zip"
        target = (path.parent / button["href"]).resolve()
        assert target == (built_book / "download" / f"{path.stem}.zip").resolve()
        assert target.exists()
