"""Run one submission: the student's cells in the sandbox, the teacher's tests here.

The student's code never runs in this process, and the tests never run in the student's. A
test names what it wants of the student: a number or an array comes as a copy, a function as
something that calls it over there. So a student's code decides what its own answers are, and
nothing else.

A job comes as JSON on standard input, the result leaves as JSON on standard output:

    job     {"cells": [{"index", "role": "student" or "test", "name", "source"}, …],
             "answers": [names that the student is to define],
             "imports": [the teacher's import statements],
             "files": {path: base64}, "limits": {…}, "sandboxed": true}
    result  {"outputs": {index: [outputs in nbformat's form]},
             "problems": [{"kind", "cell", "text"}, …], "seconds": number}
"""

import ast
import base64
import builtins
import contextlib
import inspect
import io
import json
import linecache
import os
import pickle
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import sandbox  # noqa: E402
from plain_values import NotPlain, decode, pack, unpack  # noqa: E402

SHARED_WITH_SANDBOX = ("student_process.py", "plain_values.py")
MOST_RESTARTS = 8


class OutOfTime(BaseException):
    """A cell has used up its time; not an Exception, so that no test swallows it."""


class Ended(BaseException):
    """The student's process is gone; kind and text say how. No test swallows this either."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class StudentProcess:
    """The process in the sandbox, and what is asked of it."""

    def __init__(self, files, limits, sandboxed):
        command = sandbox.student_command(files, limits, sandboxed)
        variables = {**sandbox.environment(), "PATH": os.environ["PATH"]}
        self.limits, self.deadline, self.broken = limits, None, None
        self.folder = None
        if not sandboxed:
            self.folder = tempfile.TemporaryDirectory()
            variables.update(HOME=self.folder.name, TMPDIR=self.folder.name)
            variables["IPYTHONDIR"] = f"{self.folder.name}/.ipython"
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            cwd=self.folder.name if self.folder else "/",
            start_new_session=True,
        )
        self.watching = threading.Thread(target=self._watch, daemon=True)
        self.watching.start()
        try:
            self.within(60, lambda: unpack(self._read))
        except (Ended, OutOfTime, NotPlain) as error:
            self.stop()
            said = self.process.stderr.read().decode(errors="replace").strip()
            raise RuntimeError(
                f"no sandbox could be started: {said or error}"
            ) from None

    def _watch(self):
        """End the process if all it has started use too much memory together."""
        while self.process.poll() is None:
            with contextlib.suppress(psutil.Error):
                family = psutil.Process(self.process.pid).children(recursive=True)
                used = sum(member.memory_info().rss for member in family)
                if used > self.limits["memory"]:
                    self.broken = Ended(
                        "memory", f"used more than {self.limits['memory'] >> 20} MB"
                    )
                    self.process.kill()
                    return
            time.sleep(0.2)

    def within(self, seconds, act):
        """Do something that talks to the process; break it off after so many seconds."""
        self.deadline = time.monotonic() + seconds
        try:
            return act()
        finally:
            self.deadline = None

    def _read(self, size):
        parts, pipe = [], self.process.stdout.fileno()
        while size:
            left = 60.0 if self.deadline is None else self.deadline - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise OutOfTime
            part = os.read(pipe, min(size, 2**20))
            if not part:
                raise self._how_it_ended()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _how_it_ended(self):
        if self.broken:
            return self.broken
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        status = self.process.poll()
        if status is not None and status > 128:  # bwrap's way to tell of a signal
            status = signal.Signals(status - 128).name if status < 160 else status
        return Ended("crashed", f"Python ended (exit status {status})")

    def ask(self, do, **request):
        """Send a request and return its reply; a failure leaves the process unusable."""
        if self.broken:
            raise self.broken
        number = secrets.token_hex(8)
        try:
            data = memoryview(pack({"request": number, "do": do, **request}))
            pipe = self.process.stdin.fileno()
            while data:
                data = data[os.write(pipe, data) :]
            reply = unpack(self._read)
            if not isinstance(reply, dict) or reply.get("reply") != number:
                raise NotPlain("a reply that was not asked for")
            return reply
        except BrokenPipeError:
            self.broken = self._how_it_ended()
        except (NotPlain, MemoryError) as error:
            self.broken = Ended("tampered", f"sent what no answer sends: {error}")
        except Ended as ended:
            self.broken = ended
        except (
            BaseException
        ):  # an alarm, this one's or a check's own: the reply is lost
            self.broken = Ended("time", "did not end in time")
            raise
        raise self.broken

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            if self.folder:  # no sandbox: its processes do not die with it
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        if self.folder:
            self.folder.cleanup()


class Remote:
    """Something of the student's that is no data: calling it calls it in the sandbox."""

    def __init__(self, examiner, process, description):
        self._examiner, self._process = examiner, process
        self._number = int(description["number"])
        signature = description.get("signature")
        if signature is not None:
            self.__signature__ = _signature(signature)

    def __deepcopy__(self, memo):
        return self

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._examiner.attribute(self, name)

    def __setattr__(self, name, value):
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            self._examiner.attribute(self, "__setattr__")(name, value)

    def __getitem__(self, key):
        return self._examiner.attribute(self, "__getitem__")(key)

    def __len__(self):
        return self._examiner.attribute(self, "__len__")()


