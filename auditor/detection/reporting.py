"""Does an agent really report? `managed` needs a server, an identity and a live link."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.addresses import address_of
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import number
from auditor.detection.known import Known
from auditor.detection.servers import Server, is_loopback, parse_server, same_address
from auditor.detection.standing import Standing
from auditor.detection.statement import Statement, merge
from auditor.detection.view import Link, Process, View
from auditor.model.product_findings import AxisFinding, Evidence
from auditor.model.products import Answer, Grade, Strength, Topic, Transport

_COMES = frozenset({Transport.PULL, Transport.SCRAPE})


@dataclass(frozen=True, slots=True)
class Report:
    """What is known about reporting: the axis, and the parts that a grade is made of."""

    managed: AxisFinding
    server: str
    is_configured: bool
    is_linked: bool


def report(
    known: Known,
    view: View,
    processes: list[tuple[Process, Standing]],
    said: list[Statement],
    silent: frozenset[Topic],
) -> Report:
    """Put the parts of `managed` together."""
    own = {p.pid for p, stands in processes if stands is Standing.ANCHORED and not p.is_contained}
    parsed = (parse_server(s.value) for s in said if s.topic is Topic.SERVER)
    servers = [server for server in parsed if server]
    others = [server for server in servers if not is_loopback(server.host)]
    links = [*said, *_links(known, view, own - {None}, others)]
    link = merge(links, Topic.LINK, silent=Topic.LINK in silent)
    peers = tuple(s.value for s in links if s.topic is Topic.LINK and s.value)
    managed = _managed(known, view, link, (servers, others), (said, silent))
    shown = tuple(dict.fromkeys(_spell(server) for server in others)) or peers
    return Report(
        managed=managed,
        server=", ".join(dict.fromkeys(shown)) if others or link.answer is Answer.YES else "",
        is_configured=bool(others) or (known.product.transport in _COMES and bool(peers)),
        is_linked=link.answer is Answer.YES,
    )


def grade(known: Known, axes: dict[Topic, AxisFinding], reported: Report) -> Grade | None:
    """Grade R0 to R3; R4 needs the server's own records and is never given here."""
    if known.product.transport is Transport.NONE or axes[Topic.PRESENT].answer is not Answer.YES:
        return None
    if axes[Topic.RUNNING].answer is not Answer.YES:
        return Grade.INSTALLED
    if axes[Topic.MANAGED].answer is Answer.YES:
        return Grade.LINKED
    return Grade.CONFIGURED if reported.is_configured else Grade.RUNNING


def _managed(
    known: Known,
    view: View,
    link: AxisFinding,
    where: tuple[list[Server], list[Server]],
    heard: tuple[list[Statement], frozenset[Topic]],
) -> AxisFinding:
    """Answer `managed` from what the product says of it, or from its three parts."""
    (servers, others), (said, silent) = where, heard
    direct = merge(said, Topic.MANAGED, silent=Topic.MANAGED in silent)
    if direct.answer in {Answer.YES, Answer.NO}:
        return direct
    if known.product.transport is Transport.NONE:
        return AxisFinding(answer=Answer.NOT_APPLICABLE)
    enrolled = merge(said, Topic.ENROLLED, silent=Topic.ENROLLED in silent)
    proofs = (
        *(s.evidence for s in said if s.topic is Topic.SERVER),
        *enrolled.evidence,
        *link.evidence,
    )
    if Answer.NO in {enrolled.answer, link.answer}:
        why = enrolled.reason if enrolled.answer is Answer.NO else link.reason
        return AxisFinding(answer=Answer.NO, reason=why, evidence=proofs)
    lacking = _no_server(known, view, servers, others, silent)
    if lacking:
        return AxisFinding(answer=lacking[0], reason=lacking[1], evidence=proofs)
    needs_identity = any(Topic.ENROLLED in s.topics or s.rule == "key_file" for s in known.status)
    has_identity = enrolled.answer is Answer.YES or not needs_identity
    if link.answer is Answer.YES and has_identity and Topic.SERVER not in silent:
        return AxisFinding(answer=Answer.YES, evidence=proofs)
    why = link.reason or doubt(Doubt.CONFIGURED_ONLY)
    return AxisFinding(answer=Answer.UNKNOWN, reason=why, evidence=proofs)


