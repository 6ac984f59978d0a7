"""PDF/A-2b for the dossier, set by Typst."""

from dataclasses import asdict

from auditor.language import Language
from auditor.model import AuditRecord

from .compose import compose
from .typeset import typeset

MEDIA = "application/pdf"
SUFFIX = ".pdf"


def render(record: AuditRecord, language: Language) -> bytes:
    """Return the document, dated as the record is."""
    report = asdict(compose(record, language))
    return typeset("report.typ", "report", report, record.finished_at)