class RemoteFunction(Remote):
    def __call__(self, *arguments, **named):
        return self._examiner.call(self, arguments, named)


class _Default:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def _signature(parameters):
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=inspect.Parameter.empty
                    if default is None
                    else _Default(default),
                )
                for name, kind, default in parameters
            ]
        )
    except (TypeError, ValueError):
        return inspect.Signature(
            [inspect.Parameter("arguments", inspect.Parameter.VAR_POSITIONAL)]
        )


class Examiner:
    """Runs the cells of one submission in their order."""

    def __init__(self, job, files):
        self.job, self.files, self.limits = job, files, job["limits"]
        self.answers = set(job["answers"])
        self.names = {"__name__": "__main__", "__builtins__": builtins}
        self.outputs, self.problems = {}, []
        self.done, self.restarts = [], -1  # cells to run again in a new process
        self.student, self.cell, self.told = None, None, None
        self.started = time.monotonic()

    def run(self):
        try:
            for cell in self.job["cells"]:
                self.cell = cell
                run = self.run_test if cell["role"] == "test" else self.run_student
                self.outputs[cell["index"]] = run(cell)
        finally:
            if self.student:
                self.student.stop()
        return {
            "outputs": self.outputs,
            "problems": self.problems,
            "seconds": round(time.monotonic() - self.started, 2),
        }

    def report(self, kind, text):
        problem = {"kind": kind, "cell": self.cell["name"], "text": text}
        if problem not in self.problems:
            self.problems.append(problem)

    def tell(self, ended):
        """Report how the student's process ended, once: in the cell it ended in."""
        if ended is not self.told:
            self.report(ended.kind, str(ended))
            self.told = ended

    def time_left(self):
        left = self.started + self.limits["seconds"] - time.monotonic()
        return min(self.limits["cell_seconds"], left)

    def process(self):
        """Return a process that is alive and has run all cells so far."""
        if self.student and self.student.broken:
            self.tell(self.student.broken)
            self.student.stop()
            self.student = None
        if self.student:
            return self.student
        self.restarts += 1
        if self.restarts > MOST_RESTARTS or self.time_left() <= 0:
            raise Ended("given up", "was started too often, or takes too long")
        student = StudentProcess(self.files, self.limits, self.job["sandboxed"])
        self.student = student
        for source in self.done:
            student.within(
                self.time_left(),
                lambda source=source: student.ask("run_cell", source=source),
            )
        return student

    def run_student(self, cell):
        try:
            process = self.process()
            reply = process.within(
                self.time_left(),
                lambda: process.ask("run_cell", source=cell["source"]),
            )
        except OutOfTime:
            seconds = self.limits["cell_seconds"]
            self.student.broken = Ended(
                "time", f"did not end within {seconds:g} seconds"
            )
            self.tell(self.student.broken)
            return [error_output("OutOfTime", f"stopped after {seconds:g} seconds")]
        except Ended as ended:
            self.tell(ended)
            return [error_output("Ended", str(ended))]
        try:
            outputs = [clean_output(output) for output in reply["outputs"]]
        except (KeyError, TypeError, ValueError, AttributeError):
            self.report("tampered", "sent outputs that no notebook has")
            outputs = []
        if any(output.get("ename") == "MemoryError" for output in outputs):
            # What fills the memory is still there: the next cell starts without it.
            self.student.broken = Ended("memory", "used all of its memory")
            self.tell(self.student.broken)
        else:
            self.done.append(cell["source"])
        return outputs

    def run_test(self, cell):
        printed = io.StringIO()
        outputs = []

        def ring(number, frame):
            raise OutOfTime

        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, max(self.time_left(), 0.01), 1.0)
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
            ):
                result = self.execute(cell["source"])
        except OutOfTime:
            if not (self.student and self.student.broken):
                self.report("time", "a test of it did not end in time")
            outputs.append(error_output("OutOfTime", "the test did not end in time"))
        except BaseException as error:
            text = str(error)
            if isinstance(error, NameError) and error.name in self.answers:
                text = f"{error.name} is not defined: its cell is missing, or failed."
            outputs.append(error_output(type(error).__name__, text))
        else:
            if result is not None:
                outputs.append(result_output(result))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self.student and self.student.broken:
            self.tell(self.student.broken)
        text = printed.getvalue()[:100_000]
        if text:
            outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": text})
        return outputs

    def execute(self, source):
        """Run a test; return the value of its last line if that is an expression."""
        tree = ast.parse(source)
        self.provide(tree)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        exec(compile(tree, "<test>", "exec"), self.names)
        return eval(compile(last, "<test>", "eval"), self.names) if last else None

    def provide(self, tree):
        """Give a test the names it uses: the student's answers, the teacher's imports."""
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        for name in sorted({node.id for node in names}):
            if name in self.answers:
                self.names.pop(name, None)
                self.fetch(name)
            elif name in self.names:
                continue
            elif name in self.job["imports"]:
                exec(self.job["imports"][name], self.names)
            elif name not in stored and not hasattr(builtins, name):
                self.fetch(name)

    def fetch(self, name):
        process = self.process()
        reply = process.ask("get", name=name)
        if not reply.get("missing"):
            self.names[name] = self.decode(reply["value"])

    # --- What a Remote does

    def decode(self, value):
        return self.plain(lambda: decode(value, self.remote))

    def plain(self, act):
        """Do something with what the student's process sent; it may be anything."""
        try:
            return act()
        except (NotPlain, RecursionError, ValueError, TypeError, KeyError) as error:
            self.student.broken = Ended(
                "tampered", f"sent what no answer sends: {error}"
            )
            raise self.student.broken from None

    def remote(self, description):
        kind = RemoteFunction if description["callable"] is True else Remote
        # Under the name of the student's own type, for messages that tell of it.
        named = type(str(description["type"])[:100], (kind,), {})
        return named(self, self.student, description)

    def ask(self, remote, do, **request):
        if remote._process is not self.student or self.student.broken:
            raise self.student.broken or Ended(
                "crashed", "Python has ended before this"
            )
        return self.student.ask(do, number=remote._number, **request)

    def attribute(self, remote, name):
        return self.outcome(self.ask(remote, "attribute", name=name), ())

    def call(self, remote, arguments, named):
        try:
            sent = base64.b64encode(pickle.dumps((arguments, named))).decode("ascii")
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise TypeError(
                "a test passes to an answer what cannot be sent to its process; pass data, "
                f"or what a module defines ({error})"
            ) from None
        reply = self.ask(remote, "call", arguments=sent)
        return self.outcome(reply, [*arguments, *named.values()])

    def outcome(self, reply, arguments):
        """Return or raise what the student's code did, and repeat what it printed."""

        def changes():
            return {
                int(index): {
                    key: {n: decode(v, self.remote) for n, v in state.items()}
                    if key == "fields"
                    else decode(state, self.remote)
                    for key, state in states.items()
                }
                for index, states in reply.get("changed", {}).items()
            }

        for index, state in self.plain(changes).items():
            self.plain(lambda i=index, s=state: apply_change(arguments[i], s))
        print(str(reply.get("printed", ""))[:100_000], end="")
        for kind, text in reply.get("warnings", [])[:20]:
            category = getattr(builtins, str(kind), RuntimeWarning)
            if not (isinstance(category, type) and issubclass(category, Warning)):
                category = RuntimeWarning
            warnings.warn(str(text), category, stacklevel=3)
        if "error" in reply:
            raise_as_there(self.plain(lambda: rebuilt_error(reply["error"])))
        return self.decode(reply["value"])


