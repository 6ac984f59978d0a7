"""`net:`: other machines, as far as the gate lets packets through."""

from auditor.canonical import dumps
from auditor.model import Method, Target
from auditor.probing import Exchange
from auditor.transports import Context
from auditor.transports.from_site import FromSite


def access(_target: Target, context: Context) -> "GatedNetwork":
    """Open the network around this machine."""
    return GatedNetwork(context)


class GatedNetwork(FromSite):
    """The scope's gate as a `Network`."""

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
        self._captures.content(f"datagram {host} {port}", dumps(kept))
        return exchange
