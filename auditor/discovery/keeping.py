"""What is kept of a discovery; `auditor.pack.look` reads it again."""

from dataclasses import asdict

from auditor.canonical import dumps
from auditor.discovery.sightings import Discovered

NAME = "discovery"
"""How evidence names it."""


def written(found: Discovered) -> bytes:
    """Return everything that was seen and could not be seen."""
    sightings = [{**asdict(seen), "address": str(seen.address)} for seen in found.sightings]
    return dumps({**asdict(found), "sightings": sightings})