def apply_change(argument, state):
    """Change an argument as the student's copy of it was changed."""
    if "fields" in state:
        for name, value in state["fields"].items():
            present = getattr(argument, name, None)
            if same_kind_of_array(present, value):
                present[...] = value
            else:
                setattr(argument, name, value)
        return
    whole = state["whole"]
    if isinstance(argument, list) and isinstance(whole, list):
        argument[:] = whole
    elif isinstance(argument, dict) and isinstance(whole, dict):
        argument.clear()
        argument.update(whole)
    elif type(argument) is type(whole) and argument.shape == whole.shape:
        argument[...] = whole
    else:
        raise NotPlain("an argument that has become something else")


def same_kind_of_array(one, other):
    if not (hasattr(one, "shape") and hasattr(other, "shape")):
        return False
    return one.shape == other.shape and one.dtype == other.dtype


def rebuilt_error(description):
    """Return an exception like the one that was raised there, and the line it arose in."""
    text, types = str(description["text"]), [str(name) for name in description["types"]]
    for name in types:
        kind = getattr(builtins, name, None)
        if name in ("KeyboardInterrupt", "GeneratorExit", "BaseException"):
            kind = RuntimeError
        if isinstance(kind, type) and issubclass(kind, BaseException):
            break
    else:
        kind = RuntimeError
    if types[0] != kind.__name__:
        kind = type(types[0][:100], (kind,), {})
    try:
        error = kind(text)
    except TypeError:  # UnicodeDecodeError and its like want more than a text
        error = RuntimeError(text)
    return error, str(description["line"])


