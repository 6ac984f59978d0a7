"""PDF/A-2b for the dossier, set by Typst.

Every page says of which record it is. The report lies in the pack, so it cannot name the pack's
digest; that of the record stands in the pack's index and in the documents of the dossier.
"""

from dataclasses import asdict

from auditor.canonical import sha256
from auditor.language import Language
from auditor.model import AuditRecord
from auditor.record import json_of

from .brief import brief
from .compose import compose
from .dossier.stamp import address, qr_svg
from .typeset import typeset

MEDIA = "application/pdf"
SUFFIX = ".pdf"
NAMES_RECORD = True
"""Whoever has record.json at hand may give its digest."""


def render(record: AuditRecord, language: Language, *, record_sha256: str = "") -> bytes:
    """Return the document, dated as the record is."""
    digest = record_sha256 or _record_digest(
        record
    )  # first, as its memory is free again for what follows
    report = brief(compose(record, language), language)
    code = address(report.run, digest)
    data = {**asdict(report), "record_sha256": digest, "address": code, "qr": qr_svg(code)}
    return typeset("report.typ", "report", data, record.finished_at)


def _record_digest(record: AuditRecord) -> str:
    """Return the digest of record.json; nothing for what no file can hold (half a character)."""
    try:
        return sha256(json_of(record))
    except UnicodeEncodeError:
        return ""
