"""Ledgers of exceptions as `audit waive` writes them, also ones that were made in the past."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from auditor import waivers
from auditor.model import Waiver, WaiverDocument
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
