"""Holding records to the rules of a mapping. Faults are told by row and field, never by value."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import is_normalized

from auditor.stores.answer import StoreTrouble
from auditor.stores.faults import DataFault, Found, Shape
from auditor.stores.mapping import FieldMapping, FieldRule, PlatformSchema
from auditor.stores.patterns import KINDS, LOST
from auditor.stores.table import ExportTable

MOST_EXAMPLES = 10
_KINDS = {kind: (fault, re.compile(pattern)) for kind, (fault, pattern) in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out. `absent` are fields of the mapping that the export has not."""

    checked: int
    faulty: int
    repeated: int
    counts: tuple[tuple[DataFault, int], ...]
    examples: tuple[Found | Shape, ...]
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
    faulty = {item.record for item in _faults(table, platform_rules(mapping, schema), places)}
    return compared(len(table.records), len(faulty), mapping, schema)


def platform_rules(mapping: FieldMapping, schema: PlatformSchema) -> list[FieldRule]:
    """Return the platform's rules for our fields; a field that it demands and we lack is ""."""
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
    return [rule for rule in rules if rule.field or rule.required]


def compared(records: int, faulty: int, mapping: FieldMapping, schema: PlatformSchema) -> Compared:
    """Say how records fare of which so many break the platform's rules."""
    ours = {rule.platform_field for rule in mapping.fields if rule.platform_field}
    known = {item.name for item in schema.fields}
    is_ok = records > 0 and not faulty and ours <= known
    return Compared(records - faulty, is_export_ok=is_ok)


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
            if LOST in cell:
                yield Found(number, place_told, DataFault.LOST_CHARACTER)


def _cell_faults(cell: str, rule: FieldRule) -> Iterator[DataFault]:
    cell = cell.strip()
    if not cell:
        if rule.required or rule.is_identifier:
            yield DataFault.MISSING
        return
    if rule.codes and cell not in rule.codes:
        yield DataFault.NOT_IN_CODE_LIST
    if rule.kind in _KINDS:
        fault, pattern = _KINDS[rule.kind]
        if not pattern.fullmatch(cell):
            yield fault


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
