"""One program on this machine: bounded in time and output, ended with all that it started."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from auditor.errors import CannotMeasure
from auditor.model import Failure

_LEFTOVER_WAIT_S = 1.0
_MOST_COMPLAINTS = 65536


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended; a negative exit code is the signal that ended it."""

    exit_code: int
    stdout: bytes
    stderr: bytes


def run(
    argv: Sequence[str],
    given: bytes | IO[bytes],
    timeout_s: float,
    max_bytes: int,
    environment: Mapping[str, str],
) -> Ended:
    """Run a program in a session of its own; it reads `given`, bytes or a file as it stands.

    Raises `CannotMeasure`: `tool_missing`, `permission_denied`, `timeout` (it and its children are
    killed), `command_failed` (it printed too much).
    """
    deadline = time.monotonic() + timeout_s
    try:
        process = subprocess.Popen(  # noqa: S603 - argument list; the caller names the program
            argv,
            stdin=subprocess.PIPE if isinstance(given, bytes) else given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise CannotMeasure(Failure.TOOL_MISSING, f"{argv[0]}: not found") from error
    except PermissionError as error:
        raise CannotMeasure(Failure.PERMISSION_DENIED, f"{argv[0]}: {error.strerror}") from error
    except OSError as error:
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{argv[0]}: {error.strerror}") from error
    stop = lambda: _kill(process)  # noqa: E731 - named once, used twice
    out, err = (
        _Drain(pipe, most, stop)
        for pipe, most in ((process.stdout, max_bytes), (process.stderr, _MOST_COMPLAINTS))
    )
    if isinstance(given, bytes):
        _Feed(process.stdin, given)
    try:
        process.wait(timeout_s)
        # a child left behind may hold the streams open beyond the shell's own end
        for drain in (out, err):
            drain.join(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        pass  # told apart below, together with streams that stay open
    if process.poll() is None or out.is_alive() or err.is_alive():
        _abandon(process, out, err)
        raise CannotMeasure(Failure.TIMEOUT, f"{argv[0]}: no end after {timeout_s:g} s")
    if out.overflowed or err.overflowed:
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{argv[0]}: more than {max_bytes} bytes")
    return Ended(process.returncode, bytes(out.content), bytes(err.content))


def _abandon(process: "subprocess.Popen[bytes]", *drains: "_Drain") -> None:
    """End a program that took too long, without waiting for one that even the kernel cannot end."""
    _kill(process)
    try:
        process.wait(_LEFTOVER_WAIT_S)
    except subprocess.TimeoutExpired:
        return  # stuck inside the kernel, on a dead disk for example: left behind
    for drain in drains:
        drain.join(_LEFTOVER_WAIT_S)


class _Feed(threading.Thread):
    """Writes the script, without waiting for a shell that does not read."""

    def __init__(self, pipe: IO[bytes] | None, script: bytes) -> None:
        super().__init__(daemon=True)
        if pipe is None:
            message = "the stream was not asked for"
            raise ValueError(message)
        self._pipe, self._script = pipe, script
        self.start()

    def run(self) -> None:
        try:
            with self._pipe:
                self._pipe.write(self._script)
        except OSError:
            return  # the shell ended early; its exit and its output tell why


class _Drain(threading.Thread):
    """Reads one stream to its end, or stops the program when it is too much."""

    def __init__(self, pipe: IO[bytes] | None, most: int, stop: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        if pipe is None:
            message = "the stream was not asked for"
            raise ValueError(message)
        self.content = bytearray()
        self.overflowed = False
        self._pipe, self._most, self._stop_program = pipe, most, stop
        self.start()

    def run(self) -> None:
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), 65536):
                self.content += chunk
                if len(self.content) > self._most:
                    self.overflowed = True
                    self._stop_program()
                    return


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the shell and everything it started in its session."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all gone already, or running as another user now
