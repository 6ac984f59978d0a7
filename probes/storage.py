"""Where a machine keeps and serves data: shares, storage services, network mounts, RAID, disks."""

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType

from auditor.collection import Collection
from auditor.detection.rows import unseen_of_role
from auditor.errors import CannotMeasure
from auditor.model import Hides, Measured, Row, Text
from auditor.model.product_findings import ProductFinding
from auditor.model.products import Answer, Role, Topic
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.shares import TELLING, shares
from auditor.sections.storage import mounts, raid, smart

_STORES = "storage"
_USER = re.compile(r"(?<=//)[^/@]*@")
_FLAGS = MappingProxyType({Answer.YES: True, Answer.NO: False})
_COLUMNS = (
    Column("kind", str, "smb_share, nfs_export, service, mount, raid or disk", hides=Hides.NOTHING),
    Column(
        "name",
        str,
        "Name of the share, service, mount source, array or disk; null: none seen",
        hides=Hides.TEXT,
    ),
    Column("path", str, "Where its data lies or is mounted, if it tells", hides=Hides.FILE),
    Column("product", str, "What serves it, as the catalogue calls it", hides=Hides.NOTHING),
    Column("is_running", bool, "The program that serves it is alive; null where that is not known"),
    Column(
        "is_reachable",
        bool,
        "Served on an address that is not loopback, or a mount that answered; as this machine sees "
        "it, without the firewalls on the way; null if not known, and for arrays and disks",
    ),
    Column("total_bytes", int, "Size, where a mount tells"),
    Column("free_bytes", int, "Space that can still be written, where a mount tells"),
    Column(
        "state",
        str,
        "What an array or disk says of itself: members up (U) and missing (_)",
        hides=Hides.NOTHING,
    ),
    Column(
        "is_healthy", bool, "An array has all members, a disk passes its own test; null: unknown"
    ),
    Column("reasons", tuple, "Why something is not proven, as codes", hides=Hides.TEXT),
    Column("evidence", tuple, "What the answers rest on", hides=Hides.TEXT),
)


@probe(*_COLUMNS)
def storage(host: HostFacts) -> Measured:
    """Storage of a machine: what it serves to others, what it mounts, the health that disks tell.

    Nothing is connected to. A machine with the role storage on which nothing is seen has one row
    without a name, so that it does not vanish. Disk health needs administrator rights and smartctl.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    collection = host.collection
    gaps: list[str] = []
    rows = [*_services(host.findings, shares(collection))]
    rows += [
        _mount(row)
        for row in _part("mounts", lambda: mounts(collection), gaps)
        if row["is_network"]
    ]
    if not rows and _STORES in host.target.roles:
        rows.append(_row("service"))
    if collection.platform == "linux":
        rows += [_array(row) for row in _part("raid", lambda: raid(collection), gaps)]
        rows += [
            _row("disk", name=row["device"], is_healthy=row["is_healthy"])
            for row in smart(collection)
        ]
    return Measured(
        rows=in_order(rows, "kind", "name", "path"),
        limitations=_limitations(collection, host.findings, gaps),
    )


def _part(name: str, read: Callable[[], tuple[Row, ...]], gaps: list[str]) -> tuple[Row, ...]:
    """Read one part; what cannot be read is named, and costs only itself."""
    try:
        return read()
    except CannotMeasure as failure:
        gaps.append(f"{name} ({failure.failure})")
        return ()


def _row(kind: str, **known: object) -> Row:
    empty = {column.name: () if column.kind is tuple else None for column in _COLUMNS}
    return {**empty, "kind": kind, **known}  # type: ignore[dict-item]  # values of other rows


def _services(
    findings: tuple[ProductFinding, ...], served: dict[str, tuple[Row, ...]]
) -> Iterator[Row]:
    """Yield a row for each share of what tells them, and one for every other storage service."""
    for finding in findings:
        present, running = finding.axes[Topic.PRESENT], finding.axes[Topic.RUNNING]
        is_here = present.answer is not Answer.NO and (present.evidence or finding.questions)
        if Role.STORAGE not in finding.roles or not is_here:
            continue
        waiting = finding.listening.evidence if finding.listening else ()
        parts = {"present": present, "running": running, "listening": finding.listening}
        reasons = tuple(f"{name}: {p.reason}" for name, p in parts.items() if p and p.reason)
        facts = {
            "product": finding.product,
            "is_running": _FLAGS.get(running.answer),
            "is_reachable": _is_reachable(finding),
            "reasons": reasons,
            "evidence": tuple(map(str, (*running.evidence, *waiting) or present.evidence)),
        }
        for row in served.get(finding.product, ()):
            yield _row(str(row["kind"]), **{**facts, "name": row["name"], "path": row["path"]})
        if served.get(finding.product):
            continue
        if finding.product in TELLING:  # it was heard and shares nothing, or it was not heard
            facts["is_reachable"] = False if finding.product in served else None
            facts["reasons"] = (*reasons, "shares: not_seen")
        yield _row("service", **{**facts, "name": finding.name})


def _is_reachable(finding: ProductFinding) -> bool | None:
    """Say whether others can get at data: something is served, and not only to this machine."""
    if finding.listening is None or finding.answer(Topic.PRESENT) is not Answer.YES:
        return None
    waits = _FLAGS.get(finding.listening.answer)
    serves = finding.axes[Topic.EFFECTIVE]
    if waits is False or serves.answer is Answer.NO:
        return False
    if serves.answer is Answer.UNKNOWN and not serves.reason.startswith("no_proof_known"):
        return None
    return waits


def _mount(row: Row) -> Row:
    return _row(
        "mount",
        name=_USER.sub("", str(row["device"])),
        path=row["mount"],
        is_reachable=True if row["total_bytes"] is not None else None,
        total_bytes=row["total_bytes"],
        free_bytes=row["free_bytes"],
    )


def _array(row: Row) -> Row:
    """Return an array: an inactive one serves nothing, whatever its members are."""
    is_active = row["state"] == "active"
    missing = row["is_degraded"]
    health = (not missing if isinstance(missing, bool) else None) if is_active else False
    words = (row["state"], row["level"], row["members"])
    return _row(
        "raid",
        name=row["name"],
        state=" ".join(str(word) for word in words if word),
        is_healthy=health,
    )


def _limitations(
    collection: Collection, findings: tuple[ProductFinding, ...], gaps: list[str]
) -> tuple[Text, ...]:
    said = []
    if gaps:
        said.append(
            Text(vi=f"Không đọc được: {', '.join(gaps)}", en=f"Not readable: {', '.join(gaps)}")
        )
    if unseen := unseen_of_role(findings, Role.STORAGE):
        names = ", ".join(item.name for item in unseen)
        said.append(
            Text(
                vi=f"Danh mục chưa có dấu hiệu kiểm chứng cho: {names}.",
                en=f"The catalogue has no checked signal for: {names}.",
            )
        )
    if not any(name.startswith("smart ") for name in collection.sections):
        said.append(
            Text(
                vi="Không đọc được tình trạng ổ đĩa (SMART): cần quyền quản trị và smartctl; ổ ảo "
                "không có.",
                en="The health of disks (SMART) was not read: that needs administrator rights and "
                "smartctl; virtual disks have none.",
            )
        )
    if not collection.is_root:
        said.append(
            Text(
                vi="Đo không có quyền quản trị: không biết chương trình nào giữ cổng, nên dịch vụ "
                "chưa được kết luận là truy cập được.",
                en="Measured without administrator rights: the programs behind ports are not "
                "known, so no service is said to be reachable.",
            )
        )
    return tuple(said)
