"""Write the book's downloads: notebooks that run anywhere, and a wheel.

    download/01_import_libraries.zip      the notebook, the book's modules and the data
    download/01_import_libraries.ipynb    the notebook alone; only if the address is known
    download/ex01_import_libraries.zip    the same for exercises, with the student's notebook
    download/neural_network_book-….whl    the modules and the data, for pip
    download/SHA256SUMS                   the checksums of all these files

Each chapter gets an additional cell, which imports the book's modules and says what to do if
they are missing. The files are reproducible byte for byte.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from publish.fetch import sha256_of
from publish.paths import NOTEBOOKS, ROOT, STUDENT_COPIES, book_files
from web.export.release_book import pack

FOLDER = "download"  # in the built book
PACKAGES = "numpy matplotlib ipywidgets"
FROM_WHEEL = """\
# This chapter needs the book's modules (nn_core, nn_widgets), NumPy, matplotlib and ipywidgets.
# If this cell says that one is missing, take the # off the next line and run the cell again:
# %pip install {wheel}
{check}"""
FROM_FOLDER = """\
# This chapter needs the book's modules, which lie beside it: nn_core.py, nn_widgets and others.
# Should NumPy, matplotlib or ipywidgets be missing, take the # off the next line and run again:
# %pip install {packages}
{check}"""
CHECK = """\
try:
    import nn_core
    import nn_widgets
except ImportError as error:
    raise ImportError(f"{{error}}. {advice}") from None"""
ADVICE_WHEEL = (
    "To install it, take the # off the line with %pip above, and run this cell again."
)
ADVICE_FOLDER = (
    "The book's modules come in the same .zip: unpack all of it and open the notebook in "
    "its folder. Other packages: take the # off the line with %pip above, and run this "
    "cell again."
)


def with_first_cell(notebook, wheel=None):
    """Return a chapter with the additional cell; wheel is the wheel's address, if known."""
    if wheel:
        check = CHECK.format(advice=ADVICE_WHEEL)
        source = FROM_WHEEL.format(wheel=wheel, check=check)
    else:
        check = CHECK.format(advice=ADVICE_FOLDER)
        source = FROM_FOLDER.format(packages=PACKAGES, check=check)
    cell = nbformat.v4.new_code_cell(source, id="find-the-book")
    changed = nbformat.from_dict(notebook)
    changed.cells.insert(1, cell)  # below the title
    return changed


def write_downloads(folder, wheel=None, site_url=None):
    """Replace folder with all downloads.

    wheel: path of the book's wheel, None if none was built
    site_url: address of the built book, None if it is not known
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    address = None
    if wheel:
        shutil.copyfile(wheel, folder / wheel.name)
        if site_url:  # pip compares the checksum
            checksum = sha256_of(wheel)
            address = f"{site_url.rstrip('/')}/{FOLDER}/{wheel.name}#sha256={checksum}"
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if address:
            write(with_first_cell(notebook, address), folder / path.name)
        write_zip(with_first_cell(notebook), folder / f"{path.stem}.zip")
    for path in STUDENT_COPIES.glob("*.ipynb"):
        write_zip(nbformat.read(path, as_version=4), folder / f"{path.stem}.zip")
    sums = [f"{sha256_of(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(sums))


def write_zip(notebook, archive):
    """Pack a notebook, named like the archive, with the book's modules and the data."""
    with TemporaryDirectory() as place:
        inside = Path(place)
        write(notebook, inside / f"{archive.stem}.ipynb")
        for file in book_files():
            (inside / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, inside / file)
        pack(inside, archive)


def write(notebook, path):
    text = nbformat.writes(notebook, indent=1, ensure_ascii=False)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
