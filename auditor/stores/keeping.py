"""What is kept of a database's answer and of an export; `auditor.pack.stored_stores` reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from auditor.canonical import dumps
from auditor.model import DataExport, Store
from auditor.stores.answer import StoreAnswer
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
