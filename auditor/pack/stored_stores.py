"""Databases and exports over what was kept of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from auditor.canonical import dumps
from auditor.model import DataExport, Store
from auditor.pack.kept import Stored, object_of
from auditor.stores import keeping
from auditor.stores.answer import Counts, Moment, StoreAnswer, StoreTrouble
from auditor.stores.standard import ExportSeen

_SEEN: TypeAdapter[ExportSeen] = TypeAdapter(ExportSeen)


class StoredStores(Stored):
    """`Stores` and `Exports`: figures of databases, and exports as they were checked."""

    def ask(self, store: Store) -> StoreAnswer:
        """Return what a database answered."""
        return _answer(object_of(self.only(keeping.answer_name(store))))

    def checked(self, export: DataExport) -> ExportSeen:
        """Return what was seen of an export."""
        kept = object_of(self.only(keeping.export_name(export)))
        return _SEEN.validate_json(dumps(kept["seen"]))


def _answer(kept: Mapping[str, Any]) -> StoreAnswer:
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
