"""Kinds of IP addresses, as the scope needs them."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
"""RFC 1918, RFC 4193, link-local, loopback. Carrier-grade NAT (100.64/10) counts as public: others
are behind it. Written out because `is_private` changes between Python releases."""

_POINT_TO_POINT = 31


def address_of(text: str) -> Address | None:
    """Return the address that a text is, or `None` for a name or anything else."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def network_of(text: str) -> Network | None:
    """Return the network that a text is in CIDR form, no bit set beside it; `None` otherwise."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def plain(address: Address) -> Address:
    """Undress an IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`)."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def unzoned(address: Address) -> Address:
    """Return an address without the zone that a link-local one may have (RFC 4007)."""
    has_zone = isinstance(address, IPv6Address) and address.scope_id is not None
    return IPv6Address(address.packed) if has_zone else address


def is_public(subject: Address | Network) -> bool:
    """Say whether an address, or any part of a network, belongs to the public Internet."""
    if isinstance(subject, Address):
        return not any(subject in outer for outer in NOT_PUBLIC)
    return not any(covers(outer, subject) for outer in NOT_PUBLIC)


def covers(outer: Network, inner: Network) -> bool:
    """Say whether all of `inner` lies in `outer`; different versions never do."""
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network):
        return inner.subnet_of(outer)
    return False


def overlap(one: Network, other: Network) -> bool:
    """Say whether two networks have addresses in common; different versions never do."""
    return one.version == other.version and one.overlaps(other)


def is_for_many(address: Address, holding: Iterable[Network]) -> bool:
    """Say whether it is multicast, broadcast or no one's, and no network was listed for just that.

    `holding` are the listed networks that hold the address.
    """
    networks = tuple(holding)
    if address.is_multicast:
        return not any(network.is_multicast for network in networks)
    alone = any(network.num_addresses == 1 for network in networks)
    if address.is_unspecified or address == IPv4Address("255.255.255.255"):
        return not alone
    return not alone and any(
        isinstance(network, IPv4Network)
        and network.prefixlen < _POINT_TO_POINT
        and address in {network.network_address, network.broadcast_address}
        for network in networks
    )
