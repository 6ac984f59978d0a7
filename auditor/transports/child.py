"""A command of our own as a child process: bounded in time, ended with all that it started."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOK_S = 0.2
GRACE_S = 10.0
"""How long a child may tidy up after SIGTERM before it is killed."""
_WORDS = 2000
NICE = 10


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, with its last words. `exit_code` is None when it was ended from here."""

    exit_code: int | None
    words: str
    timed_out: bool = False


def be_modest() -> None:
    """Lower this process's priority, and with it that of its children to come."""
    me = psutil.Process()
    with contextlib.suppress(psutil.Error, OSError):  # then it is as it was; no reason to stop
        if sys.platform == "win32":
            me.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
            return
        me.nice(max(NICE, int(me.nice())))
        if sys.platform == "linux":
            me.ionice(psutil.IOPRIO_CLASS_IDLE)


def run(  # noqa: PLR0913 - each is one fact of the child
    argv: Sequence[str],
    folder: Path,
    timeout_s: float,
    stop: threading.Event,
    *,
    grace_s: float = GRACE_S,
    held: tuple[int, ...] = (),
) -> Ended:
    """Run a command in a folder to its end, to its time limit, or until `stop` is set.

    Raises `OSError` if it cannot be started. What it prints to standard error is kept by its end.
    `held` are open files of locks that the child holds along.
    """
    until = time.monotonic() + timeout_s
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - argument list; our own program
            argv,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
            start_new_session=True,
            pass_fds=held,
        )
        try:
            while process.poll() is None:
                if stop.wait(_LOOK_S) or time.monotonic() > until:
                    break
        finally:
            ended_here = process.poll() is None
            if ended_here:
                _end(process, grace_s)
        return Ended(
            exit_code=None if ended_here else process.returncode,
            words=_last(words.fileno()),
            timed_out=ended_here and not stop.is_set(),
        )


def is_another(pid: int) -> bool:
    """Tell whether a number is that of another process than this one."""
    return pid != os.getpid() and psutil.pid_exists(pid)


def alive(pid: int) -> bool:
    """Tell whether a process of this number exists."""
    return psutil.pid_exists(pid)


def _last(handle: int) -> str:
    size = os.fstat(handle).st_size
    os.lseek(handle, max(0, size - _WORDS), os.SEEK_SET)
    return os.read(handle, _WORDS).decode(errors="replace").strip()


def _end(process: "subprocess.Popen[bytes]", grace_s: float) -> None:
    """Ask the child to end, then kill it and everything that it left in its session."""
    if sys.platform == "win32":
        process.kill()
        process.wait(grace_s)
        return
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):  # it does not listen
        process.wait(grace_s)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # all gone, or another's by now
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):  # stuck inside the kernel: left behind
        process.wait(grace_s)
