"""Where a threshold comes from, in words."""

from auditor.language import _
from auditor.model import Source


def source_words(source: Source, citation: str) -> str:
    """Say where a threshold comes from."""
    words = {
        Source.LAW: _("by law"),
        Source.APPROVED_PLAN: _("by the approved plan"),
        Source.REFERENCE: _("by reference"),
        Source.TOOL_DEFAULT: _("the tool's own threshold"),
    }
    return f"{words[source]}: {citation}" if citation else words[source]
