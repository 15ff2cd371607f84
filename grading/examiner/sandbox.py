"""Build the command that runs a process in a sandbox, with bubblewrap (bwrap).

Inside it there is no network and no other process. The file system has Python and the
system's libraries, read-only, the files that every student gets, and an empty folder in
memory. The gradebook and the other students' files are not there.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import system_calls
from .job import Limits

FOLDER = Path(__file__).resolve().parent
HOME = "/home/student"
FILES = "/files"
# Folders that Python and its libraries load from; missing ones are left out.
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/nix/store")
SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
)


class NoSandbox(Exception):
    """The sandbox cannot be set up here; the message says what to do."""


def environment() -> dict[str, str]:
    """Return all environment variables of a student's process."""
    return {
        "HOME": HOME,
        "IPYTHONDIR": f"{HOME}/.ipython",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{HOME}/.matplotlib",
        "NUMEXPR_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "TMPDIR": HOME,
        "USER": "student",
    }


def runs_as_root() -> bool:
    return os.geteuid() == 0


def user_number() -> int | None:
    """Return a user id for one student's process, None unless we are root.

    The limit on processes is per user and does not apply to root, so each process gets a
    user of its own. The ids only have to differ between processes that run together.
    """
    return 20_000 + os.getpid() % 40_000 if runs_as_root() else None


def student_command(
    files: Path, limits: Limits, sandboxed: bool = True, calls: int | None = None
) -> list[str]:
    """Return the command that runs student_process.py on a folder of files.

    calls: a descriptor with the filter of system calls, which the command must inherit.
    """
    resources = {
        "RLIMIT_AS": limits.memory,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(limits.seconds),
        "RLIMIT_FSIZE": limits.disk,
        "RLIMIT_NOFILE": 256,
    }
    settings: dict[str, Any] = {"limits": resources, "user": None, "files": str(files)}
    python = [sys.executable, "-s", "-P" if sys.version_info >= (3, 11) else "-B"]
    if not sandboxed:
        return [*python, str(FOLDER / "student_process.py"), json.dumps(settings)]
    # Only in a sandbox: elsewhere the limit would count all of this user's processes.
    resources["RLIMIT_NPROC"] = limits.processes
    settings.update(user=user_number(), files=FILES)
    command = [*bubblewrap(files, limits, calls), *python]
    return [*command, f"{FILES}/student_process.py", json.dumps(settings)]


def bubblewrap(files: Path, limits: Limits, calls: int | None = None) -> list[str]:
    """Return bwrap's command line, up to the program to start."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise NoSandbox(
            "bwrap was not found. Install bubblewrap (Debian, Ubuntu, Fedora: the package "
            "is called bubblewrap)."
        )
    options = [
        bwrap,
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
    ]
    options += [
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ]
    options += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    if runs_as_root():  # student_process.py gives these up when it takes another user
        options += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        options += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        if "--disable-userns" in _help_of(bwrap):
            options += ["--disable-userns"]
    if calls is not None:
        options += ["--seccomp", str(calls)]
    for name, value in environment().items():
        options += ["--setenv", name, value]
    for folder in SYSTEM:
        if os.path.islink(folder):
            options += ["--symlink", os.readlink(folder), folder]
        else:
            options += ["--ro-bind-try", folder, folder]
    for path in SETTINGS:
        options += ["--ro-bind-try", path, path]
    for folder in python_folders():
        for parent in list(Path(folder).parents)[-2::-1]:
            options += ["--perms", "0755", "--dir", str(parent)]
        options += ["--ro-bind", folder, folder]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for folder, size in (("/dev/shm", limits.disk // 4), (HOME, limits.disk)):
        options += ["--perms", "0777", "--size", str(size), "--tmpfs", folder]
    if not any(Path(folder).is_relative_to("/tmp") for folder in python_folders()):
        options += ["--symlink", HOME.lstrip("/"), "/tmp"]
    options += ["--chdir", HOME]
    options += ["--ro-bind", str(files), FILES]
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/", "--"]


@functools.cache
def _help_of(bwrap: str) -> str:
    return subprocess.run([bwrap, "--help"], capture_output=True, text=True).stdout


def limits_missing() -> list[str]:
    """Return sentences about what cannot be limited on this computer."""
    if system_calls.program() is None:
        return [
            "libseccomp was not found (Debian, Ubuntu: libseccomp2). Memory that belongs to "
            "no process, and how many processors one submission uses, have no limit."
        ]
    return []


@functools.cache
def python_folders() -> list[str]:
    """Return the folders outside the system's that contain Python and its packages."""
    folders = {os.path.realpath(sys.base_prefix), sys.base_prefix, sys.prefix}
    # The python of a virtual environment is a link, perhaps to another link.
    python = Path(sys.executable)
    while python.is_symlink():
        python = python.parent / os.readlink(python)
        folders.add(os.path.normpath(python.parent.parent))
    known = [folder for folder in SYSTEM if folder not in ("/bin", "/sbin")]
    outside = [
        folder
        for folder in sorted(folders)
        if not any(Path(folder).is_relative_to(system) for system in known)
    ]
    forbidden = [folder for folder in outside if len(Path(folder).parts) < 3]
    if forbidden:
        raise NoSandbox(
            f"Python lies in {forbidden[0]}: all of that folder would be shown to students' "
            "code. Use a Python in a folder of its own, such as a virtual environment."
        )
    return outside


def check(limits: Limits) -> None:
    """Raise NoSandbox unless a sandbox can be set up and holds; it takes half a second."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = folder / "files"
        files.mkdir()
        (files / "probe.py").write_text(PROBE, encoding="utf-8")
        for path in (folder, files):
            os.chmod(path, 0o755)
        secret = folder / "secret"
        secret.write_text("secret", encoding="utf-8")
        calls = system_calls.as_file()
        command = [*bubblewrap(files, limits, calls), sys.executable, "-s"]
        command += [f"{FILES}/probe.py", str(user_number()), str(secret)]
        command += [str(limits.processes), str(calls is not None)]
        inherited: Sequence[int] = () if calls is None else (calls,)
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                pass_fds=inherited,
            )
        finally:
            for descriptor in inherited:
                os.close(descriptor)
    if done.returncode == 0 and done.stdout.strip() == "holds":
        return
    reason = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
    raise NoSandbox(
        f"bwrap is installed, but a sandbox cannot be set up here; it said: {reason}\n"
        "Needed: bubblewrap 0.7 or newer, and a kernel that lets you make user namespaces "
        "(book/grading.md says how to find out), or to be root outside a container."
    )


PROBE = """
import os, resource, socket, sys
user, secret, processes, filtered = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_NPROC, (int(processes),) * 2)
if user != "None":
    os.setgroups([]); os.setresgid(*[int(user)] * 3); os.setresuid(*[int(user)] * 3)
assert not os.path.exists(secret), "a file of this computer can be read"
for folder in ("/", "/usr", "/etc", "/dev", os.path.dirname(__file__)):
    try:
        open(folder + "/written", "w")
    except OSError:
        continue
    sys.exit(folder + " can be written to")
with open(os.environ["HOME"] + "/written", "w"):
    pass
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    assert "nreachable" in str(error), "there is a network: " + str(error)
else:
    sys.exit("there is a network")
assert os.geteuid() != 0, "it runs as root"
if filtered == "True":
    try:
        os.memfd_create("memory")
    except PermissionError:
        pass
    else:
        sys.exit("a memory file can be made")
import numpy, IPython
print("holds")
"""
