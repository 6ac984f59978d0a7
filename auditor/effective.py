"""The effective layer: findings and exceptions on a day give what holds; nothing is rewritten.

Pure, like judging. Only what is not met or not known can be waived, so an exception changes
nothing where the verdict is good, and the raw verdict is never touched (ADR 0016).
"""

from collections.abc import Iterable
from datetime import date, datetime

from auditor.model import (
    VIETNAM,
    Effective,
    EffectiveFinding,
    EffectiveSystem,
    Finding,
    HeldWaiver,
    Profile,
    Verdict,
    Waiver,
    Waivers,
    WaiverState,
)

WAIVABLE = frozenset({Verdict.NOT_MET, Verdict.UNDETERMINED})
_LOWEST_FIRST = (
    *(Effective.NOT_MET, Effective.UNDETERMINED, Effective.WAIVED, Effective.MET),
    Effective.NOT_APPLICABLE,
)


def day_of(moment: datetime) -> date:
    """Return the day of the Vietnamese calendar on which a moment falls."""
    return moment.astimezone(VIETNAM).date()


def state_of(waiver: Waiver, on: date) -> WaiverState:
    """Return how an exception stands on a day; its last day still counts."""
    if waiver.until < on:
        return WaiverState.LAPSED
    return WaiverState.IN_FORCE if waiver.recorded_on <= on else WaiverState.NOT_BEGUN


def lay_over(
    profile: Profile,
    findings: tuple[Finding, ...],
    entries: tuple[tuple[str, Waiver], ...],
    ledger_sha256: str,
    on: date,
) -> Waivers:
    """Lay a ledger's entries, each with its digest, over findings as of a day."""
    held = tuple(
        HeldWaiver(waiver=waiver, digest=digest, state=state_of(waiver, on))
        for digest, waiver in entries
    )
    live = tuple(item for item in held if item.state is WaiverState.IN_FORCE)
    by_id = {finding.indicator: finding for finding in findings}
    parts: dict[str, list[str]] = {}
    for indicator in profile.indicators:
        if indicator.part_of:
            parts.setdefault(indicator.part_of, []).append(indicator.id)
    whole_of = {part: whole for whole, items in parts.items() for part in items}
    own = {
        finding.indicator: _own(finding, _on(live, finding.indicator, whole_of))
        for finding in findings
    }
    touched = [
        own[finding.indicator]
        if finding.indicator not in parts
        else _whole(own[finding.indicator], [own[p] for p in parts[finding.indicator] if p in own])
        for finding in findings
    ]
    return Waivers(
        ledger_sha256=ledger_sha256,
        head=held[-1].digest if held else "",
        on=on,
        entries=held,
        findings=tuple(item for item in touched if item.waivers and item.indicator in by_id),
    )


def _on(live: Iterable[HeldWaiver], indicator: str, whole_of: dict[str, str]) -> list[HeldWaiver]:
    """Return what is in force for an indicator; one for a whole covers its parts too."""
    names = {indicator, whole_of.get(indicator, indicator)}
    return [item for item in live if item.waiver.indicator in names]


def _own(finding: Finding, live: list[HeldWaiver]) -> EffectiveFinding:
    covered = {item.waiver.system for item in live}
    systems = tuple(
        EffectiveSystem(
            system=part.system,
            raw=part.verdict,
            effective=_layered(part.verdict, is_covered=bool(covered & {"", part.system})),
        )
        for part in finding.systems
    )
    effective = (
        _lowest(part.effective for part in systems)
        if systems
        else _layered(finding.verdict, is_covered="" in covered)
    )
    return EffectiveFinding(
        indicator=finding.indicator,
        raw=finding.verdict,
        effective=effective,
        systems=systems,
        waivers=tuple(item.digest for item in live),
    )


def _whole(own: EffectiveFinding, parts: list[EffectiveFinding]) -> EffectiveFinding:
    """Combine the parts of an indicator that has parts."""
    if not parts:
        return own
    digests = dict.fromkeys([*own.waivers, *(item for part in parts for item in part.waivers)])
    return EffectiveFinding(
        indicator=own.indicator,
        raw=own.raw,
        effective=_lowest(part.effective for part in parts),
        systems=own.systems,
        waivers=tuple(digests),
    )


def _layered(raw: Verdict, *, is_covered: bool) -> Effective:
    return Effective.WAIVED if is_covered and raw in WAIVABLE else Effective(raw.value)


def _lowest(parts: Iterable[Effective]) -> Effective:
    found = set(parts)
    return next(word for word in _LOWEST_FIRST if word in found)
