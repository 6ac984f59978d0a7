"""Whether a measurement that was made again agrees with the one in the pack. Pure.

Compared is what judging reads: the answer of each check that rests on the measurement, once from
the pack's observations and once with the new one in its place. The same verdict and the same value
agree. Only what fluctuates by its nature may differ: rates and sizes by a quarter, clock offsets as
long as the verdict holds, ages and remaining days by the time that has passed and one day more.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from auditor.judge import Case
from auditor.model import (
    AuditRecord,
    CheckFinding,
    Finding,
    NotMeasured,
    Observation,
    Operator,
    Value,
    Verdict,
)
from auditor.rollup import judge


class Result(StrEnum):
    """What a second look says of the first."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    NOT_COMPARABLE = "not_comparable"


class Why(StrEnum):
    """The reasons; closed, so that every program can read them."""

    SAME_ANSWERS = "same_answers"
    WITHIN_FLUCTUATION = "within_fluctuation"
    OTHER_VERDICT = "other_verdict"
    OTHER_VALUE = "other_value"
    NO_LONGER_ANSWERED = "no_longer_answered"
    NOT_MEASURED_AGAIN = "not_measured_again"
    NOT_MEASURED_BEFORE = "not_measured_before"
    NO_SUCH_TARGET = "no_such_target"
    CARRIED_BY_HAND = "carried_by_hand"
    DERIVED = "derived"
    OTHER_PROBE_VERSION = "other_probe_version"
    ANSWERS_NOTHING = "answers_nothing"
    AT_THE_THRESHOLD = "at_the_threshold"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one measurement; `detail` names check and values, or a failure."""

    result: Result
    why: Why
    detail: str = ""


FLUCTUATION = 0.25
_SHARES = frozenset({"Mb/s", "GB"})
_OFFSETS = frozenset({"s"})
_AGES = {"days": timedelta(days=1), "h": timedelta(hours=1), "minutes": timedelta(minutes=1)}
_GRACE = timedelta(days=1)
_DECIDED = frozenset({Verdict.MET, Verdict.NOT_MET})
_WORST_FIRST = (Result.CONTRADICTS, Result.AGREES, Result.NOT_COMPARABLE)


def compare(record: AuditRecord, again: Observation) -> Outcome:
    """Hold a new observation against the one with the same key in a record."""
    key = again.measurement.key
    before = next(item for item in record.observations if item.measurement.key == key)
    if isinstance(again.result, NotMeasured):
        return _incomparable(Why.NOT_MEASURED_AGAIN, again.result.failure.value)
    if isinstance(before.result, NotMeasured):
        return _incomparable(Why.NOT_MEASURED_BEFORE, before.result.failure.value)
    if again.probe_version != before.probe_version:
        return _incomparable(Why.OTHER_PROBE_VERSION, f"{before.probe_version}")
    elapsed = again.started_at - before.started_at
    first, second = _answers(_judged(record, before), key), _answers(_judged(record, again), key)
    outcomes = [_answer(one, second.get(place), elapsed) for place, one in first.items()]
    if not outcomes:
        return _incomparable(Why.ANSWERS_NOTHING, "")
    return min(outcomes, key=lambda outcome: _WORST_FIRST.index(outcome.result))


def _judged(record: AuditRecord, seen: Observation) -> tuple[Finding, ...]:
    key = seen.measurement.key
    observations = tuple(
        seen if item.measurement.key == key else item for item in record.observations
    )
    return judge(Case(record.profile, record.targets, record.plan, observations)).findings


def _answers(findings: tuple[Finding, ...], key: str) -> dict[tuple[str, ...], CheckFinding]:
    """Return the checks that rest on a measurement by indicator, check and system."""
    return {
        (finding.indicator, check.check, check.system): check
        for finding in findings
        for check in finding.checks
        if key in check.observations
    }


def _answer(one: CheckFinding, other: CheckFinding | None, elapsed: timedelta) -> Outcome:
    """Compare one check's two answers."""
    detail = f"{one.check}: {one.actual!r} / {other.actual if other else None!r}"
    if one.actual is None or one.verdict not in _DECIDED:
        return _incomparable(Why.ANSWERS_NOTHING, detail)
    if other is None or other.verdict not in _DECIDED:
        return Outcome(Result.CONTRADICTS, Why.NO_LONGER_ANSWERED, detail)
    is_close = _is_close(one, other, elapsed)
    if one.verdict is not other.verdict:
        return (
            _incomparable(Why.AT_THE_THRESHOLD, detail)
            if is_close
            else Outcome(Result.CONTRADICTS, Why.OTHER_VERDICT, detail)
        )
    if type(one.actual) is type(other.actual) and one.actual == other.actual:
        return Outcome(Result.AGREES, Why.SAME_ANSWERS, detail)
    may_differ = is_close or one.unit.en in _OFFSETS
    return (
        Outcome(Result.AGREES, Why.WITHIN_FLUCTUATION, detail)
        if may_differ
        else Outcome(Result.CONTRADICTS, Why.OTHER_VALUE, detail)
    )


def _is_close(one: CheckFinding, other: CheckFinding, elapsed: timedelta) -> bool:
    first, second, unit = _number(one.actual), _number(other.actual), one.unit.en
    if first is None or second is None:
        return False
    if unit in _SHARES:
        return abs(first - second) <= FLUCTUATION * max(abs(first), abs(second))
    if unit in _AGES:
        is_newer = one.operator is Operator.AT_MOST and second < first
        return is_newer or abs(first - second) * _AGES[unit] <= abs(elapsed) + _GRACE
    return False


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _incomparable(why: Why, detail: str) -> Outcome:
    return Outcome(Result.NOT_COMPARABLE, why, detail)
