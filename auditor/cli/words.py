"""Words that several commands share."""

from datetime import datetime

from auditor.language import _
from auditor.model import VIETNAM, Verdict


def verdict_words() -> dict[Verdict, str]:
    """Return the word of each verdict in the chosen language."""
    return {
        Verdict.MET: _("Met"),
        Verdict.NOT_MET: _("Not met"),
        Verdict.UNDETERMINED: _("Insufficient basis to conclude"),
        Verdict.NOT_APPLICABLE: _("Not applicable"),
    }


def moment_of(written: str) -> str:
    """Write a moment of the store as people in Vietnam do, to the minute."""
    return _local(written, "%d/%m/%Y %H:%M")


def second_of(written: str) -> str:
    """Write a moment of a record as people in Vietnam do, to the second."""
    return _local(written, "%d/%m/%Y %H:%M:%S (UTC+7)")


def day_of(written: str) -> str:
    """Write the day in Vietnam of a moment of the store."""
    return _local(written, "%d/%m/%Y")


def _local(written: str, form: str) -> str:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return ascii(written)  # a store is a file that anybody may have altered
    return at.astimezone(VIETNAM).strftime(form)
