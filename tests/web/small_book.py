"""Make and build a copy of the project with one short chapter, to test faulty builds."""

import os
import shutil
import subprocess
import sys

from publish.paths import ROOT


def make_small_book(folder):
    """Copy what a build needs into folder; this book has two pages, neither of them live."""
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


def write_page(folder, code="print('fine')", text="[kept](kept.md)", name="page"):
    (folder / "notebooks" / f"{name}.md").write_text(
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
        start_new_session=True,  # so that its child processes can be stopped with it
    )


def build(folder, **environment):
    return subprocess.run(
        [sys.executable, "tools/build_book.py", "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"LIVE": "0"} | environment,  # live pages have their own tests
    )
