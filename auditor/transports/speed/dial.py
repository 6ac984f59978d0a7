"""The way to speed test servers: the scope's gate, and TLS on top of it."""

import errno
import socket
import ssl
from pathlib import Path

from auditor.addresses import Address
from auditor.errors import CannotMeasure
from auditor.internet.causes import Cause, NoSample
from auditor.model import Failure, Method
from auditor.scope import Gate
from auditor.transports.speed import Connection, Datagrams

_PACE_S = 0.01
_SPARE = 1.1
"""So much more time between datagrams than the authorised rate asks for: none has to wait."""

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

    def udp(self, host: str, port: int, *, ip_version: int) -> Datagrams:
        """Open a way as `Dial.udp` says, to the address that `tcp` reached."""
        key = (host, ip_version)
        try:
            address = (self._known.get(key) or self._addresses(host, ip_version))[0]
            opened, _said = self._gate.begin(
                address, port, Method.SPEED_TEST, packets=0, kind=socket.SOCK_DGRAM
            )
        except CannotMeasure as error:
            raise no_sample(error) from error

        def send(data: bytes) -> None:
            try:
                self._gate.send(address, Method.SPEED_TEST, lambda: opened.send(data))
            except CannotMeasure as error:
                raise no_sample(error) from error
            except OSError:
                return  # not sent, or refused: a packet that does not come back

        return Datagrams(opened, send, max(_PACE_S, _SPARE / self._gate.packets_per_second))

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
