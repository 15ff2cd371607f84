"""Find WebKit, the engine of Safari, and drive its MiniBrowser with Selenium."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DRIVER = "WebKitWebDriver"
SCREEN = "Xvfb"


def what_is_missing() -> str:
    """Return which program is not installed and how to install it, or ""."""
    if not shutil.which(SCREEN):
        return "Xvfb is not installed (Debian: apt-get install xvfb)"
    if not shutil.which(DRIVER) or not _browsers():
        return "WebKit is not installed (Debian: apt-get install webkit2gtk-driver)"
    return ""


def _browsers() -> list[Path]:
    return sorted(Path("/usr/lib").glob("*/webkit*gtk*-*/MiniBrowser"))


@contextlib.contextmanager
def starting() -> Iterator[Callable[[], Any]]:
    """Yield a function that starts a new browser on a virtual screen."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.service import Service

    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(_browsers()[-1])
    options.add_argument("--automation")

    with subprocess.Popen(
        [SCREEN, "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1300x1000x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as screen:
        assert screen.stdout  # it is a pipe
        environment = {**os.environ, "DISPLAY": f":{screen.stdout.readline().strip()}"}

        def start() -> Any:
            service = Service(shutil.which(DRIVER), env=environment)
            return webdriver.WebKitGTK(options=options, service=service)

        try:
            yield start
        finally:
            screen.terminate()
