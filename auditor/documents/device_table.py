"""Devices that a document lists in a table, found by the words of the table's header."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from auditor.documents.said import ListedNetwork, ListedRow
from auditor.documents.stream import LONGEST_EXCERPT, bare, words_of
from auditor.documents.text import Reading, Table
from auditor.model.document_checks import DocumentChecks

HEADER_ROWS = 4
MOST_DEVICES = 5000
LONGEST_NAME = 120

_ONE = r"[0-9a-fA-F:.]{3,45}"
_MASK = r"255(?:\.\d{1,3}){3}"
_ADDRESS = re.compile(rf"(?P<first>{_ONE})(?:\s*(?:-|–|đến)\s*(?P<last>{_ONE}))?")
_NETWORK = re.compile(
    rf"(?P<base>{_ONE})(?:\s*/\s*(?P<length>{_MASK}|\d{{1,3}})\b|\s+(?P<mask>{_MASK}))"
)
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
    """Yield addresses, and ranges as `first-last`; masks and names of networks are neither."""
    bases = {network.partition("/")[0] for network in _networks(text)}
    for match in _ADDRESS.finditer(text):
        ends = [_address(part) for part in match.group("first", "last") if part]
        found = [end for end in ends if end and not str(end).startswith("255.")]
        if len(found) == 2 and found[0].version == found[1].version:  # noqa: PLR2004 - a range
            yield f"{found[0]}-{found[1]}"
        else:
            yield from (str(end) for end in found if str(end) not in bases)


def _address(word: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(word.strip(".") if "." in word else word)
    except ValueError:
        return None


def networks(reading: Reading) -> tuple[ListedNetwork, ...]:
    """Return every network that stands in a table, each once, with its row; bounded."""
    found: dict[str, ListedNetwork] = {}
    for table in reading.tables:
        for cells in table.rows:
            words = " ".join(" ".join(cells).split())
            for network in _networks(words):
                listed = ListedNetwork(
                    page=table.page, network=network, words=words[:LONGEST_EXCERPT]
                )
                found.setdefault(network, listed)
    return tuple(found.values())[:MOST_DEVICES]


def _networks(text: str) -> Iterator[str]:
    for match in _NETWORK.finditer(text):
        try:
            network = ip_network(
                f"{match['base']}/{match['length'] or match['mask']}", strict=False
            )
        except ValueError:
            continue
        if 0 < network.prefixlen < network.max_prefixlen:
            yield str(network)
