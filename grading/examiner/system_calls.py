"""Make a seccomp filter that refuses system calls a student's code has no use for.

These calls reach memory that no limit of a process counts (memory files, System V's shared
memory, file systems in a user namespace), or a processor other than the assigned one.
libseccomp writes the filter; bwrap gives it to the kernel.
"""

import ctypes
import functools
import os
import tempfile

ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
MASKED_EQUAL = 7
CLONE_NEWUSER = 0x10000000
REFUSED = [
    *("memfd_create", "memfd_secret", "shmget", "semget", "msgget", "mq_open"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "move_mount", "open_tree"),
    *("fsopen", "fsmount", "io_uring_setup", "bpf", "perf_event_open", "userfaultfd"),
    *("add_key", "request_key", "keyctl"),
    "sched_setaffinity",  # a submission stays on its processor
]


class _Argument(ctypes.Structure):
    _fields_ = [
        ("number", ctypes.c_uint),
        ("compare", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    ]


@functools.cache
def program() -> bytes | None:
    """Return the filter as a BPF program, None where libseccomp is missing."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ALLOW)))

    def refuse(name: str, answer: int, *arguments: _Argument) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode("ascii"))
        if number < 0:  # unknown to this processor, or to an older libseccomp
            return
        conditions = (_Argument * len(arguments))(*arguments)
        failed = library.seccomp_rule_add_array(
            rules, ctypes.c_uint32(answer), number, len(arguments), conditions
        )
        if failed:
            raise OSError(-failed, f"libseccomp refused the rule for {name}")

    for name in REFUSED:
        refuse(name, EPERM)
    refuse("clone", EPERM, _Argument(0, MASKED_EQUAL, CLONE_NEWUSER, CLONE_NEWUSER))
    refuse(
        "clone3", ENOSYS
    )  # a filter cannot read its flags; the C library falls back to clone
    with tempfile.TemporaryFile() as file:
        failed = library.seccomp_export_bpf(rules, file.fileno())
        library.seccomp_release(rules)
        if failed:
            raise OSError(-failed, "libseccomp wrote no filter")
        file.seek(0)
        return file.read()


def as_file() -> int | None:
    """Return a descriptor to read the filter from, None where there is no filter."""
    content = program()
    if content is None:
        return None
    reading, writing = os.pipe()  # a filter is far smaller than a pipe's buffer
    os.write(writing, content)
    os.close(writing)
    return reading
