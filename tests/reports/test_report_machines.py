"""The table of known machines: all of them, why not, and nothing that a record could smuggle in."""

import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from auditor.language import Language
from auditor.model import AuditRecord, Measured, Measurement, Row

Report = Callable[[str], ModuleType]
SCRIPT = "<script>alert(1)</script>\x1b[31m"
NOBODY: Row = {
    "name": None, "addresses": (), "macs": ("b6:21:8d:b5:77:84",), "has_local_mac": True,
    "known_from": ("ndp",), "seen_by": ("may-1",), "information_systems": (), "failure": None,
    "note": None, "state": "never_tried", "is_counted": True, "is_inspected": False,
}  # fmt: skip
ROWS: tuple[Row, ...] = (
    {**NOBODY, "name": "may-1", "addresses": ("192.168.10.1",), "known_from": ("site", "arp"),
     "information_systems": ("web",), "state": "inspected", "is_inspected": True},
    {**NOBODY, "name": "may-2", "addresses": ("192.168.10.2",), "known_from": ("site",),
     "state": "failed", "failure": "auth_failed", "note": SCRIPT},
    {**NOBODY, "addresses": ("192.168.10.9",), "known_from": ("arp", "lease")},
    NOBODY,
    {**NOBODY, "addresses": ("192.168.10.8",), "state": "not_a_machine", "note": "Máy in",
     "is_counted": False, "is_inspected": None},
    {"name": 7, "addresses": "x", "known_from": None, "state": SCRIPT, "failure": 3},
)  # fmt: skip


def with_rows(record: AuditRecord, *rows: Row) -> AuditRecord:
    """Return the sample record with these known machines."""
    act = Measurement(probe="known_machines", target="run")
    seen = replace(record.observations[0], measurement=act, result=Measured(rows=rows))
    return replace(record, observations=(*record.observations, seen))


def shown(record: AuditRecord, language: Language, report: Report) -> Any:  # noqa: ANN401 - mapped
    """Return the view's part about machines."""
    return report("compose").compose(record, language).machines


def test_all_are_listed_and_the_uninspected_come_first(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Coverage has its denominator; what the centre excluded stands apart and is not counted."""
    table = shown(with_rows(record, *ROWS), language, report)
    assert re.findall(r"[\d.,]+", table.coverage)[:3] == ["1", "4", "25"]
    assert len(table.rows) == len(ROWS)
    assert [row.name or row.addresses for row in table.rows[:3]] == [
        "may-2",
        "192.168.10.9",
        "b6:21:8d:…",
    ]
    assert table.rows[-1].name == "may-1"
    failed = table.rows[0]
    assert failed.state.startswith(language("not inspected"))
    assert "\x1b" not in failed.note
    assert table.rows[2].note == language("random or virtual hardware address")


def test_a_record_without_them_says_so(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Silence would read as none."""
    table = shown(record, language, report)
    assert table.coverage == language("What machines there are was not derived in this run.")
    assert table.rows == ()


@pytest.mark.parametrize("form", ["html", "text"])
def test_formats_show_them(
    record: AuditRecord, language: Language, report: Report, form: str
) -> None:
    """Each machine with how it is known and what became of it; markup stays text."""
    page = report(form).render(with_rows(record, *ROWS), language)
    for word in ("192.168.10.9", "b6:21:8d:…", language("DHCP leases"), language("never tried")):
        assert word in " ".join(page.split())
    assert "<script>alert" not in page.replace("\n", "") or form == "text"


def test_the_pdf_is_set_with_them(record: AuditRecord, report: Report) -> None:
    """Typst takes the table as data."""
    vietnamese = Language("vi")
    assert report("pdf").render(with_rows(record, *ROWS), vietnamese).startswith(b"%PDF")
