"""Verify a public copy: what it shows holds together, and what it hides is bound.

Nothing here measures. Verdicts are judged again as far as what they rest on is shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor import profile, yamlfile
from auditor.canonical import sha256
from auditor.errors import BadInput
from auditor.judge import Case
from auditor.language import _
from auditor.model import AuditRecord, Finding, Verdict
from auditor.pack import previous
from auditor.pack.container import Fault
from auditor.pack.forms import DOSSIER, INDEX, SEAL, DossierV1, dossier_from, statement_of
from auditor.record_reader import from_v1, parse
from auditor.record_v1 import RecordV1
from auditor.rollup import all_of, judge
from auditor.runfolder import EVIDENCE, PROFILE, RECORD, SITE

_ROWS = re.compile(r"/observations/(\d+)/measured/rows/", re.ASCII)


@dataclass(frozen=True, slots=True)
class CopyVerified:
    """What was found of a public copy. `followed` counts verdicts that were judged again."""

    record: AuditRecord | None
    faults: tuple[Fault, ...]
    followed: int = 0


def verify_copy(files: Mapping[str, bytes], statement: bytes) -> CopyVerified:
    """Read a public copy whose bytes and signature are right."""
    try:
        sealed = parse(files[RECORD], RECORD)
        criteria = profile.from_document(yamlfile.parse(files[PROFILE], PROFILE), ()).profile
        record = from_v1(sealed, criteria)
    except (BadInput, KeyError, ValueError) as error:
        problem = _("not a readable record: {problem}", problem=error)
        return CopyVerified(None, (Fault(RECORD, problem),))
    dossier = dossier_from(files[DOSSIER])
    if dossier is None:
        return CopyVerified(record, (Fault(DOSSIER, _("not the list of what is hidden")),))
    faults = [*_belonging(files, sealed, dossier)]
    if statement != statement_of(files[INDEX], sealed):
        faults.append(Fault(SEAL, _("what was signed is about another index or another run")))
    faults += (Fault(RECORD, problem) for problem in _contradictions(record))
    faults += previous.faults(record)
    followed, wrong = _judged_again(record, dossier)
    return CopyVerified(record, (*faults, *wrong), followed)


def _belonging(files: Mapping[str, bytes], sealed: RecordV1, dossier: DossierV1) -> Iterator[Fault]:
    mark = sealed.get("public_copy")
    if mark != {"of_index_sha256": dossier["of_index_sha256"], "hidden": len(dossier["hidden"])}:
        yield Fault(RECORD, _("does not say what {file} says of this copy", file=DOSSIER))
    if sha256(files[PROFILE]) != sealed["profile"]["sha256"]:
        yield Fault(PROFILE, _("not the file that the record was made with"))
    for name in sorted(files):
        if name == SITE or name.startswith(f"{EVIDENCE}/"):
            yield Fault(name, _("does not belong into a public copy"))


def _contradictions(record: AuditRecord) -> Iterator[str]:
    """Say where verdicts do not follow from each other, whatever they rest on."""
    found = {item.indicator: item for item in record.findings}
    if list(found) != [item.id for item in record.profile.indicators]:
        yield _("its indicators or groups are not those of its profile")
        return
    for item in record.findings:
        parts = [part.verdict for part in item.systems] or [
            found[other.id].verdict
            for other in record.profile.indicators
            if other.part_of == item.indicator
        ]
        if parts and all_of(parts) is not item.verdict:
            yield _("{name}: its verdict does not follow from its parts", name=item.indicator)
    for layered in record.waivers.findings if record.waivers else ():
        if layered.indicator not in found or layered.raw is not found[layered.indicator].verdict:
            yield _("{name}: an exception is about another verdict", name=layered.indicator)
    if [item.group for item in record.groups] != [item.id for item in record.profile.groups]:
        yield _("its indicators or groups are not those of its profile")
        return
    for group, counted in zip(record.profile.groups, record.groups, strict=True):
        verdicts = [found[item.id].verdict for item in group.indicators if not item.part_of]
        counts = {verdict: verdicts.count(verdict) for verdict in Verdict}
        if counted.verdict is not all_of(verdicts) or counted.counts != counts:
            yield _("{name}: its verdict does not follow from its parts", name=group.id)


def _judged_again(record: AuditRecord, dossier: DossierV1) -> tuple[int, list[Fault]]:
    """Count verdicts that follow from what is shown; one that rests on nothing hidden must."""
    places = {int(match.group(1)) for path in dossier["hidden"] if (match := _ROWS.match(path))}
    closed = {
        item.measurement.key for place, item in enumerate(record.observations) if place in places
    }
    again = judge(Case(record.profile, record.targets, record.plan, record.observations))
    derived = {item.indicator: item for item in again.findings}
    rests = {item.indicator: _keys(item) for item in record.findings}
    for indicator in record.profile.indicators:
        if indicator.part_of:
            rests[indicator.part_of] |= rests[indicator.id]
    followed, faults = 0, []
    for item in record.findings:
        if _verdicts(item) == _verdicts(derived[item.indicator]):
            followed += 1
        elif not rests[item.indicator] & closed:
            problem = _(
                "{name}: its verdict does not follow from what is shown", name=item.indicator
            )
            faults.append(Fault(RECORD, problem))
    return followed, faults


def _keys(item: Finding) -> set[str]:
    return {key for check in item.checks for key in check.observations}


def _verdicts(item: Finding) -> tuple[object, ...]:
    checks = tuple((check.check, check.verdict, check.basis) for check in item.checks)
    return item.verdict, item.basis, tuple(part.verdict for part in item.systems), checks
