"""What an access to the network needs to ask the centre's databases."""

from typing import TYPE_CHECKING

from auditor.model import Store
from auditor.stores.answer import StoreAnswer
from auditor.transports.from_site import FromSite

if TYPE_CHECKING:
    from auditor.transports.stores import Asking


class Storing(FromSite):
    """Databases through the gate; exports stand in files, for which no gate is needed."""

    def ask(self, store: Store) -> StoreAnswer:
        """Ask one database as `Stores.ask` says."""
        return self._asking().ask(store)

    def _asking(self) -> "Asking":
        from auditor.transports.stores import Asking  # noqa: PLC0415 - loads readers of files

        return Asking(
            gate=self._context.gate,
            folder=self._context.site_folder,
            timezone=self.site.timezone,
            keep=self._captures.content,
        )
