"""What probes of databases and of exports are given."""

from typing import Protocol

from auditor.model import DataExport, Site, Store
from auditor.stores.answer import StoreAnswer
from auditor.stores.standard import ExportSeen


class Stores(Protocol):
    """The centre's databases: aggregates come back, records never do."""

    @property
    def site(self) -> Site:
        """Where the databases are named."""

    def ask(self, store: Store) -> StoreAnswer:
        """Ask one database once, through the scope by `host_login`; figures kept as evidence.

        Never raises for what a server or a file does: that is an answer with trouble.
        """


class Exports(Protocol):
    """The centre's data, exported or where they are, and the mappings that they are held to."""

    @property
    def site(self) -> Site:
        """Where the exports are named."""

    def checked(self, export: DataExport) -> ExportSeen:
        """Hold an export or a database to its mapping; counts and masked examples are evidence.

        A database judges its records itself, so that none leaves it, and is reached through the
        scope by `host_login`. Never raises for what a file or a server says: that is trouble.
        """
