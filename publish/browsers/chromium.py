"""Find Chromium and the options with which Playwright starts it."""

import os
import shutil
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")


def launch_options() -> dict[str, Any] | None:
    """Return the arguments of Playwright's launch, or None if Chromium is not installed."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        return None
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": path, "args": arguments}
