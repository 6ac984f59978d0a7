"""Several HTTP connections at once to a server with LibreSpeed's paths.

The server may be any LibreSpeed or OpenSpeedTest installation that the centre may use, or the
tool's own (`audit serve-speed`), which also tells how many bytes of an upload it received.
"""

import json
import secrets
import statistics
import time
from dataclasses import dataclass, field, replace

from auditor.internet.causes import Cause, NoSample
from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, Transfer
from auditor.internet.vocabulary import CountedAt, Direction, MetricClass
from auditor.model import SpeedBackend, SpeedServer
from auditor.transports.speed import Backend, Dial, Watch, tcpinfo
from auditor.transports.speed.echo import METHOD, Echoes, echoed
from auditor.transports.speed.http import place_of, request
from auditor.transports.speed.pings import PingLane
from auditor.transports.speed.session import CONNECT_S, HttpSession
from auditor.transports.speed.wire import Broken

FAR_MS = 60.0
MORE_CONNECTIONS = 8
"""Beyond this round trip so many connections are the least (bandwidth.md, 3.2)."""

_TOLD_SHARE = 0.9
_PROBE_S = 0.05
_CHUNK_MIB = 1024
_BODY = 20_000_000
_ENDLESS_BODY = 1 << 40
_PORTS = 65536
_PER_PROBE = 25
"""Datagrams for each round trip over HTTP: 500 in five seconds."""

_HTTP = "http-get-keepalive"


def backend() -> Backend:
    """Return this backend."""
    return HttpMulti()


class HttpMulti:
    """See the module."""

    id = SpeedBackend.HTTP_MULTI
    version = 1
    terms = None

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Say that it is capacity, and whether it is a domestic one."""
        return MetricClass.capacity(country or server.country)

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
    udp_port: int = 0
    """Where it answers datagrams; 0: nowhere."""

    def heard(self, answer: bytes) -> None:
        """Take an answer; whatever is no rising count is ignored."""
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict):
            return
        t_ms, payload, port = said.get("t_ms"), said.get("payload_bytes"), said.get("udp_port")
        if type(t_ms) is not int or type(payload) is not int:
            return
        self.tells = True
        if type(port) is int and 0 < port < _PORTS:
            self.udp_port = port
        if self.t_ms[-1] < t_ms and self.payload[-1] <= payload:
            self.t_ms.append(t_ms)
            self.payload.append(payload)


class _Session(HttpSession):
    """One transfer, its round trips, and what the receiver says."""

    def __init__(self, order: Order, dial: Dial) -> None:
        super().__init__(order, dial)
        self._received = _Received()
        self._token = secrets.token_hex(8)

    def run(self, watch: Watch) -> Transfer:
        ping = self._idle()
        idle = tuple(ping.trips_ms)
        ping.trips_ms.clear()
        if idle and statistics.median(idle) > FAR_MS:
            connections = max(self.order.connections, MORE_CONNECTIONS)
            self.order = replace(self.order, connections=connections)
        echoes = self._echoes()
        loss = echoes.loss(self.order.direction)
        transfer = self._moved(watch, ping)
        return replace(
            transfer,
            rtt_idle_ms=tuple(echoes.trips_ms) if loss else idle,
            rtt_method=f"{METHOD}, loaded {_HTTP}" if loss else _HTTP,
            loss=loss,
        )

    def _moved(self, watch: Watch, ping: PingLane) -> Transfer:
        server, times = self.order.server, range(self.order.connections)
        if self.order.direction is Direction.DOWN:
            place = place_of(server.url, server.download_path)
            query = f"ckSize={_CHUNK_MIB}&r={secrets.token_hex(4)}"
            return self.downloaded(watch, [self.pull(place, query) for _ in times], ping)
        place, told = place_of(server.url, server.upload_path), self._received
        query = f"count={self._token}"
        size = _ENDLESS_BODY if told.tells else _BODY
        adapts = not told.tells and not tcpinfo.info(self.opened[0])
        lanes = [self.push(place, query, size, adapts=adapts) for _ in times]
        transfer = self.uploaded(watch, lanes, ping)
        if told.payload[-1] <= 0 or told.t_ms[-1] < _TOLD_SHARE * transfer.client.t_ms[-1]:
            return transfer
        counts = Counts(tuple(told.t_ms), tuple(told.payload))
        flags = transfer.flags - {Flag.UPLOAD_CLIENT_COUNT}
        return replace(transfer, counts=counts, counted_at=CountedAt.RECEIVER, flags=flags)

    def _idle(self) -> PingLane:
        """Time round trips before the load; the first shows whether this is the right server."""
        server = self.order.server
        up = self.order.direction is Direction.UP
        place = place_of(server.url, server.upload_path if up else server.ping_path)
        asked = request("GET", place, f"count={self._token}")
        lane = PingLane(lambda: self.open(place), asked, self._received.heard)
        space = memoryview(bytearray(8192))
        for _ in range(max(1, self.order.idle_probes)):
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

    def _echoes(self) -> Echoes:
        """Send datagrams to a server that says it answers them, on the host that it is itself."""
        port = self._received.udp_port
        if not port or not self.order.idle_probes:
            return Echoes([], set())
        host = place_of(self.order.server.url).host
        token, count = bytes.fromhex(self._token), _PER_PROBE * self.order.idle_probes
        return echoed(self.dial, (host, port), self.order.ip_version, token, count)
