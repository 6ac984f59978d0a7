"""JSON: the record itself in its frozen form, version 1; the same bytes as record.json."""

from auditor.language import Language
from auditor.model import AuditRecord
from auditor.record import json_of

MEDIA = "application/json"
SUFFIX = ".json"


def render(record: AuditRecord, _language: Language) -> bytes:
    """Return the record's JSON. It holds both languages, so none is chosen."""
    return json_of(record)
