"""M-Lab's ndt7 (spec v0.11.0): one connection, independent servers, results published for ever.

Without a server of one's own, M-Lab's locate service names the nearest ones. A download is counted
here, an upload by the server. One connection over a long way is no measure of a line's capacity.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, TcpFacts, Transfer
from auditor.internet.vocabulary import CountedAt, Direction, MetricClass, is_home
from auditor.model import SpeedBackend, SpeedServer, Text
from auditor.transports.speed import Backend, Connection, Dial, Terms, Watch, tcpinfo
from auditor.transports.speed.http import Place
from auditor.transports.speed.locate import Found, nearest
from auditor.transports.speed.pump import Pump, Pumped
from auditor.transports.speed.session import CONNECT_S, connect_trips, described
from auditor.transports.speed.streams import DROP
from auditor.transports.speed.websocket import ReadLane, WebSocket, WriteLane

PROTOCOL = "net.measurementlab.ndt.v7"
SPEC_S = 10.0
"""A server ends a test after so long (spec: 10 s, at most 15 s)."""

_SPARE_S = 0.5
_LIMITED = 0.2
"""Share of the time that a buffer was full, from which on it and not the line was the limit."""

_TRY_ANOTHER = frozenset(
    {Cause.CONNECT_FAIL, Cause.DNS_FAIL, Cause.SERVER_BUSY, Cause.SERVER_REJECTED, Cause.TLS_FAIL}
)
_MOST_SERVERS = 2
_MOST_COUNTS = 1000
_FEWEST_COUNTS = 3
_TERMS = Terms(
    Text(
        vi="M-Lab công bố vĩnh viễn địa chỉ IP công cộng của đường truyền và kết quả của từng lần"
        " đo (CC0). Máy chủ gần nhất có thể ở nước ngoài.",
        en="M-Lab publishes the line's public IP address and the result of every test, for ever"
        " (CC0). The nearest server may be abroad.",
    ),
    "https://www.measurementlab.net/privacy/",
)


def backend() -> Backend:
    """Return this backend."""
    return Ndt7()


class Ndt7:
    """See the module."""

    id = SpeedBackend.NDT7
    version = 1
    terms = _TERMS

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Say that it is one flow, and whether it is a domestic one."""
        return MetricClass.single_flow(country or server.country)

    def run(self, order: Order, dial: Dial, watch: Watch) -> Transfer:
        """Measure one direction, at most at two servers in turn. Raises `NoSample`."""
        found = nearest(order, dial)[:_MOST_SERVERS]
        for server in found[:-1]:
            try:
                return _one(order, dial, watch, server)
            except NoSample as error:
                if error.cause not in _TRY_ANOTHER:
                    raise
        return _one(order, dial, watch, found[-1])


def _one(order: Order, dial: Dial, watch: Watch, server: Found) -> Transfer:
    session = _Session(order, dial, server)
    try:
        return session.run(watch)
    finally:
        session.close()


@dataclass(slots=True)
class _Told:
    """What the server said about the test, as far as it makes sense."""

    t_ms: list[int] = field(default_factory=lambda: [0])
    payload: list[int] = field(default_factory=lambda: [0])
    uuid: str = ""
    tcp: Mapping[str, int] = field(default_factory=dict)

    def heard(self, text: str) -> None:
        """Take a Measurement; whatever is none is ignored."""
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict):
            return
        connection, tcp = said.get("ConnectionInfo"), said.get("TCPInfo")
        if isinstance(connection, dict) and isinstance(connection.get("UUID"), str):
            self.uuid = connection["UUID"][:200]
        if isinstance(tcp, dict):
            self.tcp = {
                name: value for name, value in tcp.items() if type(value) is int and value >= 0
            }
        app = said.get("AppInfo")
        if isinstance(app, dict):
            self._count(app.get("ElapsedTime"), app.get("NumBytes"))

    def _count(self, elapsed_us: object, payload: object) -> None:
        if type(elapsed_us) is not int or type(payload) is not int:
            return
        t_ms = round(elapsed_us / 1000)
        is_rising = t_ms > self.t_ms[-1] and payload >= self.payload[-1]
        if is_rising and len(self.t_ms) < _MOST_COUNTS:
            self.t_ms.append(t_ms)
            self.payload.append(payload)

    def ms(self, name: str) -> float | None:
        """Give a time of TCP_INFO, which is in microseconds."""
        value = self.tcp.get(name)
        return None if value is None else round(value / 1000, 3)


