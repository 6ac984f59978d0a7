"""Exceptions as remarks beside the verdicts, which stay the raw ones everywhere."""

from auditor.model import (
    AuditRecord,
    Effective,
    HeldWaiver,
    Indicator,
    Verdict,
    WaiverState,
)

from . import values
from .clean import clipped, visible
from .view import Badge, ExceptionRow
from .wording import Wording


class Exceptions:
    """The exceptions of a record's ledger, by indicator and in sum; nothing where there is none."""

    def __init__(self, record: AuditRecord, wording: Wording) -> None:
        """Take the entries and the layer from the record."""
        self._wording = wording
        self._layer = record.waivers
        self._held = record.waivers.entries if record.waivers else ()
        self._parts = {item.id for item in record.profile.indicators if item.part_of}
        self._raw = {finding.indicator: finding for finding in record.findings}
        found = record.waivers.findings if record.waivers else ()
        self._laid = {finding.indicator: finding for finding in found}

    def on(self, indicator: Indicator) -> tuple[str, ...]:
        """Return a sentence for each exception of an indicator, whole or part, lapsed ones too."""
        names = {indicator.id, indicator.part_of}
        return tuple(
            values.capital(self._remark(held))
            for held in self._held
            if held.waiver.indicator in names
        )

    def effective(self, indicator: Indicator) -> Badge | None:
        """Return what holds of an indicator that an exception in force covers; None for others."""
        laid = self._laid.get(indicator.id)
        return None if laid is None else self._wording.effective[laid.effective]

    @property
    def rows(self) -> tuple[ExceptionRow, ...]:
        """Return each exception with the verdict itself and what holds, in the ledger's order."""
        return tuple(self._row(held) for held in self._held if held.waiver.indicator in self._raw)

    def _row(self, held: HeldWaiver) -> ExceptionRow:
        waiver, _ = held.waiver, self._wording.language
        raw, effective = self._verdicts(waiver.indicator, waiver.system)
        people = _(
            "applied for by {applicant}, approved by {approver}",
            applicant=clipped(waiver.applicant),
            approver=clipped(waiver.approver),
        )
        return ExceptionRow(
            indicator=visible(waiver.indicator),
            system=self._wording.system(waiver.system) if waiver.system else "",
            raw=self._wording.badges[raw],
            effective=self._wording.effective[effective],
            state=self._state(held),
            document=clipped(waiver.document.number),
            people=people,
            reason=clipped(waiver.reason),
        )

    def _verdicts(self, indicator: str, system: str) -> tuple[Verdict, Effective]:
        """Return the raw and the effective verdict, on one system if that is meant."""
        laid, finding = self._laid.get(indicator), self._raw[indicator]
        if system:
            for part in laid.systems if laid else ():
                if part.system == system:
                    return part.raw, part.effective
            raw = next((p.verdict for p in finding.systems if p.system == system), finding.verdict)
            return raw, Effective(raw.value)
        return finding.verdict, laid.effective if laid else Effective(finding.verdict.value)

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
        told = f" ({', '.join(waived)})" if waived else ""
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

    def _state(self, held: HeldWaiver) -> str:
        _ = self._wording.language
        told = {
            WaiverState.IN_FORCE: _("exception in force until {day}"),
            WaiverState.LAPSED: _("exception LAPSED on {day}, the finding is open again"),
            WaiverState.NOT_BEGUN: _("exception entered after this run, does not count (to {day})"),
        }[held.state]
        return told.format(day=values.day(held.waiver.until.isoformat()))

    def _remark(self, held: HeldWaiver) -> str:
        _, waiver = self._wording.language, held.waiver
        head = self._state(held)
        about = _("information system {system}; ", system=self._wording.system(waiver.system))
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
