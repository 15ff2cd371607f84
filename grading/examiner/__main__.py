"""Run one submission: the student's cells in the sandbox, the teacher's tests here.

The student's code never runs in this process, and the tests never run in the student's. A
test names what it wants of the student: a number or an array comes as a copy, a function as
something that calls it over there. So a student's code decides what its own answers are, and
nothing else.

A job comes as JSON on standard input, the result leaves as JSON on standard output:

    job     {"cells": [{"index", "role": "student" or "test", "name", "source"}, …],
             "answers": [names that the student is to define],
             "imports": [the teacher's import statements],
             "files": {path: base64}, "limits": {…}, "sandboxed": true,
             "seed": text that decides the random numbers of the tests}
    result  {"outputs": {index: [outputs in nbformat's form]},
             "problems": [{"kind", "cell", "text"}, …], "seconds": number,
             "hog": whether it kept several processors busy}
"""

import ast
import base64
import builtins
import contextlib
import io
import json
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from cell_outputs import (  # noqa: E402
    Kept,
    error_output,
    printed_output,
    result_output,
    stopped_output,
)
from plain_values import NotPlain, decode  # noqa: E402
from remote import (  # noqa: E402
    Remote,
    RemoteFunction,
    apply_change,
    raise_as_there,
    raised_there,
    rebuilt_error,
)
from student_link import (  # noqa: E402
    Ended,
    NotStarted,
    OutOfTime,
    Queue,
    StudentProcess,
)

SHARED_WITH_SANDBOX = ("student_process.py", "plain_values.py")
# Stands in the student's process where the exercises' right answers are: nothing is to be
# looked up there.
NO_EXERCISES = ("no_exercises.py", "nn_check/exercises/__init__.py")
MOST_RESTARTS = 8
LARGEST = 2 * 2**30  # bytes of memory of this process, whatever a student sends
WHAT_HAPPENED = {  # in words for the student
    "time": "It did not end in time.",
    "memory": "It used more memory than there is for one submission.",
    "crashed": "It ended Python.",
    "tampered": "It sent what no answer sends.",
    "given up": "Python had to be started anew too often, or the notebook takes too long.",
}


class Examiner:
    """Runs the cells of one submission in their order."""

    def __init__(self, job, files):
        self.job, self.files, self.limits = job, files, job["limits"]
        self.answers = set(job["answers"])
        self.names = {"__name__": "__main__", "__builtins__": builtins}
        self.outputs, self.problems = {}, []
        self.done, self.restarts = [], -1  # cells to run again in a new process
        self.kept, self.hog = Kept(), False
        self.student, self.cell, self.told = None, None, None
        self.started = time.monotonic()

    def run(self):
        try:
            for cell in self.job["cells"]:
                self.cell = cell
                run = self.run_test if cell["role"] == "test" else self.run_student
                self.outputs[cell["index"]] = run(cell)
        finally:
            self.stop()
        return {
            "outputs": self.outputs,
            "problems": self.problems,
            "seconds": round(time.monotonic() - self.started, 2),
            "hog": self.hog,
        }

    def stop(self):
        if self.student:
            self.hog |= self.student.hog
            self.student.stop()
            self.student = None

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
            self.stop()
        if self.student:
            return self.student
        self.restarts += 1
        if self.restarts > MOST_RESTARTS or self.time_left() <= 0:
            raise Ended("given up", "was started too often, or takes too long")
        student = StudentProcess(self.files, self.limits, self.job["sandboxed"])
        self.student = student
        # The teacher's imports come first: a student's own that fails costs no answer, and
        # reading large modules costs no cell its time.
        imports = "\n".join(self.job["imports"].values())
        try:
            student.within(60, lambda: student.ask("run_cell", source=imports))
        except OutOfTime:
            raise NotStarted("the book's modules were not read in a minute") from None
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
            return [
                stopped_output(f"This cell did not end within {seconds:g} seconds.")
            ]
        except Ended as ended:
            self.tell(ended)
            return [stopped_output(WHAT_HAPPENED[ended.kind])]
        try:
            outputs = self.kept.clean(reply["outputs"])
        except (KeyError, TypeError, ValueError, AttributeError):
            self.report("tampered", "sent outputs that no notebook has")
            outputs = []
        if any(output.get("ename") == "MemoryError" for output in outputs):
            # What fills the memory is still there: the next cell starts without it.
            self.student.broken = Ended("memory", "used all of its memory")
            self.tell(self.student.broken)
        else:
            self.done.append(cell["source"])
        for output in outputs:
            if output.get("ename") in ("ModuleNotFoundError", "ImportError"):
                self.report("import", output["evalue"])
        return outputs

    def run_test(self, cell):
        printed = io.StringIO()
        outputs = []

        def everyone():
            return [os.getpid(), *(self.student.processes() if self.student else ())]

        def ring(number, frame):
            more = queue.stood()
            if not more:
                raise OutOfTime
            signal.setitimer(signal.ITIMER_REAL, more, 1.0)

        seconds = max(self.time_left(), 0.01)
        queue = Queue(seconds, everyone)
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
            ):
                result = self.execute(cell["source"])
        except NotStarted:
            raise
        except BaseException as error:
            outputs.append(self.what_went_wrong(error))
        else:
            if result is not None:
                outputs.append(result_output(result))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self.student and self.student.broken:
            self.tell(self.student.broken)
        if printed.getvalue():
            outputs.insert(0, printed_output(printed.getvalue()))
        return outputs

    def what_went_wrong(self, error):
        """Return what a student reads of a test that did not pass: nothing of the grader's."""
        if isinstance(error, OutOfTime):
            if not (self.student and self.student.broken):
                self.report("time", "a test of it did not end in time")
            return stopped_output(WHAT_HAPPENED["time"])
        if isinstance(error, Ended):
            return stopped_output(WHAT_HAPPENED[error.kind])
        kind, text = type(error).__name__, str(error)
        if isinstance(error, NameError) and error.name in self.answers:
            text = f"{error.name} is not defined: its cell is missing, or failed."
        elif not (isinstance(error, AssertionError) or raised_there(error)):
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}, line {last.lineno}"
            self.report("test", f"its test could not be run: {kind}: {text} ({place})")
            return stopped_output("The test could not be run on this answer.")
        return error_output(kind, text)

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
        except (
            *(NotPlain, RecursionError, MemoryError, ValueError, TypeError, KeyError),
            *(AttributeError, OverflowError),
        ) as error:
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


def write_files(job, own, students):
    """Lay out the files for the tests, and those that the student's process is given."""
    files = {path: base64.b64decode(data) for path, data in job["files"].items()}
    given = {
        path: content
        for path, content in files.items()
        if not path.startswith("nn_check/exercises/")
    }
    given |= {name: (HERE / name).read_bytes() for name in SHARED_WITH_SANDBOX}
    given[NO_EXERCISES[1]] = (HERE / NO_EXERCISES[0]).read_bytes()
    for folder, content_of in ((own, files), (students, given)):
        for path, content in content_of.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for path in (students, *students.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def main():
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, resource.RLIM_INFINITY))
    job = json.load(sys.stdin)
    os.environ["NN_CHECK_SEED"] = job["seed"]
    result_stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # nothing that a test prints gets among the result
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        own, students = Path(folder) / "tests", Path(folder) / "files"
        write_files(job, own, students)
        sys.path.insert(0, str(own))
        result = Examiner(job, students).run()
    json.dump(result, result_stream)
    result_stream.flush()


if __name__ == "__main__":
    main()
