"""Ledgers of exceptions as `audit waive` writes them, also ones that were made in the past."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from auditor import waivers
from auditor.model import AuditRecord, Verdict, Waiver, WaiverDocument
from auditor.waivers import LoadedLedger

DAY = date(2026, 1, 1)
LATER = date(2030, 12, 31)


def a_waiver(indicator: str = "2", **changes: Any) -> Waiver:  # noqa: ANN401 - any field
    """Return an exception with some fields changed."""
    fields: dict[str, Any] = {
        "indicator": indicator,
        "system": "",
        "reason": "Đang mua sắm",
        "applicant": "Nguyễn Văn Mẫu",
        "approver": "Lò Thị Mẫu",
        "document": WaiverDocument(number="15/QĐ", file="15.pdf", sha256="a" * 64),
        "recorded_on": DAY,
        "until": LATER,
        "previous": "",
    }
    return Waiver(**{**fields, **changes})


def a_ledger(made: Iterable[Waiver]) -> LoadedLedger:
    """Return a ledger of these, each chained to the one before."""
    ledger: LoadedLedger | None = None
    for item in made:
        chained = replace(item, previous=ledger.head if ledger else "")
        content = waivers.with_one_more(ledger, chained)
        ledger = waivers.parse(content, "waivers.json")
    assert ledger is not None
    return ledger


HOSTILE = '<script>alert(1)</script> #eval("1+1")'


def excepted(record: AuditRecord) -> AuditRecord:
    """Lay exceptions over what is not met: in force, for one system, lapsed, not begun.

    Every check becomes a clause of its own, so that there are steps to take.
    """
    checks = {finding.indicator: finding.checks for finding in record.findings}
    groups = tuple(
        replace(
            group,
            indicators=tuple(
                replace(line, requires=tuple((check.check,) for check in checks[line.id]))
                for line in group.indicators
            ),
        )
        for group in record.profile.groups
    )
    missed = [finding for finding in record.findings if finding.verdict is Verdict.NOT_MET]
    ledger = a_ledger(
        (
            a_waiver(missed[0].indicator, reason=HOSTILE, applicant=HOSTILE),
            a_waiver(missed[1].indicator, system=missed[1].systems[0].system),
            a_waiver(missed[2].indicator, until=date(2026, 11, 20)),
            a_waiver(missed[3].indicator, recorded_on=date(2026, 11, 30)),
        )
    )
    planned = replace(record, profile=replace(record.profile, groups=groups))
    return replace(planned, waivers=ledger.layer(planned))
