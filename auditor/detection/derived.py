"""What follows for `effective` and `fresh` where a product has no words of its own for them."""

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.known import Known
from auditor.model.product_findings import AxisFinding
from auditor.model.products import Answer, Role, Runs, Topic, Transport

REPORTING = frozenset({Role.MONITORING, Role.SIEM, Role.LOG_FORWARDING})
BACKING_UP = frozenset({Role.BACKUP, Role.SNAPSHOT})
_NOT_APPLICABLE = AxisFinding(answer=Answer.NOT_APPLICABLE)

Axes = dict[Topic, AxisFinding]


def effective(known: Known, axes: Axes, schedule: AxisFinding | None) -> AxisFinding:
    """Say whether the job is done: an agent's is to report, a backup's to be made by itself.

    The product's own words, where there are any, stand.
    """
    own = axes[Topic.EFFECTIVE]
    if own.evidence or own.answer is not Answer.UNKNOWN:
        return own
    if REPORTING & set(known.product.roles) and known.product.transport is not Transport.NONE:
        return axes[Topic.MANAGED]
    if BACKING_UP & set(known.product.roles) and schedule is not None:
        return _backup(schedule, axes[Topic.FRESH])
    return own


def fresh(known: Known, axes: Axes, *, has_limit: bool, server: str, silent: bool) -> AxisFinding:
    """Say what a missing time of success means: nothing to be fresh, nothing sent, or unknown.

    `silent`: a source that could have told a time was not heard, so none may be concluded to lack.
    """
    own = axes[Topic.FRESH]
    is_told = bool(own.evidence) or own.answer is not Answer.UNKNOWN
    if not is_told and (not has_limit or known.product.runs is Runs.SYSTEM):
        return _NOT_APPLICABLE
    if is_told or silent:
        return own
    managed = axes[Topic.MANAGED]
    if Role.LOG_FORWARDING in known.product.roles and managed.answer is Answer.NO and not server:
        return _NOT_APPLICABLE
    if REPORTING & set(known.product.roles) and managed.answer is Answer.NO:
        return managed
    if known.product.transport is Transport.SCRAPE and managed.answer is Answer.YES:
        return managed
    return own


def _backup(schedule: AxisFinding, age: AxisFinding) -> AxisFinding:
    evidence = (*schedule.evidence, *age.evidence)
    for part in (schedule, age):
        if part.answer is Answer.NO:
            return AxisFinding(answer=Answer.NO, reason=part.reason, evidence=evidence)
    if schedule.answer is Answer.YES and age.answer is Answer.YES:
        return AxisFinding(answer=Answer.YES, evidence=evidence)
    why = schedule.reason or age.reason or doubt(Doubt.NOT_SEEN)
    return AxisFinding(answer=Answer.UNKNOWN, reason=why, evidence=evidence)
