"""The one table of words for other formats: nothing undecided ever becomes a success there."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from auditor.model import AuditRecord, Basis, Finding, NotMeasured, Verdict

Report = Callable[[str], ModuleType]


def only(record: AuditRecord, finding: Finding) -> AuditRecord:
    """Return the record with one finding changed."""
    others = [item for item in record.findings if item.indicator != finding.indicator]
    return replace(record, findings=(finding, *others))


def a_finding(record: AuditRecord, verdict: Verdict, basis: Basis, *keys: str) -> Finding:
    """Return a finding on the first indicator whose deciding check rests on these measurements."""
    first = record.findings[0]
    check = replace(first.checks[0], verdict=verdict, basis=basis, decides=True, observations=keys)
    return replace(first, verdict=verdict, basis=basis, checks=(check,))


def test_only_met_is_a_success_anywhere(report: Report) -> None:
    """Each of the formats knows one word of success; no other outcome has it."""
    module = report("outcomes")
    for outcome, mapped in module.MAPPING.items():
        is_met = outcome is module.Outcome.MET
        assert (mapped.oscal is module.OscalState.SATISFIED) is is_met
        assert (mapped.junit is module.JUnitState.PASSED) is is_met
        assert (mapped.result is module.CisoResult.COMPLIANT) is is_met
    assert set(module.MAPPING) == set(module.Outcome)


def test_only_not_met_is_a_failure_anywhere(report: Report) -> None:
    """What could not be measured is an error, never a failure; OSCAL has no finding on it."""
    module = report("outcomes")
    for outcome, mapped in module.MAPPING.items():
        is_missed = outcome is module.Outcome.NOT_MET
        assert (mapped.oscal is module.OscalState.NOT_SATISFIED) is is_missed
        assert (mapped.junit is module.JUnitState.FAILURE) is is_missed
        assert (mapped.result is module.CisoResult.NON_COMPLIANT) is is_missed
    assert module.MAPPING[module.Outcome.UNMEASURED].junit is module.JUnitState.ERROR


WHY = {
    (Verdict.MET, Basis.MEASURED, False): "met",
    (Verdict.NOT_MET, Basis.DECLARED, True): "not_met",
    (Verdict.NOT_APPLICABLE, Basis.DECLARED, False): "not_applicable",
    (Verdict.UNDETERMINED, Basis.MEASURED, True): "unmeasured",
    (Verdict.UNDETERMINED, Basis.DOCUMENT, True): "unmeasured",
    (Verdict.UNDETERMINED, Basis.MEASURED, False): "inconclusive",
    (Verdict.UNDETERMINED, Basis.DOCUMENT, False): "awaited",
    (Verdict.UNDETERMINED, Basis.DECLARED, False): "awaited",
}
"""Verdict, basis and whether measuring failed, with what they are called."""


@pytest.mark.parametrize("case", WHY, ids=str)
def test_an_open_verdict_says_why(
    record: AuditRecord, report: Report, case: tuple[Verdict, Basis, bool]
) -> None:
    """Measuring failed, or people are awaited, or neither."""
    verdict, basis, failed = case
    seen = [o for o in record.observations if isinstance(o.result, NotMeasured) is failed]
    finding = a_finding(record, verdict, basis, seen[0].measurement.key)
    assert report("outcomes").outcomes(only(record, finding))[finding.indicator] == WHY[case]


def test_what_is_gone_from_the_record_counts_as_not_measured(
    record: AuditRecord, report: Report
) -> None:
    """A planned measurement without its observation is no reason to wait for people."""
    lost = record.observations[0]
    finding = a_finding(record, Verdict.UNDETERMINED, Basis.DOCUMENT, lost.measurement.key)
    damaged = replace(only(record, finding), observations=record.observations[1:])
    assert report("outcomes").outcomes(damaged)[finding.indicator] == "unmeasured"


def test_a_whole_is_open_for_the_gravest_reason_of_its_parts(
    record: AuditRecord, report: Report
) -> None:
    """2.4 has no checks of its own: 2.4a to 2.4d say why it is open."""
    parts = {"2.4a": Basis.MEASURED, "2.4b": Basis.DOCUMENT, "2.4c": Basis.DECLARED}
    changed = [
        replace(item, verdict=Verdict.UNDETERMINED, basis=parts.get(item.indicator, item.basis),
                checks=())
        if item.indicator.startswith("2.4") else item
        for item in record.findings
    ]  # fmt: skip
    found = report("outcomes").outcomes(replace(record, findings=tuple(changed)))
    assert [found[key] for key in ("2.4", "2.4a", "2.4b")] == [
        *("inconclusive", "inconclusive", "awaited")
    ]