class _Session:
    """One test with one server."""

    def __init__(self, order: Order, dial: Dial, server: Found) -> None:
        self._order = order
        self._dial = dial
        self._server = server
        self._told = _Told()
        self._connection: Connection | None = None

    def run(self, watch: Watch) -> Transfer:
        is_down = self._order.direction is Direction.DOWN
        place = self._server.down if is_down else self._server.up
        trips = connect_trips(self._order, self._dial, place)
        self._connection = connection = self._open(place)
        peer, local = connection.getpeername(), connection.getsockname()
        socket = WebSocket(connection, self._told.heard)
        socket.shake_hands(place, PROTOCOL, CONNECT_S)
        connection.settimeout(0)
        if not is_down:
            connection.setsockopt(SOL_SOCKET, SO_LINGER, DROP)
        lane = (ReadLane if is_down else WriteLane)(socket)
        seen = Pump(self._order, watch, [lane]).run()
        if seen.t_ms[-1] >= (SPEC_S - _SPARE_S) * 1000:
            seen.flags.discard(Flag.CUT_SHORT)  # the server ends a test after ten seconds
        own = tcpinfo.facts([connection])
        counts, counted_at = self._counts(seen, is_down=is_down)
        return Transfer(
            direction=self._order.direction,
            counts=counts,
            client=seen.counts,
            counted_at=counted_at,
            connections=1,
            server_ip=peer[0],
            server_port=peer[1],
            local_ip=local[0],
            tls=described(connection),
            server_place=self._server.place,
            server_country=self._server.country,
            server_id=self._told.uuid,
            rtt_idle_ms=trips,
            rtt_method="tcp-connect" if trips else "",
            tcp=self._facts() if is_down else own,
            flags=self._flags(seen, own, is_down=is_down),
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _open(self, place: Place) -> Connection:
        raw = self._dial.tcp(
            place.host, place.port, ip_version=self._order.ip_version, timeout_s=CONNECT_S
        )
        return self._dial.tls(raw, place.host, self._order.server.ca_file) if place.tls else raw

    def _counts(self, seen: Pumped, *, is_down: bool) -> tuple[Counts, CountedAt]:
        """Choose the receiver's count. Raises `NoSample` when the server counted nothing."""
        if is_down:
            return seen.counts, CountedAt.RECEIVER
        told = self._told
        if len(told.t_ms) < _FEWEST_COUNTS:
            raise NoSample(Cause.PROTOCOL_ERROR, "the server did not tell what it received")
        return Counts(tuple(told.t_ms), tuple(told.payload)), CountedAt.RECEIVER

    def _facts(self) -> TcpFacts:
        """Give the sender's view of a download."""
        told = self._told
        return TcpFacts(
            min_rtt_ms=told.ms("MinRTT"),
            srtt_ms=told.ms("RTT"),
            bytes_sent=told.tcp.get("BytesSent"),
            bytes_retrans=told.tcp.get("BytesRetrans"),
            rwnd_limited_ms=told.ms("RWndLimited"),
            sndbuf_limited_ms=told.ms("SndBufLimited"),
        )

    def _flags(self, seen: Pumped, own: TcpFacts, *, is_down: bool) -> frozenset[Flag]:
        flags = set(seen.flags)
        tcp = self._facts() if is_down else own
        limited = max(tcp.rwnd_limited_ms or 0, tcp.sndbuf_limited_ms or 0)
        if limited > _LIMITED * seen.t_ms[-1]:
            flags.add(Flag.SINGLE_FLOW_LIMIT)
        if self._server.is_located and not is_home(self._server.country):
            flags.add(Flag.NO_SERVER_IN_COUNTRY)
        return frozenset(flags)
