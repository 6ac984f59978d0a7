"""Cloudflare's speed test endpoints: the way to the nearest edge, over several connections.

Source: cloudflare/speedtest (MIT), its requests only: `__down?bytes=N`, `__up`, `/cdn-cgi/trace`.
No terms were found that allow other programs expressly, so it is used only where somebody opted
in. Requests stay small, because large ones are refused without a false `Referer`; no result is sent
there. Unlike Cloudflare's page this reports the plain rate, not the 90th percentile of requests.
"""

import re
import secrets
import ssl
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from auditor.internet.flags import Flag
from auditor.internet.transfer import Counts, Order, Transfer
from auditor.internet.vocabulary import CountedAt, Direction, MetricClass
from auditor.model import SpeedBackend, SpeedServer, Text
from auditor.transports.speed import Backend, Connection, Dial, Terms, Watch, tcpinfo
from auditor.transports.speed.fetch import fetched
from auditor.transports.speed.http import Place, must_be_ok, place_of, request
from auditor.transports.speed.http_multi import described
from auditor.transports.speed.lanes import PullLane, PushLane
from auditor.transports.speed.pump import Pump, Pumped
from auditor.transports.speed.wire import Lane

SERVICE = "https://speed.cloudflare.com"
REQUEST_BYTES = 25_000_000
CONNECT_S = 5.0
_PROBES = 5
_PROBE_S = 0.1
_TLS_SHARE = 16384 / 16406
_EDGE = re.compile(r"(?m)^colo=([A-Z]{3})$")
_TERMS = Terms(
    Text(
        vi="Dịch vụ thương mại của Cloudflare; không tìm thấy điều khoản nào cho phép rõ ràng"
        " chương trình của bên thứ ba. Cloudflare biết địa chỉ IP của đường truyền.",
        en="A commercial service of Cloudflare; no terms were found that expressly allow programs"
        " of third parties. Cloudflare learns the line's IP address.",
    ),
    "https://speed.cloudflare.com/",
)


def backend() -> Backend:
    """Return this backend."""
    return Cloudflare()


class Cloudflare:
    """See the module."""

    id = SpeedBackend.CLOUDFLARE
    version = 1
    terms = _TERMS

    def metric_class(self, server: SpeedServer, country: str) -> MetricClass:
        """Capacity to the edge of one network, wherever that edge stands."""
        del server, country
        return MetricClass.CAPACITY_EDGE

    def run(self, order: Order, dial: Dial, watch: Watch) -> Transfer:
        """Measure one direction. Raises `NoSample`."""
        session = _Session(order, dial)
        try:
            return session.run(watch)
        finally:
            session.close()


class _Session:
    """One transfer and its connections."""

    def __init__(self, order: Order, dial: Dial) -> None:
        self._order = order
        self._dial = dial
        self._opened: list[Connection] = []
        self._url = order.server.url or SERVICE
        self._tls = ""
        self._peer: tuple[str, int] = ("", 0)
        self._local = ""

    def run(self, watch: Watch) -> Transfer:
        edge = self._edge()
        trips = self._trips()
        if self._order.direction is Direction.DOWN:
            lanes = [self._pull() for _ in range(self._order.connections)]
            seen = Pump(self._order, watch, lanes).run()
            transfer = self._transfer(lanes, seen)
        else:
            pushing = [self._push() for _ in range(self._order.connections)]
            has_acks = tcpinfo.acked(pushing[0].connection) is not None
            share = _TLS_SHARE if self._tls else 1.0

            def second() -> int:
                if has_acks:
                    return round(sum(lane.acked for lane in pushing) * share)
                return sum(lane.answered for lane in pushing)

            seen = Pump(self._order, watch, pushing, other=second).run()
            counted_at = CountedAt.ACKED if has_acks else CountedAt.ANSWERED
            transfer = self._upload(self._transfer(pushing, seen), seen, counted_at)
        return replace(
            transfer,
            server_place=edge,
            rtt_idle_ms=trips,
            rtt_method="tcp-connect" if trips else "",
        )

    def close(self) -> None:
        for connection in self._opened:
            connection.close()

    def _edge(self) -> str:
        """Ask which edge answers, by the code of its airport ("HAN"). Raises `NoSample`."""
        head, body = fetched(
            place_of(self._url, "/cdn-cgi/trace"),
            self._dial,
            ip_version=self._order.ip_version,
            ca_file=self._order.server.ca_file,
        )
        must_be_ok(head, "trace")
        told = _EDGE.search(body.decode("latin-1"))
        return told[1] if told else ""

    def _trips(self) -> tuple[float, ...]:
        place, trips = place_of(self._url), []
        for _ in range(min(_PROBES, self._order.idle_probes)):
            began = time.monotonic()
            self._dial.tcp(
                place.host, place.port, ip_version=self._order.ip_version, timeout_s=CONNECT_S
            ).close()
            trips.append(round((time.monotonic() - began) * 1000, 3))
            time.sleep(_PROBE_S)
        return tuple(trips)

    def _pull(self) -> PullLane:
        place = place_of(self._url, "/__down")
        wanted = request("GET", place, f"bytes={REQUEST_BYTES}&r={secrets.token_hex(4)}")
        return PullLane(lambda: self._open(place), wanted, "download")

    def _push(self) -> PushLane:
        place = place_of(self._url, "/__up")

        def head_of(length: int) -> bytes:
            return request("POST", place, length=length)

        return PushLane(lambda: self._open(place), head_of, REQUEST_BYTES, adapts=True)

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
        self._opened.append(connection)
        return connection

    def _transfer(self, lanes: Sequence[Lane], seen: Pumped) -> Transfer:
        counts = seen.counts
        return Transfer(
            direction=self._order.direction,
            counts=counts,
            client=counts,
            counted_at=CountedAt.RECEIVER,
            connections=len(lanes),
            server_ip=self._peer[0],
            server_port=self._peer[1],
            local_ip=self._local,
            tls=self._tls,
            tcp=tcpinfo.facts(lane.connection for lane in lanes),
            flags=frozenset(seen.flags),
        )

    def _upload(self, transfer: Transfer, seen: Pumped, second: CountedAt) -> Transfer:
        if seen.other[-1] > seen.other[0]:
            grown = tuple(value - seen.other[0] for value in seen.other)
            counts = Counts(tuple(seen.t_ms), tuple(accumulate(grown, max)))
            return replace(transfer, counts=counts, counted_at=second)
        flags = transfer.flags | {Flag.UPLOAD_CLIENT_COUNT}
        return replace(transfer, counted_at=CountedAt.CLIENT, flags=flags)
