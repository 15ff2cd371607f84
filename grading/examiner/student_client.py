"""Start, ask, watch and end the process that runs a student's code."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psutil

from . import sandbox, system_calls
from .job import Json, Kind, Limits
from .plain_values import NotPlain, pack, unpack

WATCH_SECONDS = 0.2  # between two measurements of what the process uses
SOCKET_BYTES = 2 * 212_992  # of a socket's buffers: Linux's default
MEASUREMENTS_OF_A_HOG = 4  # in a row, with more than one busy processor

T = TypeVar("T")


class OutOfTime(BaseException):
    """A cell has used up its time; no Exception, so that no test catches it."""


class Ended(BaseException):
    """The student's process has ended; kind and text say how. No test catches this either."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class NotStarted(Exception):
    """No process could be started: not the student's fault, so there is no mark."""


class ProcessorWait:
    """Measures how long processes were ready to run but had to wait for a processor.

    That time is added to their limit, so that a mark does not depend on what else the
    computer does. At most MOST_LIMITS times the limit is added, so a submission that fills
    the run queue with its own processes gains no more.
    """

    MOST_LIMITS = 3

    def __init__(self, seconds: float, processes: Callable[[], list[int]]) -> None:
        self._left, self._processes = self.MOST_LIMITS * seconds, processes
        self._before = self._longest()

    def since_last_call(self) -> float:
        """Return the seconds of waiting since the last call; 0 when none are left to add."""
        now = self._longest()
        more = min(now - self._before, self._left)
        self._before, self._left = now, self._left - more
        return more if more > 0.1 else 0

    def _longest(self) -> float:
        waits = [0.0]
        for number in self._processes():
            with contextlib.suppress(OSError, ValueError, IndexError):
                text = Path(f"/proc/{number}/schedstat").read_text(encoding="ascii")
                waits.append(int(text.split()[1]) / 1e9)
        return max(waits)


