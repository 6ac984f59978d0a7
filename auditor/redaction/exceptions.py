"""The layer of exceptions in a public copy: what holds and until when, not who asked for it.

The digests of entries are over names and reasons that could be tried, so they are replaced too;
an entry stays the same entry.
"""

from auditor.model import Hides
from auditor.record_v1 import WaiversV1, WaiverV1
from auditor.redaction.pseudonyms import MASK, Pseudonyms
from auditor.redaction.scrubbing import Scrubber


def public_waivers(full: WaiversV1, names: Pseudonyms, scrub: Scrubber) -> WaiversV1:
    """Return what may be public of a record's exceptions."""
    return {
        "ledger_sha256": MASK,
        "head": _digest(full["head"], names),
        "on": full["on"],
        "entries": [_entry(item, names, scrub) for item in full["entries"]],
        "findings": [
            {
                "indicator": item["indicator"],
                "raw": item["raw"],
                "effective": item["effective"],
                "systems": [
                    {
                        "system": scrub.name(part["system"]),
                        "raw": part["raw"],
                        "effective": part["effective"],
                    }
                    for part in item["systems"]
                ],
                "waivers": [_digest(digest, names) for digest in item["waivers"]],
            }
            for item in full["findings"]
        ],
    }


def _entry(item: WaiverV1, names: Pseudonyms, scrub: Scrubber) -> WaiverV1:
    document = item["document"]
    return {
        "indicator": item["indicator"],
        "system": scrub.name(item["system"]),
        "reason": scrub.text(item["reason"]),
        "applicant": names.of(Hides.PERSON, item["applicant"]),
        "approver": names.of(Hides.PERSON, item["approver"]),
        "document": {
            "number": scrub.name(document["number"]),
            "file": names.of(Hides.FILE, document["file"]),
            "sha256": document["sha256"],
        },
        "recorded_on": item["recorded_on"],
        "until": item["until"],
        "previous": _digest(item["previous"], names),
        "digest": _digest(item["digest"], names),
        "state": item["state"],
    }


def _digest(digest: str, names: Pseudonyms) -> str:
    return names.of(Hides.TEXT, digest)
