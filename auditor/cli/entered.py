"""What `audit attest` and `audit waive` wrote down, in words."""

from collections.abc import Iterator, Mapping
from datetime import date

from auditor.language import _


def entry(fields: Mapping[str, object]) -> Iterator[str]:
    """Yield a line for each field that says something, in the order of the entry."""
    words = _words()
    for name, value in fields.items():
        if value:
            told = f"{value:%d/%m/%Y}" if isinstance(value, date) else value
            yield f"{words[name]}: {told}"


def _words() -> dict[str, str]:
    return {
        "indicator": _("Indicator"),
        "system": _("Information system"),
        "reason": _("Reason"),
        "applicant": _("Applied for by"),
        "approver": _("Approved by"),
        "number": _("Document number"),
        "recorded_on": _("Recorded on"),
        "until": _("Last day"),
        "previous": _("Digest of the entry before"),
        "subject": _("Subject"),
        "file": _("File"),
        "sha256": _("SHA-256 of the file"),
        "statement": _("Statement"),
        "by": _("Stated by"),
        "position": _("Position"),
        "on": _("Stated on"),
        "states": _("States"),
    }
