"""Run a student's cells. This is the only process that runs a student's code.

It runs inside the sandbox and answers the examiner's requests on its standard input and
output: run a cell, return a value, call a function. It has no test, no solution and no mark,
so there is nothing in it to steal or to forge.
"""

from __future__ import annotations

import base64
import contextlib
import inspect
import io
import json
import linecache
import os
import pickle
import resource
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

MOST_TEXT = 100_000  # characters of output of a cell that are kept
MOST_PICTURES = 4_000_000  # characters of pictures of a cell that are kept
KEPT_FORMATS = ("image/png", "image/jpeg", "text/plain")  # no HTML, no JavaScript


def limit(settings: dict[str, Any]) -> None:
    """Set the limits and give up root's rights, for good."""
    for name, value in settings["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if settings["user"] is not None:
        os.setgroups([])
        os.setresgid(*[settings["user"]] * 3)
        os.setresuid(*[settings["user"]] * 3)


class Outputs(list[dict[str, Any]]):
    """A cell's outputs in nbformat's form, in the order in which they were made."""

    def __init__(self) -> None:
        super().__init__()
        self.text_left, self.pictures_left = MOST_TEXT, MOST_PICTURES

    def add_text(self, name: str, text: str) -> None:
        if self.text_left <= 0:
            return
        if len(text) > self.text_left:
            text = text[: self.text_left] + "\n… (more was printed than is kept)\n"
        self.text_left -= len(text)
        if self and self[-1].get("name") == name:
            self[-1]["text"] += text
        else:
            self.append({"output_type": "stream", "name": name, "text": text})

    def add_data(self, kind: str, data: dict[str, Any]) -> None:
        kept = {key: data[key] for key in KEPT_FORMATS if key in data}
        for key, content in list(kept.items()):
            if isinstance(content, bytes):
                content = kept[key] = base64.b64encode(content).decode("ascii")
            if key == "text/plain":
                kept[key] = content[: max(self.text_left, 0)]
                self.text_left -= len(content)
            elif len(content) <= self.pictures_left:
                self.pictures_left -= len(content)
            else:
                del kept[key]
        if kept:
            count = {"execution_count": None} if kind == "execute_result" else {}
            output = {"output_type": kind, "data": kept, "metadata": {}}
            self.append({**output, **count})

    def add_error(
        self, kind: type[BaseException], value: object, lines: list[str]
    ) -> None:
        text = str(value)[:MOST_TEXT]
        lines = [line[:MOST_TEXT] for line in lines]
        self.append(
            {"output_type": "error", "ename": kind.__name__, "evalue": text,
             "traceback": lines}
        )  # fmt: skip


class Printed(io.TextIOBase):
    """Standard output or error, added to the outputs of the running cell."""

    def __init__(self, name: str, student: Student) -> None:
        self.name, self.student = name, student

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.student.outputs.add_text(self.name, str(text))
        return len(text)


def make_shell(student: Student) -> Any:
    """Return IPython's shell, so that magics, display and await work as in Jupyter."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shown(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            student.outputs.add_data("execute_result", format_dict)

        def finish_displayhook(self) -> None:
            pass

    class Published(DisplayPublisher):
        def publish(self, data: Any, *arguments: Any, **others: Any) -> None:
            student.outputs.add_data("display_data", data)

        def clear_output(self, wait: bool = False) -> None:
            student.outputs.clear()

    class Shell(InteractiveShell):
        def _showtraceback(self, kind: Any, value: Any, lines: Any) -> None:
            student.outputs.add_error(kind, value, lines)

        def ask_exit(self) -> None:
            print("exit() does nothing in a notebook that is graded.")

    Shell.displayhook_class.default_value = Shown
    Shell.display_pub_class.default_value = Published
    config = Config(HistoryManager={"enabled": False, "hist_file": ":memory:"})
    shell = Shell.instance(config=config)
    shell.run_line_magic("colors", "nocolor")
    return shell


class Student:
    """Answers requests: each public method takes a request and returns a reply."""

    def __init__(self) -> None:
        self.outputs = Outputs()
        self.referred: list[Any] = []  # objects that the examiner has references to
        sys.stdout, sys.stderr = Printed("stdout", self), Printed("stderr", self)
        self.shell = make_shell(self)

    def plain(self, value: Any) -> Any:
        from plain_values import encode

        return encode(value, self.refer)

    def refer(self, value: Any) -> dict[str, Any]:
        self.referred.append(value)
        signature: list[list[Any]] | None
        try:
            signature = [
                [p.name, int(p.kind), None if p.default is p.empty else repr(p.default)]
                for p in inspect.signature(value).parameters.values()
            ]
        except Exception:
            signature = None
        return {
            "reference": {
                "number": len(self.referred) - 1,
                "type": type(value).__name__,
                "callable": callable(value),
                "signature": signature,
            }
        }

    def run_cell(self, source: str) -> dict[str, Any]:
        self.outputs = Outputs()
        result = self.shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        shown = any(output["output_type"] == "error" for output in self.outputs)
        if error is not None and not shown:
            self.outputs.add_error(type(error), error, [repr(error)])
        return {"outputs": list(self.outputs)}

    def get(self, name: str) -> dict[str, Any]:
        if name not in self.shell.user_ns:
            return {"missing": True}
        return {"value": self.plain(self.shell.user_ns[name])}

    def attribute(self, number: int, name: str) -> dict[str, Any]:
        return self.do(lambda: getattr(self.referred[number], name))

    def call(self, number: int, arguments: str) -> dict[str, Any]:
        positional, named = pickle.loads(base64.b64decode(arguments))
        values = [*positional, *named.values()]
        before = [self.state(value) for value in values]
        reply = self.do(lambda: self.referred[number](*positional, **named))
        after = [self.state(value) for value in values]
        reply["changed"] = {
            index: state
            for index, state in enumerate(after)
            if state is not None and json.dumps(state) != json.dumps(before[index])
        }
        return reply

    def state(self, value: Any) -> dict[str, Any] | None:
        """Return the parts of an argument that a function might change: it is a copy."""
        import numpy as np

        if isinstance(value, np.ndarray | list | dict):
            return {"whole": self.plain(value)}
        fields = getattr(value, "__dict__", None)
        if not isinstance(fields, dict) or callable(value):
            return None
        arrays = {
            name: self.plain(field)
            for name, field in fields.items()
            if isinstance(field, np.ndarray | int | float | list | str)
        }
        return {"fields": arrays}

    def do(self, act: Callable[[], Any]) -> dict[str, Any]:
        """Do something with the student's objects; return its value or its error."""
        self.outputs = Outputs()
        reply: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                reply["value"] = self.plain(act())
            except BaseException as error:  # SystemExit too: a mistake in an answer
                reply["error"] = self.describe(error)
        reply["printed"] = "".join(o.get("text", "") for o in self.outputs)
        reply["warnings"] = [
            [warning.category.__name__, str(warning.message)[:1000]]
            for warning in warned[:20]
        ]
        return reply

    def describe(self, error: BaseException) -> dict[str, Any]:
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename != __file__ and "site-packages" not in frame.filename
        ]
        line = ""
        if frames:
            last = frames[-1]
            line = last.line or linecache.getline(last.filename, last.lineno or 0)
        return {
            "types": [kind.__name__ for kind in type(error).__mro__],
            "text": str(error)[:10_000],
            "line": line.strip()[:500],
        }


def main() -> None:
    settings = json.loads(sys.argv[1])
    limit(settings)
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.path.insert(0, settings["files"])
    import numpy  # noqa: F401  (now, so that no cell spends its time on it)
    from plain_values import pack, unpack

    student = Student()

    def read(size: int) -> bytes:
        parts = []
        while size:
            part = os.read(requests, min(size, 2**20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def write(message: Any) -> None:
        data = memoryview(pack(message))
        while data:
            data = data[os.write(replies, data) :]

    write({"ready": True})
    os.dup2(nothing, 2)
    while True:
        request = unpack(read)
        number = request.pop("request")
        with contextlib.suppress(KeyboardInterrupt):
            reply = getattr(student, request.pop("do"))(**request)
            write({**reply, "reply": number})


if __name__ == "__main__":
    main()
