"""What the reader's process may do: read what it was given, write its answer, start one program."""

import ctypes
import os
import sys
from collections.abc import Callable

from auditor.documents.limits import Limits

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_OPEN_FILES = 64
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = (
    *("socket.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
    *(
        "os.chmod",
        "os.chown",
        "os.utime",
        "os.setxattr",
        "pty.",
        "shutil.",
        "urllib.",
        "webbrowser.",
    ),
)


def enter(limits: Limits, may_start: str) -> None:
    """Give up what reading needs not; cannot be undone. `may_start` is one program, or nothing.

    Linux: no network at all, where the kernel grants a namespace. POSIX: memory, processor time,
    no file may grow. Everywhere: an audit hook that refuses sockets, programs and changes, to what
    Python code does; a C library is held by the former only.
    """
    if sys.platform == "linux":
        _leave_network()
    if sys.platform != "win32":
        _bound(limits)
    sys.addaudithook(_watch(may_start))


def _leave_network() -> None:
    """Move into a network of this process's own, which has no way out; refusal is accepted."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET):
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _bound(limits: Limits) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    seconds = int(limits.seconds + limits.grace_s) + 1
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        *([(resource.RLIMIT_AS, limits.memory_bytes)] if sys.platform == "linux" else []),
    ):
        resource.setrlimit(kind, (most, most))


def _watch(may_start: str) -> Callable[[str, tuple[object, ...]], None]:
    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _mode, flags = arguments
            refused = not isinstance(path, int) and isinstance(flags, int) and flags & _WRITES
        elif event == "subprocess.Popen":
            refused = not may_start or arguments[0] != may_start
        else:
            refused = event.startswith(_REFUSED)
        if refused:
            message = f"a reader of documents may not {event}"
            raise PermissionError(message)

    return watch
