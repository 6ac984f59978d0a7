"""What to do first: the acts that would close what is open, by weight and effort.

A pure function of a record, its profile and a site. It proposes, as everything here does: closing
a check is for the next run to find.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from auditor import gaps, phrases, targets
from auditor.model import (
    AuditRecord,
    Basis,
    CheckFinding,
    Effort,
    Finding,
    Indicator,
    NotMeasured,
    Remedy,
    Responsible,
    Site,
    StepKind,
    Text,
    Verdict,
)
from auditor.model.vocabulary import NO_TEXT

NOT_MET_WEIGHS = 2
"""What is not met weighs twice what is open: it can undo a recognition."""


@dataclass(frozen=True, slots=True)
class Option:
    """One act. `id` is a kind of document, a check or a target; `takes` is the effort in words."""

    kind: StepKind
    id: str
    name: Text
    do: Text
    command: str
    rank: int
    takes: Text


@dataclass(frozen=True, slots=True)
class Step:
    """What closes an open clause: any of its options, the least work first.

    `closes` are the indicators in which nothing else is open, `indicators` all that it helps.
    `weight` is this step's share of them; `responsible` is empty where the site names nobody.
    """

    options: tuple[Option, ...]
    indicators: tuple[str, ...]
    closes: tuple[str, ...]
    systems: tuple[str, ...]
    verdict: Verdict
    weight: Fraction
    responsible: str

    @property
    def score(self) -> Fraction:
        """Weight for each unit of effort: what has most of it is done first."""
        return self.weight / self.options[0].rank


_Key = tuple[StepKind, str]


@dataclass(frozen=True, slots=True)
class _Open:
    """A clause that is open: in which indicator, for which system, and how to close it."""

    indicator: Indicator
    system: str
    verdict: Verdict
    options: tuple[Option, ...]

    @property
    def key(self) -> tuple[tuple[StepKind, str, Text], ...]:
        return tuple((option.kind, option.id, option.name) for option in self.options)


def steps(record: AuditRecord, site: Site | None = None) -> tuple[Step, ...]:
    """Return what to do, first things first; nothing if no indicator is open or not met."""
    grouped: dict[tuple[tuple[StepKind, str, Text], ...], list[_Open]] = {}
    for clause in _clauses(record):
        grouped.setdefault(clause.key, []).append(clause)
    shares: dict[str, int] = {}
    for clauses in grouped.values():
        for indicator in {clause.indicator.id for clause in clauses}:
            shares[indicator] = shares.get(indicator, 0) + 1
    found = [_step(record, site, clauses, shares) for clauses in grouped.values()]
    return tuple(sorted(found, key=lambda step: (-step.score, step.verdict is not Verdict.NOT_MET)))


def _step(
    record: AuditRecord, site: Site | None, clauses: list[_Open], shares: Mapping[str, int]
) -> Step:
    gravest_last = sorted(clauses, key=lambda clause: clause.verdict is Verdict.NOT_MET)
    of = {clause.indicator.id: clause for clause in gravest_last}
    systems = tuple(dict.fromkeys(clause.system for clause in clauses if clause.system))
    options = tuple(sorted(clauses[0].options, key=lambda option: option.rank))
    indicators = tuple(dict.fromkeys(clause.indicator.id for clause in clauses))
    is_missed = any(clause.verdict is Verdict.NOT_MET for clause in clauses)
    return Step(
        options=options,
        indicators=indicators,
        closes=tuple(key for key in indicators if shares[key] == 1),
        systems=systems,
        verdict=Verdict.NOT_MET if is_missed else Verdict.UNDETERMINED,
        weight=sum((_weight(record, of[key]) / shares[key] for key in of), Fraction(0)),
        responsible=_who(record, site, options, indicators, systems),
    )


def _weight(record: AuditRecord, clause: _Open) -> Fraction:
    """Return what an indicator weighs: one each, parts their share of the whole."""
    whole = clause.indicator.part_of
    parts = sum(item.part_of == whole for item in record.profile.indicators) if whole else 1
    return Fraction(NOT_MET_WEIGHS if clause.verdict is Verdict.NOT_MET else 1, parts)


def _clauses(record: AuditRecord) -> Iterator[_Open]:
    """Yield every clause that nothing satisfies yet; failed measurements one by one."""
    findings = {finding.indicator: finding for finding in record.findings}
    wholes = {item.part_of for item in record.profile.indicators}
    for indicator in record.profile.indicators:
        finding = findings[indicator.id]
        if finding.verdict in {Verdict.MET, Verdict.NOT_APPLICABLE} or indicator.id in wholes:
            continue
        if not finding.checks:
            change = _change(record, indicator, finding.reason, indicator.id, indicator.name)
            yield _Open(indicator, "", finding.verdict, (change,))
        for system in dict.fromkeys(check.system for check in finding.checks):
            yield from _of_system(record, indicator, finding, system)


def _of_system(
    record: AuditRecord, indicator: Indicator, finding: Finding, system: str
) -> Iterator[_Open]:
    by_id = {check.check: check for check in finding.checks if check.system == system}
    for names in indicator.requires:
        members = [by_id[name] for name in names if name in by_id]
        if any(check.verdict is Verdict.MET for check in members):
            continue
        open_ones = [check for check in members if check.verdict is not Verdict.NOT_APPLICABLE]
        failed = {check.check: tuple(_failed(record, check)) for check in open_ones}
        if len(open_ones) == 1 and (again := failed[open_ones[0].check]):
            for option in again:
                yield _Open(indicator, system, Verdict.UNDETERMINED, (option,))
        elif open_ones:
            options = (
                _option(record, indicator, c, is_lost=bool(failed[c.check])) for c in open_ones
            )
            yield _Open(indicator, system, _gravest(open_ones), tuple(options))


def _gravest(checks: list[CheckFinding]) -> Verdict:
    missed = all(check.verdict is Verdict.NOT_MET for check in checks)
    return Verdict.NOT_MET if missed else Verdict.UNDETERMINED


def _failed(record: AuditRecord, check: CheckFinding) -> Iterator[Option]:
    """Yield what has to be measured again, a target and a cause at a time."""
    if check.verdict is not Verdict.UNDETERMINED or check.basis is not Basis.MEASURED:
        return
    keys = set(check.observations)
    causes = {
        (seen.measurement.target, gaps.cause(seen.result)): None
        for seen in record.observations
        if isinstance(seen.result, NotMeasured) and seen.measurement.key in keys
    }
    for target, cause in causes:
        called = _RESERVED.get(target, Text(vi=target, en=target))
        name = phrases.fill(_TARGET, target=called, cause=cause)
        option = _made(record, (StepKind.MEASUREMENT, target), called, cause)
        yield replace(option, name=name)  # the sentence says the cause by itself


_TARGET = Text(vi="{target} ({cause})", en="{target} ({cause})")
_RESERVED = {
    targets.NETWORK.name: Text(vi="mạng của trung tâm", en="the centre's network"),
    targets.PAPERS.name: Text(vi="những gì tệp mô tả trung tâm nêu", en="what the site file names"),
    targets.RUN.name: Text(vi="số liệu tổng hợp của lượt chạy", en="what the run sums up"),
}
"""What targets are that no site file may name otherwise."""


def _option(
    record: AuditRecord, indicator: Indicator, check: CheckFinding, *, is_lost: bool
) -> Option:
    """Return what closes a check; `is_lost` if measurements that it rests on failed."""
    kinds = record.profile.document_kinds
    if check.check in kinds:
        name = kinds[check.check]
        return _made(record, (StepKind.DOCUMENT, check.check), name, check.reason)
    place = f"{indicator.id}/{check.check}"
    if is_lost:
        return _made(record, (StepKind.MEASUREMENT, place), check.title, check.reason)
    if check.basis is Basis.DECLARED:
        return _made(record, (StepKind.DECLARATION, place), check.title, check.reason)
    return _change(record, indicator, check.reason, place, check.title)


def _change(
    record: AuditRecord, indicator: Indicator, reason: Text, place: str, name: Text
) -> Option:
    """Return what the indicator's own remedy says; only the centre can bring it about."""
    told = phrases.join((reason, indicator.remedy), _STOP) if indicator.remedy else reason
    return _made(record, (StepKind.CHANGE, place), name, told, indicator.effort)


