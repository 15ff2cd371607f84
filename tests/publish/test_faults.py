"""Faults of a build or a server give a clear message and leave nothing half-done.

The disk is full, the build is killed, a cached file is truncated, a port is in use.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from publish import book as build_book
from publish import serve as serve_book
from publish.paths import ROOT
from tests.conftest import nightly_but
from tests.web.small_book import build, page_of, start_build, write_page
from web.live.prepare import page_files
from web.live.prepare.fetch_third_party import Fetched

NOTHING = Fetched({}, {}, {}, {})
SLEEPY = "import os, time; time.sleep(float(os.environ.get('NAP', 0))); print('awake')"


# --- The build is stopped in the middle -----------------------------------------------


def stop_while_a_notebook_runs(folder, how):
    """Start a build, stop it while its notebook sleeps, and return its output."""
    running = start_build(folder, NAP="120")
    said = []
    for line in running.stdout:
        said.append(line)
        if "Executing notebook" in line:
            break
    else:
        pytest.fail("the notebook was never run:\n" + "".join(said))
    os.killpg(running.pid, how)
    rest, _ = running.communicate(timeout=60)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)  # the kernels that are left
    assert running.returncode != 0
    return "".join(said) + rest


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(
    "how", nightly_but(signal.SIGKILL, [signal.SIGINT, signal.SIGKILL])
)
def test_a_stopped_build_leaves_nothing_that_the_next_one_trusts(small_book, how):
    write_page(small_book, SLEEPY)
    said = stop_while_a_notebook_runs(small_book, how)
    if how == signal.SIGINT:
        assert said.endswith("Stopped. The next build starts from scratch.\n")
        assert "build_book.py" not in said  # no traceback of our own
    # Half a page, newer than all other files, as from a build that is killed while it writes.
    page_of(small_book).parent.mkdir(parents=True, exist_ok=True)
    page_of(small_book).write_text("<!DOCTYPE html><html><body>half a pa")
    done = build(small_book)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "was interrupted" in done.stdout
    text = page_of(small_book).read_text()
    assert "awake" in text
    assert text.rstrip().endswith("</html>")
    assert not (small_book / "_build" / "unfinished").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.nightly
def test_a_second_build_waits_for_the_first(small_book):
    write_page(small_book, SLEEPY)
    first = start_build(small_book, NAP="8")
    while "Executing notebook" not in first.stdout.readline():
        assert first.poll() is None
    second = build(small_book)
    assert first.wait(timeout=60) == 0
    assert second.returncode == 0, second.stdout + second.stderr
    assert "Another build of this book is under way" in second.stdout
    first.stdout.close()


# --- The disk is full -----------------------------------------------------------------

# The build's folder is a small file system, which a filler file leaves little space at first.
ON_A_SMALL_DISK = """
[ {before} = nothing ] || python -c '
from web.pages.formulas import install_mathjax
install_mathjax()'
head -c {filler} /dev/zero > _build/filler
python tools/build_book.py --quiet; echo "ended with $?"
rm _build/filler
python tools/build_book.py --quiet; echo "ended with $?"
cat _build/html/notebooks/page.html
"""


@pytest.mark.nightly
@pytest.mark.parametrize(("before", "room"), [("nothing", 1e6), ("MathJax", 5e6)])
@pytest.mark.usefixtures("bubblewrap")  # it mounts the small disk
def test_a_full_disk_is_named_and_the_next_build_is_whole(small_book, before, room):
    """It gets full with the first third-party files, or while pages are written."""
    size, mathjax = 60e6, 2.5e6 if before == "MathJax" else 0
    folder = small_book / "_build"
    folder.mkdir()
    script = ON_A_SMALL_DISK.format(before=before, filler=int(size - mathjax - room))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bwrap", "--dev-bind", "/", "/", "--size", f"{size:.0f}", "--tmpfs", folder]
        + ["bash", "-c", script],
        cwd=small_book,
        capture_output=True,
        text=True,
        env=os.environ | {"LIVE": "0", "PATH": path},
    )
    output = done.stdout + done.stderr
    assert "the disk is full" in output, output[-3000:]
    assert "Make room, then build again" in output
    assert done.stdout.count("ended with 1") == 1
    assert done.stdout.count("ended with 0") == 1, output[-3000:]
    assert done.stdout.rstrip().endswith("</html>")


# --- Cached files ---------------------------------------------------------------------


def test_a_truncated_page_file_is_found_and_rebuilt(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NN_BOOK_CACHE", str(tmp_path))
    made = []

    def make_lib(work, fetched):
        """Replaces half a minute of compiling, which the tests of live pages cover."""
        made.append(work)
        (work / "lib" / "packages").mkdir(parents=True)
        (work / "lib" / "packages" / "numpy.whl").write_bytes(b"a whole wheel")
        return work / "lib"

    monkeypatch.setattr(page_files, "_make_lib", make_lib)
    wheel = page_files.build_lib(NOTHING) / "packages" / "numpy.whl"
    assert page_files.build_lib(NOTHING) == wheel.parents[1]
    assert len(made) == 1
    wheel.write_bytes(b"a who")
    page_files.build_lib(NOTHING)
    assert wheel.read_bytes() == b"a whole wheel"
    assert "damaged" in capsys.readouterr().out
    wheel.unlink()
    page_files.build_lib(NOTHING)
    assert wheel.read_bytes() == b"a whole wheel"
    assert len(made) == 3


@pytest.mark.nightly
def test_damaged_cached_results_are_recomputed(small_book):
    assert build(small_book).returncode == 0
    results = small_book / "_build" / ".jupyter_cache"
    (notebook,) = results.rglob("base.ipynb")
    notebook.write_text(notebook.read_text()[:100])
    shutil.rmtree(small_book / "_build" / ".doctrees")
    done = build(small_book)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "damaged; all notebooks run again" in done.stdout
    assert "fine" in page_of(small_book).read_text()


@pytest.mark.parametrize("name", ["base.ipynb", "global.db"])
def test_damage_is_found_in_each_kind_of_kept_file(tmp_path, monkeypatch, name):
    results = tmp_path / "kept"
    monkeypatch.setattr(build_book, "NOTEBOOK_RESULTS", results)
    notebook = nbformat.read(
        ROOT / "notebooks" / "01_import_libraries.ipynb", as_version=4
    )
    bundle = CacheBundleIn(notebook, "chapter.ipynb")
    cache = get_cache(results)
    cache.cache_notebook_bundle(bundle, check_validity=False)
    cache.db.dispose()
    assert build_book.results_can_be_read()
    (file,) = results.rglob(name)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert not build_book.results_can_be_read()


# --- The server -----------------------------------------------------------------------


@pytest.fixture
def book_to_serve(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("<title>The book</title>")
    monkeypatch.setattr(serve_book, "HTML", tmp_path)


def test_a_taken_port_is_passed_over(book_to_serve, free_port):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        server = serve_book.open_server(port)
    with server:
        assert port < server.server_port < port + 20


def test_without_a_free_port_the_message_says_what_to_do(book_to_serve, free_port):
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(SystemExit, match=rf"Ports {port} to {port} are all.*--port"),
    ):
        serve_book.open_server(port, tries=1)


def test_without_a_book_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(serve_book, "HTML", tmp_path)
    with pytest.raises(SystemExit, match="no book in .* yet.*make book"):
        serve_book.open_server(8000)
