"""Whom one machine sent packets to, and how fast: read from captures by code of its own.

Counted is every frame of that machine, also what its system sends by itself: the ends of TCP
handshakes, acknowledgements, resets, ARP requests. A frame that a network card would cut into
several packets counts as so many. Left out of the rate, and of nothing else, is the speed test.
Left out altogether is what every machine on a link sends and no program can hold back: answers to
neighbours that ask for it (ARP replies, IPv6 neighbour advertisements), the check of a link-local
neighbour that was answered, and reports to the kernel's own groups. All of these stay on the link.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import NamedTuple

import pcap

Address = IPv4Address | IPv6Address
MTU = 1500
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
ARP_REQUEST = b"\x00\x01"
TCP, ICMPV6, HOP_BY_HOP = 6, 58, 0
SOLICITATION, ADVERTISEMENT, LISTENER_REPORT, ROUTER_SOLICITATION = 135, 136, 143, 133
KERNELS_GROUPS = {LISTENER_REPORT: "ff02::16", ROUTER_SOLICITATION: "ff02::2"}
"""What Linux sends for every interface with IPv6, whatever runs on it (RFC 3810, RFC 4861)."""


class Packet(NamedTuple):
    """A frame of the machine: when it passed, whom it is about. `size` is in packets.

    `asks_link`: it only asks who on the link has that address.
    """

    at: float
    aim: Address
    size: int
    ports: frozenset[int] = frozenset()
    asks_link: bool = False


class Machine(NamedTuple):
    """The machine that is held to its scope."""

    mac: bytes
    addresses: frozenset[Address]


def packets(file: Path, machine: Machine) -> Iterator[Packet]:
    """Yield what the machine sent: by its MAC and, behind a router, by its addresses."""
    for at, frame in pcap.frames(file):
        kind = int.from_bytes(frame[12:14])
        if kind == ARP and frame[6:12] == machine.mac and frame[20:22] == ARP_REQUEST:
            yield Packet(at, IPv4Address(frame[38:42]), 1, asks_link=True)
        elif kind == IPV4 and _is_of(machine, frame, IPv4Address(frame[26:30])):
            size, head = int.from_bytes(frame[16:18]), (frame[14] & 15) * 4
            ports = _ports(frame[14 + head :]) if frame[23] == TCP else frozenset()
            yield Packet(at, IPv4Address(frame[30:34]), -(-size // MTU), ports)
        elif kind == IPV6 and _is_of(machine, frame, IPv6Address(frame[22:38])):
            aim = _aim_of_ipv6(frame)
            if aim is not None:
                ports = _ports(frame[54:]) if frame[20] == TCP else frozenset()
                asks = frame[20] == ICMPV6 and frame[54] == SOLICITATION
                size = -(-(int.from_bytes(frame[18:20]) + 40) // MTU)
                yield Packet(at, aim, size, ports, asks)


def _is_of(machine: Machine, frame: bytes, source: Address) -> bool:
    return frame[6:12] == machine.mac or source in machine.addresses


def _ports(segment: bytes) -> frozenset[int]:
    return frozenset((int.from_bytes(segment[:2]), int.from_bytes(segment[2:4])))


def _aim_of_ipv6(frame: bytes) -> Address | None:
    """Return whom a packet is about; None for what the kernel must send by itself."""
    aim = IPv6Address(frame[38:54])
    upper, rest = frame[20], frame[54:]
    if upper == HOP_BY_HOP:
        upper, rest = rest[0], rest[8 + rest[1] * 8 :]
    if upper != ICMPV6:
        return aim
    if str(aim) == KERNELS_GROUPS.get(rest[0]):
        return None
    if rest[0] == ADVERTISEMENT:
        return None
    if rest[0] == SOLICITATION:
        target, is_check = IPv6Address(rest[8:24]), not frame[0] & 1
        return None if is_check and target.is_link_local else target
    return aim


def outside(
    seen: Iterable[Packet],
    networks: Iterable[str],
    exclusions: Iterable[str],
    gateway: str,
) -> set[str]:
    """Return the addresses that the machine had no business with.

    That the system asks where its default gateway is, is no traffic to it: Linux does so whenever
    an IPv6 route is looked up (RFC 4191, 3.5), without any packet that would use the route.
    """
    allowed = [ip_network(text) for text in networks]
    excluded = [ip_network(text) for text in exclusions]
    return {
        str(packet.aim)
        for packet in seen
        if not (packet.asks_link and str(packet.aim) == gateway)
        and (
            any(packet.aim in network for network in excluded)
            or not any(packet.aim in network for network in allowed)
        )
    }


def most_in_a_second(seen: Iterable[Packet], exempt: int, server: str) -> int:
    """Return the most packets in any second; exempt are connections to that port of `server`."""
    free = ip_address(server)
    counted = [p for p in seen if not (p.aim == free and exempt in p.ports)]
    first = most = running = 0
    for packet in counted:
        running += packet.size
        while counted[first].at <= packet.at - 1:
            running -= counted[first].size
            first += 1
        most = max(most, running)
    return most
