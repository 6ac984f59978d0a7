"""`ssh:`: one connection, one channel, one script; every end is a result or a named failure."""

import time
from types import MappingProxyType

from paramiko import Channel

from auditor.errors import CannotMeasure
from auditor.logins import POSIX, WINDOWS
from auditor.model import Capture, Failure, Target, Text
from auditor.transports import Context
from auditor.transports.capturing import Captures
from auditor.transports.deadline import Deadline
from auditor.transports.ssh_session import Session, session
from auditor.transports.ssh_stages import FAULTS, Progress, Stage, shown

_OUTPUT = "collect"
_AGREED = "session"
"""How captures are named: what the script printed, and what was agreed with the machine."""

_EXEC_WAIT_S = 15.0
_POLL_S = 0.05
"""How long standard error may wait while standard output is silent."""
_CHUNK = 65536
_STDERR_KEPT = 65536

_SHELL = MappingProxyType(
    {
        POSIX: "exec sh -s",
        WINDOWS: "powershell -NoProfile -NonInteractive -Command -",
    }
)
_REFUSED_MARK = "audit: sudo not permitted"
# in single quotes, because the login shell may be csh or fish
_SUDO = (
    "exec sh -c 'if sudo -n -- sh -c : </dev/null >/dev/null 2>&1; then exec sudo -n -- sh -s; fi;"
    f' echo "{_REFUSED_MARK}" >&2; exec sh -s\''
)
SUDO_REFUSED = Text(
    vi="sudo không được phép hoặc đòi mật khẩu; đã đọc bằng quyền người dùng thường",
    en="sudo is not permitted or asks for a password; read as an ordinary user",
)


def access(target: Target, context: Context) -> "SshLink":
    """Open a machine. Nothing is sent before the script is."""
    return SshLink(target, context)


class SshLink:
    """A machine behind sshd as a `HostLink`."""

    def __init__(self, target: Target, context: Context) -> None:
        """Send nothing yet."""
        self._target = target
        self._context = context
        self._captures = Captures(context.keep)
        self._limitations: list[Text] = []

    @property
    def platform(self) -> str:
        """What the site says the machine is: `posix` or `windows`."""
        return self._target.platform

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was kept so far: what was agreed with the machine, and the script's output."""
        return self._captures.taken

    @property
    def limitations(self) -> tuple[Text, ...]:
        """What was not permitted, after the script has run."""
        return tuple(self._limitations)

    def collect(self, script: bytes, *, timeout_s: float, max_bytes: int) -> bytes:
        """Run a script and return what it printed, at most `max_bytes`, within `timeout_s`.

        Raises `CannotMeasure`; the detail begins with the stage: waiting, tcp, banner, kex,
        host key, auth, forward, exec or read. What a failed script printed is kept as evidence.
        """
        with Deadline(timeout_s) as deadline:
            progress = Progress(deadline)
            with session(self._target, self._context, progress) as opened:
                self._captures.content(_AGREED, opened.agreed)
                return self._collected(opened, script, max_bytes, progress)

    def close(self) -> None:
        """Nothing is held open between scripts."""

    def _collected(
        self, opened: Session, script: bytes, max_bytes: int, progress: Progress
    ) -> bytes:
        output = _Output(max_bytes)
        failure, code = None, 0
        try:
            channel = _started(opened, self._command(), script, progress)
            output.read(channel, progress)
            code = _exit_code(channel, progress)
        except (CannotMeasure, *FAULTS) as error:
            failure = progress.ended(error)
        stdout = bytes(output.stdout)
        if stdout or failure is None:
            self._captures.content(_OUTPUT, stdout)
        if _REFUSED_MARK.encode() in output.stderr:
            self._limitations.append(SUDO_REFUSED)
        if failure is not None:
            raise failure
        if code != 0:
            words = bytes(output.stderr).strip() or stdout.strip()
            first = words.partition(b"\n")[0].decode("utf-8", "replace")
            raise progress.failure(Failure.COMMAND_FAILED, f"exit {code}: {shown(first)}")
        return stdout

    def _command(self) -> str:
        return _SUDO if self._target.sudo else _SHELL[self._target.platform]


def _started(opened: Session, command: str, script: bytes, progress: Progress) -> Channel:
    """Start the shell and hand it the script, then close its input."""
    progress.stage = Stage.EXEC
    channel = opened.transport.open_session(timeout=progress.deadline.left(_EXEC_WAIT_S))
    channel.exec_command(command)
    channel.settimeout(progress.deadline.left(_EXEC_WAIT_S))
    try:
        channel.sendall(script)
        channel.shutdown_write()
    except OSError:
        if not channel.closed:
            raise
        # it ended without reading all: a locked account, say. What it printed and its exit tell
    return channel


class _Output:
    """Both streams of a script, bounded."""

    def __init__(self, max_bytes: int) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._stderr_seen = 0
        self._most = max_bytes

    def read(self, channel: Channel, progress: Progress) -> None:
        """Read until the other side closes. Raises `CannotMeasure`, `TimeoutError`."""
        progress.stage = Stage.READ
        channel.settimeout(_POLL_S)
        while True:
            if progress.deadline.has_passed:
                raise TimeoutError
            self._drain_errors(channel)
            if self._stderr_seen > self._most:
                raise self._too_much(progress)
            try:
                chunk = channel.recv(_CHUNK)
            except TimeoutError:
                continue
            if not chunk:
                break
            self.stdout += chunk
            progress.received = len(self.stdout)
            if len(self.stdout) > self._most:
                del self.stdout[self._most :]
                raise self._too_much(progress)
        self._drain_errors(channel)

    def _drain_errors(self, channel: Channel) -> None:
        while channel.recv_stderr_ready():
            chunk = channel.recv_stderr(_CHUNK)
            self._stderr_seen += len(chunk)
            self.stderr += chunk[: _STDERR_KEPT - len(self.stderr)]
            if not chunk or self._stderr_seen > self._most:
                return

    def _too_much(self, progress: Progress) -> CannotMeasure:
        return progress.failure(Failure.COMMAND_FAILED, f"more than {self._most} bytes")


def _exit_code(channel: Channel, progress: Progress) -> int:
    """Wait for how the script ended. Raises `EOFError` if the connection ended before."""
    end = time.monotonic() + progress.deadline.left()
    channel.status_event.wait(max(0.0, end - time.monotonic()))
    if not channel.exit_status_ready() or channel.exit_status == -1:
        raise EOFError
    return channel.exit_status
