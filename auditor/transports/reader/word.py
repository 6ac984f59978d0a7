"""DOCX by python-docx: everything that is printed, in the order of the file.

Text that tracked changes deleted is left out, inserted text is read. Links, remote templates and
remote pictures are never fetched; macros are told and stay asleep.
"""

import io
from collections.abc import Iterator
from zipfile import BadZipFile

import docx.document
from docx.opc.constants import CONTENT_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.text.paragraph import Paragraph

from auditor.documents.text import Origin, Page, ReadingFault, Table
from auditor.transports.reader import package, picture
from auditor.transports.reader.draft import Draft, Stopped
from auditor.transports.reader.ocr import Engine

for kind in ("document.macroEnabled", "template.macroEnabledTemplate", "template"):
    vendor = "vnd.ms-word" if "macro" in kind else "vnd.openxmlformats-officedocument"
    dialect = "" if "macro" in kind else "wordprocessingml."
    PartFactory.part_type_for[f"application/{vendor}.{dialect}{kind}.main+xml"] = DocumentPart
PartFactory.part_type_for.setdefault(CONTENT_TYPE.WML_DOCUMENT_MAIN, DocumentPart)

_PARAGRAPH, _TABLE, _ROW, _CELL = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
_TEXT, _BREAKS, _TAB = qn("w:t"), {qn("w:br"), qn("w:cr")}, qn("w:tab")
_SKIPPED = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:instrText")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = qn("w:txbxContent")
_DRAWN = {qn("pic:pic"), "{urn:schemas-microsoft-com:vml}imagedata"}
_MOST_LEVEL = 9


def read(content: bytes, draft: Draft, engine: Engine) -> None:
    """Read headers, body with tables and text boxes, then footers; pictures if there is no text."""
    package.check(content, draft)
    try:
        part = Package.open(io.BytesIO(content)).main_document_part
        document = part.document
        headers, footers = _edges(document)
    except (OpcError, BadZipFile, SyntaxError, KeyError, ValueError, AttributeError) as error:
        raise Stopped(ReadingFault.BROKEN) from error
    draft.producer = package.producer(content)
    for story in (*headers, document.element.body, *footers):
        for block in _blocks(story):
            _read_block(block, document, draft)
    pictures = sum(1 for item in document.element.body.iter() if item.tag in _DRAWN)
    if draft.lines or not pictures:
        draft.page(Page(number=1, origin=Origin.TEXT, pictures=pictures))
        return
    for image in part.package.image_parts:
        picture.read(image.blob, draft, engine)


def _edges(document: docx.document.Document) -> tuple[list[BaseOxmlElement], list[BaseOxmlElement]]:
    """Return the headers and footers that differ from those before."""
    headers: list[BaseOxmlElement] = []
    footers: list[BaseOxmlElement] = []
    for section in document.sections:
        for kept, edges in (
            (headers, (section.header, section.first_page_header, section.even_page_header)),
            (footers, (section.footer, section.first_page_footer, section.even_page_footer)),
        ):
            kept += [edge._element for edge in edges if not edge.is_linked_to_previous]  # noqa: SLF001 - python-docx has no public way to the element
    return headers, footers


def _blocks(element: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """Walk to the outermost paragraphs and tables, through content controls and insertions."""
    for child in element:
        if child.tag in {_PARAGRAPH, _TABLE}:
            yield child
        elif child.tag not in _SKIPPED and child.tag != _FALLBACK:
            yield from _blocks(child)


def _read_block(
    block: BaseOxmlElement, document: docx.document.Document, draft: Draft
) -> list[str]:
    """Add a paragraph or a table to the draft; return its lines."""
    draft.in_time()
    if block.tag == _PARAGRAPH:
        return _read_paragraph(block, document, draft)
    rows: list[tuple[str, ...]] = []
    read: list[str] = []
    for row in _inside(block, _ROW):
        cells = []
        for cell in _inside(row, _CELL):
            lines = [line for b in _blocks(cell) for line in _read_block(b, document, draft)]
            cells.append(" ".join(lines))
            read += lines
        rows.append(tuple(cells))
    draft.table(Table(page=0, rows=tuple(rows)))
    return read


def _inside(element: BaseOxmlElement, tag: str) -> Iterator[BaseOxmlElement]:
    """Find the nearest elements of a kind below another."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _SKIPPED and child.tag not in {_PARAGRAPH, _TABLE}:
            yield from _inside(child, tag)


def _read_paragraph(
    element: BaseOxmlElement, document: docx.document.Document, draft: Draft
) -> list[str]:
    paragraph = Paragraph(element, document)
    level, size, is_bold = _look(paragraph)
    lines = "".join(_letters(element)).split("\n")
    for line in lines:
        draft.text(1, line, level=level, size_pt=size, is_bold=is_bold)
    for box in element.iter(_BOX):
        if not any(above.tag == _FALLBACK for above in box.iterancestors()):
            lines += [x for block in _blocks(box) for x in _read_block(block, document, draft)]
    return [line for line in lines if line.strip()]


def _letters(element: BaseOxmlElement) -> Iterator[str]:
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield "\n"
        elif child.tag == _TAB:
            yield "\t"
        elif child.tag not in _SKIPPED and child.tag not in {_BOX, _FALLBACK}:
            yield from _letters(child)


def _look(paragraph: Paragraph) -> tuple[int, float, bool]:
    """Return heading level, size in points (0: not stated) and whether all of it is bold."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    style = paragraph.style
    name = (style.name or "").lower() if style else ""
    level = name.removeprefix("heading ")
    size = next((run.font.size for run in runs if run.font.size), None)
    if size is None and style is not None:
        size = style.font.size
    bold = bool(style and style.font.bold)
    return (
        min(int(level), _MOST_LEVEL) if level.isdecimal() else int(name == "title"),
        size.pt if size else 0.0,
        bool(runs) and all(bold if run.bold is None else run.bold for run in runs),
    )