def raise_as_there(rebuilt):
    """Raise the error from a line of code that reads as the student's own does."""
    error, line = rebuilt
    name = f"<answer {len(linecache.cache)}>"
    linecache.cache[name] = (len(line), None, [line + "\n"], name)
    exec(compile("raise error", name, "exec"), {"error": error})


def error_output(kind, text):
    text = text[:10_000]
    return {
        "output_type": "error",
        "ename": kind,
        "evalue": text,
        "traceback": [f"{kind}: {text}" if text else kind],
    }


def result_output(value):
    """Return a test's result: a number is a part of its points, as nbgrader has it."""
    data = {"data": {"text/plain": repr(value)[:10_000]}, "metadata": {}}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"output_type": "execute_result", "execution_count": None, **data}
    return {"output_type": "display_data", **data}


def clean_output(output):
    """Return an output of a student's cell, made anew from the parts that are allowed."""
    kind = output["output_type"]
    if kind == "stream":
        name = "stderr" if output["name"] == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": str(output["text"])}
    if kind == "error":
        lines = [str(line) for line in output["traceback"]]
        return {
            "output_type": "error",
            "ename": str(output["ename"]),
            "evalue": str(output["evalue"]),
            "traceback": lines,
        }
    if kind not in ("display_data", "execute_result"):
        raise ValueError(kind)
    data = {"text/plain": str(output["data"].get("text/plain", ""))}
    for key in ("image/png", "image/jpeg"):
        if key in output["data"]:
            picture = base64.b64decode(output["data"][key])
            data[key] = base64.b64encode(picture).decode("ascii")
    return {"output_type": "display_data", "data": data, "metadata": {}}


def write_files(job, folder):
    """Lay out the files every student is given, and those the sandbox runs."""
    files = {path: base64.b64decode(data) for path, data in job["files"].items()}
    files |= {name: (HERE / name).read_bytes() for name in SHARED_WITH_SANDBOX}
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def main():
    job = json.load(sys.stdin)
    result_stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # nothing that a test prints gets among the result
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        files = Path(folder) / "files"
        files.mkdir()
        write_files(job, files)
        sys.path.insert(0, str(files))
        result = Examiner(job, files).run()
    json.dump(result, result_stream)
    result_stream.flush()


if __name__ == "__main__":
    main()
