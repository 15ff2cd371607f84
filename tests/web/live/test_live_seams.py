"""Thebe, its kernel and Pyodide still use everything that the live pages override."""

import re
import shutil

import pytest

from publish.errors import BuildError
from publish.paths import ROOT
from web.live.prepare.seams import SEAMS, check_seams


@pytest.fixture(scope="module")
def lib(built_book):
    (folder,) = (built_book / "live").glob("lib-*")
    return folder


def test_the_fetched_files_use_everything_that_is_overridden(lib):
    check_seams(lib)


@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: seam.overwritten)
def test_a_file_that_changes_stops_the_build(lib, tmp_path, seam):
    for file in {each.file for each in SEAMS}:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(lib / file, tmp_path / file)
    changed = tmp_path / seam.file
    text = changed.read_text(encoding="utf-8")
    changed.write_text(re.sub(seam.found, "", text, flags=re.DOTALL), encoding="utf-8")
    with pytest.raises(BuildError, match=r"has changed: it holds nothing like"):
        check_seams(tmp_path)


def test_the_named_script_overrides_each_seam():
    for seam in SEAMS:
        what, _, script = seam.overwritten.rpartition(", ")
        (file,) = (ROOT / "web" / "live").glob(f"*/{script}")
        text = file.read_text(encoding="utf-8")
        for name in re.split(r" and |\.", what):
            assert name in text, seam
