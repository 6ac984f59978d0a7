"""What changed since the run before, derived again beside the pack of that run."""

from collections.abc import Iterator
from dataclasses import replace

from auditor import __version__, drift
from auditor.canonical import dumps, sha256
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import AuditRecord, Change, Earlier
from auditor.pack import container
from auditor.pack.container import Fault
from auditor.pack.source import Bytes
from auditor.pack.verifying import Depth, Verification, verify
from auditor.record import change_v1
from auditor.runfolder import RECORD


def with_previous(
    found: Verification, before: Bytes, name: str, *, with_evidence: bool = True
) -> Verification:
    """Hold an intact full pack against that of the run before, which is verified too.

    Raises `BadInput` for a public copy: the names in it are no longer those of the other pack.
    """
    record = found.record
    if record is None or record.public_copy:
        remedy = _("Give the full packs of both runs.")
        raise BadInput(Problem(name, _("cannot be held against a public copy"), remedy))
    previous = record.previous
    if previous is None or previous.run is None:
        note = _("{file} was not looked at: the record names no run before.", file=name)
        return replace(found, notes=(*found.notes, note))
    of_before = verify(before, depth=Depth(evidence=with_evidence))
    old = of_before.record
    if of_before.faults or old is None:
        return replace(found, faults=tuple(_within(of_before, name)))
    if not _is_named(previous.run, old, container.reopen(before, of_before.sha256)[RECORD]):
        return replace(found, faults=(Fault(name, _("is not of the run that the record names")),))
    notes = [*found.notes]
    if of_before.signer != found.signer:
        notes.append(_("The run before was signed with another key."))
    if previous.hindrance:
        notes.append(_("The runs were not compared when this one was made."))
        return replace(found, notes=tuple(notes))
    faults, told = _differences(previous.changes, drift.between(old, record), record)
    return replace(
        found, faults=tuple(faults), notes=(*notes, *told), is_compared=not faults and not told
    )


def _within(of_before: Verification, name: str) -> Iterator[Fault]:
    for fault in of_before.faults:
        yield Fault(name, f"{fault.file}: {fault.problem}")


def _is_named(run: Earlier, old: AuditRecord, content: bytes) -> bool:
    named = Earlier(
        run_id=old.run_id,
        started_at=old.started_at,
        record_sha256=sha256(content),
        tool_version=old.tool_version,
    )
    return named == run


def _differences(
    sealed: tuple[Change, ...], derived: tuple[Change, ...], record: AuditRecord
) -> tuple[list[Fault], list[str]]:
    """Compare; causes of another version of the tool may be found in another way, and are noted."""
    if list(map(_verdicts, sealed)) != list(map(_verdicts, derived)):
        problem = _("what changed since the run before does not follow from both runs")
        return [Fault(RECORD, problem)], []
    other = [
        one.indicator
        for one, two in zip(sealed, derived, strict=True)
        if dumps(change_v1(one)) != dumps(change_v1(two))
    ]
    if not other:
        return [], []
    told = _("causes of changes that do not follow from both runs: {names}", names=", ".join(other))
    is_same = record.tool_version == __version__
    return ([Fault(RECORD, told)], []) if is_same else ([], [f"{RECORD}: {told}"])


def _verdicts(change: Change) -> tuple[object, ...]:
    return change.indicator, change.before, change.after