def _made(record: AuditRecord, key: _Key, name: Text, reason: Text, effort: str = "") -> Option:
    """Fill in the profile's words; a profile without them leaves the reason to speak."""
    kind, place = key
    remedy = record.profile.remedies.get(kind) or Remedy(effort="", do=_REASON)
    if remedy.do is not _REASON:  # its words say the name already
        reason = Text(
            vi=reason.vi.removeprefix(f"{name.vi}: "), en=reason.en.removeprefix(f"{name.en}: ")
        )
    size = record.profile.efforts.get(effort or remedy.efforts.get(place, remedy.effort)) or Effort(
        rank=1, words=NO_TEXT
    )
    return Option(
        kind=kind,
        id=place,
        name=name,
        do=phrases.fill(remedy.do, name=name, id=place, reason=reason),
        command=remedy.command.format(id=place),
        rank=size.rank,
        takes=size.words,
    )


_REASON = Text(vi="{reason}", en="{reason}")
_STOP = Text(vi=". ", en=". ")


def _who(
    record: AuditRecord,
    site: Site | None,
    options: tuple[Option, ...],
    indicators: tuple[str, ...],
    systems: tuple[str, ...],
) -> str:
    """Return who is named for this most precisely, else who runs the systems, else the contact."""
    if site is None:
        return ""
    groups = [
        group.id
        for group in record.profile.groups
        if any(item.id in indicators for item in group.indicators)
    ]
    wanted = (*(o.id for o in options), *indicators, *groups, *(o.kind for o in options))
    for subject in wanted:
        for person in site.responsible:
            if subject in person.subjects:
                return _named(person)
    units = [unit.operating_unit for unit in site.information_systems if unit.id in systems]
    return "; ".join(dict.fromkeys(filter(None, units))) or site.centre.contact


def _named(person: Responsible) -> str:
    return f"{person.by}, {person.position}" if person.position else person.by
