"""All files of the dossier from one run: each document as PDF/A and as DOCX, and one table."""

from collections.abc import Mapping

from auditor.model import AuditRecord, Site

from . import layout_docx, layout_pdf, layout_xlsx
from .form import form
from .minutes import minutes
from .paper import Paper
from .review import review
from .source import Source
from .stamp import stamp
from .technical import technical

TABLE = "bang-chi-so.xlsx"


def papers(source: Source) -> tuple[Paper, ...]:
    """Return the documents; item 4.5 only belongs to the forms of recognition."""
    common = (review(source), minutes(source), technical(source))
    return (*common, form(source)) if source.is_for_recognition else common


def make(
    record: AuditRecord, site: Site, *, record_sha256: str, pack_sha256: str = ""
) -> Mapping[str, bytes]:
    """Return the files by name. The same input gives the same bytes."""
    source = Source.of(record, site, stamp(record, record_sha256, pack_sha256))
    files: dict[str, bytes] = {}
    for paper in papers(source):
        files[f"{paper.name}.pdf"] = layout_pdf.pdf(paper, source)
        files[f"{paper.name}.docx"] = layout_docx.docx(paper, source)
    files[TABLE] = layout_xlsx.xlsx(source)
    return files
