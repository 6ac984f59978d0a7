"""The plan of what to do, and exceptions with raw verdicts beside effective ones, everywhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from dossier_read import PUBLIC, RESTRICTED, made, squeezed, text_of_docx
from pdf_letters import letters
from waivers_made import excepted

from auditor import remedy
from auditor.language import Language
from auditor.model import AuditRecord, Effective, StepKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from dossier_read import Files

    Report = Callable[[str], ModuleType]

VI = Language("vi")


@pytest.fixture(scope="module")
def waived(record: AuditRecord) -> AuditRecord:
    """Return the sample with steps to take, and under exceptions of every state."""
    return excepted(record)


@pytest.fixture(scope="module")
def view(waived: AuditRecord, report: Report) -> Any:  # noqa: ANN401 - mapped
    """Return what formats lay out."""
    return report("compose").compose(waived, VI)


@pytest.fixture(scope="module")
def drafts(waived: AuditRecord) -> Files:
    """Return the documents of the dossier."""
    return made(waived)


def test_the_plan_is_that_of_audit_remedy(waived: AuditRecord, view: Any) -> None:  # noqa: ANN401
    """The same steps in the same order, and every open indicator is helped."""
    steps = remedy.steps(waived)
    assert len(steps) > 10
    assert [row.indicators for row in view.steps] == [step.indicators for step in steps]
    assert [row.number for row in view.steps] == [str(n) for n in range(1, len(steps) + 1)]
    wholes = {item.part_of for item in waived.profile.indicators}
    open_ones = {
        finding.indicator
        for finding in waived.findings
        if finding.verdict in {Verdict.NOT_MET, Verdict.UNDETERMINED}
    }
    helped = {name for row in view.steps for name in row.indicators}
    assert helped == {
        name for name in open_ones - wholes if any(name in step.indicators for step in steps)
    }
    assert len(helped) > 10


def test_exceptions_stand_beside_the_verdicts_themselves(
    waived: AuditRecord,
    view: Any,  # noqa: ANN401 - mapped
) -> None:
    """In force, for one system, lapsed, not begun; the raw verdict is always the finding's own."""
    whole, system, lapsed, later = view.waived
    assert {row.raw.code for row in view.waived} == {Verdict.NOT_MET}
    assert [row.effective.code for row in view.waived] == [
        Effective.WAIVED, Effective.WAIVED, Effective.NOT_MET, Effective.NOT_MET,
    ]  # fmt: skip
    assert "hiệu lực" in whole.state
    assert system.system
    assert "HẾT HẠN" in lapsed.state.upper()
    assert "sau" in later.state
    lines = {line.id: line for group in view.groups for line in group.indicators}
    assert lines[whole.indicator].effective.code == Effective.WAIVED
    assert lines[whole.indicator].badge.code == Verdict.NOT_MET
    assert lines[lapsed.indicator].effective is None
    assert view.totals == tuple(
        sum(group.counts[verdict] for group in waived.groups) for verdict in Verdict
    )


def test_the_page_and_the_pdf_show_both(waived: AuditRecord, view: Any, report: Report) -> None:  # noqa: ANN401
    """Every step once, every exception with two badges, nothing of it as markup."""
    page = report("html").render(waived, VI)
    (plan,) = re.findall(r'<section id="plan">.*?</section>', page, re.DOTALL)
    assert plan.count('<tr role="row">') == len(view.steps) + 1
    (table,) = re.findall(r"<caption>Ngoại lệ</caption>.*?</table>", page, re.DOTALL)
    assert table.count('class="badge not_met"') == 4 + 2
    assert table.count('class="badge waived"') == 2
    assert "<script>alert" not in page
    assert page == report("html").render(waived, VI)
    pdf = report("pdf").render(waived, VI)
    assert pdf == report("pdf").render(waived, VI)
    told = squeezed("".join(letter.text for letter in letters(pdf)[1]))
    assert squeezed("Đang có ngoại lệ") in told
    assert squeezed("Kế hoạch khắc phục") in told
    bare = report("html").render(replace(waived, waivers=None), VI)
    assert "Ngoại lệ" not in bare


def test_documents_carry_plan_and_exceptions(drafts: Files, view: Any) -> None:  # noqa: ANN401
    """The review's plan names no machine to be measured again; the restricted annex has all."""
    review, minutes = (text_of_docx(drafts[f"{name}.docx"]) for name in PUBLIC[:2])
    annex = text_of_docx(drafts[f"{RESTRICTED}.docx"])
    again = [row for row in view.steps if row.ways[0][0] is StepKind.MEASUREMENT]
    assert again
    for row in view.steps:
        assert squeezed(row.do.rstrip(".")) in annex
        assert row in again or squeezed(row.ways[0][1]) in review
    assert squeezed(f"đo lại {len(again)} nội dung") in review
    for text in (review, minutes):
        for row in view.waived:
            for part in (row.state, row.document, row.reason, row.effective.word):
                assert squeezed(part) in text


def test_who_is_responsible_comes_from_the_site(waived: AuditRecord, drafts: Files) -> None:
    """The site of these drafts names nobody but its contact."""
    assert not any(step.responsible for step in remedy.steps(waived))
    assert squeezed("Người chịu trách nhiệm") in text_of_docx(drafts[f"{PUBLIC[0]}.docx"])


def test_kinds_of_steps_are_told_apart(waived: AuditRecord) -> None:
    """What was measured in vain is a step of its own kind, for each target and cause."""
    kinds = {step.options[0].kind for step in remedy.steps(waived)}
    assert StepKind.MEASUREMENT in kinds
    assert len(kinds) > 1


@pytest.mark.parametrize("code", ["vi", "en"])
def test_oscal_knows_a_deviation(waived: AuditRecord, report: Report, code: str) -> None:
    """In results and plan of action; the finding itself stays not satisfied."""
    files = report("oscal").files(waived, Language(code))
    read = {name: json.loads(text) for name, text in files.items()}
    (result,) = read["ar.json"]["assessment-results"]["results"]
    poam = read["poam.json"]["plan-of-action-and-milestones"]
    assert result["risks"] == poam["risks"]
    by_state: dict[str, list[Any]] = {}
    for risk in result["risks"]:
        by_state.setdefault(risk["status"], []).append(risk)
    (accepted, part), still = by_state["deviation-approved"], by_state["open"]
    logs = [risk["risk-log"]["entries"] for risk in (accepted, part)]
    assert [[entry["status-change"] for entry in log] for log in logs] == [
        ["deviation-approved"]
    ] * 2
    assert logs[0][0]["start"] == "2026-01-01T00:00:00.000Z"
    assert logs[0][0]["end"] == "2030-12-31T16:59:59.000Z"
    (lapsed,) = (risk for risk in still if "risk-log" in risk)
    assert lapsed["risk-log"]["entries"][0]["status-change"] == "open"
    assert {f["target"]["status"]["state"] for f in poam["findings"]} == {"not-satisfied"}
    told = [
        {prop["name"]: prop["value"] for prop in item["props"]} for item in result["observations"]
    ]
    covered = [props for props in told if props.get("effective-verdict") == "waived"]
    assert len(covered) == 2
    assert all(props["verdict"] == "not_met" for props in covered)
    assert all(props["waived-until"] == "2030-12-31" for props in covered)
