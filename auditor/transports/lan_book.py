"""What a search has seen so far: bounded, and only inside the scope."""

from collections.abc import Iterable

from auditor.discovery.sightings import ANSWERS, Address, Sighting
from auditor.model import Method
from auditor.scope import Gate

_MOST, _MOST_FOR_ONE = 50_000, 40


class Book:
    """Sightings by what they say; the same thing seen again only moves its last time."""

    def __init__(self, gate: Gate, method: Method) -> None:
        """Start empty."""
        self._gate, self._method = gate, method
        self._seen: dict[tuple[object, ...], list[Sighting]] = {}
        self._count: dict[Address, int] = {}
        self.answered: set[Address] = set()

    def add(self, sighting: Sighting) -> bool:
        """Write one down if the scope covers its address; say whether it does. Raises."""
        if not self._gate.covers(sighting.address, self._method):
            return False
        address = sighting.address
        key = (address, sighting.how, sighting.mac, sighting.names, sighting.told)
        if key in self._seen:
            self._seen[key][1:] = [sighting]
        elif len(self._seen) < _MOST and self._count.get(address, 0) < _MOST_FOR_ONE:
            self._seen[key] = [sighting]
            self._count[address] = self._count.get(address, 0) + 1
        if sighting.how in ANSWERS:
            self.answered.add(address)
        return True

    def all(self) -> tuple[Sighting, ...]:
        """Return the first and the last of each."""
        return tuple(sighting for pair in self._seen.values() for sighting in pair)

    def macs(self) -> Iterable[str]:
        """Return the MACs seen."""
        return {sighting.mac for sighting in self.all() if sighting.mac}
