"""Which measurements an appraiser looks at again: drawn by nonce and pack, chosen by nobody.

Each measurement's place is the SHA-256 of seed and key, so any other program draws the same sample
and a larger one begins with a smaller one.
"""

import hashlib
from dataclasses import dataclass

from auditor.canonical import sha256
from auditor.model import AuditRecord, Observation

USUAL = 5
"""Measurements of a sample where nobody says how many."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One measurement of a sample, and the indicators whose checks rest on it."""

    seen: Observation
    indicators: tuple[str, ...]

    @property
    def key(self) -> str:
        """The measurement's key."""
        return self.seen.measurement.key


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, from how many, by which seed."""

    seed: str
    population: int
    drawn: tuple[Drawn, ...]


def draw(record: AuditRecord, pack_sha256: str, nonce: bytes, count: int) -> Sample:
    """Draw from the measurements on which a check rests; from all where none does."""
    cited: dict[str, dict[str, None]] = {}
    for finding in record.findings:
        for check in finding.checks:
            for key in check.observations:
                cited.setdefault(key, {})[finding.indicator] = None
    seen = {item.measurement.key: item for item in record.observations}
    population = [key for key in seen if key in cited] or list(seen)
    seed = hashlib.sha256(nonce + bytes.fromhex(pack_sha256)).digest()
    population.sort(key=lambda key: sha256(seed + key.encode()))
    drawn = tuple(Drawn(seen[key], tuple(cited.get(key, ()))) for key in population[:count])
    return Sample(seed.hex(), len(population), drawn)
