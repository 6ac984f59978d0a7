"""From answers to verdicts: checks to systems, systems to indicators, indicators to groups.

Three-valued logic after Kleene: what is not known can only be overruled by what decides anyway.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from auditor import phrases, system_names
from auditor.checks import checks_of
from auditor.judge import Asked, Case, asked_of, check_finding, not_applicable
from auditor.model import (
    Basis,
    CheckFinding,
    ExitCode,
    Finding,
    GroupFinding,
    Indicator,
    Per,
    SystemFinding,
    Text,
    Verdict,
)

STRENGTH = (Basis.DECLARED, Basis.DOCUMENT, Basis.MEASURED)


class Outcome(NamedTuple):
    """A verdict with what carries it."""

    verdict: Verdict
    basis: Basis
    reason: Text
    is_either: bool = False
    """Whether the reason names alternatives."""


class Judgement(NamedTuple):
    """All that follows from a case."""

    findings: tuple[Finding, ...]
    groups: tuple[GroupFinding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """What the process should return for these findings."""
        verdicts = {group.verdict for group in self.groups}
        if not self.findings:
            return ExitCode.NOTHING_TO_AUDIT
        if Verdict.NOT_MET in verdicts:
            return ExitCode.NOT_MET
        return ExitCode.UNDETERMINED if Verdict.UNDETERMINED in verdicts else ExitCode.MET


def judge(case: Case) -> Judgement:
    """Judge every indicator of the profile, in its order."""
    indicators = case.profile.indicators
    own = {item.id: _indicator(case, item) for item in indicators if not _is_whole(case, item)}
    findings = {item.id: own.get(item.id) or _whole(case, item, own) for item in indicators}
    groups = tuple(
        _group(group.id, [findings[item.id] for item in group.indicators if not item.part_of])
        for group in case.profile.groups
    )
    return Judgement(tuple(findings.values()), groups)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Conjoin: the lowest wins; what does not apply does not count."""
    known = set(verdicts) - {Verdict.NOT_APPLICABLE}
    for verdict in (Verdict.NOT_MET, Verdict.UNDETERMINED, Verdict.MET):
        if verdict in known:
            return verdict
    return Verdict.NOT_APPLICABLE


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Disjoin: the highest wins; what does not apply does not count."""
    known = set(verdicts) - {Verdict.NOT_APPLICABLE}
    for verdict in (Verdict.MET, Verdict.UNDETERMINED, Verdict.NOT_MET):
        if verdict in known:
            return verdict
    return Verdict.NOT_APPLICABLE


def _is_whole(case: Case, indicator: Indicator) -> bool:
    return any(other.part_of == indicator.id for other in case.profile.indicators)


def _indicator(case: Case, indicator: Indicator) -> Finding:
    if indicator.optional and (declared := not_applicable(case, indicator.id)) is not None:
        outcome = Outcome(declared.verdict, Basis.DECLARED, declared.reason)
        return _finding(indicator, outcome)
    if indicator.per is Per.CENTRE:
        (centre,) = asked_of(case, indicator)
        checks = _checks(case, indicator, centre)
        return _finding(indicator, _combine(indicator, checks), checks=checks)
    return _per_system(case, indicator)


def _per_system(case: Case, indicator: Indicator) -> Finding:
    """Judge each declared information system; the lowest verdict is the indicator's."""
    everyone = asked_of(case, indicator)
    if not everyone:
        nobody = Outcome(Verdict.UNDETERMINED, Basis.DECLARED, phrases.NO_SYSTEM)
        return _finding(indicator, nobody)
    names = system_names.of_rows(asked.row for asked in everyone if asked.row)
    checks: list[CheckFinding] = []
    outcomes: list[Outcome] = []
    systems: list[SystemFinding] = []
    for asked in everyone:
        of_system = _checks(case, indicator, asked)
        outcome = _combine(indicator, of_system)
        checks.extend(of_system)
        outcomes.append(_about(names.get(asked.id, asked.id), outcome))
        systems.append(
            SystemFinding(system=asked.id, verdict=outcome.verdict, reason=outcome.reason)
        )
    return _finding(indicator, _all(outcomes), tuple(systems), tuple(checks))


def _whole(case: Case, indicator: Indicator, own: Mapping[str, Finding]) -> Finding:
    """Judge an indicator by its parts."""
    parts = [item.id for item in case.profile.indicators if item.part_of == indicator.id]
    outcomes = [
        _about(part, Outcome(own[part].verdict, own[part].basis, own[part].reason))
        for part in parts
    ]
    return _finding(indicator, _all(outcomes))


def _checks(case: Case, indicator: Indicator, subject: Asked) -> tuple[CheckFinding, ...]:
    return tuple(
        check_finding(case, indicator, check, subject)
        for check in checks_of(case.profile, indicator)
    )


def _combine(indicator: Indicator, checks: tuple[CheckFinding, ...]) -> Outcome:
    """Evaluate `requires`: every clause, each by any of its checks."""
    by_id = {check.check: check for check in checks}
    clauses = [_any([_outcome(by_id[name]) for name in clause]) for clause in indicator.requires]
    return _all(clauses)


def _outcome(check: CheckFinding) -> Outcome:
    return Outcome(check.verdict, check.basis, check.reason)


def _any(outcomes: list[Outcome]) -> Outcome:
    verdict = any_of(item.verdict for item in outcomes)
    carrying = [item for item in outcomes if item.verdict is verdict]
    reasons = tuple(dict.fromkeys(item.reason for item in carrying))
    basis = max((item.basis for item in carrying), key=STRENGTH.index)
    told = phrases.join(reasons, phrases.OR)
    return Outcome(verdict, basis, told, is_either=len(reasons) > 1)


def _all(outcomes: list[Outcome]) -> Outcome:
    """Conjoin. Met is as strong as its weakest part; anything else as its strongest."""
    verdict = all_of(item.verdict for item in outcomes)
    carrying = [item for item in outcomes if item.verdict is verdict]
    weakest_or_strongest = min if verdict is Verdict.MET else max
    basis = weakest_or_strongest((item.basis for item in carrying), key=STRENGTH.index)
    distinct = tuple(dict.fromkeys((item.reason, item.is_either) for item in carrying))
    is_alone = len(distinct) == 1  # alternatives alone need no brackets
    reasons = (
        phrases.bracketed(reason) if is_either and not is_alone else reason
        for reason, is_either in distinct
    )
    told = phrases.join(tuple(reasons))
    return Outcome(verdict, basis, told, is_either=is_alone and distinct[0][1])


def _about(name: str, outcome: Outcome) -> Outcome:
    """Say in the reason which system or part it is about."""
    reason = phrases.fill(phrases.ABOUT, name=name, reason=outcome.reason)
    return outcome._replace(reason=reason, is_either=False)


def _finding(
    indicator: Indicator,
    outcome: Outcome,
    systems: tuple[SystemFinding, ...] = (),
    checks: tuple[CheckFinding, ...] = (),
) -> Finding:
    return Finding(
        indicator=indicator.id,
        verdict=outcome.verdict,
        basis=outcome.basis,
        reason=outcome.reason,
        systems=systems,
        checks=checks,
    )


def _group(group: str, findings: list[Finding]) -> GroupFinding:
    verdicts = [finding.verdict for finding in findings]
    return GroupFinding(
        group=group,
        verdict=all_of(verdicts),
        counts={verdict: verdicts.count(verdict) for verdict in Verdict},
    )
