"""The way to speed test servers: the scope's gate, and TLS on top of it."""

import errno
import socket
import ssl
import subprocess
from pathlib import Path
from tempfile import TemporaryFile

from auditor import guard
from auditor.addresses import Address
from auditor.errors import CannotMeasure
from auditor.internet.causes import Cause, NoSample
from auditor.model import Failure, Method
from auditor.scope import Gate
from auditor.transports.speed import Connection, Ran

_MOST_OUTPUT = 4 * 1024 * 1024
_NO_WAY = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


class GateDial:
    """A `Dial` through the gate. Relative names of files start at `folder`."""

    def __init__(self, gate: Gate, folder: Path) -> None:
        """Open nothing yet."""
        self._gate = gate
        self._folder = folder
        self._known: dict[tuple[str, int], tuple[Address, ...]] = {}

    def tcp(self, host: str, port: int, *, ip_version: int, timeout_s: float) -> Connection:
        """Connect as `Dial.tcp` says; all connections of this dial go to the same address."""
        key = (host, ip_version)
        try:
            if key not in self._known:
                self._known[key] = self._addresses(host, ip_version)
            connection = self._gate.connect(
                host, port, Method.SPEED_TEST, timeout_s, self._known[key]
            )
        except CannotMeasure as error:
            raise no_sample(error) from error
        reached = connection.getpeername()[0]
        self._known[key] = (
            tuple(address for address in self._known[key] if str(address) == reached)
            or self._known[key]
        )
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _addresses(self, host: str, ip_version: int) -> tuple[Address, ...]:
        allowed = self._gate.allow(host, Method.SPEED_TEST)
        chosen = tuple(address for address in allowed if address.version == ip_version)
        if not chosen:
            raise NoSample(Cause.DNS_FAIL, f"{host}: no IPv{ip_version} address")
        return chosen

    def tls(self, raw: Connection, host: str, ca_file: str) -> Connection:
        """Wrap in TLS as `Dial.tls` says."""
        try:
            context = ssl.create_default_context()
            if ca_file:
                context.load_verify_locations(self._folder / ca_file)
            return context.wrap_socket(raw, server_hostname=host)
        except OSError as error:  # ssl.SSLError is one; so is a missing file
            raw.close()
            raise NoSample(Cause.TLS_FAIL, f"{host}: {error}") from error

    def run(self, command: tuple[str, ...], host: str, *, timeout_s: float) -> Ran:
        """Run a program as `Dial.run` says."""
        try:
            self._gate.allow(host, Method.SPEED_TEST)
        except CannotMeasure as error:
            raise no_sample(error) from error
        with TemporaryFile() as out, TemporaryFile() as err:
            try:
                with guard.on_machine():
                    code = subprocess.run(  # noqa: S603 - programs are named by the backends
                        command,
                        stdin=subprocess.DEVNULL,
                        stdout=out,
                        stderr=err,
                        timeout=timeout_s,
                        check=False,
                    ).returncode
            except FileNotFoundError as error:
                raise NoSample(Cause.TOOL_MISSING, command[0]) from error
            except subprocess.TimeoutExpired as error:
                raise NoSample(Cause.STALLED, f"{command[0]}: no end in {timeout_s:g} s") from error
            out.seek(0)
            err.seek(0)
            return Ran(code, out.read(_MOST_OUTPUT), err.read(_MOST_OUTPUT))


def no_sample(error: CannotMeasure) -> NoSample:
    """Say in the words of a speed test why the gate or the network gave no connection."""
    direct = {
        Failure.OUT_OF_SCOPE: Cause.OUT_OF_SCOPE,
        Failure.NOT_AUTHORISED: Cause.NOT_AUTHORISED,
    }
    if error.failure in direct:
        return NoSample(direct[error.failure], error.detail)
    why = error.__cause__
    if isinstance(why, (socket.gaierror, UnicodeError)):
        return NoSample(Cause.DNS_FAIL, error.detail)
    if isinstance(why, OSError) and why.errno in _NO_WAY:
        return NoSample(Cause.NO_NETWORK, error.detail)
    return NoSample(Cause.CONNECT_FAIL, error.detail)
