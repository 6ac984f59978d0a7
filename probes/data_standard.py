"""Data as the national platform could take them over."""

import math
from collections.abc import Iterator

from auditor.model import DataExport, Effect, Hides, Measured, Row, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, probe
from auditor.stores.access import Exports
from auditor.stores.faults import Found, Shape
from auditor.stores.standard import ExportSeen
from auditor.stores.words import (
    FAULTS,
    IN_THE_DATABASE,
    NO_FORM,
    NO_FORM_HERE,
    NO_SCHEMA,
    OWN_CODES,
    TROUBLES,
    said,
)


@probe(
    Column("name", str, "Name in the site file", hides=Hides.NOTHING),
    Column("file", str, "The export, or the database that was checked", hides=Hides.FILE),
    Column("mapping", str, "The mapping that it was held to", hides=Hides.FILE),
    Column("trouble", str, "Why it could not be checked", hides=Hides.NOTHING),
    Column("checked", int, "Records checked: the denominator"),
    Column("faulty", int, "Records with at least one fault"),
    Column("valid_pct", float, "Records without any fault, of all, rounded down"),
    Column("repeated", int, "Records whose identifier or content was there before"),
    Column(
        "absent_fields", tuple, "Fields of the mapping that the data have not", hides=Hides.TEXT
    ),
    Column("faults", tuple, "Kinds of fault, each with its number", hides=Hides.NOTHING),
    Column("examples", tuple, "Up to ten faults: field and kind, never a value", hides=Hides.TEXT),
    Column("utf8_nfc_ok", bool, "All text is UTF-8 in NFC; null: not told"),
    Column("platform_schema_valid_pct", float, "Records valid by the platform's schema"),
    Column("export_schema_ok", bool, "Every record and field follows the platform's schema"),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=600.0,
    asked_by="data.exports",
)
def data_standard(exports: Exports) -> Measured:
    """Hold data exports, or the databases themselves, to the centre's own mapping of fields.

    Checked are UTF-8 in NFC, unique identifiers, ISO 8601 dates, mandatory fields, code lists and
    repeated records. A database counts its own faults: only counts and masked looks leave it. The
    platform's schema is compared once it has been published.
    """
    rows: list[Row] = []
    limitations: list[Text] = []
    for export in exports.site.data.exports:
        seen = exports.checked(export)
        rows.append(parse(export, seen))
        limitations += _remarks(export, seen)
    return Measured(
        rows=in_order(rows, "name"), limitations=tuple(dict.fromkeys((*limitations, OWN_CODES)))
    )


def parse(export: DataExport, seen: ExportSeen) -> Row:
    """Turn what was seen of an export into its row."""
    found, compared = seen.checked, seen.compared
    total = found.checked if found else 0
    return {
        "name": export.name,
        "file": export.file or export.database,
        "mapping": export.mapping,
        "trouble": seen.trouble.value if seen.trouble else None,
        "checked": found.checked if found else None,
        "faulty": found.faulty if found else None,
        "valid_pct": _share(total - found.faulty, total) if found else None,
        "repeated": found.repeated if found else None,
        "absent_fields": found.absent if found else (),
        "faults": tuple(f"{fault.value}: {n}" for fault, n in found.counts) if found else (),
        "examples": tuple(map(_masked, found.examples)) if found else (),
        "utf8_nfc_ok": found.is_utf8_nfc if found else None,
        "platform_schema_valid_pct": _share(compared.valid, total) if compared else None,
        "export_schema_ok": compared.is_export_ok if compared else None,
    }


def _share(part: int, total: int) -> float | None:
    return math.floor(part * 10_000 / total) / 100 if total else None


def _masked(found: Found | Shape) -> str:
    if isinstance(found, Shape):
        look = f" as {found.shape!r}" if found.shape else ""
        return f"{found.field}: {found.fault.value}{look}: {found.number}".removeprefix(": ")
    place = f"record {found.record}"
    return (
        f"{place}: {found.field}: {found.fault.value}"
        if found.field
        else (f"{place}: {found.fault.value}")
    )


def _remarks(export: DataExport, seen: ExportSeen) -> Iterator[Text]:
    if seen.trouble:
        yield said(export.name, TROUBLES[seen.trouble])
    if seen.checked:
        if export.database:
            yield IN_THE_DATABASE
        if seen.checked.is_utf8_nfc is None:
            yield NO_FORM if export.file else NO_FORM_HERE
        if seen.compared is None:
            yield NO_SCHEMA
        for fault, number in seen.checked.counts:
            text, faults = FAULTS[fault], "fault" if number == 1 else "faults"
            yield said(
                export.name,
                Text(vi=f"{number} lỗi: {text.vi}", en=f"{number} {faults}: {text.en}"),
            )
