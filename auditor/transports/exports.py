"""Reading an export (CSV, XLSX, JSON) as a table of texts, within limits."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from auditor.documents.media import Media
from auditor.documents.text import ReadingFault
from auditor.stores.answer import StoreFault, StoreTrouble
from auditor.stores.table import ExportTable
from auditor.transports.files import opened
from auditor.transports.reading import read

LARGEST = 64 * 2**20
MOST_RECORDS = 1_000_000
MOST_FIELDS = 500
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = ",;\t|"


def table_of(path: Path) -> ExportTable:
    """Read an export; the format is told by the content, the first record of a sheet is the header.

    Raises `StoreFault`, and `CannotMeasure` where the file cannot be opened.
    """
    with opened(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise StoreFault(StoreTrouble.FILE_TOO_LARGE)
    if content.startswith(b"PK"):
        return _sheet(path)
    text, is_utf8 = _decoded(content)
    try:
        if text.lstrip()[:1] in {"[", "{"}:
            header, records = _from_json(text)
        else:
            header, records = _from_csv(text)
        return _table(header, records, is_utf8=is_utf8, keeps_form=True)  # reads the records
    except (csv.Error, ValueError, RecursionError) as error:
        raise StoreFault(StoreTrouble.FILE_BROKEN) from error


def _decoded(content: bytes) -> tuple[str, bool]:
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        wide = content.startswith(_WIDE)  # what Excel calls "Unicode text"
        return content.decode("utf-16" if wide else "latin-1", "replace"), False


def _from_csv(text: str) -> tuple[list[str], Iterator[list[str]]]:
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = (row for row in lines if any(cell.strip() for cell in row))
    return next(rows, []), rows


def _from_json(text: str) -> tuple[list[str], Iterator[list[str]]]:
    """Read a list of objects, or an object that holds one such list."""
    data = json.loads(text)
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        if len(lists) != 1:
            raise StoreFault(StoreTrouble.FILE_BROKEN)
        data = lists[0]
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise StoreFault(StoreTrouble.FILE_BROKEN)
    header = list(dict.fromkeys(str(name) for item in data for name in item))
    return header, ([_cell(item.get(name)) for name in header] for item in data)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _sheet(path: Path) -> ExportTable:
    """Read the first sheet that holds a table, in a process of its own."""
    reading = read(path)
    if reading.media_type != Media.XLSX:
        raise StoreFault(StoreTrouble.FILE_BROKEN)
    if ReadingFault.TOO_LARGE in reading.faults or ReadingFault.BOMB in reading.faults:
        raise StoreFault(StoreTrouble.FILE_TOO_LARGE)
    rows = next((table.rows for table in reading.tables if table.rows), None)
    told = set(reading.faults) - {ReadingFault.WRONG_EXTENSION, ReadingFault.MACROS}
    if rows is None or told:
        raise StoreFault(StoreTrouble.FILE_BROKEN)
    records = (list(row) for row in rows[1:])
    return _table(list(rows[0]), records, is_utf8=None, keeps_form=False)


def _table(
    header: list[str], records: Iterator[list[str]], *, is_utf8: bool | None, keeps_form: bool
) -> ExportTable:
    names = tuple(name.strip() for name in header)
    if not any(names) or len(names) > MOST_FIELDS or len(set(names)) < len(names):
        raise StoreFault(StoreTrouble.FILE_BROKEN)
    kept: list[tuple[str, ...]] = []
    for record in records:
        if len(kept) == MOST_RECORDS:
            raise StoreFault(StoreTrouble.FILE_TOO_LARGE)
        if len(record) > len(names):
            raise StoreFault(StoreTrouble.FILE_BROKEN)  # a separator inside a text: cells shift
        kept.append((*record, *("",) * (len(names) - len(record))))
    return ExportTable(names, tuple(kept), is_utf8, keeps_form)
