"""The process that runs a student's code, as the examiner sees it: asked, watched, ended."""

import contextlib
import os
import secrets
import select
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil
import sandbox
import system_calls
from plain_values import NotPlain, pack, unpack

LOOK_EVERY = 0.2  # seconds between two looks at what the process uses
SOCKET_BYTES = 2 * 212_992  # what the system may keep for a socket: Linux's default
LOOKS_OF_A_HOG = 4  # so many looks in a row with more than one busy processor


class OutOfTime(BaseException):
    """A cell has used up its time; not an Exception, so that no test swallows it."""


class Ended(BaseException):
    """The student's process is gone; kind and text say how. No test swallows this either."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class NotStarted(Exception):
    """No process could be started. It is not the student's fault: there is no mark."""


class Queue:
    """The time that processes stand in line for a processor: it is not their own.

    So a mark does not depend on what else the computer does. It has an end, too: who fills
    the line with processes of its own gains no more than PATIENCE times its limit.
    """

    PATIENCE = 3

    def __init__(self, seconds, processes):
        self._left, self._processes = self.PATIENCE * seconds, processes
        self._before = self._longest()

    def stood(self):
        """Return the seconds since the last call that are to be given back; 0 at the end."""
        now = self._longest()
        more = min(now - self._before, self._left)
        self._before, self._left = now, self._left - more
        return more if more > 0.1 else 0

    def _longest(self):
        waits = [0.0]
        for number in self._processes():
            with contextlib.suppress(OSError, ValueError, IndexError):
                text = Path(f"/proc/{number}/schedstat").read_text(encoding="ascii")
                waits.append(int(text.split()[1]) / 1e9)
        return max(waits)


class StudentProcess:
    """The process in the sandbox, and what is asked of it."""

    def __init__(self, files, limits, sandboxed):
        self.limits, self.deadline, self.broken = limits, None, None
        self.hog = False  # whether it kept several processors busy
        self.folder = None
        calls = system_calls.as_file() if sandboxed else None
        command = sandbox.student_command(files, limits, sandboxed, calls)
        variables = {**sandbox.environment(), "PATH": os.environ["PATH"]}
        if not sandboxed:
            self.folder = tempfile.TemporaryDirectory()
            variables.update(HOME=self.folder.name, TMPDIR=self.folder.name)
            variables["IPYTHONDIR"] = f"{self.folder.name}/.ipython"
        inherited = () if calls is None else (calls,)
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
        os.set_blocking(self.process.stdin.fileno(), False)
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            self.within(60, lambda: unpack(self._read))
        except (Ended, OutOfTime, NotPlain) as error:
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace").strip()
            self.stop()
            reason = said or str(error) or "it did not start within a minute"
            raise NotStarted(f"no sandbox could be started: {reason}") from None

    def _watch(self):
        """End the process if all it has started use too much memory together."""
        parent, looks, before, then = os.getppid(), 0, 0.0, time.monotonic()
        while self.process.poll() is None:
            if os.getppid() != parent:  # nobody is left who waits for the result
                os._exit(1)
            with contextlib.suppress(psutil.Error, OSError, ValueError, IndexError):
                family = psutil.Process(self.process.pid).children(recursive=True)
                used = sum(member.memory_info().rss for member in family)
                if used + _socket_memory(family) > self.limits["memory"]:
                    self.broken = Ended(
                        "memory", f"used more than {self.limits['memory'] >> 20} MB"
                    )
                    self.process.kill()
                    return
                spent = sum(sum(member.cpu_times()[:2]) for member in family)
                running = [m for m in family if m.status() == psutil.STATUS_RUNNING]
                now = time.monotonic()
                busy = len(running) > 2 or spent - before > 1.5 * (now - then)
                looks = looks + 1 if busy else 0
                self.hog |= looks >= LOOKS_OF_A_HOG
                before, then = spent, now
            time.sleep(LOOK_EVERY)

    def within(self, seconds, act):
        """Do something that talks to the process; break it off after so many seconds."""
        self.deadline = time.monotonic() + seconds
        self.queue = Queue(seconds, self.processes)
        try:
            return act()
        finally:
            self.deadline = None

    def processes(self):
        """Return the numbers of all processes that it consists of."""
        with contextlib.suppress(psutil.Error):
            family = psutil.Process(self.process.pid).children(recursive=True)
            return [member.pid for member in family]
        return []

    def _wait_for(self, reading=(), writing=()):
        while True:
            left = 60.0 if self.deadline is None else self.deadline - time.monotonic()
            if left > 0 and any(select.select(reading, writing, [], left)):
                return
            more = self.queue.stood() if self.deadline is not None else 0
            if not more:
                raise OutOfTime
            self.deadline += more

    def _read(self, size):
        parts, pipe = [], self.process.stdout.fileno()
        while size:
            self._wait_for(reading=[pipe])
            part = os.read(pipe, min(size, 2**20))
            if not part:
                raise self._how_it_ended()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _write(self, data):
        """Send bytes to a process that may have stopped reading them."""
        data, pipe = memoryview(data), self.process.stdin.fileno()
        while data:
            self._wait_for(writing=[pipe])
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(pipe, data) :]

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
            self._write(pack({"request": number, "do": do, **request}))
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
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        if self.folder:
            self.folder.cleanup()


def _socket_memory(family):
    """Return the bytes that the sockets of these processes may hold; no process counts them."""
    text = Path(f"/proc/{family[-1].pid}/net/sockstat").read_text(encoding="ascii")
    return int(text.split()[2]) * SOCKET_BYTES  # "sockets: used 3"
