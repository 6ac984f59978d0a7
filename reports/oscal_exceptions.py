"""Exceptions in OSCAL: a deviation in the log of a risk, and properties beside the real verdict.

OSCAL has a deviation for what is not met only; for what is not known the properties alone tell it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from auditor.model import VIETNAM, Effective, HeldWaiver, Indicator, WaiverState

from .oscal_parts import Node, line, moment, prop, props
from .oscal_subject import Subject

OPEN, APPROVED = "open", "deviation-approved"
"""Two of the states of a risk that OSCAL names."""


def status(subject: Subject, indicator: Indicator) -> str:
    """Return whether the risk of an indicator is open, or accepted for a time as a whole."""
    for item in subject.record.waivers.findings if subject.record.waivers else ():
        if item.indicator == indicator.id:
            return APPROVED if item.effective is Effective.WAIVED else OPEN
    return OPEN


def told(subject: Subject, indicator: Indicator) -> Iterator[Node]:
    """Yield what holds of an indicator with its exceptions; nothing where it has none in force."""
    for item in subject.record.waivers.findings if subject.record.waivers else ():
        if item.indicator == indicator.id:
            yield prop("effective-verdict", item.effective)
            for held in _held(subject, indicator):
                if held.state is WaiverState.IN_FORCE:
                    yield prop("waived-until", held.waiver.until.isoformat())


def log(subject: Subject, indicator: Indicator) -> Node:
    """Return the log of a risk: one entry for each exception, from its day to its last one.

    One that was entered after the run says nothing of it and is left out.
    """
    entries = [
        _entry(subject, indicator, held)
        for held in _held(subject, indicator)
        if held.state is not WaiverState.NOT_BEGUN
    ]
    return {"risk-log": {"entries": entries}} if entries else {}


def _held(subject: Subject, indicator: Indicator) -> Iterator[HeldWaiver]:
    names = {indicator.id, indicator.part_of}
    for held in subject.record.waivers.entries if subject.record.waivers else ():
        if held.waiver.indicator in names:
            yield held


def _entry(subject: Subject, indicator: Indicator, held: HeldWaiver) -> Node:
    waiver, _ = held.waiver, subject.language
    begun = datetime.combine(waiver.recorded_on, time.min, UTC)  # the ledger knows the day alone
    ended = datetime.combine(waiver.until, time(23, 59, 59), VIETNAM)
    in_force = held.state is WaiverState.IN_FORCE
    people = _(
        "applied for by {applicant}, approved by {approver}",
        applicant=waiver.applicant,
        approver=waiver.approver,
    )
    place = str(subject.record.waivers.entries.index(held)) if subject.record.waivers else ""
    return {
        "uuid": subject.ids.of("exception", indicator.id, place),
        "title": line(waiver.document.number, "-"),
        "description": line(f"{waiver.reason}; {people}", "-"),
        "start": moment(begun),
        "end": moment(max(ended, begun)),
        **props(
            prop("waiver-state", held.state),
            prop("waiver-system", waiver.system),
            prop("waiver-sha256", held.digest),
            prop("waiver-document-sha256", waiver.document.sha256),
        ),
        "status-change": status(subject, indicator) if in_force else OPEN,
    }
