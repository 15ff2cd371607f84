"""Find Firefox and drive it with Puppeteer over WebDriver BiDi."""

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from publish.npm import install, run_node
from publish.third_party import PUPPETEER


def find() -> str | None:
    """Return the path of this machine's Firefox, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def prepare(
    folder: Path, script: Path, *beside: Path
) -> "Callable[..., CompletedProcess[str]]":
    """Put Puppeteer, a script for Node, and the files it needs into a folder.

    Returns run(*arguments, timeout), which runs the script and returns the finished process.
    """
    install(PUPPETEER, folder)
    for file in beside:
        shutil.copy(file, folder)
    copy = shutil.copy(script, folder)

    def run(*arguments: object, timeout: float) -> "CompletedProcess[str]":
        home = {"HOME": str(folder)}  # not the user's own profile
        return run_node(copy, *map(str, arguments), timeout=timeout, env=home)

    return run
