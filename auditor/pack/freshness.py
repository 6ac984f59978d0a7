"""Whether a run was measured under a challenge: what is older than the question is told."""

from collections.abc import Iterator

from auditor.language import _
from auditor.model import AuditRecord, Challenge
from auditor.pack.container import Fault
from auditor.runfolder import RECORD


def faults(record: AuditRecord, challenge: Challenge | None) -> Iterator[Fault]:
    """Say where observations and record disagree on the challenge, or it is not the one asked."""
    carried = record.challenge.nonce_sha256 if record.challenge else ""
    for item in record.observations:
        if item.challenge not in {"", carried}:
            problem = _("{key} carries another challenge than its run", key=item.measurement.key)
            yield Fault(RECORD, problem)
    if challenge is None:
        return
    if record.challenge is None:
        yield Fault(RECORD, _("measured under no challenge"))
    elif carried != challenge.nonce_sha256:
        told = _(
            "measured under another challenge, by {issuer}: an old run?",
            issuer=record.challenge.issuer,
        )
        yield Fault(RECORD, told)
    elif older := [item.measurement.key for item in record.observations if not item.challenge]:
        problem = _(
            "observations made before the run knew the challenge: {n}, such as {key}",
            n=len(older),
            key=older[0],
        )
        yield Fault(RECORD, problem)


def is_fresh(record: AuditRecord) -> bool:
    """Whether a run carries a challenge, and every observation of it."""
    return record.challenge is not None and all(item.challenge for item in record.observations)


def notes(record: AuditRecord, challenge: Challenge | None) -> Iterator[str]:
    """Say what looks odd and may be a wrong clock."""
    if challenge is None or record.challenge is None:
        return
    early = sum(item.started_at < challenge.issued_at for item in record.observations)
    if early:
        yield _(
            "Observations that say they began before the challenge was issued: {n};"
            " compare clocks.",
            n=early,
        )
