"""Start a separate JupyterLab or Jupyter Notebook, on a copy of the notebooks."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.request

from publish.paths import NOTEBOOKS


@contextlib.contextmanager
def serving(application, folder, port):
    """Start "jupyterlab" or "notebook" in an empty folder; yield its address and its log."""
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    log = folder / "jupyter.log"
    settings = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder / "notebooks",
        "IdentityProvider.token": "",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [sys.executable, "-m", application, "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with open(log, "w") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            assert server.poll() is None, log.read_text()
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address, log
    finally:
        server.terminate()
        server.wait(timeout=30)
