"""Check README.md, CHANGELOG.md and the like: links, versions, addresses, templates."""

import functools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAPERS = sorted(ROOT.glob("*.md"))
CONFIG = ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"
FORMS = sorted(path for path in CONFIG.parent.iterdir() if path != CONFIG)
PATH = r"`((?:[\w.*-]+/)+[\w.*-]*|[\w*-]+\.(?:css|js|json|md|mjs|py|toml|txt|yml))`"
UNTRACKED = {".git", ".venv", "_build", "classroom"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def load(name):
    return yaml.safe_load(read(name))


def version():
    return re.search(r'^version = "(.+)"$', read("pyproject.toml"), re.MULTILINE)[1]


def releases():
    """Return the changelog's (version, date) pairs, as written, from top to bottom."""
    heading = r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$"
    return re.findall(heading, read("CHANGELOG.md"), re.MULTILINE)


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path):
    """Return the anchors that a Markdown file's headings get."""
    text = without_code(path.read_text(encoding="utf-8"))
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def broken_links(paper):
    """Return a paper's relative links to a file or heading that does not exist."""
    text = without_code(paper.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = paper.parent / name if name else paper
        if re.match(r"\w+:", link):
            continue
        if not target.exists() or anchor and anchor not in anchors(target):
            yield link


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_links_lead_to_files_and_headings(paper):
    assert not list(broken_links(paper))


def test_a_broken_link_is_found(tmp_path):
    paper = tmp_path / "paper.md"
    paper.write_text("# A b, c\n[1](#a-b-c) [2](#d) [3](paper.md) [4](e.md) [5](x:y)")
    assert list(broken_links(paper)) == ["#d", "e.md"]


@functools.cache
def existing_paths():
    """Return the paths of all files and folders of the project, each after a slash."""
    top = [path for path in ROOT.iterdir() if path.name not in UNTRACKED]
    paths = top + [path for folder in top for path in folder.rglob("*")]
    return [f"/{path.relative_to(ROOT).as_posix()}" for path in paths]


def missing_files(text):
    """Return the paths in backticks that lead to no file or folder of the project.

    A path may begin at the root or in a folder, such as `pages/theme/` or a mere file name. A *
    stands for any characters but a slash.
    """
    for name in sorted(set(re.findall(PATH, without_code(text)))):
        ending = re.escape(name.strip("/")).replace(r"\*", "[^/]*")
        if name.split("/")[0] not in UNTRACKED and not any(
            re.search(f"/{ending}$", path) for path in existing_paths()
        ):
            yield name


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_paths_in_backticks_exist(name):
    assert not list(missing_files(read(name)))


def test_a_missing_file_is_found():
    text = "`no/such/` `publish/fetch.py` `book.py` `absent_*.py` `test_pap*.py` `_build/x`"
    assert list(missing_files(text)) == ["absent_*.py", "no/such/"]


def hooks_told():
    """Return {Sphinx event: paths below web/} of ARCHITECTURE's table of hooks."""
    table = read("ARCHITECTURE.md").partition("| event | priority | module |")[2]
    told, event = {}, ""
    for row in table.partition("\n\n")[0].split("\n")[2:]:
        first, _, modules = row.split("|")[1:4]
        event = first.strip(" `") or event
        told.setdefault(event, set()).update(re.findall(r"`([\w/.]+)`", modules))
    return told


def test_the_table_of_hooks_names_every_module_that_has_one():
    told, hooks = hooks_told(), 0
    for file in sorted((ROOT / "web").rglob("*.py")):
        path = file.relative_to(ROOT / "web").as_posix()
        code = file.read_text(encoding="utf-8")
        for event in re.findall(r'app\.connect\(\s*"([\w-]+)"', code):
            hooks += 1
            assert any(
                path.startswith(name) or path.endswith(f"/{name}")
                for name in told[event]
            ), f"{path}: {event}"
    assert hooks > 20


def test_the_changelog_keeps_its_form():
    text = read("CHANGELOG.md")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["[Unreleased]", *(f"[{v}] - {date}" for v, date in releases())]
    numbers = [tuple(map(int, number.split("."))) for number, _ in releases()]
    assert numbers == sorted(set(numbers), reverse=True)
    dates = [date for _, date in releases()]
    assert dates == sorted(dates, reverse=True)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds


def test_one_version_everywhere():
    citation = load("CITATION.cff")
    newest = citation["version"], citation["date-released"]
    assert newest == releases()[0]
    assert newest[0] == version()
    major_minor = version().rpartition(".")[0]
    assert f"| {major_minor}.x, the newest edition | yes |" in read("SECURITY.md")
    named = re.findall(r"neural-network-book-(\d[\d.]*\d)", read("book/publishing.md"))
    assert set(named) == {version()}


def test_the_citation_has_the_books_title():
    assert load("CITATION.cff")["title"] == load("_config.yml")["title"]


def test_one_address_everywhere():
    citation, config = load("CITATION.cff"), read("_config.yml")
    assert f"repository: {{url: {citation['repository-code']}, " in config
    assert re.search(f"site_url: {re.escape(citation['url'])}(?= |$)", config, re.M)
    urls = dict(re.findall(r'^(\w+) = "(https:.+)"$', read("pyproject.toml"), re.M))
    assert urls.pop("Homepage") == citation["url"]
    assert urls.pop("Repository") == citation["repository-code"]
    assert {*urls} == {"Issues", "Changelog"}
    assert all(url.startswith(citation["repository-code"]) for url in urls.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-issue-forms", FORMS),
        ("github-issue-config", [CONFIG]),
        ("citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_files_fit_their_schema(schema, files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, f"vendor.{schema}", *files], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_both_hosts_ask_the_same(form):
    github = load(form)
    gitlab = read(f".gitlab/issue_templates/{form.stem}.md")
    fields = [part for part in github["body"] if part["type"] != "markdown"]
    questions = [field["attributes"]["label"] for field in fields]
    assert questions == re.findall(r"^## (.+)$", gitlab, re.MULTILINE)
    flat = " ".join(gitlab.split())
    for field in fields:
        assert field["attributes"].get("description", "") in flat
    assert [f"/label ~{label}" for label in github["labels"]] == [
        gitlab.split("\n")[-2]
    ]


def test_both_hosts_have_the_same_templates():
    assert {path.stem for path in FORMS} == {
        path.stem for path in (ROOT / ".gitlab" / "issue_templates").iterdir()
    }
    request = read(".github/pull_request_template.md")
    assert request == read(".gitlab/merge_request_templates/Default.md")


def test_the_commit_hook_runs_make_lint_and_downloads_nothing():
    (repository,) = load(".pre-commit-config.yaml")["repos"]
    (hook,) = repository["hooks"]
    assert repository["repo"] == "local"
    assert hook["entry"] == "make lint"
    assert hook["language"] == "system"
    assert hook["pass_filenames"] is False
    assert re.search(r"^lint:", read("Makefile"), re.MULTILINE)


def test_the_dev_container_builds_the_book_with_the_locks_python():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    python = re.search(r"with Python (3\.\d+)", read("requirements-lock.txt"))[1]
    assert f"python:{python}-" in container["image"]
    assert container["postCreateCommand"] == "make book"
    assert list(container["portsAttributes"]) == [str(container["forwardPorts"][0])]
