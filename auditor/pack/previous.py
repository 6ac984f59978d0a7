"""Whether what a record says of the run before does not contradict the rest of it."""

import re
from collections.abc import Iterator

from auditor.language import _
from auditor.model import AuditRecord, Cause, Change, Hindrance, Previous
from auditor.pack.container import Fault
from auditor.runfolder import RECORD

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def faults(record: AuditRecord) -> Iterator[Fault]:
    """Say what cannot be so, whatever the run before was."""
    previous = record.previous
    if previous is None:
        return
    if not _is_whole(record, previous):
        yield Fault(RECORD, _("what it says of the run before contradicts itself"))
    now = {item.indicator: item.verdict for item in record.findings}
    seen = {item.measurement.key for item in record.observations}
    for change in previous.changes:
        name = change.indicator
        if change.after is not now.get(name) and change.cause is not Cause.EXCEPTION:
            problem = _("{name}: what changed since the run before is not its verdict", name=name)
            yield Fault(RECORD, problem)
        elif not _is_possible(change, seen) or (
            change.cause is Cause.EXCEPTION and name not in now
        ):
            problem = _("{name}: the cause of its change cannot be this one", name=name)
            yield Fault(RECORD, problem)


def _is_whole(record: AuditRecord, previous: Previous) -> bool:
    run, names = previous.run, [change.indicator for change in previous.changes]
    if (run is None) is not (previous.hindrance is Hindrance.STORE_UNAVAILABLE):
        return False
    if previous.hindrance and previous.changes:
        return False
    is_other = run is None or run.run_id != record.run_id
    is_digest = run is None or bool(_DIGEST.fullmatch(run.record_sha256))
    return is_other and is_digest and len(names) == len(set(names))


def _is_possible(change: Change, seen: set[str]) -> bool:
    """Whether verdicts, cause and measurements go together.

    Only something else measured can have its cause in what this run has not; criteria and
    exceptions have theirs in no measurement.
    """
    if change.cause is Cause.EXCEPTION:
        return change.before is change.after is None and not change.measurements
    if change.before is change.after:
        return False
    if change.cause is Cause.CRITERIA:
        return not change.measurements
    return change.cause is Cause.COVERAGE or seen.issuperset(change.measurements)
