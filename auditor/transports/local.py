"""`local:`: the machine that this program runs on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import Capture, CommandResult, Failure, Target
from auditor.probing import DEFAULT_COMMAND_TIMEOUT_S
from auditor.transports import Context
from auditor.transports.capturing import Captures, read_request, system_request
from auditor.transports.files import opened
from auditor.transports.readings import take

MOST_BYTES = 16 * 1024 * 1024
_LEFTOVER_WAIT_S = 1.0
_POSIX_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def this_platform() -> str:
    """Name the platform of this process as probes do."""
    return "windows" if sys.platform == "win32" else sys.platform


def access(_target: Target, context: Context) -> "LocalHost":
    """Open this machine."""
    return LocalHost(Captures(context.keep))


class LocalHost:
    """This machine as a `Host`."""

    def __init__(self, captures: Captures) -> None:
        """Keep what is read in `captures`."""
        self._captures = captures

    @property
    def platform(self) -> str:
        """The platform of this process."""
        return this_platform()

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was kept so far."""
        return self._captures.taken

    def run(self, *argv: str, timeout_s: float = DEFAULT_COMMAND_TIMEOUT_S) -> CommandResult:
        """Run a program without a shell, in the C locale, its input closed.

        Raises `CannotMeasure`: `tool_missing`, `permission_denied`, `timeout` (the program and its
        children are killed), `command_failed` (it printed more than 16 MiB).
        """
        with guard.on_machine():
            result = _run(argv, timeout_s)
        self._captures.command(result)
        return result

    def read_file(self, path: str) -> bytes:
        """Read a system file of at most 16 MiB. Raises `CannotMeasure`."""
        with opened(Path(path)) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise CannotMeasure(Failure.COMMAND_FAILED, f"{path}: more than {MOST_BYTES} bytes")
        self._captures.content(read_request(path), content)
        return content

    def system(self, reading: str) -> bytes:
        """Take a reading with psutil and the standard library. Raises `CannotMeasure`."""
        with guard.on_machine():
            content = take(reading)
        self._captures.content(system_request(reading), content)
        return content

    def close(self) -> None:
        """Nothing is held open."""


def _environment() -> dict[str, str]:
    """Fix path and language; pass nothing of the caller's that could change answers or leak."""
    if sys.platform == "win32":
        return {**os.environ, "LC_ALL": "C", "LANGUAGE": "C"}
    return {"PATH": _POSIX_PATH, "LC_ALL": "C", "LANGUAGE": "C"}


def _run(argv: tuple[str, ...], timeout_s: float) -> CommandResult:
    deadline = time.monotonic() + timeout_s
    try:
        process = subprocess.Popen(  # noqa: S603 - argument list, no shell
            argv,
            stdin=subprocess.DEVNULL,
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
    drains = [_Drain(pipe, lambda: _kill(process)) for pipe in (process.stdout, process.stderr)]
    try:
        process.wait(timeout_s)
        # a child left behind may hold the streams open beyond the program's own end
        for drain in drains:
            drain.join(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        pass  # told apart below, together with streams that stay open
    if process.poll() is None or any(drain.is_alive() for drain in drains):
        _abandon(process, drains)
        raise CannotMeasure(Failure.TIMEOUT, f"{argv[0]}: no end after {timeout_s:g} s")
    if any(drain.overflowed for drain in drains):
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{argv[0]}: more than {MOST_BYTES} bytes")
    stdout, stderr = (bytes(drain.content) for drain in drains)
    return CommandResult(argv=argv, exit_code=process.returncode, stdout=stdout, stderr=stderr)


def _abandon(process: "subprocess.Popen[bytes]", drains: "list[_Drain]") -> None:
    """End a program that took too long, without waiting for one that even the kernel cannot end."""
    _kill(process)
    try:
        process.wait(_LEFTOVER_WAIT_S)
    except subprocess.TimeoutExpired:
        return  # stuck inside the kernel, on a dead disk for example: left behind
    for drain in drains:
        drain.join(_LEFTOVER_WAIT_S)


class _Drain(threading.Thread):
    """Reads one stream to its end, or stops the program when it is too much."""

    def __init__(self, pipe: IO[bytes] | None, stop: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        if pipe is None:
            message = "the stream was not asked for"
            raise ValueError(message)
        self.content = bytearray()
        self.overflowed = False
        self._pipe = pipe
        self._stop_program = stop
        self.start()

    def run(self) -> None:
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), 65536):
                self.content += chunk
                if len(self.content) > MOST_BYTES:
                    self.overflowed = True
                    self._stop_program()
                    return


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the program and everything it started in its session."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all gone already, or running as another user now
