"""Finds WebKit, the engine of Safari, and starts its small browser, driven by Selenium."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

DRIVER = "WebKitWebDriver"
SCREEN = "Xvfb"


def what_is_missing():
    """Return what there is not on this machine, and how to install it; "" if all is there."""
    if not shutil.which(SCREEN):
        return "Xvfb is not installed (Debian: apt-get install xvfb)"
    if not shutil.which(DRIVER) or not _browsers():
        return "WebKit is not installed (Debian: apt-get install webkit2gtk-driver)"
    return ""


def _browsers():
    return sorted(Path("/usr/lib").glob("*/webkit*gtk*-*/MiniBrowser"))


@contextlib.contextmanager
def starting():
    """Yield a function that starts a fresh browser, on a screen that nobody sees."""
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
        environment = {**os.environ, "DISPLAY": f":{screen.stdout.readline().strip()}"}

        def start():
            service = Service(shutil.which(DRIVER), env=environment)
            return webdriver.WebKitGTK(options=options, service=service)

        try:
            yield start
        finally:
            screen.terminate()
