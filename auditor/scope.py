"""Where packets may go: the one place that decides, and the only one that hands out sockets."""

import errno
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Lock
from typing import NamedTuple
from zoneinfo import ZoneInfo

from auditor import guard
from auditor.addresses import (
    Address,
    Network,
    is_for_many,
    is_public,
    own_addresses,
    plain,
)
from auditor.errors import CannotMeasure
from auditor.model import Authorisation, Failure, Method, Scope, TimeWindow, Weekday
from auditor.probing import Exchange

LARGEST_DATAGRAM = 65535
_DAYS = tuple(Weekday)


def utc_now() -> datetime:
    """Return the time now, aware, in UTC."""
    return datetime.now(UTC)


def system_resolver(name: str) -> tuple[Address, ...]:
    """Ask this machine's resolver. Raises `OSError` when it has no answer."""
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))


class Bucket:
    """A token bucket for all threads: `per_second` packets, of which at most a second's at once."""

    def __init__(
        self,
        per_second: int,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start full."""
        self._rate = float(per_second)
        self._clock = clock
        self._wait = wait
        self._lock = Lock()
        self._tokens = self._rate
        self._at = clock()

    def take(self) -> None:
        """Take one token, waiting for it if there is none. Tokens may be owed, never lost."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= 1
            owed_s = -self._tokens / self._rate
        if owed_s > 0:
            self._wait(owed_s)


@dataclass(frozen=True)
class Surroundings:
    """What a gate asks of the world; tests choose another day, resolver or machine."""

    now: Callable[[], datetime] = utc_now
    resolve: Callable[[str], tuple[Address, ...]] = system_resolver
    own: Callable[[], frozenset[Address]] = own_addresses


class _Errand(NamedTuple):
    """One wish to reach a port."""

    host: str
    port: int
    method: Method
    timeout_s: float


class Gate:
    """A scope made executable.

    This machine (loopback and its own addresses) is always allowed. Anything else needs an
    authorisation in force, inside its hours, for this method; the address inside the networks and
    outside the exclusions; and, if public, inside a network with a proof of ownership. A name must
    be listed and *every* address it resolves to must pass: names are resolved once, here, by this
    machine's own resolver, which is the one packet that a listed name may cost outside the scope.
    """

    def __init__(
        self,
        scope: Scope,
        timezone: str,
        surroundings: Surroundings | None = None,
        bucket: Bucket | None = None,
    ) -> None:
        """Compile the scope. All threads of a run share one gate and thereby one bucket.

        Raises `ValueError` for a scope that `auditor.scope_rules.refusals` would have refused.
        """
        self._authorisation = scope.authorisation
        self._windows = scope.windows
        self._names = frozenset(name.lower() for name in scope.names)
        self._networks = tuple(ip_network(text) for text in scope.networks)
        self._exclusions = tuple(ip_network(text) for text in scope.exclusions)
        self._owned = tuple(ip_network(proof.network) for proof in scope.ownership)
        self._zone = ZoneInfo(timezone)
        self._world = surroundings or Surroundings()
        self._bucket = bucket or Bucket(scope.packets_per_second)

    def allow(self, host: str, method: Method) -> tuple[Address, ...]:
        """Return the addresses of `host`, all of them allowed for `method`.

        Raises `CannotMeasure` with `not_authorised` (no letter, expired, wrong hour, wrong method),
        `out_of_scope` (address or name not allowed) or `unreachable` (name unknown).
        """
        addresses = self._addresses(host, method)
        for address in addresses:
            self._judge(address, host, method)
        return addresses

    def connect(self, host: str, port: int, method: Method, timeout_s: float) -> socket.socket:
        """Open a TCP connection to the first address of `host` that answers. Raises."""
        errand = _Errand(host, port, method, timeout_s)
        failure = CannotMeasure(Failure.UNREACHABLE, f"{host}: no address")
        for address in self.allow(host, method):
            opened = self._opened(socket.SOCK_STREAM, address, errand)
            if isinstance(opened, socket.socket):
                return opened
            failure = opened
        raise failure

    def exchange(
        self, host: str, port: int, method: Method, payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Send one UDP datagram and wait for one answer from the same address and port. Raises."""
        errand = _Errand(host, port, method, timeout_s)
        opened = self._opened(socket.SOCK_DGRAM, self.allow(host, method)[0], errand)
        if isinstance(opened, CannotMeasure):
            raise opened
        with opened:
            try:
                sent_at = time.time()
                opened.send(payload)
                answer = opened.recv(LARGEST_DATAGRAM)
                return Exchange(answer, sent_at, received_at=time.time())
            except OSError as error:
                raise _failed(error, errand) from error

    def _addresses(self, host: str, method: Method) -> tuple[Address, ...]:
        try:
            return (plain(ip_address(host)),)
        except ValueError:
            pass  # no address, so a name
        if host.lower() == "localhost":  # RFC 6761: never asked of a resolver
            return (IPv4Address("127.0.0.1"), IPv6Address("::1"))
        self._in_force(host, method)
        if host.lower() not in self._names:
            raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{host}: not among the scope's names")
        try:
            with guard.through(self):
                found = self._world.resolve(host)
        except (OSError, UnicodeError) as error:
            raise CannotMeasure(Failure.UNREACHABLE, f"{host}: {error}") from error
        if not found:
            raise CannotMeasure(Failure.UNREACHABLE, f"{host}: no address")
        return tuple(plain(address) for address in found)

    def _judge(self, address: Address, host: str, method: Method) -> None:
        bare = ip_address(str(address).partition("%")[0])
        if bare.is_loopback or bare in self._world.own():
            return
        self._in_force(host, method)
        who = host if str(address) == host else f"{host} ({address})"
        if any(_holds(network, bare) for network in self._exclusions):
            raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{who}: excluded by the scope")
        holding = [network for network in self._networks if _holds(network, bare)]
        if not holding:
            raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{who}: not in the scope's networks")
        if is_for_many(bare, holding):
            raise CannotMeasure(
                Failure.OUT_OF_SCOPE,
                f"{who}: reaches many or no machines, and the scope does not name it by itself",
            )
        if is_public(bare) and not any(_holds(network, bare) for network in self._owned):
            raise CannotMeasure(
                Failure.OUT_OF_SCOPE, f"{who}: public address without proof of ownership"
            )

    def _in_force(self, host: str, method: Method) -> None:
        letter = self._authorisation
        if letter is None:
            raise CannotMeasure(
                Failure.NOT_AUTHORISED, f"{host}: no authorisation for anything but this machine"
            )
        if problem := self._not_in_force(letter, method):
            raise CannotMeasure(
                Failure.NOT_AUTHORISED, f"{host}: authorisation {letter.number} {problem}"
            )

    def _not_in_force(self, letter: Authorisation, method: Method) -> str:
        local = self._world.now().astimezone(self._zone)
        if local.date() < letter.issued_on:
            return f"is not yet issued (issued on {letter.issued_on})"
        if local.date() > letter.expires_on:
            return f"has expired (on {letter.expires_on})"
        if method not in letter.methods:
            return f"does not allow {method}"
        if self._windows and not any(_open(window, local) for window in self._windows):
            return f"does not allow traffic now ({local:%a %H:%M} {self._zone.key})"
        return ""

    def _opened(
        self, kind: socket.SocketKind, address: Address, errand: _Errand
    ) -> socket.socket | CannotMeasure:
        self._bucket.take()
        # waiting for the token may have closed the window
        self._judge(address, errand.host, errand.method)
        family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
        opened = socket.socket(family, kind)
        opened.settimeout(errand.timeout_s)
        try:
            with guard.through(self):
                opened.connect(_place(address, errand.port))
        except OSError as error:
            opened.close()
            return _failed(error, errand)
        except CannotMeasure:
            opened.close()
            raise
        return opened


def _place(address: Address, port: int) -> tuple[str | int, ...]:
    """Return what `connect` takes; the zone of a link-local address is a number of its own."""
    if isinstance(address, IPv6Address) and address.scope_id:
        bare = str(address).partition("%")[0]
        return (bare, port, 0, socket.if_nametoindex(address.scope_id))
    return (str(address), port)


def _holds(network: Network, address: Address) -> bool:
    return network.version == address.version and address in network


def _open(window: TimeWindow, local: datetime) -> bool:
    """HH:MM compare as text; "24:00" is later than any time of the day."""
    return _DAYS[local.weekday()] in window.days and window.start <= f"{local:%H:%M}" < window.end


def _failed(error: OSError, errand: _Errand) -> CannotMeasure:
    host = f"[{errand.host}]" if ":" in errand.host else errand.host
    place = f"{host}:{errand.port}"
    if isinstance(error, TimeoutError):
        return CannotMeasure(Failure.TIMEOUT, f"{place}: no answer")
    if isinstance(error, (ConnectionRefusedError, ConnectionResetError)):
        return CannotMeasure(Failure.REFUSED, f"{place}: {error.strerror}")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return CannotMeasure(Failure.PERMISSION_DENIED, f"{place}: {error.strerror}")
    return CannotMeasure(Failure.UNREACHABLE, f"{place}: {error.strerror or error}")
