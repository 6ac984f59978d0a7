"""The pictures of a report: rows of the record become small drawings, each with its words.

A picture is drawn from what was measured or stated; what is unknown is drawn as unknown, and
where there is nothing to draw a sentence says why.
"""

from auditor.model import AuditRecord

from ..view import Picture
from ..wording import Wording
from .backups import backups
from .bandwidth import bandwidth
from .coverage import coverage
from .network import network
from .overview import overview
from .storage import storage
from .validity import validity

PICTURES = (overview, coverage, bandwidth, network, storage, backups, validity)
"""In the order of reading; each takes a record and returns one picture."""


def pictures(record: AuditRecord, wording: Wording) -> tuple[Picture, ...]:
    """Return all pictures of a record, also those that could not be drawn."""
    return tuple(draw(record, wording) for draw in PICTURES)
