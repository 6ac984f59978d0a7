"""The denominator of coverage."""

from collections.abc import Iterator

from auditor.known.machines import Known, known
from auditor.model import Hides, Measured, Subject, Text
from auditor.probing import Column, RunSoFar, probe

_NO_NETWORK = Text(
    vi=(
        "Tệp mô tả không nêu mạng nào (scope.networks), nên danh sách máy biết được chỉ gồm máy đã"
        " khai trong targets; mạng không được đối chiếu."
    ),
    en=(
        "The site file names no network (scope.networks), so the known machines are only those"
        " under targets; nothing compares them with the network."
    ),
)
_PASSIVE = Text(
    vi=(
        "Mạng chưa được dò tìm chủ động: danh sách máy biết được chỉ gồm máy đã khai và máy thấy"
        " trong bảng ARP, bảng lân cận và danh sách cấp phát DHCP của máy đã kiểm tra; số máy thật"
        " có thể nhiều hơn."
    ),
    en=(
        "The network was not scanned: the known machines are those named and those in the ARP"
        " tables, neighbour tables and DHCP leases of inspected machines; there may be more."
    ),
)


@probe(
    Column(
        "name",
        str,
        "Names of the targets that lead to it; null if nobody named it",
        hides=Hides.HOST,
    ),
    Column(
        "addresses",
        tuple,
        "IP addresses, without link-local ones of inspected machines",
        hides=Hides.ADDRESS,
    ),
    Column("macs", tuple, "Hardware addresses", hides=Hides.MAC),
    Column("has_local_mac", bool, "All of them random or virtual, so nothing tells the device"),
    Column("known_from", tuple, "site, arp, ndp, lease, discovery", hides=Hides.NOTHING),
    Column("seen_by", tuple, "Targets whose tables hold it", hides=Hides.HOST),
    Column(
        "information_systems",
        tuple,
        "Systems that it is assigned to in the site file",
        hides=Hides.NOTHING,
    ),
    Column(
        "state", str, "inspected, failed, never_tried, not_a_machine or hidden", hides=Hides.NOTHING
    ),
    Column("failure", str, "Why it was not inspected, where it was tried", hides=Hides.NOTHING),
    Column(
        "note",
        str,
        "Detail of the failure; what it is if no machine; where hidden: file, network",
        hides=Hides.TEXT,
    ),
    Column("is_counted", bool, "Part of the denominator"),
    Column("is_inspected", bool, "Something was measured on it; null if it is no machine"),
    Column("is_seen_on_network", bool, "Known not only from the centre's own list"),
    subject=Subject.RUN,
)
def known_machines(run: RunSoFar) -> Measured:
    """Machines known in the scope, each once, and which of them were inspected.

    Derived from what the run has measured, after everything else, and kept like a measurement: the
    coverage can be judged again from the record alone. Where two entries may be one machine they
    are counted as two; a list of leases that could not be read, or a network whose machines could
    not be counted, is a row of its own (`hidden`).
    """
    found = known(run.site, run.targets, run.seen)
    return Measured(rows=found.rows, limitations=tuple(_limitations(run, found)))


def _limitations(run: RunSoFar, found: Known) -> Iterator[Text]:
    if not run.site.scope.networks:
        yield _NO_NETWORK
    elif not found.was_discovered:
        yield _PASSIVE
    if found.outside:
        yield Text(
            vi=f"Địa chỉ nằm ngoài phạm vi được phép, không tính: {found.outside}.",
            en=f"Addresses outside the authorised scope, not counted: {found.outside}.",
        )
    if found.unread:
        names = ", ".join(found.unread)
        yield Text(
            vi=f"Không đọc được bảng lân cận của: {names}.",
            en=f"The neighbour tables of these were not read: {names}.",
        )
