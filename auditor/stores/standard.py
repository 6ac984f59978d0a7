"""Holding records to the rules of a mapping. Faults are told by row and field, never by value."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from unicodedata import is_normalized

from auditor.stores.answer import StoreTrouble
from auditor.stores.mapping import FieldKind, FieldMapping, FieldRule, PlatformSchema
from auditor.stores.table import ExportTable

MOST_EXAMPLES = 10
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[-+][0-9]{2}:?[0-9]{2})?)?")
_BOOLEANS = frozenset({"true", "false", "0", "1"})
_LOST = "\ufffd"


class DataFault(StrEnum):
    """What is wrong with one cell or one record."""

    NOT_UTF8 = "not_utf8"
    NOT_NFC = "not_nfc"
    LOST_CHARACTER = "lost_character"
    MISSING = "missing"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_BOOLEAN = "not_a_boolean"
    NOT_IN_CODE_LIST = "not_in_code_list"
    REPEATED_IDENTIFIER = "repeated_identifier"
    REPEATED_RECORD = "repeated_record"


class Found(NamedTuple):
    """One fault: record number from 1 without the header, field ("" for the record)."""

    record: int
    field: str
    fault: DataFault


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out. `absent` are fields of the mapping that the export has not."""

    checked: int
    faulty: int
    repeated: int
    counts: tuple[tuple[DataFault, int], ...]
    examples: tuple[Found, ...]
    absent: tuple[str, ...]
    is_utf8_nfc: bool | None


@dataclass(frozen=True, slots=True)
class Compared:
    """How the export fares against the platform's schema."""

    valid: int
    is_export_ok: bool


@dataclass(frozen=True, slots=True)
class ExportSeen:
    """One export as it was checked, or why not. Without a published schema nothing is compared."""

    trouble: StoreTrouble | None = None
    checked: Checked | None = None
    compared: Compared | None = None


def check(table: ExportTable, mapping: FieldMapping) -> Checked:
    """Hold every record to every rule; a record with any fault is faulty."""
    places = {name: place for place, name in enumerate(table.header)}
    absent = tuple(rule.field for rule in mapping.fields if rule.field not in places)
    found = [*_faults(table, mapping.fields, places), *_repeated(table, mapping.fields, places)]
    found.sort()
    counts = Counter(item.fault for item in found)
    forms = counts[DataFault.NOT_NFC] or counts[DataFault.LOST_CHARACTER]
    header_ok = all(is_normalized("NFC", name) for name in table.header)
    repeats = (DataFault.REPEATED_IDENTIFIER, DataFault.REPEATED_RECORD)
    return Checked(
        checked=len(table.records),
        faulty=len({item.record for item in found}),
        repeated=len({item.record for item in found if item.fault in repeats}),
        counts=tuple(sorted(counts.items())),
        examples=tuple(found[:MOST_EXAMPLES]),
        absent=absent,
        is_utf8_nfc=(bool(table.is_utf8) and header_ok and not forms) if table.keeps_form else None,
    )


def compare(table: ExportTable, mapping: FieldMapping, schema: PlatformSchema) -> Compared:
    """Hold the export to the platform's schema, through the fields that the mapping names."""
    places = {name: place for place, name in enumerate(table.header)}
    ours = {rule.platform_field: rule.field for rule in mapping.fields if rule.platform_field}
    rules = [
        FieldRule(
            field=ours.get(item.name, ""),
            required=item.required,
            kind=item.kind,
            codes=item.codes,
        )
        for item in schema.fields
    ]
    known = {item.name for item in schema.fields}
    used = [rule for rule in rules if rule.field or rule.required]
    faulty = {item.record for item in _faults(table, used, places)}
    valid = len(table.records) - len(faulty)
    return Compared(valid, is_export_ok=bool(valid) and not faulty and set(ours) <= known)


def _faults(
    table: ExportTable, rules: Sequence[FieldRule], places: dict[str, int]
) -> Iterator[Found]:
    told = {rule.field for rule in rules}  # other names may be data, where a file has no header
    for number, record in enumerate(table.records, 1):
        if table.is_utf8 is False:
            yield Found(number, "", DataFault.NOT_UTF8)
        for rule in rules:
            place = places.get(rule.field)
            cell = "" if place is None else record[place]
            for fault in _cell_faults(cell, rule):
                yield Found(number, rule.field, fault)
        for name, cell in zip(table.header, record, strict=True):
            place_told = name if name in told else ""
            if not is_normalized("NFC", cell):
                yield Found(number, place_told, DataFault.NOT_NFC)
            if _LOST in cell:
                yield Found(number, place_told, DataFault.LOST_CHARACTER)


def _cell_faults(cell: str, rule: FieldRule) -> Iterator[DataFault]:
    cell = cell.strip()
    if not cell:
        if rule.required or rule.is_identifier:
            yield DataFault.MISSING
        return
    if rule.codes and cell not in rule.codes:
        yield DataFault.NOT_IN_CODE_LIST
    if rule.kind is FieldKind.DATE and not _is_date(cell):
        yield DataFault.NOT_A_DATE
    elif rule.kind is FieldKind.INTEGER and not _INTEGER.fullmatch(cell):
        yield DataFault.NOT_AN_INTEGER
    elif rule.kind is FieldKind.NUMBER and not _NUMBER.fullmatch(cell):
        yield DataFault.NOT_A_NUMBER
    elif rule.kind is FieldKind.BOOLEAN and cell.lower() not in _BOOLEANS:
        yield DataFault.NOT_A_BOOLEAN


def _is_date(cell: str) -> bool:
    """Whether a text is a day of the calendar, or a time of one, as ISO 8601 writes it."""
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return bool(_DATE.fullmatch(cell))


def _repeated(
    table: ExportTable, rules: Sequence[FieldRule], places: dict[str, int]
) -> Iterator[Found]:
    """Find each record after the first with the same identifier, or with the same content."""
    names = [rule.field for rule in rules if rule.is_identifier and rule.field in places]
    identifiers: set[tuple[str, ...]] = set()
    records: set[tuple[str, ...]] = set()
    for number, record in enumerate(table.records, 1):
        identifier = tuple(record[places[name]].strip() for name in names)
        if any(identifier):
            if identifier in identifiers:
                yield Found(number, ", ".join(names), DataFault.REPEATED_IDENTIFIER)
            identifiers.add(identifier)
        if record in records:
            yield Found(number, "", DataFault.REPEATED_RECORD)
        records.add(record)
