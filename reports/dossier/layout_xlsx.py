"""The table of indicators as XLSX. What the run said is text there, never a formula."""

import io
import zipfile
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from . import lines
from .docx_parts import FONT
from .office import undated
from .source import Source

_LONGEST = 32_767
"""Characters that a cell may hold."""

_WIDTHS = (7, 28, 36, 16, 36, 22, 18)
_SIDE = Side(style="thin")
_GRID = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def xlsx(source: Source) -> bytes:
    """Return the workbook, dated as the record is."""
    book = Workbook()
    sheet = cast("Worksheet", book.active)  # a new workbook has one
    sheet.title = "Bảng chỉ số"
    above = (
        f"{source.label} – BẢNG KẾT QUẢ RÀ SOÁT THEO TỪNG CHỈ SỐ",
        source.centre,
        *source.stamp.lines,
    )
    head = len(above) + 2
    table = lines.table(source)
    for number, text in enumerate(above, start=1):
        _put(sheet, number, 1, text, is_bold=number == 1)
    for column, title in enumerate(table.columns, start=1):
        _put(sheet, head, column, title, is_bold=True).border = _GRID
    for number, row in enumerate(table.rows, start=head + 1):
        for column, text in enumerate(row, start=1):
            cell = _put(sheet, number, column, text)
            cell.border, cell.alignment = _GRID, _WRAPPED
        # Not every program fits the height of rows to their text.
        sheet.row_dimensions[number].height = _height(row)
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}{head}"].alignment = Alignment(
            wrap_text=True, horizontal="center", vertical="center"
        )
    sheet.row_dimensions[head].height = _height(table.columns)
    sheet.freeze_panes = f"C{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    _on_paper(sheet, source)
    return _saved(book, source)


def _height(row: tuple[str, ...]) -> float:
    """Return the points that the longest cell of a row takes; Excel allows 409.

    A column is as wide as so many figures of the workbook's own font, whose letters are wider.
    """
    lines = (-(-len(text) // (width * 1.3)) for text, width in zip(row, _WIDTHS, strict=True))
    return min(409.0, 4 + 14.5 * max(1, *lines))


def _put(
    sheet: Worksheet, row: int, column: int, text: str, *, is_bold: bool = False
) -> Cell | MergedCell:
    cell = sheet.cell(row, column)
    cell.value = text[:_LONGEST] or None
    if text:
        cell.data_type = "s"  # a text that begins with "=" would become a formula
    cell.font = Font(name=FONT, size=11, bold=is_bold)
    return cell


def _on_paper(sheet: Worksheet, source: Source) -> None:
    page = sheet.page_setup
    page.orientation, page.paperSize = "landscape", sheet.PAPERSIZE_A4
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = (
        inches / 25.4 for inches in (30, 15, 20, 20)
    )
    sheet.HeaderFooter.differentFirst = True  # the decree numbers pages from the second on
    number = sheet.oddHeader.center  # type: ignore[union-attr]  # every new sheet has all four
    number.text, number.font, number.size = "&P", f"{FONT},Regular", 13
    # A digest with its words is as long as half a page is wide, if it is not made smaller.
    sheet.HeaderFooter.scaleWithDoc = False
    both = ((sheet.firstHeader, sheet.firstFooter), (sheet.oddHeader, sheet.oddFooter))
    for header, footer in both:
        ends = (header.left, footer.left, footer.right)  # type: ignore[union-attr]
        for place, line in zip(ends, source.stamp.lines, strict=False):
            place.text, place.font, place.size = line, f"{FONT},Regular", 7


def _saved(book: Workbook, source: Source) -> bytes:
    properties = book.properties
    properties.creator, properties.title = source.centre[:255], "Bảng chỉ số"
    when = source.record.finished_at.replace(tzinfo=None, microsecond=0)
    properties.created = properties.modified = when
    out = io.BytesIO()
    # `Workbook.save` would write the time of the clock.
    ExcelWriter(book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)).save()
    return undated(out.getvalue())
