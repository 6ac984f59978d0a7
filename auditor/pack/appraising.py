"""An appraisal: made over a verified pack, and checked by anybody against the pack.

Nothing here measures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from auditor import __version__
from auditor.canonical import sha256
from auditor.language import _
from auditor.model import AuditRecord
from auditor.moments import moment
from auditor.pack import keys, svr
from auditor.pack.challenge import LoadedChallenge
from auditor.pack.container import Fault
from auditor.pack.freshness import is_fresh
from auditor.pack.opinions import Opinions
from auditor.pack.sample import Sample, draw
from auditor.pack.seal import seal, unseal
from auditor.pack.verifying import Verification
from auditor.record import TOOL

APPRAISAL = "appraisal"
"""How faults name the file."""

KEY = "appraisal key"
BY_HAND = "by_hand"


def appraise(
    found: Verification,
    record: AuditRecord,
    sample: Sample,
    challenge: LoadedChallenge,
    said: "Said",
) -> bytes:
    """Sign what was found about a pack that verifies."""
    key = said.key
    known = {finding.indicator: finding.verdict.value for finding in record.findings}
    by_hand = {look.key: look for look in said.opinions.sample}
    appraiser = said.opinions.appraiser
    appraisal: svr.AppraisalV1 = {
        "key": keys.pem(key.public_key()).decode(),
        "tool": {"name": TOOL, "version": __version__},
        "run_id": record.run_id,
        "appraiser": {
            "name": appraiser.name,
            "position": appraiser.position,
            "organisation": appraiser.organisation,
        },
        "is_under_challenge": is_fresh(record),
        "sample": {
            "nonce": challenge.nonce.hex(),
            "seed": sample.seed,
            "population": sample.population,
            "items": [
                {
                    "key": item.key,
                    "indicators": list(item.indicators),
                    "rerun": said.rerun.get(item.key),
                    "by_hand": (
                        {
                            "result": by_hand[item.key].result.value,
                            "why": BY_HAND,
                            "detail": by_hand[item.key].how,
                            "captures": [],
                        }
                        if item.key in by_hand
                        else None
                    ),
                }
                for item in sample.drawn
            ],
        },
        "verdicts": [
            {
                "indicator": opinion.indicator,
                "tool": known[opinion.indicator],
                "appraiser": opinion.verdict,
                "reason": opinion.reason,
            }
            for opinion in said.opinions.verdicts
        ],
    }
    written = svr.statement(found.sha256, record.profile_sha256, moment(said.now), appraisal)
    return seal(written, key)


@dataclass(frozen=True, slots=True)
class Said:
    """What the appraiser brings: opinions, results of a rerun, the key, and the time."""

    opinions: Opinions
    rerun: Mapping[str, svr.LookV1]
    key: keys.SigningKey
    now: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """An appraisal that was checked: its content where it could be read, its key, its faults."""

    appraisal: svr.AppraisalV1 | None
    time_created: str
    signer: str
    faults: tuple[Fault, ...]


def check(envelope: bytes, found: Verification, trusted: frozenset[str] | None) -> Checked:
    """Hold an appraisal against the pack that it is about."""
    read = svr.statement_in(envelope)
    if read is None:
        return Checked(None, "", "", (Fault(APPRAISAL, _("not a readable appraisal")),))
    predicate = read["predicate"]
    appraisal = predicate["urn:audit:appraisal:v1"]
    payload, signer, wrong = unseal(envelope, appraisal["key"].encode(), (APPRAISAL, KEY))
    faults = [*wrong]
    if trusted is not None and signer not in trusted:
        faults.append(Fault(KEY, _("signed by {key}, which you do not trust", key=signer)))
    if signer == found.signer:
        faults.append(Fault(KEY, _("the pack's own signer appraised it")))
    if [item["digest"]["sha256"] for item in read["subject"]] != [found.sha256]:
        faults.append(Fault(APPRAISAL, _("about another pack")))
    elif found.record is not None:
        faults += _against(appraisal, found.record, found.sha256)
        time_created = predicate["timeCreated"]
        again = svr.statement(found.sha256, found.record.profile_sha256, time_created, appraisal)
        if again != payload:
            problem = _("its parts do not belong together: subject, criteria or properties")
            faults.append(Fault(APPRAISAL, problem))
    return Checked(appraisal, predicate["timeCreated"], signer, tuple(faults))


def _against(appraisal: svr.AppraisalV1, record: AuditRecord, pack_sha256: str) -> Iterator[Fault]:
    """Draw the sample again, and hold the tool's verdicts against the record."""
    sample = appraisal["sample"]
    try:
        nonce = bytes.fromhex(sample["nonce"])
    except ValueError:
        nonce = b""
    carried = record.challenge.nonce_sha256 if record.challenge else None
    if not nonce or (carried is not None and sha256(nonce) != carried):
        yield Fault(APPRAISAL, _("its nonce is not that of the pack's challenge"))
    if appraisal["is_under_challenge"] != is_fresh(record):
        yield Fault(APPRAISAL, _("says otherwise than the pack whether it was challenged"))
    again = draw(record, pack_sha256, nonce, len(sample["items"]))
    drawn = [(item.key, list(item.indicators)) for item in again.drawn]
    told = [(item["key"], item["indicators"]) for item in sample["items"]]
    if (again.seed, again.population, drawn) != (sample["seed"], sample["population"], told):
        yield Fault(APPRAISAL, _("its sample is not the one that nonce and pack draw"))
    known = {finding.indicator: finding.verdict.value for finding in record.findings}
    for opinion in appraisal["verdicts"]:
        if known.get(opinion["indicator"]) != opinion["tool"]:
            problem = _("{id}: not the tool's verdict in the pack", id=opinion["indicator"])
            yield Fault(APPRAISAL, problem)
