"""What a source says about one topic, and how several of them become one answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.times import SKEW
from auditor.model.product_findings import AxisFinding, Evidence
from auditor.model.products import Answer, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One source's word. `at` is a time of success; `lower_bound` says newer ones may be hidden.

    `place` tells the repositories of one backup tool apart; it is empty for all other products.
    """

    topic: Topic
    evidence: Evidence
    answer: Answer = Answer.UNKNOWN
    value: str = ""
    at: datetime | None = None
    lower_bound: bool = False
    question: str = ""
    within_minutes: int | None = None
    place: str = ""


_NOT_SEEN = AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NOT_SEEN))


def merge(statements: Iterable[Statement], topic: Topic, *, silent: bool) -> AxisFinding:
    """Put the words of all sources together.

    A "no" stands, whoever else says "yes": that is a conflict to look at, not an average. A "yes"
    needs every source that could say "no" to have been heard, so that seeing less never helps.
    """
    said = [s for s in statements if s.topic is topic]
    if not said:
        return _NOT_SEEN
    evidence = tuple(s.evidence for s in said)
    answers = {s.answer for s in said}
    if Answer.NO in answers:
        why = next(s.question for s in said if s.answer is Answer.NO)
        return AxisFinding(answer=Answer.NO, reason=why, evidence=evidence)
    if Answer.YES in answers and silent:
        return AxisFinding(
            answer=Answer.UNKNOWN, reason=doubt(Doubt.SOURCE_SILENT), evidence=evidence
        )
    if Answer.YES in answers:
        return AxisFinding(answer=Answer.YES, evidence=evidence)
    why = next((s.question for s in said if s.question), doubt(Doubt.NOT_SEEN))
    return AxisFinding(answer=Answer.UNKNOWN, reason=why, evidence=evidence)


def fresh(
    statements: Sequence[Statement],
    *,
    now: datetime,
    limit_minutes: int | None,
    silent: bool,
    sees_files: bool,
) -> AxisFinding:
    """Judge the newest time of success against a limit, on the host's own clock."""
    timed = [s for s in statements if s.topic is Topic.FRESH and s.at is not None]
    spoken = [s for s in statements if s.topic is Topic.FRESH and s.at is None]
    if not timed or any(s.answer is Answer.NO for s in spoken):
        return merge(spoken, Topic.FRESH, silent=silent)
    newest = max(timed, key=_when)
    answer, why = _age(newest, now, newest.within_minutes or limit_minutes)
    if answer is Answer.NO and (silent or (newest.lower_bound and not sees_files)):
        answer, why = Answer.UNKNOWN, doubt(Doubt.SOURCE_SILENT)
    if answer is Answer.YES and silent:
        answer, why = Answer.UNKNOWN, doubt(Doubt.SOURCE_SILENT)
    evidence = (newest.evidence, *(s.evidence for s in spoken))
    return AxisFinding(answer=answer, reason=why, evidence=evidence)


def last_success(statements: Iterable[Statement]) -> datetime | None:
    """Return the newest time of success that a source wrote."""
    return max((s.at for s in statements if s.topic is Topic.FRESH and s.at), default=None)


def _when(statement: Statement) -> float:
    return statement.at.timestamp() if statement.at else 0.0


def _age(newest: Statement, now: datetime, limit_minutes: int | None) -> tuple[Answer, str]:
    if newest.at is None or limit_minutes is None:
        return Answer.UNKNOWN, doubt(Doubt.NO_TIME)
    age = now - newest.at
    if age < -SKEW:
        return Answer.UNKNOWN, doubt(Doubt.FUTURE_TIME, newest.at.isoformat())
    if age <= timedelta(minutes=limit_minutes):
        return Answer.YES, ""
    return Answer.NO, doubt(Doubt.TOO_OLD, newest.at.isoformat())
