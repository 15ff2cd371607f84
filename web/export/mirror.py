"""Write everything that a build fetches into one folder, and check such a folder.

`make mirror` writes _build/mirror; `make book MIRROR=folder` builds from it without any
registry. The folder holds

    files/        what the pages load: MathJax, reveal.js, Pyodide, Thebe, …
    packages/     the Python packages of requirements.txt, for this Python and this system
    SHA256SUMS    the checksum of each file, as `sha256sum --check` reads it
    LICENCES.md   their licences

`python -m web.export.mirror --check folder` needs no package but the standard library.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.fetch import cache_folder, fetch_npm_package, sha256_of
from publish.lock_requirements import wanted
from publish.paths import ROOT

SUMS = "SHA256SUMS"


def write_mirror(folder, requirements):
    """Write a mirror into folder, and replace what is there only when it is complete.

    requirements: the file that names the packages, requirements.txt or the lock
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as work:
        mirror = Path(work) / "mirror"
        copy_files(mirror / "files")
        download_packages(mirror / "packages", requirements)
        shutil.copy(ROOT / "book" / "licences.md", mirror / "LICENCES.md")
        sums = [f"{sha256_of(path)}  {name}" for name, path in files_of(mirror).items()]
        (mirror / SUMS).write_text("\n".join(sums) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        mirror.rename(folder)


def copy_files(target):
    """Fetch what is not in the cache yet; copy it all, in the folders of the cache."""
    from publish.third_party import ESBUILD, MATHJAX, QR_CODE, REVEAL
    from web.live.prepare.fetch_third_party import fetch_everything

    kept = cache_folder()
    packages = (ESBUILD, MATHJAX, QR_CODE, REVEAL)
    paths = [fetch_npm_package(package, kept / "npm") for package in packages]
    for path in [*paths, *fetch_everything().paths()]:
        copy = target / path.relative_to(kept)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)


def download_packages(target, requirements):
    """Download the packages with pip, and those that build this project's own."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    command = [*pip, "download", "--quiet", "--only-binary=:all:", "--dest", target]
    print(f"  downloading the packages of {requirements.name} …", flush=True)
    if requirements.name == "requirements-lock.txt":
        command += ["--require-hashes", "-r", requirements]
    else:
        command += [*wanted(), "pip", "wheel", "setuptools"]
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode:
        sys.exit("The mirror was not written: see above what pip could not download.")


def files_of(mirror):
    """Return {name in the mirror: path} of all files except the checksums."""
    return {
        path.relative_to(mirror).as_posix(): path
        for path in sorted(mirror.rglob("*"))
        if path.is_file() and path.name != SUMS
    }


def check_mirror(folder):
    """Exit with a message unless every file of the mirror is there and unchanged."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
    except OSError:
        sys.exit(f"{folder} is no mirror: it has no {SUMS}. `make mirror` writes one.")
    expected = {
        name: digest for digest, name in (line.split("  ", 1) for line in lines)
    }
    found = files_of(folder)
    wrong = [f"{name} is missing" for name in expected if name not in found]
    for name, path in found.items():
        if name not in expected:
            wrong.append(f"{name} is not in {SUMS}")
        elif sha256_of(path) != expected[name]:
            wrong.append(f"{name} is not the file that was written")
    if wrong:
        sys.exit(f"{folder} is damaged; write it anew.\n  " + "\n  ".join(wrong[:10]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", type=Path, metavar="FOLDER")
    parser.add_argument("--to", type=Path, default=ROOT / "_build" / "mirror")
    parser.add_argument("--locked", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        check_mirror(arguments.check)
        return
    name = "requirements-lock.txt" if arguments.locked else "requirements.txt"
    write_mirror(arguments.to, ROOT / name)
    size = sum(path.stat().st_size for path in files_of(arguments.to).values()) / 1e6
    print(
        f"The mirror is written, {size:.0f} MB. Build from it, without any registry:\n"
        f"  make book MIRROR={os.path.relpath(arguments.to)}"
    )


if __name__ == "__main__":
    main()
