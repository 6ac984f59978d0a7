"""All files of the dossier from one run: each document as PDF/A and as DOCX, and one table."""

from collections.abc import Mapping
from dataclasses import replace

from auditor.model import AuditRecord, Site

from ..clean import visible
from . import layout_docx, layout_pdf, layout_xlsx
from .form import form
from .minutes import minutes
from .paper import Form, Line, Paper
from .review import review
from .source import Source
from .stamp import stamp
from .technical import technical

TABLE = "bang-chi-so.xlsx"


PUBLIC_ENDING = "-cong-khai"


def papers(source: Source) -> tuple[Paper, ...]:
    """Return the documents; item 4.5 only belongs to the forms of recognition.

    A public copy holds nothing for the restricted annex, and every document says what it is.
    """
    common = (review(source), minutes(source))
    restricted = () if source.is_public else (technical(source),)
    forms = (form(source),) if source.is_for_recognition else ()
    return tuple(_marked(paper, source) for paper in (*common, *restricted, *forms))


def _marked(paper: Paper, source: Source) -> Paper:
    """Say on a document from a public copy that it is one, and of which pack."""
    copy = source.record.public_copy
    if copy is None:
        return paper
    note = Line(
        Form.NOTE,
        f"Bản công khai: {copy.hidden} trường đã được ẩn; “[ẩn]” thay cho phần để lại, tên dạng"
        " “may-0123456789ab” thay cho tên thật. Bộ minh chứng đầy đủ có SHA-256 của mục lục:"
        f" {visible(copy.of_index_sha256)}.",
    )
    return replace(paper, name=paper.name + PUBLIC_ENDING, blocks=(note, *paper.blocks))


def make(
    record: AuditRecord,
    site: Site,
    measurements: Mapping[str, str],
    *,
    record_sha256: str,
    pack_sha256: str = "",
) -> Mapping[str, bytes]:
    """Return the files by name. The same input gives the same bytes."""
    source = Source.of(record, site, stamp(record, record_sha256, pack_sha256), measurements)
    files: dict[str, bytes] = {}
    for paper in papers(source):
        files[f"{paper.name}.pdf"] = layout_pdf.pdf(paper, source)
        files[f"{paper.name}.docx"] = layout_docx.docx(paper, source)
    stem, dot, ending = TABLE.partition(".")
    name = f"{stem}{PUBLIC_ENDING}{dot}{ending}" if source.is_public else TABLE
    files[name] = layout_xlsx.xlsx(source)
    return files
