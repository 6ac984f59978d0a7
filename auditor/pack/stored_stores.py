"""Databases and exports over what was kept of them."""

from auditor.model import DataExport, Store
from auditor.pack.kept import Stored, object_of
from auditor.stores import keeping
from auditor.stores.answer import StoreAnswer
from auditor.stores.standard import ExportSeen


class StoredStores(Stored):
    """`Stores` and `Exports`: figures of databases, and exports as they were checked."""

    def ask(self, store: Store) -> StoreAnswer:
        """Return what a database answered."""
        return keeping.answer_read(object_of(self.only(keeping.answer_name(store))))

    def checked(self, export: DataExport) -> ExportSeen:
        """Return what was seen of an export."""
        return keeping.export_read(object_of(self.only(keeping.export_name(export))))
