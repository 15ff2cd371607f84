"""Find Chromium and the options with which Playwright starts it."""

import os
import shutil
from typing import Any

SHELL = "chromium-headless-shell"  # Chromium without a user interface, which saves time
NAMES = ("chromium", "chromium-browser", "google-chrome", SHELL)


def launch_options(names: tuple[str, ...] = NAMES) -> dict[str, Any] | None:
    """Return the arguments of Playwright's launch, or None if Chromium is not installed.

    names: the programs to look for, the best one first
    """
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        return None
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": path, "args": arguments}
