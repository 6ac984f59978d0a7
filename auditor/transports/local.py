"""`local:`: the machine that this program runs on."""

import os
import sys

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import Capture, Failure, Target, Text
from auditor.transports import Context, program
from auditor.transports.capturing import COLLECT, Captures

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
            ended = program.run(argv, script, timeout_s, max_bytes, _environment())
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


def _environment() -> dict[str, str]:
    """Fix path and language; pass nothing of the caller's that could change answers or leak."""
    if sys.platform == "win32":
        return dict(os.environ)
    return {"PATH": _POSIX_PATH, "LANG": os.environ.get("LANG", "")}
