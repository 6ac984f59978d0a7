"""The six proofs of a backup, in order; tool and last success are axes, the other four stand here.

A restore test is never inferred: without a machine's record it stays open for a signed statement.
"""

from collections.abc import Iterable

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.known import Known
from auditor.detection.scheduled import calls
from auditor.detection.statement import Statement, merge
from auditor.detection.view import View
from auditor.model.product_findings import AxisFinding
from auditor.model.products import Answer, Role, Topic

_BACKS_UP = frozenset({Role.BACKUP, Role.SNAPSHOT})


def proofs(
    known: Known, view: View, said: Iterable[Statement], silent: frozenset[Topic]
) -> dict[Topic, AxisFinding]:
    """Return the proofs that are no axis; nothing for a product that makes no backups."""
    if not _BACKS_UP & set(known.product.roles):
        return {}
    said = tuple(said)
    found = {Topic.SCHEDULE: schedule(known, view)}
    for topic in (Topic.REPOSITORY, Topic.INTEGRITY, Topic.RESTORE):
        finding = merge(said, topic, silent=topic in silent)
        if finding.answer is Answer.UNKNOWN and not finding.evidence:
            finding = AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NO_RECORD))
        found[topic] = finding
    return found


def schedule(known: Known, view: View) -> AxisFinding:
    """Say whether something calls the tool by itself: a timer, a cron line, a task.

    A script with a name of its own that calls the tool is not looked into.
    """
    found = calls(known, view)
    if found:
        return AxisFinding(answer=Answer.YES, evidence=tuple(line.evidence for line in found))
    if view.facts.saw("schedulers"):
        return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.NOT_SEEN, "schedulers"))
    return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NOT_COLLECTED, "schedulers"))
