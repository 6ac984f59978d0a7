"""What an access to the network needs to hold exports and databases to their mappings."""

import csv
import io
from importlib import resources
from pathlib import Path

from auditor import yamlfile
from auditor.canonical import sha256
from auditor.errors import BadInput, CannotMeasure
from auditor.model import DataExport, Failure
from auditor.stores.answer import StoreFault, StoreTrouble
from auditor.stores.keeping import export_name, export_written
from auditor.stores.mapping import FieldKind, FieldMapping, PlatformSchema
from auditor.stores.standard import ExportSeen, check, compare
from auditor.transports.exports import table_of
from auditor.transports.files import opened
from auditor.transports.stores_faults import trouble_of
from auditor.transports.storing import Storing

PLATFORM_SCHEMA = "platform_schema.yaml"
"""Dropped into profiles/ once the national platform publishes one; none is known today."""

_TRUE = frozenset({"true", "1", "x", "yes", "có"})
_COLUMNS = ("field", "platform_field", "required", "kind", "codes", "is_identifier")


class Exporting(Storing):
    """Exports and mappings, relative to the site's folder."""

    def checked(self, export: DataExport) -> ExportSeen:
        """Hold an export to its mapping as `Exports.checked` says."""
        folder, said = self._context.site_folder, list[str]()
        try:
            mapping = mapping_of(folder / export.mapping)
        except (CannotMeasure, StoreFault) as error:
            trouble = trouble_of(error, is_late=False)
            is_missing = trouble is StoreTrouble.FILE_MISSING
            seen = ExportSeen(trouble=StoreTrouble.MAPPING_MISSING if is_missing else trouble)
        else:
            if export.database:
                seen, said = self._in_database(export, mapping)
            else:
                seen = _in_file(folder / export.file, mapping)
        files = [name for name in (export.file, export.mapping) if name]
        content = export_written(
            export,
            seen,
            statements=said,
            files={name: _digest(folder / name) for name in files},
            platform_schema_sha256=_schema_digest(),
        )
        self._captures.content(export_name(export), content)
        return seen

    def _in_database(
        self, export: DataExport, mapping: FieldMapping
    ) -> tuple[ExportSeen, list[str]]:
        try:
            from auditor.transports.stores_standard import held  # noqa: PLC0415 - loads SQLAlchemy
        except ImportError:
            return ExportSeen(trouble=StoreTrouble.DRIVER_MISSING), []
        (store,) = (item for item in self.site.data.databases if item.name == export.database)
        return held(self._asking(), store, mapping, platform_schema())


def _in_file(path: Path, mapping: FieldMapping) -> ExportSeen:
    try:
        table = table_of(path)
    except (CannotMeasure, StoreFault) as error:
        return ExportSeen(trouble=trouble_of(error, is_late=False))
    schema = platform_schema()
    return ExportSeen(
        checked=check(table, mapping),
        compared=compare(table, mapping, schema) if schema else None,
    )


def mapping_of(path: Path) -> FieldMapping:
    """Read a mapping, YAML or CSV with the same words as columns.

    Raises `StoreFault`, and `CannotMeasure` where the file cannot be opened.
    """
    with opened(path) as file:
        content = file.read(yamlfile.MAX_BYTES + 1)
    try:
        document = (
            _from_csv(content) if path.suffix.lower() == ".csv" else yamlfile.parse(content, "")
        )
        mapping = yamlfile.build(document, FieldMapping)
    except (BadInput, csv.Error, UnicodeDecodeError) as error:
        raise StoreFault(StoreTrouble.MAPPING_BROKEN) from error
    names = [rule.field for rule in mapping.fields]
    if len(set(names)) < len(names) or len(content) > yamlfile.MAX_BYTES:
        raise StoreFault(StoreTrouble.MAPPING_BROKEN)
    if not any(rule.is_identifier for rule in mapping.fields):
        raise StoreFault(StoreTrouble.MAPPING_WITHOUT_IDENTIFIER)
    if any(rule.kind is FieldKind.CODE and not rule.codes for rule in mapping.fields):
        raise StoreFault(StoreTrouble.MAPPING_WITHOUT_CODES)
    return mapping


def _from_csv(content: bytes) -> yamlfile.Document:
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    if set(lines.fieldnames or ()) - set(_COLUMNS):
        raise StoreFault(StoreTrouble.MAPPING_BROKEN)
    return yamlfile.Document({"fields": [_rule(line) for line in lines]})


def _rule(line: dict[str, str]) -> dict[str, object]:
    cells = {name: (line.get(name) or "").strip() for name in _COLUMNS}
    return {
        "field": cells["field"],
        "platform_field": cells["platform_field"],
        "required": cells["required"].lower() in _TRUE,
        "kind": cells["kind"] or FieldKind.TEXT.value,
        "codes": [code.strip() for code in cells["codes"].split("|") if code.strip()],
        "is_identifier": cells["is_identifier"].lower() in _TRUE,
    }


def platform_schema() -> PlatformSchema | None:
    """Return the platform's schema, or nothing where none came with the profiles. Raises."""
    content = _schema()
    if content is None:
        return None
    try:
        return yamlfile.build(yamlfile.parse(content, PLATFORM_SCHEMA), PlatformSchema)
    except BadInput as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{PLATFORM_SCHEMA}: {error}") from error


def _schema() -> bytes | None:
    file = resources.files("auditor.profiles").joinpath(PLATFORM_SCHEMA)
    return file.read_bytes() if file.is_file() else None


def _schema_digest() -> str | None:
    content = _schema()
    return sha256(content) if content is not None else None


def _digest(path: Path) -> str | None:
    try:
        with opened(path) as file:
            return sha256(file.read())
    except CannotMeasure:
        return None  # the trouble beside it says why
