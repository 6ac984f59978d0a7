"""A document as DOCX, to be edited: the same text as the PDF, in the same order."""

import io

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.shared import Mm, Pt

from . import docx_parts as parts
from .office import undated
from .paper import Annex, Block, Closing, Form, Head, Line, Paper, Table
from .source import Source
from .stamp import qr

_TEXT_WIDTH_MM, _WIDE_MM = 165, 252
_QR_MM = 30
_AGENCY_MM = 64
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_TABLE_ALIGNMENT.RIGHT


def docx(paper: Paper, source: Source) -> bytes:
    """Return the document, dated as the record is."""
    made = Document()
    parts.styles(made)
    parts.properties(
        made, f"{paper.title} – {paper.subject}", source.centre, source.record.finished_at
    )
    first = made.sections[0]
    _page(first, is_wide=False)
    _margins_of_pages(first, paper)
    if paper.head is not None:
        _head(made, paper.head)
    is_left = paper.head is not None
    parts.framed(made, paper.label, WD_TABLE_ALIGNMENT.LEFT if is_left else _RIGHT)
    parts.centred(made, paper.title, size=14, bold=True, before=12)
    parts.centred(made, paper.subject, bold=True)
    parts.rule(made, 60)
    for block in paper.blocks:
        _block(made, block, _TEXT_WIDTH_MM)
    for annex in paper.annexes:
        _annex(made, annex)
    out = io.BytesIO()
    made.save(out)
    return undated(out.getvalue())


def _page(section: Section, *, is_wide: bool) -> None:
    """Set paper and margins (Decree 30/2020, Annex I)."""
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if is_wide else (short, long)
    section.top_margin, section.bottom_margin = Mm(22), Mm(24)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance, section.footer_distance = Mm(10), Mm(9)
    section.different_first_page_header_footer = True


def _margins_of_pages(section: Section, paper: Paper) -> None:
    """Write the page numbers above and the stamp below, on the first page with its code."""
    number = section.header.paragraphs[0]
    number.alignment = _CENTRE
    parts.page_number(number)
    for line, place in zip(paper.stamp.lines, parts.paragraphs(section.footer), strict=False):
        parts.write(place, line, size=8.5)
    table = section.first_page_footer.add_table(1, 2, Mm(_TEXT_WIDTH_MM))
    parts.widths(table, (_QR_MM + 4, _TEXT_WIDTH_MM - _QR_MM - 4))
    picture = io.BytesIO()
    qr(paper.stamp.address).save(picture, kind="png", scale=8)
    picture.seek(0)
    code = table.cell(0, 0).paragraphs[0].add_run()
    parts.describe(code.add_picture(picture, width=Mm(_QR_MM)), paper.stamp.address)
    told = table.cell(0, 1).paragraphs[0]
    parts.write(told, "Mã đối chiếu với bản ghi của phiên rà soát.", size=9)
    for line in paper.stamp.lines:
        parts.write(table.cell(0, 1).add_paragraph(), line, size=9)
    for cell in table.row_cells(0):
        parts.unindented(cell)


def _head(made: Docx, head: Head) -> None:
    table = made.add_table(2, 2)
    parts.widths(table, (_AGENCY_MM, _TEXT_WIDTH_MM - _AGENCY_MM))
    agency, nation = table.cell(0, 0), table.cell(0, 1)
    if head.parent:
        parts.centred(agency, head.parent, size=12)
    parts.centred(agency, head.body, size=12, bold=True)
    parts.rule(agency, 22)
    parts.centred(nation, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    parts.centred(nation, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True)
    parts.rule(nation, 17)
    parts.centred(table.cell(1, 0), f"Số:          /{head.symbol}-…", size=13)
    if head.is_dated:
        place = parts.centred(table.cell(1, 1), "……, ngày … tháng … năm …", size=13)
        place.runs[0].italic = True
    for cell in table._cells:  # noqa: SLF001 - the one way to all cells in order
        parts.drop_first_empty(cell)


def _block(made: Docx, block: Block, width_mm: int) -> None:
    if isinstance(block, Table):
        _table(made, block, width_mm)
    elif isinstance(block, Closing):
        _closing(made, block)
    else:
        _line(made, block)


def _line(made: Docx, line: Line) -> None:
    if line.form is Form.HEADING:
        made.add_heading(line.text, level=1)
        return
    paragraph = made.add_paragraph()
    if line.form is Form.NOTE:
        paragraph.paragraph_format.first_line_indent = Mm(0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        parts.write(paragraph, line.text, size=11, italic=True)
    elif line.form is Form.FILL:
        paragraph.paragraph_format.first_line_indent = Mm(0)
        parts.dotted(paragraph, Mm(_TEXT_WIDTH_MM))
        parts.write(paragraph, f"{line.text}\t")
    else:
        # What announces something goes with it.
        paragraph.paragraph_format.keep_with_next = line.text.endswith(":") or None
        parts.write(paragraph, line.text, italic=line.form is Form.BASIS)


def _table(made: Docx, given: Table, width_mm: int) -> None:
    table = made.add_table(1, len(given.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    share = width_mm / sum(given.widths)
    parts.widths(table, tuple(width * share for width in given.widths))
    for cell, title in zip(table.rows[0].cells, given.columns, strict=True):
        paragraph = parts.centred(cell.paragraphs[0], title, size=11, bold=True)
        paragraph.paragraph_format.keep_with_next = True
    parts.repeat(table.rows[0])
    for texts in given.rows:
        parts.fill_row(table, texts)
    parts.small(made)


def _closing(made: Docx, closing: Closing) -> None:
    count = len(closing.signers) + bool(closing.recipients)
    table = made.add_table(1, count)
    parts.keep_whole(table.rows[0])
    parts.widths(table, (_TEXT_WIDTH_MM / count,) * count)
    cells = list(table.rows[0].cells)
    if closing.recipients:
        first = cells.pop(0)
        parts.write(first.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True)
        for line in closing.recipients:
            parts.write(first.add_paragraph(), f"- {line}", size=11)
        parts.unindented(first)
    for cell, signer in zip(cells, closing.signers, strict=True):
        parts.centred(
            cell.paragraphs[0], signer or "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", bold=True, size=13
        )
        if signer:
            parts.centred(cell, "(Ký, ghi rõ họ tên)").runs[0].italic = True
        parts.centred(cell, "").paragraph_format.space_after = Pt(68)
        if not signer:
            parts.centred(cell, "(Họ và tên)").runs[0].italic = True


def _annex(made: Docx, annex: Annex) -> None:
    section = made.add_section()
    _page(section, is_wide=annex.is_wide)
    section.first_page_header.is_linked_to_previous = True
    section.first_page_footer.is_linked_to_previous = False
    source = made.sections[0].footer.paragraphs
    for told, place in zip(source, parts.paragraphs(section.first_page_footer), strict=False):
        parts.write(place, told.text, size=8.5)
    parts.restart_numbers(section)
    parts.centred(made, annex.title, size=14, bold=True)
    parts.centred(made, annex.subject, size=14, bold=True)
    of = parts.centred(made, annex.of)
    of.runs[0].italic, of.paragraph_format.space_after = True, Pt(10)
    for block in annex.blocks:
        _block(made, block, _WIDE_MM if annex.is_wide else _TEXT_WIDTH_MM)
