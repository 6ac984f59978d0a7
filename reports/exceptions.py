"""Exceptions as remarks beside the verdicts, which stay the raw ones everywhere."""

from auditor.model import (
    AuditRecord,
    Effective,
    HeldWaiver,
    Indicator,
    WaiverState,
)

from . import values
from .clean import clipped, visible
from .wording import Wording


class Exceptions:
    """The exceptions of a record's ledger, by indicator and in sum; nothing where there is none."""

    def __init__(self, record: AuditRecord, wording: Wording) -> None:
        """Take the entries and the layer from the record."""
        self._wording = wording
        self._layer = record.waivers
        self._held = record.waivers.entries if record.waivers else ()
        self._parts = {item.id for item in record.profile.indicators if item.part_of}

    def on(self, indicator: Indicator) -> tuple[str, ...]:
        """Return a remark for each exception of an indicator, whole or part, lapsed ones too."""
        names = {indicator.id, indicator.part_of}
        return tuple(self._remark(held) for held in self._held if held.waiver.indicator in names)

    @property
    def summary(self) -> tuple[str, ...]:
        """Return how many indicators are waived, and that no count above contains that."""
        _ = self._wording.language
        if self._layer is None:
            return ()
        waived = [
            visible(item.indicator)
            for item in self._layer.findings
            if item.effective is Effective.WAIVED and item.indicator not in self._parts
        ]
        told = f": {', '.join(waived)}" if waived else ""
        count = _(
            "Indicators under an exception in force: {count}{told}. The counts are of the verdicts"
            " themselves; no exception changes them.",
            count=len(waived),
            told=told,
        )
        return (count, *self.reopened)

    @property
    def reopened(self) -> tuple[str, ...]:
        """Return a line for each exception that is over."""
        return tuple(
            f"{visible(held.waiver.indicator)}: {self._remark(held)}"
            for held in self._held
            if held.state is WaiverState.LAPSED
        )

    def _remark(self, held: HeldWaiver) -> str:
        _, waiver = self._wording.language, held.waiver
        head = {
            WaiverState.IN_FORCE: _("exception in force until {day}"),
            WaiverState.LAPSED: _("exception LAPSED on {day}, the finding is open again"),
            WaiverState.NOT_BEGUN: _("exception entered after this run, does not count (to {day})"),
        }[held.state].format(day=values.day(waiver.until.isoformat()))
        about = _("information system {system}; ", system=clipped(waiver.system))
        return _(
            "{head}: {about}document {number}; applied for by {applicant}, approved by {approver}:"
            " {reason}",
            head=head,
            about=about if waiver.system else "",
            number=clipped(waiver.document.number),
            applicant=clipped(waiver.applicant),
            approver=clipped(waiver.approver),
            reason=clipped(waiver.reason),
        )
