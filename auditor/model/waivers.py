"""Exceptions: what a ledger grants, and the effective layer that lies beside raw verdicts."""

from datetime import date
from enum import StrEnum

from auditor.model.vocabulary import Verdict, noun


@noun
class WaiverDocument:
    """The document that grants an exception, by its number and the digest of its file."""

    number: str
    file: str
    sha256: str


@noun
class Waiver:
    """One entry of the ledger: until a last day, somebody accepts what is not met.

    `system` is one information system, or empty for the whole indicator. `applicant` and
    `approver` are two people. `recorded_on` is the day of entry, `previous` the digest of the
    entry before, empty for the first.
    """

    indicator: str
    system: str
    reason: str
    applicant: str
    approver: str
    document: WaiverDocument
    recorded_on: date
    until: date
    previous: str


@noun
class WaiverLedger:
    """The ledger: entries in the order of their making, and the digest of the last one."""

    schema: str
    head: str
    waivers: tuple[Waiver, ...]


class WaiverState(StrEnum):
    """How an exception stood on the day of a run."""

    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    NOT_BEGUN = "not_begun"


class Effective(StrEnum):
    """The effective layer: the raw verdict's own word, or that an exception covers it.

    `waived` is not "met": it says that what is not met, or not known, is accepted for a time.
    """

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


@noun
class HeldWaiver:
    """An entry with its digest, as it stood on the day of the run."""

    waiver: Waiver
    digest: str
    state: WaiverState


@noun
class EffectiveSystem:
    """What holds of one information system."""

    system: str
    raw: Verdict
    effective: Effective


@noun
class EffectiveFinding:
    """What holds of an indicator that exceptions touch; `waivers` are digests of those in force."""

    indicator: str
    raw: Verdict
    effective: Effective
    systems: tuple[EffectiveSystem, ...]
    waivers: tuple[str, ...]


@noun
class Waivers:
    """All exceptions of a run's ledger, and what follows from them. Raw verdicts stay as they are.

    `on` is the day on which the run began in Viet Nam; `head` is the digest of the last entry.
    """

    ledger_sha256: str
    head: str
    on: date
    entries: tuple[HeldWaiver, ...]
    findings: tuple[EffectiveFinding, ...]
