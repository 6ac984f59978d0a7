"""Devices that a document lists in a table, found by the words of the table's header."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from auditor.documents.said import ListedRow
from auditor.documents.stream import bare, words_of
from auditor.documents.text import Reading, Table
from auditor.model.document_checks import DocumentChecks

HEADER_ROWS = 4
MOST_DEVICES = 5000
LONGEST_NAME = 120

_ADDRESS = re.compile(r"[0-9a-fA-F:.]{3,45}")
_MAC = re.compile(r"[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2}){4}")


def devices(reading: Reading, checks: DocumentChecks) -> tuple[ListedRow, ...]:
    """Return every device with an address, a MAC or a serial number; bounded."""
    found = [
        device for table in reading.tables for device in _of_table(table, checks.device_columns)
    ]
    return tuple(found[:MOST_DEVICES])


def _of_table(table: Table, columns: Mapping[str, tuple[str, ...]]) -> Iterator[ListedRow]:
    for number, row in enumerate(table.rows[:HEADER_ROWS]):
        places = _header(row, columns)
        if "name" in places and len(places) > 1:
            for cells in table.rows[number + 1 :]:
                yield from _device(table.page, cells, places)
            return


def _header(row: tuple[str, ...], columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Say which column holds what; a longer header phrase wins over a shorter one."""
    places: dict[str, tuple[int, int]] = {}
    for index, cell in enumerate(row):
        told = f" {bare(' '.join(words_of(cell)))} "
        ranked = sorted(
            (
                (len(phrase), what)
                for what, phrases in columns.items()
                for phrase in phrases
                if f" {bare(' '.join(words_of(phrase)))} " in told
            ),
            reverse=True,
        )
        if ranked and ranked[0][1] not in places:
            places[ranked[0][1]] = (index, ranked[0][0])
    return {what: index for what, (index, _length) in places.items()}


def _device(page: int, cells: tuple[str, ...], places: Mapping[str, int]) -> Iterator[ListedRow]:
    told = {what: cells[index].strip() for what, index in places.items() if index < len(cells)}
    macs = tuple(match[0].lower().replace("-", ":") for match in _MAC.finditer(told.get("mac", "")))
    addresses = tuple(dict.fromkeys(_addresses(told.get("address", ""))))
    serial, name = told.get("serial", "")[:LONGEST_NAME], told.get("name", "")[:LONGEST_NAME]
    if name and (macs or addresses or serial):
        yield ListedRow(page=page, name=name, addresses=addresses, macs=macs, serial=serial)


def _addresses(text: str) -> Iterator[str]:
    for word in _ADDRESS.findall(text):
        try:
            yield str(ip_address(word.strip(".:")))
        except ValueError:
            continue
