"""The centre's databases as a run opens them; what is kept as evidence can be searched."""

from pathlib import Path

from auditor.model import Capture, Centre, CentreData, Site, Store
from auditor.scope import Gate
from auditor.stores.answer import StoreAnswer
from auditor.transports.stores import Asking


class Opened:
    """A `Stores` over the real gate, with the words that were kept."""

    captures: tuple[Capture, ...] = ()

    def __init__(self, folder: Path, seconds: float, *stores: Store) -> None:
        """Describe a site with these databases."""
        self.site = Site(
            schema="test", centre=Centre(id="t", name="t"), data=CentreData(databases=stores)
        )
        self.gate = Gate(self.site.scope, self.site.timezone)
        self.kept: list[tuple[str, bytes]] = []
        self._asking = Asking(self.gate, folder, self.site.timezone, self._keep, seconds)

    def _keep(self, request: str, content: bytes) -> None:
        self.kept.append((request, content))

    @property
    def words(self) -> str:
        """All that was kept."""
        return "".join(request + content.decode() for request, content in self.kept)

    def ask(self, store: Store) -> StoreAnswer:
        """Ask as the run does."""
        return self._asking.ask(store)
