"""`replay:folder`: a recording of `audit capture` answers."""

from auditor.model import Target
from auditor.transports import Context
from auditor.transports.capturing import COLLECTION
from auditor.transports.stored import StoredOutput


def access(target: Target, context: Context) -> StoredOutput:
    """Open a recording by its folder, relative to the site file."""
    folder = context.site_folder / target.url.partition(":")[2]
    return StoredOutput(folder / COLLECTION, context)
