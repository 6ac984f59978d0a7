"""What discovery saw, before it is read as machines."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address


class How(StrEnum):
    """What made an address known. The first five are answers to this machine."""

    ARP = "arp"
    NEIGHBOUR_DISCOVERY = "neighbour_discovery"
    ICMP = "icmp"
    TCP = "tcp"
    REACHABLE_NEIGHBOUR = "reachable_neighbour"
    NEIGHBOUR_TABLE = "neighbour_table"
    MDNS = "mdns"
    SSDP = "ssdp"
    DHCP = "dhcp"
    SELF = "self"


ANSWERS = frozenset({How.ARP, How.NEIGHBOUR_DISCOVERY, How.ICMP, How.TCP, How.REACHABLE_NEIGHBOUR})
"""Proof that something at the address is alive now. An announcement is none: anybody can send it
with any source address. `reachable_neighbour` is the kernel's confirmation of the last 30 s."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address, seen once. `mac` is lower case with colons; `at` is POSIX seconds.

    `names` and `told` (what it says it is or offers) are claims, cleaned and bounded.
    """

    address: Address
    how: How
    at: float
    mac: str | None = None
    names: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovered:
    """Everything that one discovery saw and could not see.

    `has_raw`: frames could be sent, so the own segments are complete. `on_link` are the networks of
    this machine's interfaces. `unswept` are authorised networks that were not asked, by the reason
    that the time limit or their size gives. `veiled` are those where a device on the way answers
    for everybody. `without_table`: the neighbour table was not readable.
    """

    sightings: tuple[Sighting, ...]
    has_raw: bool
    on_link: tuple[str, ...] = ()
    routed: tuple[str, ...] = ()
    unswept: tuple[str, ...] = ()
    veiled: tuple[str, ...] = ()
    without_table: bool = False
    sent: dict[str, int] = field(default_factory=dict)
