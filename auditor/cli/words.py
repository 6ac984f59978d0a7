"""Words that several commands share."""

from auditor.language import _
from auditor.model import Verdict


def verdict_words() -> dict[Verdict, str]:
    """Return the word of each verdict in the chosen language."""
    return {
        Verdict.MET: _("Met"),
        Verdict.NOT_MET: _("Not met"),
        Verdict.UNDETERMINED: _("Insufficient basis to conclude"),
        Verdict.NOT_APPLICABLE: _("Not applicable"),
    }
