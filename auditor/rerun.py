"""A sample measured again, through the same scope and gate as every run."""

import platform
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from auditor import plan
from auditor.audit import measurer
from auditor.evidence import EvidenceFolder
from auditor.measure import Limits, measure_all
from auditor.model import AuditRecord, Observation, Target
from auditor.pack.agreement import Outcome, Result, Why, compare
from auditor.pack.sample import Sample
from auditor.site import LoadedSite
from auditor.targets import all_targets

_STORED = frozenset({"facts", "replay"})
_RUN = "run"

Again = tuple[Outcome, Observation | None]
"""What became of one measurement, and the new observation if there is one."""


def rerun(
    record: AuditRecord,
    sample: Sample,
    centre: LoadedSite,
    evidence: Path,
    now: Callable[[], datetime],
) -> dict[str, Again]:
    """Measure again what can be; return by key what it says of the pack.

    `evidence` is the folder that keeps the raw output.
    """
    targets = {target.name: target for target in all_targets(centre.site)}
    known = {target.name: target for target in record.targets}
    found: dict[str, Again] = {}
    for drawn in sample.drawn:
        why = _obstacle(known.get(drawn.seen.measurement.target), targets)
        if why is not None:
            found[drawn.key] = (Outcome(Result.NOT_COMPARABLE, why), None)
    acts = tuple(drawn.seen.measurement for drawn in sample.drawn if drawn.key not in found)
    measure_one = measurer(centre, EvidenceFolder(evidence), platform.node(), now)
    for part in plan.in_turn(acts, measure_one.targets):
        for seen in measure_all(part, measure_one, Limits(), lambda _act: None):
            found[seen.measurement.key] = (compare(record, seen), seen)
    return found


def _obstacle(target: Target | None, targets: dict[str, Target]) -> Why | None:
    """Say why looking again would say nothing: another machine, a stored file, a derivation."""
    if target is not None and target.scheme == _RUN:
        return Why.DERIVED
    here = targets.get(target.name) if target else None
    if target is None or here is None or here.url != target.url:
        return Why.NO_SUCH_TARGET
    return Why.CARRIED_BY_HAND if target.scheme in _STORED else None
