"""What is kept of a visit: no secret, no cookie, no query of an address, the body by its digest.

`auditor.pack.stored_web` reads it again.
"""

from dataclasses import replace

from auditor.canonical import sha256
from auditor.web.place import shown
from auditor.web.visit import TlsSeen, Visit

_HIDDEN = "***"


def without(visit: Visit, secret: str) -> Visit:
    """Take a secret out of whatever the server sent it back in."""

    def hidden(text: str) -> str:
        return text.replace(secret, _HIDDEN)

    hops = tuple(
        replace(
            hop,
            url=hidden(hop.url),
            headers={name: hidden(value) for name, value in hop.headers.items()},
        )
        for hop in visit.hops
    )
    body = visit.body.replace(secret.encode(), _HIDDEN.encode())
    return replace(visit, hops=hops, body=body, detail=hidden(visit.detail))


def evidence(visit: Visit) -> dict[str, object]:
    """Return what is kept of a visit."""
    return {
        "url": visit.hops[0].url if visit.hops else shown(visit.call.url),
        "started_at": visit.started_at,
        "has_token": bool(visit.call.token_from),
        "ip_version": visit.call.ip_version,
        "trouble": visit.trouble,
        "detail": visit.detail,
        "body_sha256": sha256(visit.body),
        "body_bytes": len(visit.body),
        "signs": visit.signs._asdict(),
        "hops": [
            {
                "url": hop.url,
                "address": hop.address,
                "ip_version": hop.ip_version,
                "dns_ms": hop.dns_ms,
                "tcp_ms": hop.tcp_ms,
                "tls_ms": hop.tls_ms,
                "first_byte_ms": hop.first_byte_ms,
                "status": hop.status,
                "headers": dict(hop.headers),
                "tls": hop.tls and _kept(hop.tls),
            }
            for hop in visit.hops
        ],
    }


def _kept(tls: TlsSeen) -> dict[str, object]:
    return {
        "version": tls.version,
        "subject": tls.subject,
        "issuer": tls.issuer,
        "ends_at": tls.ends_at,
        "days_left": tls.days_left,
        "fingerprint": tls.fingerprint,
        "problem": tls.problem,
    }
