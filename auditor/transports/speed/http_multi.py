"""Several HTTP connections at once to a server with LibreSpeed's paths.

The server may be any LibreSpeed or OpenSpeedTest installation that the centre may use, or the
tool's own (`audit serve-speed`), which also tells how many bytes of an upload it received.
"""

import json
import secrets
import ssl
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, Transfer
from auditor.internet.vocabulary import CountedAt, Direction, MetricClass
from auditor.model import SpeedBackend, SpeedServer
from auditor.transports.speed import Backend, Connection, Dial, Watch, tcpinfo
from auditor.transports.speed.http import Place, place_of, request
from auditor.transports.speed.lanes import PullLane, PushLane
from auditor.transports.speed.pings import PingLane
from auditor.transports.speed.pump import Pump, Pumped
from auditor.transports.speed.wire import Broken, Lane

HOME = "VN"
CONNECT_S = 5.0
FAR_MS = 60.0
MORE_CONNECTIONS = 8
"""Beyond this round trip so many connections are the least (bandwidth.md, 3.2)."""

_TOLD_SHARE = 0.9
_PROBE_S = 0.05
_CHUNK_MIB = 1024
_BODY = 20_000_000
_ENDLESS_BODY = 1 << 40
_RECORD = 16384
_TLS13, _TLS12 = 22, 29
"""What a record adds to its payload: header, tag, and type (1.3) or nonce (1.2, AES-GCM)."""


def backend() -> Backend:
    """Return this backend."""
    return HttpMulti()


