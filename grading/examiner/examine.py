"""Run one submission: the student's cells in the sandbox, the teacher's tests here.

The student's code never runs in this process, and the tests never run in the student's. When
a test uses one of the student's names, data (numbers, arrays) is copied here, and functions
and other objects are represented by proxies that call the sandbox. A student's code therefore
decides only what its own answers are.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import functools
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
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from .cell_outputs import (
    OutputCleaner,
    error_output,
    printed_output,
    result_output,
    stopped_output,
)
from .job import Cell, Job, Json, Kind, Outputs, Problem, Result, Role
from .plain_values import NotPlain, decode
from .proxies import (
    FunctionProxy,
    Proxy,
    apply_change,
    raise_as_there,
    raised_there,
    rebuilt_error,
)
from .student_client import (
    Ended,
    NotStarted,
    OutOfTime,
    ProcessorWait,
    StudentClient,
)

FOLDER = Path(__file__).resolve().parent
SHARED_WITH_SANDBOX = ("student_process.py", "plain_values.py")
# Takes the place of the exercises' right answers in the student's process.
NO_EXERCISES = ("no_exercises.py", "nn_check/exercises/__init__.py")
MOST_RESTARTS = 8
LARGEST = 2 * 2**30  # bytes of memory of this process, whatever a student sends
EXPLANATIONS = {  # for the student
    Kind.TIME: "It did not end in time.",
    Kind.MEMORY: "It used more memory than there is for one submission.",
    Kind.CRASHED: "It ended Python.",
    Kind.TAMPERED: "It sent what no answer sends.",
    Kind.GIVEN_UP: (
        "Python had to be started anew too often, or the notebook takes too long."
    ),
}

T = TypeVar("T")


class Examiner:
    """Runs the cells of one submission in their order."""

    def __init__(self, job: Job, files: Path) -> None:
        self.job, self.files, self.limits = job, files, job.limits
        self.answers = set(job.answers)
        self.names: dict[str, Any] = {
            "__name__": "__main__",
            "__builtins__": builtins,
        }
        self.outputs: dict[int, Outputs] = {}
        self.problems: list[Problem] = []
        self.done: list[str] = []  # cells to run again in a new process
        self.restarts = -1
        self.cleaner, self.hog = OutputCleaner(), False
        self.student: StudentClient | None = None
        self.cell: Cell
        self.reported: Ended | None = None
        self.started = time.monotonic()

    def run(self) -> Result:
        try:
            for cell in self.job.cells:
                self.cell = cell
                run = self.run_test if cell.role is Role.TEST else self.run_student
                self.outputs[cell.index] = run(cell)
        finally:
            self.stop()
        seconds = round(time.monotonic() - self.started, 2)
        return Result(self.outputs, self.problems, seconds, self.hog)

    def stop(self) -> None:
        if self.student:
            self.hog |= self.student.hog
            self.student.stop()
            self.student = None

    def report(self, kind: Kind, text: str) -> None:
        problem = Problem(kind, self.cell.name, text)
        if problem not in self.problems:
            self.problems.append(problem)

    def report_end(self, ended: Ended) -> None:
        """Report how the student's process ended, once: in the cell it ended in."""
        if ended is not self.reported:
            self.report(ended.kind, str(ended))
            self.reported = ended

    def time_left(self) -> float:
        left = self.started + self.limits.seconds - time.monotonic()
        return min(self.limits.cell_seconds, left)

    def process(self) -> StudentClient:
        """Return a process that is alive and has run all cells so far."""
        if self.student and self.student.broken:
            self.report_end(self.student.broken)
            self.stop()
        if self.student:
            return self.student
        self.restarts += 1
        if self.restarts > MOST_RESTARTS or self.time_left() <= 0:
            raise Ended(Kind.GIVEN_UP, "was started too often, or takes too long")
        student = StudentClient(self.files, self.limits, self.job.sandboxed)
        self.student = student
        # The teacher's imports come first: no answer is lost when the student's own import
        # cell fails, and no cell spends its time on importing large modules.
        imports = "\n".join(self.job.imports.values())
        try:
            student.within(60, lambda: student.ask("run_cell", source=imports))
        except OutOfTime:
            raise NotStarted("the book's modules were not read in a minute") from None
        for source in self.done:
            student.within(
                self.time_left(),
                functools.partial(student.ask, "run_cell", source=source),
            )
        return student

    def break_off(self, kind: Kind, text: str) -> Ended:
        """Mark the student's process as unusable; return the reason."""
        assert self.student
        self.student.broken = Ended(kind, text)
        return self.student.broken

    def run_student(self, cell: Cell) -> Outputs:
        try:
            process = self.process()
            reply = process.within(
                self.time_left(),
                lambda: process.ask("run_cell", source=cell.source),
            )
        except OutOfTime:
            text = f"did not end within {self.limits.cell_seconds:g} seconds"
            self.report_end(self.break_off(Kind.TIME, text))
            return [stopped_output(f"This cell {text}.")]
        except Ended as ended:
            self.report_end(ended)
            return [stopped_output(EXPLANATIONS[ended.kind])]
        try:
            outputs = self.cleaner.clean(reply["outputs"])
        except (KeyError, TypeError, ValueError, AttributeError):
            self.report(Kind.TAMPERED, "sent outputs that no notebook has")
            outputs = []
        if any(output.get("ename") == "MemoryError" for output in outputs):
            # Whatever fills the memory is still there: run the next cell without it.
            self.report_end(self.break_off(Kind.MEMORY, "used all of its memory"))
        else:
            self.done.append(cell.source)
        for output in outputs:
            if output.get("ename") in ("ModuleNotFoundError", "ImportError"):
                self.report(Kind.IMPORT, output["evalue"])
        return outputs

    def run_test(self, cell: Cell) -> Outputs:
        printed = io.StringIO()
        outputs: Outputs = []

        def processes() -> list[int]:
            return [os.getpid(), *(self.student.processes() if self.student else ())]

        def ring(number: int, frame: FrameType | None) -> None:
            more = wait.since_last_call()
            if not more:
                raise OutOfTime
            signal.setitimer(signal.ITIMER_REAL, more, 1.0)

        seconds = max(self.time_left(), 0.01)
        wait = ProcessorWait(seconds, processes)
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
            ):
                result = self.execute(cell.source)
        except NotStarted:
            raise
        except BaseException as error:
            outputs.append(self.failure_output(error))
        else:
            if result is not None:
                outputs.append(result_output(result))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self.student and self.student.broken:
            self.report_end(self.student.broken)
        if printed.getvalue():
            outputs.insert(0, printed_output(printed.getvalue()))
        return outputs

    def failure_output(self, error: BaseException) -> Json:
        """Return what a student reads about a failed test; it reveals nothing of the grader."""
        if isinstance(error, OutOfTime):
            if not (self.student and self.student.broken):
                self.report(Kind.TIME, "a test of it did not end in time")
            return stopped_output(EXPLANATIONS[Kind.TIME])
        if isinstance(error, Ended):
            return stopped_output(EXPLANATIONS[error.kind])
        name, text = type(error).__name__, str(error)
        if isinstance(error, NameError) and error.name in self.answers:
            text = f"{error.name} is not defined: its cell is missing, or failed."
        elif not (isinstance(error, AssertionError) or raised_there(error)):
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}, line {last.lineno}"
            text = f"its test could not be run: {name}: {text} ({place})"
            self.report(Kind.TEST, text)
            return stopped_output("The test could not be run on this answer.")
        return error_output(name, text)

    def execute(self, source: str) -> Any:
        """Run a test; return the value of its last line if that is an expression."""
        tree = ast.parse(source)
        self.provide(tree)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body[-1].value)
            tree.body.pop()
        exec(compile(tree, "<test>", "exec"), self.names)
        return eval(compile(last, "<test>", "eval"), self.names) if last else None

    def provide(self, tree: ast.Module) -> None:
        """Give a test the names it uses: the student's answers, the teacher's imports."""
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        for name in sorted({node.id for node in names}):
            if name in self.answers:
                self.names.pop(name, None)
                self.fetch(name)
            elif name in self.names:
                continue
            elif name in self.job.imports:
                exec(self.job.imports[name], self.names)
            elif name not in stored and not hasattr(builtins, name):
                self.fetch(name)

    def fetch(self, name: str) -> None:
        process = self.process()
        reply = process.ask("get", name=name)
        if not reply.get("missing"):
            self.names[name] = self.decode(reply["value"])

    # --- What a Proxy does

    def decode(self, value: Any) -> Any:
        return self.trying(lambda: decode(value, self.proxy))

    def trying(self, act: Callable[[], T]) -> T:
        """Do something with what the student's process sent; it may be anything."""
        try:
            return act()
        except (
            *(NotPlain, RecursionError, MemoryError, ValueError, TypeError, KeyError),
            *(AttributeError, OverflowError),
        ) as error:
            text = f"sent what no answer sends: {error}"
            raise self.break_off(Kind.TAMPERED, text) from None

    def proxy(self, description: Json) -> Proxy:
        kind = FunctionProxy if description["callable"] is True else Proxy
        # Named like the student's own type, for messages that mention it.
        named = type(str(description["type"])[:100], (kind,), {})
        proxy: Proxy = named(self, self.student, description)
        return proxy

    def ask(self, proxy: Proxy, do: str, **request: Any) -> Json:
        student = self.student
        if not student or proxy._process is not student or student.broken:
            raise (student and student.broken) or Ended(
                Kind.CRASHED, "Python has ended before this"
            )
        return student.ask(do, number=proxy._number, **request)

    def attribute(self, proxy: Proxy, name: str) -> Any:
        return self.outcome(self.ask(proxy, "attribute", name=name), ())

    def call(
        self, proxy: Proxy, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        try:
            sent = base64.b64encode(pickle.dumps((arguments, named))).decode("ascii")
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise TypeError(
                "a test passes to an answer what cannot be sent to its process; pass data, "
                f"or what a module defines ({error})"
            ) from None
        reply = self.ask(proxy, "call", arguments=sent)
        return self.outcome(reply, [*arguments, *named.values()])

    def outcome(self, reply: Json, arguments: Sequence[Any]) -> Any:
        """Return or raise what the student's code did, and repeat what it printed."""

        def changes() -> dict[int, dict[str, Any]]:
            return {
                int(index): {
                    key: {n: decode(v, self.proxy) for n, v in state.items()}
                    if key == "fields"
                    else decode(state, self.proxy)
                    for key, state in states.items()
                }
                for index, states in reply.get("changed", {}).items()
            }

        for index, state in self.trying(changes).items():
            self.trying(functools.partial(apply_change, arguments[index], state))
        print(str(reply.get("printed", ""))[:100_000], end="")
        for kind, text in reply.get("warnings", [])[:20]:
            category = getattr(builtins, str(kind), RuntimeWarning)
            if not (isinstance(category, type) and issubclass(category, Warning)):
                category = RuntimeWarning
            warnings.warn(str(text), category, stacklevel=3)
        if "error" in reply:
            raise_as_there(self.trying(lambda: rebuilt_error(reply["error"])))
        return self.decode(reply["value"])


def write_files(job: Job, tests: Path, student: Path) -> None:
    """Write the files for the tests, and those for the student's process."""
    files = {path: base64.b64decode(data) for path, data in job.files.items()}
    shared = {
        path: content
        for path, content in files.items()
        if not path.startswith("nn_check/exercises/")
    }
    shared |= {name: (FOLDER / name).read_bytes() for name in SHARED_WITH_SANDBOX}
    shared[NO_EXERCISES[1]] = (FOLDER / NO_EXERCISES[0]).read_bytes()
    for folder, content_of in ((tests, files), (student, shared)):
        for path, content in content_of.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for place in (student, *student.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)


def main() -> None:
    """Read a job from standard input, and write its result to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, resource.RLIM_INFINITY))
    job = Job.from_json(json.load(sys.stdin))
    os.environ["NN_CHECK_SEED"] = job.seed
    result_stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a test prints stays apart from the result
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        tests, student = Path(folder) / "tests", Path(folder) / "files"
        write_files(job, tests, student)
        sys.path.insert(0, str(tests))
        result = Examiner(job, student).run()
    json.dump(result.to_json(), result_stream)
    result_stream.flush()
