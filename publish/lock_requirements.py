"""Write requirements-lock.txt: every package of a build, its version, its SHA-256.

    make lock

It takes the newest releases that pyproject.toml and requirements.txt allow, and those that
they need in turn, for the Python that runs it. pip then refuses anything else:

    make book LOCKED=1
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
# Files only and no addresses: where packages come from is the reader's choice.
OPTIONS = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]
OPTIONS += ["--no-emit-options", "--no-header", "--no-annotate", "--strip-extras"]


def wanted():
    """Return what is to be installed, as requirements."""
    own = [line for line in requires("neural-network-book") if "extra ==" not in line]
    lines = REQUIREMENTS.read_text().splitlines()
    # editables lets hatchling install this project itself as `pip install -e .` does.
    return [*own, *(line for line in lines if line != "-e ."), "editables>=0.5,<1"]


def main():
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "wanted.in"), Path(folder, "lock.txt")
        source.write_text("\n".join(wanted()))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "piptools",
                "compile",
                "--quiet",
                "--generate-hashes",
            ]
            + ["--allow-unsafe", *OPTIONS, "--output-file", target, source],
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit(f"The versions could not be chosen.\n{done.stderr[-3000:]}")
        version = "{}.{}".format(*sys.version_info)
        LOCK.write_text(HEADER.format(version=version) + target.read_text())
    print(f"{LOCK.name}: {LOCK.read_text().count('==')} packages")


if __name__ == "__main__":
    main()
