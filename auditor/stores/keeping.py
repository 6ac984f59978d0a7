"""What is kept of a database's answer and of an export held to its mapping, and read again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from auditor.canonical import dumps
from auditor.model import DataExport, Store
from auditor.stores.answer import Counts, Moment, StoreAnswer, StoreTrouble
from auditor.stores.standard import ExportSeen


def answer_name(store: Store) -> str:
    """Return how evidence names what a database said."""
    return f"database {store.name}"


def answer_written(store: Store, answer: StoreAnswer, statements: Sequence[str]) -> bytes:
    """Return the statements that a database was asked, and its figures."""
    counts = answer.counts
    newest = counts.newest if counts else None
    kept = {
        "store": store.name,
        "engine": store.engine.value,
        "asked_at": answer.asked_at.isoformat(),
        "statements": list(statements),
        "tls_version": answer.tls_version,
        "is_certificate_checked": answer.is_certificate_checked,
        "is_reachable": answer.is_reachable,
        "is_locked": answer.is_locked,
        "can_write": answer.can_write,
        "trouble": answer.trouble.value if answer.trouble else None,
        "records": counts.records if counts else None,
        "filled": counts.filled if counts else None,
        "distinct": counts.distinct if counts else None,
        "newest": newest.isoformat() if isinstance(newest, datetime) else newest,
    }
    return dumps(kept)


def answer_read(kept: Mapping[str, Any]) -> StoreAnswer:
    """Return what a database said. Raises `KeyError` and `ValueError` for what is no answer."""
    trouble, records = kept["trouble"], kept["records"]
    return StoreAnswer(
        asked_at=datetime.fromisoformat(kept["asked_at"]),
        is_reachable=kept["is_reachable"],
        trouble=StoreTrouble(trouble) if trouble else None,
        counts=None
        if records is None
        else Counts(records, kept["filled"], kept["distinct"], _moment(kept["newest"])),
        is_locked=kept["is_locked"],
        tls_version=kept["tls_version"],
        is_certificate_checked=kept["is_certificate_checked"],
        can_write=kept["can_write"],
    )


def _moment(text: str | None) -> Moment:
    """Read a time: what was not understood is no aware time of ISO 8601."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return text
    return found if found.tzinfo else text


def export_name(export: DataExport) -> str:
    """Return how evidence names what was seen of an export."""
    return f"export {export.name}"


def export_written(
    export: DataExport,
    seen: ExportSeen,
    *,
    statements: Sequence[str],
    files: Mapping[str, str | None],
    platform_schema_sha256: str | None,
) -> bytes:
    """Return what was seen, and the digests of what it was seen in and held to."""
    found, compared = seen.checked, seen.compared
    kept = {
        "export": export.name,
        "database": export.database or None,
        "statements": list(statements),
        "files": dict(files),
        "platform_schema_sha256": platform_schema_sha256,
        "seen": {
            "trouble": seen.trouble.value if seen.trouble else None,
            "checked": asdict(found) if found else None,
            "compared": asdict(compared) if compared else None,
        },
    }
    return dumps(kept)


def export_read(kept: Mapping[str, Any]) -> ExportSeen:
    """Return what was seen of an export. Raises `KeyError` and `ValueError` for anything else."""
    return TypeAdapter(ExportSeen).validate_json(dumps(kept["seen"]))
