"""A report for paper: long lists are cut, and a last row says how many more there are.

The page and the record hold all of them. A centre of twenty-five machines is printed whole.
"""

from collections.abc import Callable
from dataclasses import replace

from auditor.language import Language

from .view import (
    CheckRow,
    EvidenceRow,
    IndicatorRow,
    MachineRow,
    ObservationRow,
    Report,
    StepRow,
)

MOST_ROWS = 400
"""Rows of the list of evidence, of what was not measured, and of the machines."""

MOST_STEPS = 100
"""Steps of the plan."""

LONGEST_FOUND = 120
"""Letters of what a check found, in its narrow column, if its reason says the same."""

MOST_CITED = 25
"""Observations under one indicator, and codes under one check."""


def brief(report: Report, _: Language) -> Report:
    """Return the report with no list longer than paper bears, and no long finding told twice."""
    more, see = _more(_), _("see the reason")
    short = shortened(report, _)
    return _with_lines(short, lambda line: _indicator(line, more, see))


def shortened(report: Report, _: Language) -> Report:
    """Return the report with no list longer than paper bears; checks stay as they are."""
    more = _more(_)
    unmeasured = _observations(report.unmeasured, MOST_ROWS, more)
    if len(report.unmeasured) > MOST_ROWS:  # its table names the cause in another column
        unmeasured = (*unmeasured[:-1], replace(unmeasured[-1], probe=""))
    return replace(
        report,
        unmeasured=unmeasured,
        machines=replace(report.machines, rows=_machines(report.machines.rows, more)),
        evidence=_evidence(report.evidence, more),
        steps=_steps(report.steps, more),
    )


def said_once(report: Report, _: Language) -> Report:
    """Return the report for the page: a long finding that its reason holds whole is told there."""
    see = _("see the reason")
    return _with_lines(
        report,
        lambda line: replace(line, checks=tuple(_seen(check, see) for check in line.checks)),
    )


def _with_lines(report: Report, changed: Callable[[IndicatorRow], IndicatorRow]) -> Report:
    groups = (
        replace(group, indicators=tuple(map(changed, group.indicators))) for group in report.groups
    )
    return replace(report, groups=tuple(groups))


def _seen(check: CheckRow, see: str) -> CheckRow:
    *found, last = check.actual.split("; ")  # the last may only count the rest
    return replace(check, actual=see) if _is_said(check, found or [last]) else check


def _is_said(check: CheckRow, found: list[str]) -> bool:
    is_long = len(check.actual) > LONGEST_FOUND
    return is_long and all(part in check.reason for part in found)


def _more(_: Language) -> str:
    return _("more; the page report.html and record.json hold all")


def _indicator(line: IndicatorRow, more: str, see: str) -> IndicatorRow:
    return replace(
        line,
        evidence=_observations(line.evidence, MOST_CITED, more),
        checks=tuple(_check(check, see) for check in line.checks),
    )


def _check(check: CheckRow, see: str) -> CheckRow:
    actual = see if _is_said(check, check.actual.split("; ")[:1]) else check.actual
    return replace(check, actual=actual, evidence=_codes(check.evidence))


def _codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    rest = len(codes) - MOST_CITED
    return codes if rest <= 0 else (*codes[:MOST_CITED], f"+{rest}")


def _observations(
    rows: tuple[ObservationRow, ...], most: int, more: str
) -> tuple[ObservationRow, ...]:
    rest = len(rows) - most
    return rows if rest <= 0 else (*rows[:most], _last(rest, more))


def _last(rest: int, more: str) -> ObservationRow:
    return ObservationRow(
        code=f"+{rest}", probe=more, target="", started="", outcome="", failure=more, detail=""
    )


def _evidence(rows: tuple[EvidenceRow, ...], more: str) -> tuple[EvidenceRow, ...]:
    rest = len(rows) - MOST_ROWS
    if rest <= 0:
        return rows
    return (*rows[:MOST_ROWS], EvidenceRow(seen=_last(rest, more), limitations=(), captures=()))


def _steps(rows: tuple[StepRow, ...], more: str) -> tuple[StepRow, ...]:
    rest = len(rows) - MOST_STEPS
    if rest <= 0:
        return rows
    last = replace(rows[-1], number=f"+{rest}", do=more, effort="", command="", others=(),
                   indicators=(), closes="", systems=(), responsible="")  # fmt: skip
    return (*rows[:MOST_STEPS], last)


def _machines(rows: tuple[MachineRow, ...], more: str) -> tuple[MachineRow, ...]:
    rest = len(rows) - MOST_ROWS
    if rest <= 0:
        return rows
    empty = replace(rows[0], name=f"+{rest}", addresses="", known_from="", seen_by="", systems="",
                    state=more, note="")  # fmt: skip
    return (*rows[:MOST_ROWS], empty)
