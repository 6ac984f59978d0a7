"""XLSX by openpyxl: each sheet is one table, with the values that were last computed."""

import io
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from auditor.documents.text import Origin, Page, ReadingFault, Table
from auditor.transports.reader import package
from auditor.transports.reader.draft import Draft, Stopped

_MOST_ROWS = 20_000
_MOST_COLUMNS = 200


def read(content: bytes, draft: Draft) -> None:
    """Read each sheet: its name as a heading, each row as a line, all of it as a table."""
    package.check(content, draft)
    draft.producer = package.producer(content)
    try:
        _read_book(content, draft)
    except (
        *(InvalidFileException, BadZipFile, SyntaxError),
        *(KeyError, ValueError, TypeError, AttributeError, IndexError),
    ) as error:
        raise Stopped(ReadingFault.BROKEN) from error


def _read_book(content: bytes, draft: Draft) -> None:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for number, sheet in enumerate(book.worksheets, 1):
        draft.text(number, sheet.title, level=1)
        rows: list[tuple[str, ...]] = []
        for at, row in enumerate(sheet.iter_rows(max_row=_MOST_ROWS + 1, values_only=True)):
            draft.in_time()
            if at == _MOST_ROWS or any(value is not None for value in row[_MOST_COLUMNS:]):
                draft.faults.add(ReadingFault.TOO_LARGE)
            kept = row[:_MOST_COLUMNS] if at < _MOST_ROWS else ()
            cells = tuple("" if value is None else str(value) for value in kept)
            if any(cells):
                rows.append(cells)
                draft.text(number, " ".join(cell for cell in cells if cell))
        width = max((i for row in rows for i, cell in enumerate(row, 1) if cell), default=0)
        draft.table(Table(page=number, rows=tuple(row[:width] for row in rows)))
        draft.page(Page(number=number, origin=Origin.TEXT))
