"""`net:`: other machines, as far as the gate lets packets through."""

import json

from auditor.model import Capture, Method, Site, Target
from auditor.probing import Exchange
from auditor.transports import Context
from auditor.transports.capturing import Captures


def access(_target: Target, context: Context) -> "GatedNetwork":
    """Open the network around this machine."""
    return GatedNetwork(context)


class GatedNetwork:
    """The scope's gate as a `Network`."""

    def __init__(self, context: Context) -> None:
        """Send nothing yet."""
        self._context = context
        self._captures = Captures(context.keep)

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was kept so far: each datagram with its answer."""
        return self._captures.taken

    @property
    def site(self) -> Site:
        """Where declared servers are named."""
        return self._context.site

    def exchange_datagram(
        self, host: str, port: int, method: Method, payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Send one UDP datagram through the gate; keep both datagrams and their times. Raises."""
        exchange = self._context.gate.exchange(host, port, method, payload, timeout_s=timeout_s)
        kept = {
            "sent_hex": payload.hex(),
            "sent_at": exchange.sent_at,
            "answer_hex": exchange.answer.hex(),
            "received_at": exchange.received_at,
        }
        text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
        self._captures.content(f"datagram {host} {port}", text.encode())
        return exchange

    def close(self) -> None:
        """Nothing is held open."""
