"""The six proofs of a backup, in order; tool and last success are axes, the other four stand here.

A restore test is never inferred: without a machine's record it stays open for a signed statement.
"""

import re
from collections.abc import Iterable

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.statement import Statement, merge
from auditor.detection.view import View
from auditor.model import Row
from auditor.model.product_findings import AxisFinding, Evidence
from auditor.model.products import Answer, Role, Strength, Topic

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
    """Say whether something calls the tool by itself: a timer, a cron line, a task."""
    calls = [
        Evidence(
            topic=Topic.SCHEDULE,
            strength=Strength.ANCHORED,
            section="schedulers",
            row=index,
            excerpt=f"{text(row, 'source')} {text(row, 'schedule')}".strip() or text(row, "kind"),
        )
        for index, row in enumerate(view.facts.schedulers)
        if row.get("is_active") is not False and _calls(row, known)
    ]
    if calls:
        return AxisFinding(answer=Answer.YES, evidence=tuple(calls))
    if view.facts.saw("schedulers"):
        return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.NOT_SEEN, "schedulers"))
    return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NOT_COLLECTED, "schedulers"))


def _calls(row: Row, known: Known) -> bool:
    line = text(row, "command")
    tools = {known.product.id, *known.programs}
    return any(re.search(rf"(?<![\w-]){re.escape(tool)}(?![\w])", line) for tool in tools)
