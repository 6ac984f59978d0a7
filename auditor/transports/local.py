"""`local:`: the machine that this program runs on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import Capture, Failure, Target, Text
from auditor.transports import Context
from auditor.transports.capturing import COLLECT, Captures

_LEFTOVER_WAIT_S = 1.0
_MOST_COMPLAINTS = 65536
_POSIX_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELL = ("/bin/sh", "-s")
_POWERSHELL = ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "-")


def access(_target: Target, context: Context) -> "LocalHost":
    """Open this machine."""
    return LocalHost(Captures(context.keep))


class LocalHost:
    """This machine as a `HostLink`."""

    def __init__(self, captures: Captures) -> None:
        """Keep what is read in `captures`."""
        self._captures = captures

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was kept so far."""
        return self._captures.taken

    def collect(self, script: bytes, *, timeout_s: float, max_bytes: int) -> bytes:
        """Feed the script to this machine's shell, in a fixed environment; return its output.

        Raises `CannotMeasure`: `tool_missing`, `permission_denied`, `timeout` (the shell and its
        children are killed), `command_failed` (it printed too much, or nothing).
        """
        argv = _POWERSHELL if sys.platform == "win32" else _SHELL
        with guard.on_machine():
            ended = _run(argv, script, timeout_s, max_bytes)
        if not ended.stdout:
            said = ended.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise CannotMeasure(
                Failure.COMMAND_FAILED, f"{argv[0]} exit {ended.exit_code}: {said or 'no output'}"
            )
        self._captures.content(COLLECT, ended.stdout)
        return ended.stdout

    @property
    def limitations(self) -> tuple[Text, ...]:
        """Nothing was asked for that could have been refused."""
        return ()

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class _Ended:
    exit_code: int
    stdout: bytes
    stderr: bytes


def _environment() -> dict[str, str]:
    """Fix path and language; pass nothing of the caller's that could change answers or leak."""
    if sys.platform == "win32":
        return dict(os.environ)
    return {"PATH": _POSIX_PATH, "LANG": os.environ.get("LANG", "")}


def _run(argv: tuple[str, ...], script: bytes, timeout_s: float, max_bytes: int) -> _Ended:
    deadline = time.monotonic() + timeout_s
    try:
        process = subprocess.Popen(  # noqa: S603 - argument list; the shell is what is wanted
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
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
    _Feed(process.stdin, script)
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
    return _Ended(process.returncode, bytes(out.content), bytes(err.content))


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
