"""What an access to something that is no machine has in common: the site and its evidence."""

from auditor.model import Capture, Site
from auditor.transports import Context
from auditor.transports.capturing import Captures


class FromSite:
    """An access that the site describes. Nothing is opened before it is asked for something."""

    def __init__(self, context: Context) -> None:
        """Read and send nothing yet."""
        self._context = context
        self._captures = Captures(context.keep)

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was kept so far: facts about files, or datagrams with their answers."""
        return self._captures.taken

    @property
    def site(self) -> Site:
        """What the centre says about itself."""
        return self._context.site

    def close(self) -> None:
        """Nothing is held open."""
