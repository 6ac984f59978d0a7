"""`winrm:`: Windows Remote Management with pypsrp. Not tested on a real system.

The library opens its own connections, and would follow redirects. The machine is addressed by the
address that the gate returned, and the guard stops a connection to any other. NTLM, because
Kerberos would look for its servers by itself, past the gate.
"""

import importlib
from typing import Any

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.logins import WINDOWS, login_of
from auditor.model import Capture, Failure, Method, Target
from auditor.transports import Context
from auditor.transports.capturing import Captures
from auditor.transports.secrets import looked_up

_TLS_PORT = 5986


def access(target: Target, context: Context) -> "WinrmLink":
    """Open a machine. Nothing is sent before the script is."""
    return WinrmLink(target, context)


class WinrmLink:
    """A Windows machine behind WinRM as a `HostLink`."""

    def __init__(self, target: Target, context: Context) -> None:
        """Send nothing yet."""
        self._target = target
        self._context = context
        self._captures = Captures(context.keep)

    @property
    def platform(self) -> str:
        """Always `windows`."""
        return WINDOWS

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was kept so far: the script's output."""
        return self._captures.taken

    def collect(self, script: bytes, *, timeout_s: float, max_bytes: int) -> bytes:
        """Run a script in a PowerShell of its own and return its output as UTF-8.

        Raises `CannotMeasure`. `timeout_s` bounds each answer of the machine; the whole is bounded
        by the measurement's own deadline.
        """
        login = login_of(self._target.url)
        with guard.through(self._context.gate):  # when imported it tries whether IPv6 can be bound
            client_module, errors = _library()
        address = self._context.gate.allow(login.host, Method.HOST_LOGIN)[0]
        secret = looked_up(self._target.password_from, self._context.gate)
        failure: CannotMeasure | None = None
        output, had_errors = "", False
        try:
            with guard.through(self._context.gate, str(address)), guard.on_machine():
                client = client_module.Client(
                    str(address),
                    port=login.port,
                    ssl=login.port == _TLS_PORT,
                    username=login.user,
                    password=secret.reveal(),
                    auth="ntlm",
                    no_proxy=True,  # the gate allowed this address, not a proxy
                    connection_timeout=max(1, int(min(timeout_s, 10))),
                    read_timeout=max(1, int(timeout_s)),
                )
                with client:
                    output, _streams, had_errors = client.execute_ps(script.decode("utf-8"))
        except errors.AuthenticationError:
            failure = CannotMeasure(Failure.AUTH_FAILED, f"auth: {login.place}: login refused")
        except errors.WinRMError as error:
            failure = _ended(login.place, error)
        except OSError as error:  # requests' errors are among them
            failure = _ended(login.place, error)
        if failure is not None:  # raised here: no frame that holds the password travels with it
            raise failure
        content = output.encode("utf-8", "surrogatepass")
        if len(content) > max_bytes:
            content = content[:max_bytes]
            failure = CannotMeasure(
                Failure.COMMAND_FAILED, f"read: {login.place}: more than {max_bytes} bytes"
            )
        elif had_errors and not content:
            failure = CannotMeasure(
                Failure.COMMAND_FAILED, f"exec: {login.place}: PowerShell reports errors"
            )
        self._captures.content("collect", content)
        if failure is not None:
            raise failure
        return content

    def close(self) -> None:
        """Nothing is held open between scripts."""


def _library() -> tuple[Any, Any]:
    try:
        return (
            importlib.import_module("pypsrp.client"),
            importlib.import_module("pypsrp.exceptions"),
        )
    except ImportError:
        raise CannotMeasure(
            Failure.TOOL_MISSING, "winrm: needs pypsrp: pip install 'centre-audit[winrm]'"
        ) from None


def _ended(place: str, error: Exception) -> CannotMeasure:
    """Only the type is passed on: these errors may quote what was sent."""
    kind = type(error).__name__
    failure = Failure.TIMEOUT if "Timeout" in kind else Failure.UNREACHABLE
    return CannotMeasure(failure, f"exec: {place}: {kind}")
