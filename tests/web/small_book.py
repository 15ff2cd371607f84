"""A copy of the project with a single short chapter, to be built with faults of all kinds."""

import os
import shutil
import subprocess
import sys

from publish.paths import ROOT


def make_small_book(folder):
    """Copy into folder what a build needs; its book has two pages and no live ones."""
    folder.mkdir()
    for name in ("_config.yml", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for module in ROOT.glob("nn_*.py"):
        shutil.copy(module, folder)
    for package in ROOT.glob("nn_*/"):
        shutil.copytree(package, folder / package.name)
    for part in ("book", "publish", "tools", "web"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "notebooks").mkdir()
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: notebooks/page\nchapters:\n- file: notebooks/kept\n"
    )
    write_page(folder)
    (folder / "notebooks" / "kept.md").write_text("# Kept\n")
    return folder


def write_page(folder, code="print('fine')", text="[kept](kept.md)"):
    (folder / "notebooks" / "page.md").write_text(
        "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n"
        f"---\n# Page\n\n{text}\n\n```{{code-cell}} ipython3\n{code}\n```\n"
    )


def page_of(folder):
    return folder / "_build" / "html" / "notebooks" / "page.html"


def start_build(folder, **environment):
    return subprocess.Popen(
        [sys.executable, "-u", "tools/build_book.py"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"LIVE": "0"} | environment,
        start_new_session=True,  # so that it can be stopped with all that it started
    )


def build(folder, **environment):
    return subprocess.run(
        [sys.executable, "tools/build_book.py", "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"LIVE": "0"} | environment,  # live pages have their own tests
    )
