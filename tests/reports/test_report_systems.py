"""Readers of a report see what the site file calls an information system, not its key."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from dossier_read import squeezed
from pdf_letters import letters
from recorded import recorded
from waivers_made import a_ledger, a_waiver

from auditor.language import Language
from auditor.model import AuditRecord, Measured, Row, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Report = Callable[[str], ModuleType]

KEY, NAME = "cong-thong-tin", "Cổng thông tin điện tử"
OTHER = "quan-ly-van-ban"
VI = Language("vi")


@pytest.fixture(scope="module")
def excepted() -> AuditRecord:
    """Return a recorded centre, with an exception for one of its systems."""
    record = recorded("machines-in-disorder")
    missed = next(f for f in record.findings if f.systems and f.verdict is Verdict.NOT_MET)
    granted = (a_waiver(missed.indicator, system=KEY),)
    return replace(record, waivers=a_ledger(granted).layer(record))


def test_the_page_names_systems(excepted: AuditRecord, report: Report) -> None:
    """In the table of exceptions, beside verdicts, in the filter; the key stands once beside it."""
    page = report("html").render(excepted, VI)
    (table,) = re.findall(r"<caption>Ngoại lệ</caption>.*?</table>", page, re.DOTALL)
    assert NAME in table
    assert KEY not in table
    assert f"hệ thống thông tin {NAME}; văn bản" in page
    assert f'<li>{NAME} <span class="quiet">({KEY})</span>: ' in page
    (chosen,) = re.findall(r'<select id="system".*?</select>', page, re.DOTALL)
    assert f">{NAME}</option>" in chosen


def test_the_pdf_and_the_terminal_name_systems(excepted: AuditRecord, report: Report) -> None:
    """The same in the other two; a table for programs keeps the key."""
    told = squeezed(
        "".join(letter.text for letter in letters(report("pdf").render(excepted, VI))[1])
    )
    assert squeezed(f"hệ thống thông tin {NAME}; văn bản") in told
    assert squeezed(f"{NAME} ({KEY}): ") in told
    shown = squeezed(report("text").render(excepted, VI))
    assert squeezed(f"hệ thống thông tin {NAME}; văn bản") in shown
    assert f"{KEY}: ".encode() in report("csv").render(excepted, VI)


def test_reasons_name_systems(excepted: AuditRecord, report: Report) -> None:
    """Of the indicator as a whole too; the key stands in the columns that programs read."""
    (missed,) = [f for f in excepted.findings if f.systems and f.verdict is Verdict.NOT_MET][:1]
    assert missed.reason.vi.startswith(f"{NAME}: ")
    assert f"{KEY}: " not in missed.reason.vi
    for form in ("html", "csv"):
        shown = report(form).render(excepted, VI)
        text = shown.decode() if isinstance(shown, bytes) else shown
        assert squeezed(missed.reason.vi)[:60] in squeezed(text)


def test_two_systems_of_one_name_are_told_apart(excepted: AuditRecord, report: Report) -> None:
    """By their keys; a record without the list has the keys alone."""
    names_of = report("systems").names_of
    same = _with_systems(excepted, ({"id": KEY, "name": NAME}, {"id": OTHER, "name": NAME}))
    assert names_of(same) == {KEY: f"{NAME} ({KEY})", OTHER: f"{NAME} ({OTHER})"}
    unnamed = report("compose").compose(_with_systems(excepted, ()), VI)
    assert {row.system for row in unnamed.waived} == {KEY}


def _with_systems(record: AuditRecord, rows: tuple[Row, ...]) -> AuditRecord:
    observations = tuple(
        replace(seen, result=Measured(rows=rows))
        if seen.measurement.probe == "information_systems"
        else seen
        for seen in record.observations
    )
    return replace(record, observations=observations)
