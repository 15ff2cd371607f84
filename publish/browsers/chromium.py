"""Find Chromium, and how Playwright is to start it."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def launch_options():
    """Return what Playwright's launch wants, or None if Chromium is not installed."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        return None
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": path, "args": arguments}
