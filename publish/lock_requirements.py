"""Write requirements-lock.txt: the version and SHA-256 of every package of a build.

`make lock` resolves pyproject.toml and requirements.txt to the newest releases that they
allow, for the Python that runs it. `make book LOCKED=1` installs exactly those.
"""

import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.paths import LOCK, REQUIREMENTS

HEADER = """\
# Every package of a build, each with the SHA-256 of its files: `make book LOCKED=1` installs
# these and nothing else. Written by `make lock` with Python {version}, and meant for it.
"""
# No addresses in the file: each installation chooses its own package index.
OPTIONS = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]
OPTIONS += ["--no-emit-options", "--no-header", "--no-annotate", "--strip-extras"]


def wanted() -> list[str]:
    """Return the requirements of a build."""
    project = requires("neural-network-book") or []
    own = [line for line in project if "extra ==" not in line]
    lines = REQUIREMENTS.read_text().splitlines()
    # hatchling needs editables for `pip install -e .`.
    return [*own, *(line for line in lines if line != "-e ."), "editables>=0.5,<1"]


def main() -> None:
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "wanted.in"), Path(folder, "lock.txt")
        source.write_text("\n".join(wanted()))
        command = [sys.executable, "-m", "piptools", "compile", "--quiet"]
        command += ["--generate-hashes", "--allow-unsafe", *OPTIONS]
        command += ["--output-file", str(target), str(source)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"The versions could not be chosen.\n{done.stderr[-3000:]}")
        version = "{}.{}".format(*sys.version_info)
        LOCK.write_text(HEADER.format(version=version) + target.read_text())
    print(f"{LOCK.name}: {LOCK.read_text().count('==')} packages")


if __name__ == "__main__":
    main()
