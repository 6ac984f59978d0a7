"""Backups: six proofs for every place that a backup tool of a machine writes to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from auditor.detection.rows import is_worth_a_row, proven, role_present, row, unseen_of_role
from auditor.model import Hides, Measured, Row, Text
from auditor.model.product_findings import PROOFS, AxisFinding, BackupCopy, ProductFinding
from auditor.model.products import Answer, Role, Topic
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe

_NO_COPIES = frozenset({Role.SNAPSHOT, Role.CLOUD_SYNC})
_STORES = "storage"
"""The role of a machine whose data must not vanish from the table where no tool was seen."""

_USER = re.compile(r"(?<=//)[^/@]*@|^[^/@:]*@")
_FLAGS = MappingProxyType({Answer.YES: True, Answer.NO: False})
_COLUMNS = (
    Column(
        "product",
        str,
        "Backup tool; null: a machine with the role storage on which none is",
        hides=Hides.NOTHING,
    ),
    Column("name", str, "Its name", hides=Hides.NOTHING),
    Column("version", str, "Its version, if it could be read", hides=Hides.TEXT),
    Column(
        "sources",
        tuple,
        "What is backed up, as the scheduler's line names it; empty: unknown",
        hides=Hides.TEXT,
    ),
    Column(
        "location",
        str,
        "Repository, without user names; null if the tool does not tell",
        hides=Hides.TEXT,
    ),
    Column("present", str, "Proof 1, tool: yes, no or unknown", hides=Hides.NOTHING),
    Column("schedule", str, "Proof 2: a scheduler calls the tool by its name", hides=Hides.NOTHING),
    Column(
        "fresh",
        str,
        "Proof 3: last success within the tool's daily limit (26 hours)",
        hides=Hides.NOTHING,
    ),
    Column(
        "repository", str, "Proof 4: the repository lies on another machine", hides=Hides.NOTHING
    ),
    Column("integrity", str, "Proof 5: an integrity check left a record", hides=Hides.NOTHING),
    Column(
        "restore",
        str,
        "Proof 6: a restoration left a machine's record; never inferred",
        hides=Hides.NOTHING,
    ),
    Column("proven", int, "How many proofs hold before the first that does not"),
    Column(
        "last_success_at",
        str,
        "What the tool wrote about its last success, RFC 3339",
        hides=Hides.NOTHING,
    ),
    Column(
        "newest_age_h",
        float,
        "Hours since then by the machine's own clock; null if not proven or never",
    ),
    Column(
        "copies",
        int,
        "Repositories with a fresh copy of this source made by this machine; null if not knowable",
    ),
    Column("is_scheduled", bool, "Runs by itself; null if neither a line nor its absence shows it"),
    Column(
        "scheduled_by",
        str,
        "The scheduler's line: where it stands and when it runs",
        hides=Hides.TEXT,
    ),
    Column("is_off_host", bool, "This repository is on another machine; that may be the next rack"),
    Column("has_copy_off_host", bool, "A fresh copy of this source is on another machine"),
    Column("reasons", tuple, "Why proofs are missing or open, as codes", hides=Hides.TEXT),
    Column("evidence", tuple, "What the answers rest on", hides=Hides.TEXT),
    Column("questions", tuple, "What a person should look at", hides=Hides.TEXT),
    Column(
        "supplied_by",
        str,
        "Who at the centre named the product, if it is the site's own",
        hides=Hides.PERSON,
    ),
)


@probe(*_COLUMNS)
def backup(host: HostFacts) -> Measured:
    """Backups of a machine, one row for each place that a tool writes to, with six proofs.

    No repository is opened and no password is needed: the times are what the tools write about
    their success. A tool that was never used has a row too, and so has a machine with the role
    storage on which no tool was seen. Snapshots, sync clients and dumps on the same disk are no
    backup. Copies that others pull from this machine are not seen.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    tools = [item for item in host.findings if _makes_copies(item)]
    seen = [item for item in tools if is_worth_a_row(item)]
    helpers = [item for item in seen if _is_helper(item, seen)]
    entries = [
        _Entry(item, copy, tuple(h for h in helpers if h.product in item.driven_by))
        for item in seen
        if item not in helpers
        for copy in item.copies
    ]
    rows = tuple(_row(entry, entries) for entry in entries)
    if not rows and _STORES in host.target.roles:
        rows = (_nothing(role_present(tools, Role.BACKUP)),)
    others = [item for item in host.findings if _is_no_backup(item)]
    return Measured(
        rows=in_order(rows, "product", "location", "scheduled_by"),
        limitations=_limitations(host, unseen_of_role(tools, Role.BACKUP), others),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One place of one tool, with the products that drive the tool."""

    finding: ProductFinding
    copy: BackupCopy
    helpers: tuple[ProductFinding, ...]

    @property
    def fresh(self) -> Answer:
        """Whether the last success is within the limit."""
        return self.copy.fresh.answer

    @property
    def is_sole(self) -> bool:
        """Whether what is known of the tool can only be about this place."""
        return len(self.finding.copies) == 1

    def axis(self, topic: Topic) -> AxisFinding:
        """Return the answer on one proof; what a helper shows counts where it is clear of what."""
        own = {
            Topic.SCHEDULE: self.copy.schedule,
            Topic.FRESH: self.copy.fresh,
            Topic.REPOSITORY: self.copy.repository,
        }.get(topic)
        own = own or self.finding.axes.get(topic) or self.finding.proofs[topic]
        if topic in {Topic.INTEGRITY, Topic.RESTORE}:
            told = [h.proofs[topic] for h in self.helpers if topic in h.proofs]
            own = next((item for item in told if item.answer is Answer.YES), own)
            if own.answer is Answer.YES and not self.is_sole:
                return AxisFinding(answer=Answer.UNKNOWN, reason="several_jobs")
        return own


def _makes_copies(finding: ProductFinding) -> bool:
    return Role.BACKUP in finding.roles and not _NO_COPIES & set(finding.roles)


def _is_no_backup(finding: ProductFinding) -> bool:
    """Whether a product that is here looks like a backup and is none."""
    is_here = finding.answer(Topic.PRESENT) is Answer.YES
    return is_here and bool(_NO_COPIES & set(finding.roles))


def _is_helper(finding: ProductFinding, seen: Iterable[ProductFinding]) -> bool:
    """Whether a product only drives another one that is here: its copies are the other's.

    What a site says of its own products hides no row.
    """
    return any(
        finding.product in other.driven_by
        and other.answer(Topic.PRESENT) is Answer.YES
        and not other.supplied_by
        for other in seen
    )


def _row(entry: _Entry, entries: list[_Entry]) -> Row:
    finding, copy = entry.finding, entry.copy
    axes = {topic: entry.axis(topic) for topic in PROOFS}
    answers = [axes[topic].answer for topic in PROOFS]
    whole = row(finding)
    at = copy.last_success_at
    return {
        **{name: whole[name] for name in ("product", "name", "version", "supplied_by")},
        "sources": copy.sources,
        "location": _USER.sub("", copy.location) or None,
        **{str(topic): str(axes[topic].answer) for topic in PROOFS},
        "proven": proven(answers),
        "last_success_at": at.isoformat() if at else None,
        "newest_age_h": copy.age_h,
        "copies": _copies(entry, entries),
        "is_scheduled": _is_scheduled(axes[Topic.SCHEDULE].answer, entry.fresh),
        "scheduled_by": "; ".join(copy.scheduled_by) or None,
        "is_off_host": _FLAGS.get(copy.repository.answer),
        "has_copy_off_host": _has_copy_off_host(entry, entries),
        "reasons": tuple(
            f"{topic}: {axes[topic].reason}" for topic in PROOFS if axes[topic].reason
        ),
        "evidence": tuple(dict.fromkeys(str(e) for t in PROOFS for e in axes[t].evidence)),
        "questions": finding.questions,
    }


def _is_scheduled(schedule: Answer, fresh: Answer) -> bool | None:
    """Say "no" only where nothing succeeded lately: a script may bear a name of its own."""
    if schedule is Answer.NO and fresh is not Answer.NO:
        return None
    return _FLAGS.get(schedule)


def _copies(entry: _Entry, entries: list[_Entry]) -> int | None:
    """Count the places where this machine has a fresh copy of a source; null where it may err."""
    if any(other.fresh not in _FLAGS for other in entries):
        return None
    fresh = [other for other in entries if other.fresh is Answer.YES]
    if len(entries) == 1 or not fresh:
        return len(fresh)
    if not entry.copy.sources or not all(other.copy.sources for other in fresh):
        return None
    return sum(_covers(other, entry) for other in fresh)


def _has_copy_off_host(entry: _Entry, entries: list[_Entry]) -> bool | None:
    """Say whether a fresh copy of a source lies elsewhere; "no" only if none could."""
    is_open = False
    for other in entries:
        off = other.copy.repository.answer
        if Answer.NO in {off, other.fresh}:
            continue
        is_same = other is entry or _covers(other, entry)
        if is_same and off is Answer.YES and other.fresh is Answer.YES:
            return True
        is_other = entry.copy.sources and other.copy.sources and not is_same
        is_open = is_open or not is_other
    return None if is_open else False


def _covers(other: _Entry, entry: _Entry) -> bool:
    """Whether another place is told to hold all that this one is told to."""
    wanted, held = set(entry.copy.sources), set(other.copy.sources)
    return other is entry or (bool(wanted) and wanted <= held)


def _nothing(present: Answer) -> Row:
    """Return the row of a machine that stores data and shows no backup tool."""
    unknown = str(Answer.UNKNOWN)
    return {
        **{column.name: () if column.kind is tuple else None for column in _COLUMNS},
        **{str(topic): unknown for topic in PROOFS},
        str(Topic.PRESENT): str(present),
        "proven": 0,
    }


def _limitations(
    host: HostFacts, unseen: tuple[ProductFinding, ...], others: list[ProductFinding]
) -> tuple[Text, ...]:
    said = [
        Text(
            vi="Không mở kho sao lưu, không thử khôi phục; bản sao do máy khác kéo về, sao lưu cả "
            "máy ảo và sao lưu bằng lệnh đặt trong tập lệnh tên khác không thấy được từ máy này.",
            en="No repository was opened and nothing restored; copies that other machines pull, "
            "backups of whole virtual machines and tools called inside scripts are not seen here.",
        )
    ]
    if others:
        names = ", ".join(sorted(item.name for item in others))
        said.append(
            Text(
                vi="Có trên máy nhưng không tính là sao lưu (ảnh chụp, đồng bộ, kết xuất): "
                f"{names}",
                en=f"Here, but not counted as a backup (snapshots, sync, dumps): {names}",
            )
        )
    if unseen:
        names = ", ".join(item.name for item in unseen)
        said.append(
            Text(
                vi=f"Danh mục chưa có dấu hiệu kiểm chứng cho: {names}.",
                en=f"The catalogue has no checked signal for: {names}.",
            )
        )
    if not host.collection.is_root:
        said.append(
            Text(
                vi="Đo không có quyền quản trị: tuổi và nơi đặt bản sao lưu chưa kết luận được.",
                en="Measured without administrator rights: age and place of backups stay open.",
            )
        )
    return tuple(said)
