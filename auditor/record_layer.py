"""The effective layer of a record, to its frozen JSON form and back."""

from datetime import date

from auditor.model import (
    Effective,
    EffectiveFinding,
    EffectiveSystem,
    HeldWaiver,
    Verdict,
    Waiver,
    WaiverDocument,
    Waivers,
    WaiverState,
)
from auditor.record_v1 import EffectiveFindingV1, WaiversV1, WaiverV1


def waivers_v1(layer: Waivers) -> WaiversV1:
    """Write the ledger's entries and the layer that they make."""
    return {
        "sha256": layer.ledger_sha256,
        "head": layer.head,
        "on": layer.on.isoformat(),
        "entries": [_entry(item) for item in layer.entries],
        "findings": [_finding(item) for item in layer.findings],
    }


def _entry(held: HeldWaiver) -> WaiverV1:
    waiver = held.waiver
    return {
        "indicator": waiver.indicator,
        "system": waiver.system,
        "reason": waiver.reason,
        "applicant": waiver.applicant,
        "approver": waiver.approver,
        "document": {
            "number": waiver.document.number,
            "file": waiver.document.file,
            "sha256": waiver.document.sha256,
        },
        "recorded_on": waiver.recorded_on.isoformat(),
        "until": waiver.until.isoformat(),
        "previous": waiver.previous,
        "digest": held.digest,
        "state": held.state.value,
    }


def _finding(item: EffectiveFinding) -> EffectiveFindingV1:
    return {
        "indicator": item.indicator,
        "raw": item.raw.value,
        "effective": item.effective.value,
        "systems": [
            {"system": part.system, "raw": part.raw.value, "effective": part.effective.value}
            for part in item.systems
        ],
        "waivers": list(item.waivers),
    }


def waivers_from_v1(read: WaiversV1) -> Waivers:
    """Build the layer again. Raises `ValueError` for words and days outside the model."""
    return Waivers(
        ledger_sha256=read["sha256"],
        head=read["head"],
        on=date.fromisoformat(read["on"]),
        entries=tuple(_entry_from(item) for item in read["entries"]),
        findings=tuple(
            EffectiveFinding(
                indicator=item["indicator"],
                raw=Verdict(item["raw"]),
                effective=Effective(item["effective"]),
                systems=tuple(
                    EffectiveSystem(
                        system=part["system"],
                        raw=Verdict(part["raw"]),
                        effective=Effective(part["effective"]),
                    )
                    for part in item["systems"]
                ),
                waivers=tuple(item["waivers"]),
            )
            for item in read["findings"]
        ),
    )


def _entry_from(item: WaiverV1) -> HeldWaiver:
    return HeldWaiver(
        waiver=Waiver(
            indicator=item["indicator"],
            system=item["system"],
            reason=item["reason"],
            applicant=item["applicant"],
            approver=item["approver"],
            document=WaiverDocument(**item["document"]),
            recorded_on=date.fromisoformat(item["recorded_on"]),
            until=date.fromisoformat(item["until"]),
            previous=item["previous"],
        ),
        digest=item["digest"],
        state=WaiverState(item["state"]),
    )
