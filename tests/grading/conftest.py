"""Helpers for several tests of grading: make files to submit, and collect them."""

import io
import zipfile

import nbformat
import pytest

from grading.course import Course
from grading.intake import collect


def as_bytes(notebook):
    return nbformat.writes(notebook).encode("utf-8")


def places(data, path=()):
    """Yield the path of every value in a notebook's JSON."""
    yield path
    items = data.items() if isinstance(data, dict) else ()
    items = enumerate(data) if isinstance(data, list) else items
    for key, value in items:
        yield from places(value, (*path, key))


def zipped(files):
    """Return a .zip with {path: bytes}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


@pytest.fixture
def collected(tmp_path):
    """Return a function that writes {path: bytes} to a folder and collects it."""

    def collect_files(files):
        folder = tmp_path / "export"
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return collect.collect(folder, Course(tmp_path / "course"))

    return collect_files
