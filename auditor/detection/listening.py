"""Whether what serves data waits for others, by what this machine itself shows."""

import ipaddress
from collections.abc import Iterable

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import number, text
from auditor.detection.known import Known
from auditor.detection.standing import Standing
from auditor.detection.view import Process, View
from auditor.model import Row
from auditor.model.product_findings import AxisFinding, Evidence
from auditor.model.products import Answer, Kind, Role, Runs, Strength, Topic


def listening(
    known: Known,
    view: View,
    processes: Iterable[tuple[Process, Standing]],
    running: AxisFinding,
) -> AxisFinding | None:
    """Say whether a storage product waits for others on an address that is not loopback.

    The socket must belong to the product's own process; what the kernel serves has no owner and
    counts by its port. A firewall in between is not seen from here.
    """
    if Role.STORAGE not in known.product.roles:
        return None
    if running.answer is Answer.NO:
        return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.NOT_RUNNING))
    own = {
        p.pid for p, stands in processes if stands is Standing.ANCHORED and p.is_contained is False
    }
    in_kernel = known.product.runs is Runs.SYSTEM
    ports = set(tcp_ports(known))
    waiting = [
        (index, row)
        for index, row in enumerate(view.facts.sockets)
        if row.get("is_listening") is True and text(row, "protocol") == "tcp"
    ]
    mine = [
        (index, row)
        for index, row in waiting
        if (number(row, "pid") in own - {None})
        or (in_kernel and row.get("pid") is None and number(row, "local_port") in ports)
    ]
    outward = tuple(_evidence(index, row) for index, row in mine if _faces_outside(row))
    if outward and (running.answer is Answer.YES or in_kernel):
        return AxisFinding(answer=Answer.YES, evidence=outward)
    if running.answer is Answer.YES and view.facts.saw("sockets"):
        why = doubt(Doubt.LOOPBACK_ONLY if mine else Doubt.NO_LINK_SEEN)
        return AxisFinding(answer=Answer.NO, reason=why)
    return AxisFinding(answer=Answer.UNKNOWN, reason=running.reason or doubt(Doubt.NOT_SEEN))


def tcp_ports(known: Known) -> Iterable[int]:
    """Return the numbers of the TCP ports of a product."""
    for signal in known.of(Kind.PORT):
        protocol, _slash, port = signal.name.partition("/")
        if protocol == "tcp" and port.isdigit():
            yield int(port)


def _faces_outside(row: Row) -> bool:
    """Whether a listener's address is one of the machine's, or all of them."""
    try:
        address = ipaddress.ip_address(text(row, "local_address").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_loopback


def _evidence(index: int, row: Row) -> Evidence:
    return Evidence(
        topic=Topic.LINK,
        strength=Strength.ANCHORED,
        section="sockets",
        row=index,
        excerpt=f"listening on {text(row, 'local_address')}:{number(row, 'local_port')}",
    )
