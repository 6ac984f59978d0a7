"""Answers that prove nobody: one device on the way that answers for a whole segment.

A firewall may refuse connections to every address behind it, by TCP reset or ICMP; a proxy may
accept them all; a trap answers every ping. Such answers carry the asked address as their sender, so
a single one cannot be told from a machine's. Nearly all of a block answering alike can.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from ipaddress import collapse_addresses, ip_network
from typing import NamedTuple

from auditor.discovery.sightings import Address
from auditor.discovery.targets import Network

SHARE = 0.97
"""Of 64 addresses 63, since answers may be lost; of fewer than 34 all of them."""


class Pattern(NamedTuple):
    """How large a block of 2^`bits` addresses is, and how many of it must have been asked."""

    bits: int
    least: int


REFUSING = (Pattern(bits=3, least=8), Pattern(bits=6, least=8))
"""Machines that refuse connections answer pings too; a block of refusals alone is a firewall's."""

SPEAKING = (Pattern(bits=8, least=32),)
"""Pings answered, connections accepted: a pool of real machines may fill a smaller block."""


def spoken_for(
    asked: Collection[Address], answered: Collection[Address], patterns: Iterable[Pattern]
) -> frozenset[Address]:
    """Return the answers that one device may have given for a whole block."""
    hidden: set[Address] = set()
    for pattern in patterns:
        blocks: dict[tuple[int, int], set[Address]] = defaultdict(set)
        for address in asked:
            blocks[address.version, int(address) >> pattern.bits].add(address)
        for block in blocks.values():
            mine = block.intersection(answered)
            if len(block) >= pattern.least and len(mine) >= SHARE * len(block):
                hidden |= mine
    return frozenset(hidden)


def named(hidden: Iterable[Address], parts: Collection[Network]) -> tuple[str, ...]:
    """Name where hidden addresses lie: blocks of eight, joined, or smaller parts of the scope."""
    found: set[Network] = set()
    for address in hidden:
        block = ip_network(f"{address}/{address.max_prefixlen - REFUSING[0].bits}", strict=False)
        part = next(part for part in parts if address in part)
        found.add(max(part, block, key=lambda network: network.prefixlen))
    four = collapse_addresses(n for n in found if n.version == 4)  # noqa: PLR2004 - IPv4
    six = collapse_addresses(n for n in found if n.version == 6)  # noqa: PLR2004 - IPv6
    return tuple(map(str, (*four, *six)))