class StudentClient:
    """The client of student_process.py, which runs in the sandbox."""

    def __init__(self, files: Path, limits: Limits, sandboxed: bool) -> None:
        self.limits = limits
        self.deadline: float | None = None
        self.broken: Ended | None = None  # why it cannot be used any more
        self.hog = False  # whether it kept several processors busy
        self.folder: tempfile.TemporaryDirectory[str] | None = None
        calls = system_calls.as_file() if sandboxed else None
        command = sandbox.student_command(files, limits, sandboxed, calls)
        variables = {**sandbox.environment(), "PATH": os.environ["PATH"]}
        if not sandboxed:
            self.folder = tempfile.TemporaryDirectory()
            variables.update(HOME=self.folder.name, TMPDIR=self.folder.name)
            variables["IPYTHONDIR"] = f"{self.folder.name}/.ipython"
        inherited: Sequence[int] = () if calls is None else (calls,)
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            cwd=self.folder.name if self.folder else "/",
            start_new_session=True,
            pass_fds=inherited,
        )
        for descriptor in inherited:
            os.close(descriptor)
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self.pipes = self.process.stdin, self.process.stdout, self.process.stderr
        os.set_blocking(self.pipes[0].fileno(), False)
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            self.within(60, lambda: unpack(self._read))
        except (Ended, OutOfTime, NotPlain) as error:
            self.process.kill()
            message = self.pipes[2].read().decode(errors="replace").strip()
            self.stop()
            reason = message or str(error) or "it did not start within a minute"
            raise NotStarted(f"no sandbox could be started: {reason}") from None

    def _watch(self) -> None:
        """End the process if it and its children use too much memory together."""
        parent, in_a_row, before, then = os.getppid(), 0, 0.0, time.monotonic()
        while self.process.poll() is None:
            if os.getppid() != parent:  # no process is left to receive the result
                os._exit(1)
            with contextlib.suppress(psutil.Error, OSError, ValueError, IndexError):
                family = psutil.Process(self.process.pid).children(recursive=True)
                used = sum(member.memory_info().rss for member in family)
                if used + _socket_memory(family) > self.limits.memory:
                    text = f"used more than {self.limits.memory >> 20} MB"
                    self.broken = Ended(Kind.MEMORY, text)
                    self.process.kill()
                    return
                spent = sum(sum(member.cpu_times()[:2]) for member in family)
                running = [m for m in family if m.status() == psutil.STATUS_RUNNING]
                now = time.monotonic()
                busy = len(running) > 2 or spent - before > 1.5 * (now - then)
                in_a_row = in_a_row + 1 if busy else 0
                self.hog |= in_a_row >= MEASUREMENTS_OF_A_HOG
                before, then = spent, now
            time.sleep(WATCH_SECONDS)

    def within(self, seconds: float, act: Callable[[], T]) -> T:
        """Do something that talks to the process; break it off after so many seconds."""
        self.deadline = time.monotonic() + seconds
        self.wait = ProcessorWait(seconds, self.processes)
        try:
            return act()
        finally:
            self.deadline = None

    def processes(self) -> list[int]:
        """Return the ids of all processes that were started in the sandbox."""
        with contextlib.suppress(psutil.Error):
            family = psutil.Process(self.process.pid).children(recursive=True)
            return [member.pid for member in family]
        return []

    def _wait_for(
        self, reading: Sequence[int] = (), writing: Sequence[int] = ()
    ) -> None:
        while True:
            left = 60.0 if self.deadline is None else self.deadline - time.monotonic()
            if left > 0 and any(select.select(reading, writing, [], left)):
                return
            more = 0.0 if self.deadline is None else self.wait.since_last_call()
            if self.deadline is None or not more:
                raise OutOfTime
            self.deadline += more

    def _read(self, size: int) -> bytes:
        parts, pipe = [], self.pipes[1].fileno()
        while size:
            self._wait_for(reading=[pipe])
            part = os.read(pipe, min(size, 2**20))
            if not part:
                raise self._how_it_ended()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _write(self, message: bytes) -> None:
        """Send bytes to a process that may have stopped reading them."""
        data, pipe = memoryview(message), self.pipes[0].fileno()
        while data:
            self._wait_for(writing=[pipe])
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(pipe, data) :]

    def _how_it_ended(self) -> Ended:
        if self.broken:
            return self.broken
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        status: int | str | None = self.process.poll()
        if isinstance(status, int) and status > 128:  # bwrap was ended by a signal
            status = signal.Signals(status - 128).name if status < 160 else status
        return Ended(Kind.CRASHED, f"Python ended (exit status {status})")

    def ask(self, do: str, **request: Any) -> Json:
        """Send a request and return its reply; a failure leaves the process unusable."""
        if self.broken:
            raise self.broken
        number = secrets.token_hex(8)
        try:
            self._write(pack({"request": number, "do": do, **request}))
            reply = unpack(self._read)
            if not isinstance(reply, dict) or reply.get("reply") != number:
                raise NotPlain("a reply that was not asked for")
            return reply
        except BrokenPipeError:
            self.broken = self._how_it_ended()
        except (NotPlain, MemoryError) as error:
            self.broken = Ended(Kind.TAMPERED, f"sent what no answer sends: {error}")
        except Ended as ended:
            self.broken = ended
        except BaseException:  # an alarm, perhaps a test's own: the reply is lost
            self.broken = Ended(Kind.TIME, "did not end in time")
            raise
        raise self.broken

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.folder:  # without a sandbox its children would go on
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()
        for pipe in self.pipes:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        if self.folder:
            self.folder.cleanup()


def _socket_memory(family: list[psutil.Process]) -> int:
    """Return the bytes that these processes' sockets may hold: no limit counts them."""
    text = Path(f"/proc/{family[-1].pid}/net/sockstat").read_text(encoding="ascii")
    return int(text.split()[2]) * SOCKET_BYTES  # "sockets: used 3"
