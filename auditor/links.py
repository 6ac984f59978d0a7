"""This machine's network interfaces, as discovery needs them."""

from dataclasses import dataclass
from ipaddress import (
    IPv4Interface,
    IPv6Address,
    IPv6Interface,
    ip_address,
    ip_interface,
)

from auditor.addresses import Address

_ETHERNET_MAC = 6
_TUNNELS = frozenset({"", "00:00:00:00:00:00"})


@dataclass(frozen=True, slots=True)
class Link:
    """An Ethernet-like interface that is up. `interfaces` are its addresses with their networks."""

    name: str
    mac: bytes
    interfaces: tuple[IPv4Interface | IPv6Interface, ...]

    @property
    def link_local(self) -> IPv6Address | None:
        """Its fe80:: address, or nothing where IPv6 is off."""
        for interface in self.interfaces:
            if isinstance(interface, IPv6Interface) and interface.ip.is_link_local:
                return IPv6Address(interface.ip.packed)
        return None


def own_links() -> tuple[Link, ...]:
    """Return the interfaces with a MAC, without loopback and tunnels, by name."""
    import psutil  # noqa: PLC0415 - slow, and who verifies a pack asks nothing of this machine

    states = psutil.net_if_stats()
    found = []
    for name, entries in sorted(psutil.net_if_addrs().items()):
        macs = [entry.address for entry in entries if entry.family == psutil.AF_LINK]
        mac = macs[0].replace("-", ":").lower() if macs else ""
        if mac in _TUNNELS or not (name in states and states[name].isup):
            continue
        raw = bytes.fromhex(mac.replace(":", ""))
        interfaces = tuple(
            interface
            for entry in entries
            if entry.family.name in {"AF_INET", "AF_INET6"}
            and (interface := _interface(entry.address, entry.netmask)) is not None
        )
        if len(raw) == _ETHERNET_MAC and interfaces:
            found.append(Link(name, raw, interfaces))
    return tuple(found)


def _interface(address: str, mask: str | None) -> IPv4Interface | IPv6Interface | None:
    """Read an address and its mask; psutil writes IPv6 masks as addresses, or not at all."""
    bare = address.partition("%")[0]
    if ":" not in bare:
        return ip_interface(f"{bare}/{mask}") if mask else None
    length = 64 if not mask else int(IPv6Address(mask)).bit_count()
    return ip_interface(f"{bare}/{length}")


def own_addresses() -> frozenset[Address]:
    """Return the addresses of this machine's interfaces now, without zone."""
    import psutil  # noqa: PLC0415 - see `own_links`

    return frozenset(
        ip_address(entry.address.partition("%")[0])
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family.name in {"AF_INET", "AF_INET6"}
    )
