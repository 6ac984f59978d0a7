"""Which addresses to ask: all of a small network, the likely ones of a large IPv6 network."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import (
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_network,
)
from typing import NamedTuple, TypeVar

from auditor.discovery.sightings import Address

Network = IPv4Network | IPv6Network
Some = TypeVar("Some", IPv4Network, IPv6Network)
LARGEST_V6 = 256
"""IPv6 networks up to this many addresses are asked whole, of larger ones the first so many."""

ON_LINK_PACKETS, ROUTED_PACKETS = 4, 14
"""Packets that one silent address costs on its own segment and behind a router, about."""


class Split(NamedTuple):
    """The authorised networks by how they are reached."""

    on_link: tuple[Network, ...]
    routed: tuple[Network, ...]


def split(networks: Iterable[str], plugged: Sequence[Network]) -> Split:
    """Cut the scope's networks along the networks that this machine is plugged into."""
    wanted = [ip_network(text) for text in networks]
    four = collapse_addresses(n for n in wanted if isinstance(n, IPv4Network))
    six = collapse_addresses(n for n in wanted if isinstance(n, IPv6Network))
    links4 = [n for n in plugged if isinstance(n, IPv4Network)]
    links6 = [n for n in plugged if isinstance(n, IPv6Network)]
    near: list[Network] = []
    far: list[Network] = []
    for network in four:
        inside, outside = _cut(network, links4)
        near += inside
        far += outside
    for network6 in six:
        inside6, outside6 = _cut(network6, links6)
        near += inside6
        far += outside6
    return Split(
        tuple(n for n in near if not n.is_multicast),
        tuple(n for n in far if not (n.is_multicast or n.is_link_local)),
    )


def _cut(network: Some, links: Iterable[Some]) -> tuple[list[Some], list[Some]]:
    """Return what of a network lies in the links, and what is left."""
    inside: list[Some] = []
    left = [network]
    for link in collapse_addresses(links):
        rest: list[Some] = []
        for part in left:
            if part.subnet_of(link):
                inside.append(part)
            elif link.subnet_of(part):
                inside.append(link)
                rest += part.address_exclude(link)
            else:
                rest.append(part)
        left = rest
    return inside, left


def affordable(parts: Split, packets: int) -> tuple[Split, tuple[str, ...]]:
    """Return what can be asked with so many packets, smallest first; and what cannot."""
    kept: list[list[Network]] = [[], []]
    dropped: list[str] = []
    for index, price in ((0, ON_LINK_PACKETS), (1, ROUTED_PACKETS)):
        for network in sorted(parts[index], key=lambda n: n.num_addresses):
            cost = min(network.num_addresses, _most(network)) * price
            if cost > packets:
                dropped.append(str(network))
            else:
                packets -= cost
                kept[index].append(network)
    return Split(tuple(kept[0]), tuple(kept[1])), tuple(dropped)


def _most(network: Network) -> int:
    return LARGEST_V6 if isinstance(network, IPv6Network) else network.num_addresses


def addresses(network: Network) -> Iterator[Address]:
    """Yield the addresses to ask in a network that was cut from the scope."""
    if isinstance(network, IPv4Network):
        yield from network
    elif not network.is_link_local:  # nobody numbers fe80:: by hand
        base = int(network.network_address)
        for number in range(min(network.num_addresses, LARGEST_V6)):
            yield IPv6Address(base + number)


def from_mac(mac: str, network: IPv6Network) -> IPv6Address | None:
    """Return the address that a MAC makes of itself in a /64 (EUI-64, RFC 4291, appendix A)."""
    if network.prefixlen != 64:  # noqa: PLR2004 - RFC 4862: only then
        return None
    raw = bytes.fromhex(mac.replace(":", ""))
    part = bytes((raw[0] ^ 2,)) + raw[1:3] + b"\xff\xfe" + raw[3:]
    return IPv6Address(network.network_address.packed[:8] + part)


def with_same_end(address: IPv6Address, network: IPv6Network) -> IPv6Address | None:
    """Return the address in a /64 that ends like another one."""
    if network.prefixlen != 64:  # noqa: PLR2004 - the same
        return None
    return IPv6Address(network.network_address.packed[:8] + address.packed[8:])
