"""Cloudflare's speed test endpoints: the way to the nearest edge, over several connections.

Source: cloudflare/speedtest (MIT), its requests only: `__down?bytes=N`, `__up`, `/cdn-cgi/trace`.
No terms were found that allow other programs expressly, so it is used only where somebody opted
in. Requests stay small, because large ones are refused without a false `Referer`; no result is sent
there. Unlike Cloudflare's page this reports the plain rate, not the 90th percentile of requests.
"""

import re
import secrets
from dataclasses import replace

from auditor.internet.transfer import Order, Transfer
from auditor.internet.vocabulary import Direction, MetricClass
from auditor.model import SERVICES, SpeedBackend, SpeedServer, Text
from auditor.transports.speed import Backend, Dial, Terms, Watch
from auditor.transports.speed.fetch import fetched
from auditor.transports.speed.http import must_be_ok, place_of
from auditor.transports.speed.session import HttpSession, connect_trips

SERVICE = f"https://{SERVICES[SpeedBackend.CLOUDFLARE][0]}"
REQUEST_BYTES = 25_000_000
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
        session = HttpSession(order, dial)
        try:
            return _moved(session, watch)
        finally:
            session.close()


def _moved(session: HttpSession, watch: Watch) -> Transfer:
    order, url = session.order, session.order.server.url or SERVICE
    edge = _edge(session, url)
    trips = connect_trips(order, session.dial, place_of(url))
    if order.direction is Direction.DOWN:
        query = f"bytes={REQUEST_BYTES}&r={secrets.token_hex(4)}"
        place = place_of(url, "/__down")
        transfer = session.downloaded(
            watch, [session.pull(place, query) for _ in range(order.connections)]
        )
    else:
        place = place_of(url, "/__up")
        lanes = [
            session.push(place, "", REQUEST_BYTES, adapts=True) for _ in range(order.connections)
        ]
        transfer = session.uploaded(watch, lanes)
    method = "tcp-connect" if trips else ""
    return replace(transfer, server_place=edge, rtt_idle_ms=trips, rtt_method=method)


def _edge(session: HttpSession, url: str) -> str:
    """Ask which edge answers, by the code of its airport ("HAN"). Raises `NoSample`."""
    head, body = fetched(
        place_of(url, "/cdn-cgi/trace"),
        session.dial,
        ip_version=session.order.ip_version,
        ca_file=session.order.server.ca_file,
    )
    must_be_ok(head, "trace")
    told = _EDGE.search(body.decode("latin-1"))
    return told[1] if told else ""
