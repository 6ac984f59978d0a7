"""Columns and values that rows of visits share."""

from collections.abc import Mapping

from auditor.model import Hides, Value
from auditor.probing import Column
from auditor.web.visit import Visit

COLUMNS = (
    Column("trouble", str, "Why the visit that counts went no further", hides=Hides.NOTHING),
    Column("detail", str, "What was seen then; comes from outside", hides=Hides.TEXT),
    Column("status", int, "HTTP status of the last answer"),
    Column("address", str, "IP address that was spoken to last", hides=Hides.ADDRESS),
    Column("ip_version", int, "4 or 6"),
    Column("dns_ms", float, "Until the name was resolved, first address"),
    Column("tcp_ms", float, "Until the connection stood"),
    Column("tls_ms", float, "Until TLS stood"),
    Column("first_byte_ms", float, "From the request to the first byte of the answer"),
    Column(
        "tls_version",
        str,
        "1.2 or 1.3; older only where nothing newer is spoken",
        hides=Hides.TEXT,
    ),
    Column("cert_days_left", int, "Days until the first address's certificate ends"),
    Column("cert_issuer", str, "Who issued it, as it says", hides=Hides.TEXT),
    Column("checked_at", str, "When the visit that counts began", hides=Hides.NOTHING),
)
_LONGEST = 300


def values(visit: Visit) -> Mapping[str, Value]:
    """Return the values of `COLUMNS`.

    Phases and certificate are those of the address that was named, not of where it leads to.
    """
    first = visit.hops[0] if visit.hops else None
    last = visit.last
    tls = first.tls if first else None
    return {
        "trouble": visit.trouble.value if visit.trouble else None,
        "detail": visit.detail[:_LONGEST] or None,
        "status": visit.status,
        "address": last.address if last else None,
        "ip_version": last.ip_version if last else None,
        "dns_ms": first.dns_ms if first else None,
        "tcp_ms": first.tcp_ms if first else None,
        "tls_ms": first.tls_ms if first else None,
        "first_byte_ms": first.first_byte_ms if first else None,
        "tls_version": _number(tls.version) if tls else None,
        "cert_days_left": tls.days_left if tls else None,
        "cert_issuer": tls.issuer if tls else None,
        "checked_at": visit.started_at,
    }


def _number(version: str) -> str | None:
    """Write "TLSv1.2" as 1.2 and "TLSv1" as 1.0."""
    number = version.removeprefix("TLSv")
    return f"{number}.0" if len(number) == 1 else number or None
