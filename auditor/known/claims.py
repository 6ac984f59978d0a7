"""What is said about machines of a network, and which of it lies in the scope."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from auditor.model import KnownFrom, Measured, Observation, Scope

Address = IPv4Address | IPv6Address
INTERFACES, NEIGHBOURS, DISCOVERY = "network_interfaces", "neighbours", "lan_hosts"
_SMALLEST_SHARED = 31


@dataclass(frozen=True)
class Claim:
    """Somebody's word that something has an address. `is_linked`: on a network of the scope."""

    address: Address | None
    mac: str | None
    source: KnownFrom
    seen_by: str
    is_linked: bool

    @property
    def is_placed(self) -> bool:
        """Whether the address means one machine; link-local ones repeat from link to link."""
        return self.address is not None and not self.address.is_link_local


class Bounds:
    """Which addresses are counted: the scope's networks without its exclusions."""

    def __init__(self, scope: Scope) -> None:
        """Read the networks, which the site's rules have checked."""
        self._inside = tuple(ip_network(text) for text in scope.networks)
        self._outside = tuple(ip_network(text) for text in scope.exclusions)

    def holds(self, address: Address) -> bool:
        """Whether an address lies in the scope and can be one machine's."""
        holding = [network for network in self._inside if address in network]
        return (
            bool(holding)
            and not any(address in network for network in self._outside)
            and not any(_is_everybody(address, network) for network in holding)
        )

    def admit(self, claim: Claim) -> bool:
        """Whether a claim counts: by its address, or by the network it was seen on."""
        if claim.address is None or not claim.is_placed:
            return claim.is_linked and claim.mac is not None
        return self.holds(claim.address)

    def strangers(self, claims: Iterable[Claim]) -> frozenset[str]:
        """Return hardware addresses whose IPv4 addresses all lie outside the scope."""
        placed = [c for c in claims if c.mac and isinstance(c.address, IPv4Address)]
        inside = {c.mac for c in placed if self.admit(c)}
        return frozenset(c.mac for c in placed if c.mac and c.mac not in inside)


def _is_everybody(address: Address, network: IPv4Network | IPv6Network) -> bool:
    return (
        isinstance(network, IPv4Network)
        and network.prefixlen < _SMALLEST_SHARED
        and address in {network.network_address, network.broadcast_address}
    )


def claims_of(observations: list[Observation], bounds: Bounds) -> Iterator[Claim]:
    """Yield what neighbour tables, lease lists and discovery say, current entries only."""
    linked = {
        (item.measurement.target, row.get("name"))
        for item in observations
        for row in rows_of([item], INTERFACES)
        for text in (*texts_of(row, "ipv4"), *texts_of(row, "ipv6"))
        if (own := address_of(text)) and bounds.holds(own)
    }
    for item in observations:
        where = item.measurement.target
        for row in rows_of([item], NEIGHBOURS):
            address, source = address_of(row.get("address")), row.get("source")
            if address is None or row.get("is_current") is False:
                continue
            is_linked = (where, row.get("interface")) in linked
            yield Claim(address, mac_of(row), KnownFrom(str(source)), where, is_linked)
        for row in rows_of([item], DISCOVERY):
            address, mac = address_of(row.get("address")), mac_of(row)
            if address is not None or mac is not None:
                yield Claim(address, mac, KnownFrom.DISCOVERY, where, is_linked=True)


def rows_of(observations: Iterable[Observation], probe: str) -> Iterator[Mapping[str, object]]:
    """Yield the rows of one probe, of measurements that succeeded."""
    for item in observations:
        if item.measurement.probe == probe and isinstance(item.result, Measured):
            yield from item.result.rows


def address_of(text: object) -> Address | None:
    """Return an address without its zone; rows come from machines that may say anything."""
    try:
        address = ip_address(str(text).partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def mac_of(row: Mapping[str, object]) -> str | None:
    """Return a hardware address; a cell of another kind is none."""
    mac = row.get("mac")
    return mac if isinstance(mac, str) else None


def texts_of(row: Mapping[str, object], column: str) -> tuple[str, ...]:
    """Return a list in a row; a cell of another kind is none."""
    cell = row.get(column)
    return tuple(map(str, cell)) if isinstance(cell, tuple) else ()


def address_order(address: Address) -> tuple[int, bytes]:
    """Return what sorts addresses as numbers, IPv4 first."""
    return address.version, address.packed


def claim_order(claim: Claim) -> tuple[int, bytes, str, str, str]:
    """Return what sorts claims: IPv4, IPv6, then those without an address."""
    version, packed = address_order(claim.address) if claim.address else (9, b"")
    return version, packed, claim.mac or "", claim.source.value, claim.seen_by