class HttpMulti:
    """See the module."""

    id = SpeedBackend.HTTP_MULTI
    version = 1
    terms = None

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Capacity; domestic only if somebody says that the server stands in Viet Nam."""
        at_home = (country or server.country).upper() == HOME
        return MetricClass.CAPACITY_DOMESTIC if at_home else MetricClass.CAPACITY_INTERNATIONAL

    def run(self, order: Order, dial: Dial, watch: Watch) -> Transfer:
        """Measure one direction. Raises `NoSample`."""
        session = _Session(order, dial)
        try:
            return session.run(watch)
        except Broken as error:
            raise _no_sample(error) from error
        finally:
            session.close()


def _no_sample(error: Broken) -> NoSample:
    """Name what broke before any payload had come."""
    cause = Cause.STALLED if isinstance(error.__cause__, TimeoutError) else Cause.SERVER_REJECTED
    return NoSample(cause, str(error))


@dataclass(slots=True)
class _Received:
    """What the receiver of an upload says it has, by its own clock."""

    t_ms: list[int] = field(default_factory=lambda: [0])
    payload: list[int] = field(default_factory=lambda: [0])
    tells: bool = False

    def heard(self, answer: bytes) -> None:
        """Take an answer; whatever is no rising count is ignored."""
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            return
        t_ms, payload = (
            (said.get("t_ms"), said.get("payload_bytes"))
            if isinstance(said, dict)
            else (None, None)
        )
        if type(t_ms) is not int or type(payload) is not int:
            return
        self.tells = True
        if self.t_ms[-1] < t_ms and self.payload[-1] <= payload:
            self.t_ms.append(t_ms)
            self.payload.append(payload)


class _Session:
    """One transfer and the connections that it opened."""

    def __init__(self, order: Order, dial: Dial) -> None:
        self._order = order
        self._dial = dial
        self._opened: list[Connection] = []
        self._received = _Received()
        self._token = secrets.token_hex(8)
        self._tls = ""
        self._peer: tuple[str, int] = ("", 0)
        self._local = ""

    def run(self, watch: Watch) -> Transfer:
        ping = self._idle()
        idle = tuple(ping.trips_ms)
        ping.trips_ms.clear()
        order = self._order
        if idle and statistics.median(idle) > FAR_MS:
            order = replace(order, connections=max(order.connections, MORE_CONNECTIONS))
        if order.direction is Direction.DOWN:
            lanes = [self._pull() for _ in range(order.connections)]
            seen = Pump(order, watch, lanes, ping).run()
            return self._transfer(order, lanes, seen, idle, ping)
        pushing = [self._push() for _ in range(order.connections)]
        acks = tcpinfo.acked(pushing[0].connection) is not None
        share = self._payload_share()
        other: Callable[[], int] = (
            (lambda: _acked(pushing, share))
            if acks
            else (lambda: sum(lane.answered for lane in pushing))
        )
        seen = Pump(order, watch, pushing, ping, other).run()
        transfer = self._transfer(order, pushing, seen, idle, ping)
        return self._upload(transfer, seen, CountedAt.ACKED if acks else CountedAt.ANSWERED)

    def _payload_share(self) -> float:
        """Return which part of a connection's bytes is payload; heads of requests are nothing."""
        if not self._tls:
            return 1.0
        return _RECORD / (_RECORD + (_TLS13 if self._tls.startswith("TLSv1.3") else _TLS12))

    def close(self) -> None:
        for connection in self._opened:
            connection.close()

    def _idle(self) -> PingLane:
        """Time round trips before the load; the first shows whether this is the right server."""
        server = self._order.server
        up = self._order.direction is Direction.UP
        place = place_of(server.url, server.upload_path if up else server.ping_path)
        query = f"count={self._token}" if up else f"r={self._token}"
        lane = PingLane(
            lambda: self._open(place), request("GET", place, query), self._received.heard
        )
        space = memoryview(bytearray(8192))
        for _ in range(max(1, self._order.idle_probes)):
            before = len(lane.trips_ms)
            lane.connection.settimeout(CONNECT_S)
            lane.ask()
            for _piece in range(64):
                lane.serve(space)
                if len(lane.trips_ms) > before:
                    break
            else:
                raise NoSample(Cause.PROTOCOL_ERROR, "latency: an answer in too many pieces")
            time.sleep(_PROBE_S)
        lane.connection.settimeout(0)
        return lane

    def _pull(self) -> PullLane:
        place = place_of(self._order.server.url, self._order.server.download_path)
        wanted = request("GET", place, f"ckSize={_CHUNK_MIB}&r={secrets.token_hex(4)}")
        return PullLane(lambda: self._open(place), wanted, "download")

    def _push(self) -> PushLane:
        place = place_of(self._order.server.url, self._order.server.upload_path)
        counts = self._received.tells
        query = f"count={self._token}" if counts else f"r={self._token}"

        def head_of(length: int) -> bytes:
            return request("POST", place, query, length=length)

        def opened() -> Connection:
            return self._open(place)

        if counts:
            return PushLane(opened, head_of, _ENDLESS_BODY)
        return PushLane(opened, head_of, _BODY, adapts=not tcpinfo.info(self._opened[0]))

    def _open(self, place: Place) -> Connection:
        connection = self._dial.tcp(
            place.host, place.port, ip_version=self._order.ip_version, timeout_s=CONNECT_S
        )
        if place.tls:
            connection = self._dial.tls(connection, place.host, self._order.server.ca_file)
            if isinstance(connection, ssl.SSLSocket):
                self._tls = described(connection)
        self._peer, self._local = connection.getpeername()[:2], connection.getsockname()[0]
        connection.settimeout(0)
        self._opened = [item for item in self._opened if item.fileno() >= 0] + [connection]
        return connection

    def _transfer(
        self,
        order: Order,
        lanes: Sequence[Lane],
        seen: Pumped,
        idle: tuple[float, ...],
        ping: PingLane,
    ) -> Transfer:
        counts = seen.counts
        return Transfer(
            direction=order.direction,
            counts=counts,
            client=counts,
            counted_at=CountedAt.RECEIVER,
            connections=order.connections,
            server_ip=self._peer[0],
            server_port=self._peer[1],
            local_ip=self._local,
            tls=self._tls,
            rtt_idle_ms=idle,
            rtt_loaded_ms=tuple(ping.trips_ms[seen.trips_before :]),
            rtt_method="http-get-keepalive",
            tcp=tcpinfo.facts(lane.connection for lane in lanes),
            flags=frozenset(seen.flags),
        )

    def _upload(self, transfer: Transfer, seen: Pumped, second: CountedAt) -> Transfer:
        """Choose the best count of an upload."""
        told = self._received
        if told.payload[-1] > 0 and told.t_ms[-1] >= _TOLD_SHARE * seen.t_ms[-1]:
            counts = Counts(tuple(told.t_ms), tuple(told.payload))
            return replace(transfer, counts=counts, counted_at=CountedAt.RECEIVER)
        if seen.other[-1] > seen.other[0]:
            grown = tuple(value - seen.other[0] for value in seen.other)
            counts = Counts(tuple(seen.t_ms), tuple(accumulate(grown, max)))
            return replace(transfer, counts=counts, counted_at=second)
        flags = transfer.flags | {Flag.UPLOAD_CLIENT_COUNT}
        return replace(transfer, counted_at=CountedAt.CLIENT, flags=flags)


def _acked(lanes: Sequence[PushLane], share: float) -> int:
    """Return the payload that was acknowledged: never more than was handed to the kernel."""
    return sum(min(round(lane.acked * share), lane.payload) for lane in lanes)


def described(connection: ssl.SSLSocket) -> str:
    """Name the protocol and the cipher of a TLS connection."""
    cipher = connection.cipher()
    return f"{connection.version()} {cipher[0] if cipher else ''}".strip()
