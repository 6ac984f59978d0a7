"""Comparisons with a run before, as records hold them: every cause, and hostile names."""

from collections.abc import Sequence
from datetime import timedelta

from auditor.model import AuditRecord, Cause, Change, Earlier, Previous, Verdict

MANY = 40


def since(record: AuditRecord, changes: Sequence[Change], name: str = "run-0") -> Previous:
    """Return these changes since a run of this name, three months before."""
    run = Earlier(
        run_id=name,
        started_at=record.started_at - timedelta(days=90),
        record_sha256="5" * 64,
        tool_version=name,
    )
    return Previous(run=run, changes=tuple(changes))


def fallen(record: AuditRecord, gone: str) -> Previous:
    """Return one change, by what the run measured and by what only the run before had."""
    keys = (record.observations[0].measurement.key, gone)
    return since(record, [_change(record, 0, Cause.COVERAGE, keys)])


def by_every_cause(record: AuditRecord, hostile: Sequence[str]) -> Previous:
    """Return a change by each cause, of an indicator that is gone too, with the worst names."""
    causes = [cause for cause in Cause if cause is not Cause.EXCEPTION]
    keys = (record.observations[0].measurement.key, *hostile)
    made = [_change(record, place, cause, keys) for place, cause in enumerate(causes)]
    gone = Change(
        indicator=hostile[0],
        before=Verdict.MET,
        after=None,
        cause=Cause.CRITERIA,
        measurements=tuple(f"clock@{n}" for n in range(MANY)),
    )
    excepted = Change(
        indicator=record.findings[-1].indicator,
        before=None,
        after=None,
        cause=Cause.EXCEPTION,
        measurements=(),
    )
    return since(record, [*made, gone, excepted], hostile[1])


def _change(record: AuditRecord, place: int, cause: Cause, keys: tuple[str, ...]) -> Change:
    finding = record.findings[place]
    before = next(verdict for verdict in Verdict if verdict is not finding.verdict)
    return Change(
        indicator=finding.indicator,
        before=before,
        after=finding.verdict,
        cause=cause,
        measurements=keys,
    )
