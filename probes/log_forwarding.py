"""Forwarding of logs."""

from collections.abc import Iterator

from auditor.addresses import address_of
from auditor.detection import truth
from auditor.detection.servers import Server, is_loopback, parse_server, same_address
from auditor.model import Hides, Measured, Row
from auditor.model.product_findings import ProductFinding
from auditor.model.products import Role, Topic
from auditor.probing import Column, HostFacts, probe
from auditor.sections.rights import lacking

_REPORTS = (Topic.RUNNING, Topic.MANAGED)
_COLUMNS = (
    Column(
        "product",
        str,
        "Id in the product catalogue; null: the rest of the catalogue",
        hides=Hides.NOTHING,
    ),
    Column("name", str, "Name of the product", hides=Hides.NOTHING),
    Column("version", str, "Version", hides=Hides.TEXT),
    Column(
        "receiver", str, "Host that the configuration names; null: none was read", hides=Hides.HOST
    ),
    Column("port", int, "Port there"),
    Column("protocol", str, "tcp or udp, if the configuration says", hides=Hides.NOTHING),
    Column("is_forwarding", bool, "A live connection to this receiver was seen; UDP proves none"),
    Column("running", str, "Is the forwarder alive: yes, no, unknown", hides=Hides.NOTHING),
    Column(
        "grade",
        str,
        "R0 installed, R1 running, R2 server configured, R3 live link seen",
        hides=Hides.NOTHING,
    ),
    Column(
        "last_success_at", str, "When it last succeeded, as it wrote itself", hides=Hides.NOTHING
    ),
    Column("reasons", tuple, "Why not, or why not known: product: axis: code", hides=Hides.TEXT),
    Column("questions", tuple, "What a person should look at, as codes", hides=Hides.TEXT),
    Column("evidence", tuple, "What each answer rests on: axis: place: excerpt", hides=Hides.TEXT),
)


@probe(*_COLUMNS)
def log_forwarding(host: HostFacts) -> Measured:
    """Where a machine sends its logs, and whether a connection proves it.

    One row for each receiver that a forwarder's configuration names, one for a forwarder without;
    one without product where there is none or where the account could not see all.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    mine = truth.of_roles(host.findings, Role.LOG_FORWARDING)
    rows = [row for item in truth.found(mine) for row in _rows(item)]
    names = [column.name for column in _COLUMNS]
    why = {"reasons": truth.why_open(mine)}
    whole = True if any(row["is_forwarding"] for row in rows) else truth.any_holds(mine, *_REPORTS)
    return Measured(
        rows=truth.with_rest(rows, names, "is_forwarding", whole=whole, why=why),
        limitations=lacking(host.collection),
    )


def _rows(finding: ProductFinding) -> Iterator[Row]:
    at = finding.last_success_at
    common: Row = {
        "product": finding.product,
        "name": finding.name,
        "version": finding.version or None,
        "running": str(finding.answer(Topic.RUNNING)),
        "grade": str(finding.grade) if finding.grade else None,
        "last_success_at": at.isoformat() if at else None,
        "reasons": truth.reasons((finding,), *_REPORTS),
        "questions": finding.questions,
        "evidence": tuple(str(fact) for fact in finding.evidence),
    }
    receivers = _named(finding, Topic.SERVER)
    others = [server for server in receivers if not is_loopback(server.host)]
    for server in receivers:
        yield {
            **common,
            "receiver": server.host,
            "port": server.port,
            "protocol": server.scheme if server.scheme in {"tcp", "udp"} else None,
            "is_forwarding": _is_forwarding(finding, server, is_only=others == [server]),
        }
    if not receivers:
        proven = truth.holds(finding, *_REPORTS)
        forwards = None if proven else proven  # a link to nobody knows whom is no proof
        nowhere = {"receiver": None, "port": None, "protocol": None, "is_forwarding": forwards}
        yield {**common, **nowhere}


def _is_forwarding(finding: ProductFinding, server: Server, *, is_only: bool) -> bool | None:
    """Say whether logs go to one receiver: only a connection to just this one proves it."""
    state = truth.holds(finding, *_REPORTS)
    if state is False or is_loopback(server.host):
        return False
    if server.scheme == "udp":
        return None
    linked = any(
        (server.port is None or link.port == server.port)
        and (same_address(server.host, link.host) or (is_only and not address_of(server.host)))
        for link in _named(finding, Topic.LINK)
    )
    return True if state and linked else None


def _named(finding: ProductFinding, topic: Topic) -> tuple[Server, ...]:
    """Return the servers in the evidence on a topic; a link reads `STATE host:port local port N`.

    A finding's `server` would not do: it has lost the protocol, and what is loopback.
    """
    found = []
    for fact in finding.evidence:
        if fact.topic is topic and fact.excerpt:
            words = fact.excerpt.split()
            named = words[1] if topic is Topic.LINK and len(words) > 1 else words[0]
            found.append(parse_server(named if "://" in named else f"://{named}"))
    return tuple(dict.fromkeys(server for server in found if server))
