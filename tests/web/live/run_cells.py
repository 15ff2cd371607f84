"""Run cells in the pages' kernel, inside Pyodide, and record all that it sends.

It reads [[page, [[cell, code], ...]], ...] from /tmp/pages.json, and writes the same structure
to /tmp/shown.json, with everything that the kernel would have sent to the page instead of the
code.
"""

import hashlib
import json
import re
from pathlib import Path

import pyodide_kernel
from pyodide_kernel import ipython_shell, kernel_instance

shown = []


def plain(value):
    """Return what was sent as text: a digest for bytes, and no random names or addresses."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = re.sub(rb"^comm-[0-9a-f]{32}$", b"comm-ID", bytes(value))
        return hashlib.sha256(data).hexdigest()[:16]
    text = re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", "ID", str(value))
    return re.sub(r"\bat 0x[0-9a-f]+|<ipython-input-[\w-]+>", "AT", text)


def note(kind):
    def send(*given, **named):
        shown.append([kind, plain(given), plain(named)])

    return send


def run_pages():
    publisher = ipython_shell.display_pub
    ipython_shell.send_comm = note("comm")
    publisher.display_data_callback = note("display")
    publisher.update_display_data_callback = note("update")
    publisher.clear_output_callback = note("clear")
    ipython_shell.displayhook.publish_execution_result = note("result")
    kernel_instance._parent_header = {}
    for stream in (pyodide_kernel.stdout_stream, pyodide_kernel.stderr_stream):
        stream.publish_stream_callback = note("stream")
    pages = []
    for name, cells in json.loads(Path("/tmp/pages.json").read_text()):
        ipython_shell.reset(new_session=True)
        of_page = []
        for cell, code in cells:
            ipython_shell._last_traceback = None
            done = ipython_shell.run_cell(code, store_history=True)
            sent = [*shown, ["failed", plain(ipython_shell._last_traceback)]]
            of_page.append([cell, bool(done.success), sent])
            shown.clear()
        pages.append([name, of_page])
    Path("/tmp/shown.json").write_text(json.dumps(pages))


run_pages()
