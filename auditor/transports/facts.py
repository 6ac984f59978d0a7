"""`facts:FILE`: a collector's output that somebody carried here, from a machine out of reach."""

from auditor.model import Target
from auditor.transports import Context
from auditor.transports.stored import StoredOutput


def access(target: Target, context: Context) -> StoredOutput:
    """Open the file, relative to the site file."""
    return StoredOutput(context.site_folder / target.url.partition(":")[2], context)