def _no_server(
    known: Known,
    view: View,
    servers: list[Server],
    others: list[Server],
    silent: frozenset[Topic],
) -> tuple[Answer, str] | None:
    """Say what no server, or only this machine as server, means; None when there is another."""
    waived = known.product.transport in {Transport.CLOUD, *_COMES}
    if others or (waived and not servers):
        return None
    why = doubt(Doubt.LOOPBACK_ONLY if servers else Doubt.NO_SERVER)
    asks = any(
        Topic.SERVER in s.topics or s.rule in {"zabbix_servers", "syslog_forwarding"}
        for s in known.status
    )
    certain = (servers or asks) and Topic.SERVER not in silent and view.facts.is_root
    return (Answer.NO if certain else Answer.UNKNOWN), why


def _links(
    known: Known, view: View, own: set[int | None], others: list[Server]
) -> Iterator[Statement]:
    """Return the connections that prove a live link, or say why none can."""
    found = [item for link in view.links for item in [_link(link, known, own, others)] if item]
    yield from found
    if found:
        return
    if known.product.transport is Transport.SCRAPE and view.facts.sees_everything and own:
        yield _statement(Answer.NO, doubt(Doubt.NO_LINK_SEEN), None, "no connection", "")
    if not others:
        return
    if all(server.scheme == "udp" for server in others) or (
        known.product.transport is Transport.DATAGRAM
    ):
        yield _statement(Answer.UNKNOWN, doubt(Doubt.UDP_PROVES_NOTHING), None, "", "")
    elif known.product.transport is Transport.STREAM and view.facts.sees_everything and own:
        yield _statement(Answer.NO, doubt(Doubt.NO_LINK_SEEN), None, "no connection", "")
    else:
        yield _statement(Answer.UNKNOWN, doubt(Doubt.NO_LINK_SEEN), None, "", "")


def _link(link: Link, known: Known, own: set[int | None], others: list[Server]) -> Statement | None:
    row, remote = link.row, link.remote
    is_own = link.is_open and number(row, "pid") in own
    local_port, remote_port = number(row, "local_port"), number(row, "remote_port")
    transport = known.product.transport
    inbound = local_port in known.ports("in")
    if transport in _COMES and inbound and (is_own or _is_allowed(remote, others)):
        matches = True
    elif transport is Transport.SHORT:
        matches = any(_meets(s, remote, remote_port, local_port, known) for s in others)
    elif transport is Transport.CLOUD:
        matches = is_own and remote_port == 443  # noqa: PLR2004 - HTTPS
    elif transport is Transport.STREAM:
        matches = is_own and any(_meets(s, remote, remote_port, None, known) for s in others)
    else:
        matches = False
    if not matches:
        return None
    shown = f"{link.state} {remote}:{remote_port} local port {local_port}"
    return _statement(Answer.YES, "", link.index, shown, remote)


def _meets(
    server: Server, remote: str, remote_port: int | None, local_port: int | None, known: Known
) -> bool:
    """Whether a connection is one to a configured server; a server's name cannot be compared."""
    if server.scheme == "pull":
        return local_port == server.port and same_address(server.host, remote)
    ports = {server.port} if server.port else known.ports("out")
    return remote_port in ports and (
        same_address(server.host, remote) or not address_of(server.host)
    )


def _is_allowed(remote: str, others: list[Server]) -> bool:
    return any(same_address(server.host, remote) for server in others)


def _statement(
    answer: Answer, question: str, row: int | None, excerpt: str, value: str
) -> Statement:
    evidence = Evidence(
        topic=Topic.LINK,
        strength=Strength.ANCHORED,
        section="sockets",
        row=row,
        excerpt=excerpt or question,
    )
    return Statement(
        topic=Topic.LINK, evidence=evidence, answer=answer, question=question, value=value
    )


def _spell(server: Server) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{host}:{server.port}" if server.port else host
