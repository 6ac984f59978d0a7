"""Where packets may go: the one place that decides, and the only one that hands out sockets."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from auditor import counted, guard
from auditor.addresses import Address, is_for_many, is_public, plain, unzoned
from auditor.authority import NO_LETTER, refusal
from auditor.bucket import Bucket
from auditor.endpoints import failure_of, family, place_of, unhurried
from auditor.errors import CannotMeasure
from auditor.links import own_addresses
from auditor.model import Failure, Method, Scope
from auditor.probing import Exchange
from auditor.scope_listing import is_service

LARGEST_DATAGRAM = 65535
Connection = socket.socket  # what the gate hands out; others may hold one and never make one
Sent = TypeVar("Sent")


def utc_now() -> datetime:
    """Return the time now, aware, in UTC."""
    return datetime.now(UTC)


def system_resolver(name: str) -> tuple[Address, ...]:
    """Ask this machine's resolver. Raises `OSError` when it has no answer."""
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))


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
    outside the exclusions; and, if public, inside a network with a proof of ownership. For a speed
    test and for access to platforms, and for nothing else, a public address is allowed as that of a
    service listed for that method.
    The rate holds for all packets that the tool causes, ends of handshakes and acknowledgements
    included, as far as they can be foreseen; only a speed test, once connected, is as fast as it
    can be.
    A name must be listed and *every* address it resolves to must pass: names are resolved here, by
    this machine's own resolver: the one packet that a listed name may cost outside the scope.
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
        self._services = {
            Method.SPEED_TEST: scope.speed_servers,
            Method.PLATFORM_ACCESS: scope.services,
        }
        self._allowed: dict[tuple[str, Method], frozenset[Address]] = {}

    def now(self) -> datetime:
        """Return the time by which the authorisation is judged, aware."""
        return self._world.now()

    def allow(self, host: str, method: Method) -> tuple[Address, ...]:
        """Return the addresses of `host`, all of them allowed for `method`.

        Raises `CannotMeasure` with `not_authorised` (no letter, expired, wrong hour, wrong method),
        `out_of_scope` (address or name not allowed) or `unreachable` (name unknown).
        """
        addresses = self._addresses(host, method)
        for address in addresses:
            self._judge(address, host, method)
        self._allowed[host, method] = frozenset(addresses)
        return addresses

    def connect(
        self,
        host: str,
        port: int,
        method: Method,
        timeout_s: float,
        candidates: tuple[Address, ...] = (),
    ) -> socket.socket:
        """Open a TCP connection to the first address of `host` that answers. Raises.

        With `candidates`, some of what `allow` returned for both, no name is resolved again.
        """
        errand = _Errand(host, port, method, timeout_s)
        failure = CannotMeasure(Failure.UNREACHABLE, f"{host}: no address")
        known = self._allowed.get((host, method), frozenset()).issuperset(candidates)
        for address in (candidates if known else ()) or self.allow(host, method):
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
                return Exchange(payload, answer, sent_at, received_at=time.time())
            except OSError as error:
                raise failure_of(error, errand.host, errand.port) from error

    @property
    def packets_per_second(self) -> int:
        """The authorised rate."""
        return self._bucket.per_second

    def covers(self, address: Address, method: Method) -> bool:
        """Whether an address is inside the scope. Raises `CannotMeasure`, `not_authorised`."""
        try:
            self._judge(plain(address), str(address), method)
        except CannotMeasure as refusal:
            if refusal.failure is Failure.OUT_OF_SCOPE:
                return False
            raise
        return True

    def send(
        self, address: Address, method: Method, act: Callable[[], Sent], *, packets: int = 1
    ) -> Sent:
        """Do what sends `packets` packets about `address`, when rate and scope allow it. Raises.

        For `auditor.wires` and the transports: `act` must reach no other address.
        """
        self._bucket.take(packets)
        self._judge(plain(address), str(address), method)
        with guard.through(self, str(address)):
            return act()

    def begin(
        self,
        address: Address,
        port: int,
        method: Method,
        *,
        packets: int = 1,
        kind: socket.SocketKind = socket.SOCK_STREAM,
    ) -> tuple[socket.socket, int]:
        """Begin a connection without waiting; return the socket and what `connect` said.

        Closing it sends a reset, so that nothing lingers on either side. Raises.
        """
        opened = socket.socket(family(address), kind)
        unhurried(opened)
        act = partial(opened.connect_ex, place_of(address, port))
        try:
            return opened, self.send(address, method, act, packets=packets)
        except CannotMeasure:
            opened.close()
            raise

    def spent(self, packets: int) -> None:
        """Count packets that the system sent by itself, such as the end of a handshake."""
        self._bucket.take(packets)

    def _addresses(self, host: str, method: Method) -> tuple[Address, ...]:
        try:
            return (plain(ip_address(host)),)
        except ValueError:
            pass  # no address, so a name
        if host.lower() == "localhost":  # RFC 6761: never asked of a resolver
            return (IPv4Address("127.0.0.1"), IPv6Address("::1"))
        self._in_force(host, method)
        if host.lower() not in self._names and not self._is_service(host, method):
            raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{host}: not among the scope's names")
        try:
            with guard.through(self, host):
                found = self._world.resolve(host)
        except (OSError, UnicodeError) as error:
            raise CannotMeasure(Failure.UNREACHABLE, f"{host}: {error}") from error
        if not found:
            raise CannotMeasure(Failure.UNREACHABLE, f"{host}: no address")
        return tuple(plain(address) for address in found)

    def _judge(self, address: Address, host: str, method: Method) -> None:
        bare = unzoned(address)
        if bare.is_loopback:
            return
        try:
            self._judge_other(bare, address, host, method)
        except CannotMeasure:
            if bare not in self._world.own():  # asked last: it reads all interfaces
                raise

    def _judge_other(self, bare: Address, address: Address, host: str, method: Method) -> None:
        self._in_force(host, method)
        who = host if str(address) == host else f"{host} ({address})"
        if any(bare in network for network in self._exclusions):
            raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{who}: excluded by the scope")
        if self._is_service(host, method) and is_public(bare) and not is_for_many(bare, ()):
            return  # a public service listed for this method; no other method may use it
        holding = [network for network in self._networks if bare in network]
        if not holding:
            raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{who}: not in the scope's networks")
        if is_for_many(bare, holding):
            raise CannotMeasure(
                Failure.OUT_OF_SCOPE,
                f"{who}: reaches many or no machines, and the scope does not name it by itself",
            )
        if bare.is_multicast:  # named by itself, so meant; nobody owns a group
            return
        if is_public(bare) and not any(bare in network for network in self._owned):
            raise CannotMeasure(
                Failure.OUT_OF_SCOPE, f"{who}: public address without proof of ownership"
            )

    def _is_service(self, host: str, method: Method) -> bool:
        return is_service(host, self._services.get(method, ()))

    def _in_force(self, host: str, method: Method) -> None:
        letter = self._authorisation
        if letter is None:
            raise CannotMeasure(Failure.NOT_AUTHORISED, f"{host}: {NO_LETTER}")
        local = self._world.now().astimezone(self._zone)
        if problem := refusal(letter, self._windows, method, local):
            raise CannotMeasure(
                Failure.NOT_AUTHORISED, f"{host}: authorisation {letter.number} {problem}"
            )

    def _opened(
        self, kind: socket.SocketKind, address: Address, errand: _Errand
    ) -> socket.socket | CannotMeasure:
        is_free = errand.method is Method.SPEED_TEST or address.is_loopback
        is_stream = kind is socket.SOCK_STREAM
        self._bucket.take(counted.HANDSHAKE if is_stream and not is_free else 1)
        # waiting for the token may have closed the window
        self._judge(address, errand.host, errand.method)
        opened = counted.opened(family(address), kind, None if is_free else self.spent)
        opened.settimeout(errand.timeout_s)
        try:
            with guard.through(self, str(address)):
                opened.connect(place_of(address, errand.port))
        except (OSError, CannotMeasure) as error:
            opened.close()
            if isinstance(error, CannotMeasure):
                raise
            return failure_of(error, errand.host, errand.port)
        return opened
