"""The connections of one transfer over HTTP: opened, driven, counted, closed."""

import ssl
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, Transfer
from auditor.internet.vocabulary import CountedAt
from auditor.transports.speed import Connection, Dial, Watch, tcpinfo
from auditor.transports.speed.http import Place, request
from auditor.transports.speed.lanes import PullLane, PushLane
from auditor.transports.speed.pings import PingLane
from auditor.transports.speed.pump import Pump, Pumped
from auditor.transports.speed.wire import Lane

CONNECT_S = 5.0
_PROBES, _PROBE_S = 5, 0.1
_RECORD = 16384
_TLS13, _TLS12 = 22, 29
"""What a record adds to its payload: header, tag, and type (1.3) or nonce (1.2, AES-GCM)."""


class HttpSession:
    """One transfer and the connections that it opened."""

    def __init__(self, order: Order, dial: Dial) -> None:
        """Open nothing yet."""
        self.order = order
        self.dial = dial
        self.opened: list[Connection] = []
        self._tls = ""
        self._peer: tuple[str, int] = ("", 0)
        self._local = ""

    def close(self) -> None:
        """Close everything."""
        for connection in self.opened:
            connection.close()

    def open(self, place: Place) -> Connection:
        """Connect without blocking later. Raises `NoSample`."""
        connection = self.dial.tcp(
            place.host, place.port, ip_version=self.order.ip_version, timeout_s=CONNECT_S
        )
        if place.tls:
            connection = self.dial.tls(connection, place.host, self.order.server.ca_file)
            self._tls = described(connection)
        self._peer, self._local = connection.getpeername()[:2], connection.getsockname()[0]
        connection.settimeout(0)
        self.opened = [item for item in self.opened if item.fileno() >= 0] + [connection]
        return connection

    def pull(self, place: Place, query: str) -> PullLane:
        """Connect for downloads. Raises `NoSample`."""
        return PullLane(lambda: self.open(place), request("GET", place, query), "download")

    def push(self, place: Place, query: str, size: int, *, adapts: bool) -> PushLane:
        """Connect for uploads of bodies of at most `size` bytes. Raises `NoSample`."""

        def head_of(length: int) -> bytes:
            return request("POST", place, query, length=length)

        return PushLane(lambda: self.open(place), head_of, size, adapts=adapts)

    def downloaded(
        self, watch: Watch, lanes: Sequence[PullLane], ping: PingLane | None = None
    ) -> Transfer:
        """Download until the window ends. Raises `NoSample`."""
        return self._transfer(Pump(self.order, watch, lanes, ping).run(), lanes, ping)

    def uploaded(
        self, watch: Watch, lanes: Sequence[PushLane], ping: PingLane | None = None
    ) -> Transfer:
        """Upload until the window ends; counted by acknowledgements or answers. Raises."""
        has_acks = tcpinfo.acked(lanes[0].connection) is not None
        share = self._payload_share()

        def second() -> int:
            if has_acks:  # never more than was handed to the kernel
                return sum(min(round(lane.acked * share), lane.payload) for lane in lanes)
            return sum(lane.answered for lane in lanes)

        seen = Pump(self.order, watch, lanes, ping, second).run()
        transfer = self._transfer(seen, lanes, ping)
        if seen.other[-1] <= seen.other[0]:
            flags = transfer.flags | {Flag.UPLOAD_CLIENT_COUNT}
            return replace(transfer, counted_at=CountedAt.CLIENT, flags=flags)
        grown = tuple(value - seen.other[0] for value in seen.other)
        counts = Counts(tuple(seen.t_ms), tuple(accumulate(grown, max)))
        counted_at = CountedAt.ACKED if has_acks else CountedAt.ANSWERED
        return replace(transfer, counts=counts, counted_at=counted_at)

    def _payload_share(self) -> float:
        """Return which part of a connection's bytes is payload; heads of requests are nothing."""
        if not self._tls:
            return 1.0
        return _RECORD / (_RECORD + (_TLS13 if self._tls.startswith("TLSv1.3") else _TLS12))

    def _transfer(self, seen: Pumped, lanes: Sequence[Lane], ping: PingLane | None) -> Transfer:
        counts = seen.counts
        return Transfer(
            direction=self.order.direction,
            counts=counts,
            client=counts,
            counted_at=CountedAt.RECEIVER,
            connections=len(lanes),
            server_ip=self._peer[0],
            server_port=self._peer[1],
            local_ip=self._local,
            tls=self._tls,
            rtt_loaded_ms=tuple(ping.trips_ms[seen.trips_before :]) if ping else (),
            tcp=tcpinfo.facts(lane.connection for lane in lanes),
            flags=frozenset(seen.flags),
        )


def described(connection: Connection) -> str:
    """Name the protocol and the cipher of a TLS connection; "" of another."""
    if not isinstance(connection, ssl.SSLSocket):
        return ""
    cipher = connection.cipher()
    return f"{connection.version()} {cipher[0] if cipher else ''}".strip()


def connect_trips(order: Order, dial: Dial, place: Place) -> tuple[float, ...]:
    """Time a few connects before the load, in ms. Raises `NoSample`."""
    trips = []
    for _ in range(min(_PROBES, order.idle_probes)):
        began = time.monotonic()
        dial.tcp(place.host, place.port, ip_version=order.ip_version, timeout_s=CONNECT_S).close()
        trips.append(round((time.monotonic() - began) * 1000, 3))
        time.sleep(_PROBE_S)
    return tuple(trips)
