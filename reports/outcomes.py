"""What a verdict is called in the formats of other tools: the one table that all of them follow.

Other formats know fewer answers than we do. Nothing that was not decided ever becomes a success
there, and nothing that could not be measured becomes a failure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.model import AuditRecord, Basis, Finding, NotMeasured, Verdict


class Outcome(StrEnum):
    """A verdict, with the reason for which nothing was concluded."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    AWAITED = "awaited"
    INCONCLUSIVE = "inconclusive"
    UNMEASURED = "unmeasured"


class OscalState(StrEnum):
    """The two states of an OSCAL finding; where neither is true there is no finding."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not-satisfied"


class JUnitState(StrEnum):
    """What a JUnit test case may be; `passed` has no element of its own."""

    PASSED = "passed"
    FAILURE = "failure"
    SKIPPED = "skipped"
    ERROR = "error"


class CisoResult(StrEnum):
    """The results of CISO Assistant that we use: a partial compliance is no word of ours."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non_compliant"
    NOT_APPLICABLE = "not_applicable"
    NOT_ASSESSED = "not_assessed"


class CisoProgress(StrEnum):
    """How far CISO Assistant takes the work to be; `done` is the appraiser's to say."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One outcome in each of the other formats. No OSCAL state: no finding."""

    oscal: OscalState | None
    junit: JUnitState
    result: CisoResult
    progress: CisoProgress


MAPPING: Mapping[Outcome, Mapped] = {
    Outcome.MET: Mapped(
        OscalState.SATISFIED, JUnitState.PASSED, CisoResult.COMPLIANT, CisoProgress.IN_REVIEW
    ),
    Outcome.NOT_MET: Mapped(
        OscalState.NOT_SATISFIED,
        JUnitState.FAILURE,
        CisoResult.NON_COMPLIANT,
        CisoProgress.IN_REVIEW,
    ),
    Outcome.NOT_APPLICABLE: Mapped(
        None, JUnitState.SKIPPED, CisoResult.NOT_APPLICABLE, CisoProgress.IN_REVIEW
    ),
    Outcome.AWAITED: Mapped(
        None, JUnitState.SKIPPED, CisoResult.NOT_ASSESSED, CisoProgress.TO_DO
    ),
    Outcome.INCONCLUSIVE: Mapped(
        None, JUnitState.ERROR, CisoResult.NOT_ASSESSED, CisoProgress.IN_PROGRESS
    ),
    Outcome.UNMEASURED: Mapped(
        None, JUnitState.ERROR, CisoResult.NOT_ASSESSED, CisoProgress.IN_PROGRESS
    ),
}  # fmt: skip

_DECIDED = {
    Verdict.MET: Outcome.MET,
    Verdict.NOT_MET: Outcome.NOT_MET,
    Verdict.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}
_GRAVEST = (Outcome.UNMEASURED, Outcome.INCONCLUSIVE, Outcome.AWAITED)


def outcomes(record: AuditRecord) -> Mapping[str, Outcome]:
    """Return the outcome of every indicator, by its id and in the record's order.

    A whole that is open is open for the gravest reason of its open parts.
    """
    failed = {m.key for m in record.plan} - {
        seen.measurement.key
        for seen in record.observations
        if not isinstance(seen.result, NotMeasured)
    }
    own = {finding.indicator: _outcome(finding, failed) for finding in record.findings}
    parts: dict[str, set[Outcome]] = {}
    for indicator in record.profile.indicators:
        if indicator.part_of:
            parts.setdefault(indicator.part_of, set()).add(own[indicator.id])
    return {
        key: _gravest(parts[key]) if key in parts and outcome in _GRAVEST else outcome
        for key, outcome in own.items()
    }


def _gravest(parts: set[Outcome]) -> Outcome:
    return next((grave for grave in _GRAVEST if grave in parts), Outcome.INCONCLUSIVE)


def _outcome(finding: Finding, failed: set[str]) -> Outcome:
    """Tell why nothing was concluded: not measured, or people are awaited, or neither."""
    if finding.verdict in _DECIDED:
        return _DECIDED[finding.verdict]
    open_checks = [
        check for check in finding.checks if check.decides and check.verdict is Verdict.UNDETERMINED
    ]
    if any(key in failed for check in open_checks for key in check.observations):
        return Outcome.UNMEASURED
    return Outcome.INCONCLUSIVE if finding.basis is Basis.MEASURED else Outcome.AWAITED
