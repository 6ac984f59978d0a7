"""Frames of ARP (RFC 826), IPv6 neighbour discovery (RFC 4861), ICMP echo and UDP, as bytes.

Building one is a few packed fields, parsing one a few checked lengths; a packet library would do
both a hundred times slower (ADR on discovery). What is malformed is `None`, never an error.
"""

import struct
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from auditor.discovery.sightings import Address

ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
_ETHERNET = struct.Struct("!6s6sH")
_ARP = struct.Struct("!HHBBH6s4s6s4s")
_IPV4 = struct.Struct("!BBHHHBBH4s4s")
_IPV6 = struct.Struct("!IHBB16s16s")
_UDP = struct.Struct("!HHHH")
_BROADCAST = b"\xff" * 6
_ALL_NODES = IPv6Address("ff02::1")
_SOLICITED_NODE = IPv6Address("ff02::1:ff00:0").packed[:13]
_ASKS, _ANSWERS = 1, 2
_UDP_NUMBER, _ICMPV6 = 17, 58
_ECHO_REPLY, _SOLICITATION, _ADVERTISEMENT = 129, 135, 136
_TARGET_LINK_ADDRESS = 2
_ONLY_THIS_LINK = 255
MDNS_PORT = 5353


class Heard(NamedTuple):
    """An address that a frame vouches for. `is_answer`: it was sent to this machine alone."""

    address: Address
    mac: str
    is_answer: bool


class Datagram(NamedTuple):
    """A UDP datagram and who sent it."""

    mac: str
    source: Address
    port: int
    payload: bytes


def arp_request(mac: bytes, source: IPv4Address, target: IPv4Address) -> bytes:
    """Ask everybody on the link who has `target`."""
    return _ETHERNET.pack(_BROADCAST, mac, ARP) + _ARP.pack(
        1, IPV4, 6, 4, _ASKS, mac, source.packed, bytes(6), target.packed
    )


def neighbour_solicitation(mac: bytes, source: IPv6Address, target: IPv6Address) -> bytes:
    """Ask the few who share the last three bytes of `target` who has it (RFC 4861, 4.3)."""
    group = _SOLICITED_NODE + target.packed[13:]
    message = struct.pack("!BBHI16sBB6s", _SOLICITATION, 0, 0, 0, target.packed, 1, 1, mac)
    return _icmpv6(mac, source, group, message)


def echo_to_all_nodes(mac: bytes, source: IPv6Address, identifier: int) -> bytes:
    """Ask every IPv6 machine on the link to answer (ff02::1)."""
    message = struct.pack("!BBHHH", 128, 0, 0, identifier, 0)
    return _icmpv6(mac, source, _ALL_NODES.packed, message)


def mdns_request(mac: bytes, source: IPv4Address, payload: bytes) -> bytes:
    """Wrap a DNS question for 224.0.0.251 (RFC 6762)."""
    udp = _UDP.pack(MDNS_PORT, MDNS_PORT, _UDP.size + len(payload), 0) + payload
    group = IPv4Address("224.0.0.251").packed
    head = (0x45, 0, _IPV4.size + len(udp), 0, 0, _ONLY_THIS_LINK, _UDP_NUMBER)
    checksum = internet_checksum(_IPV4.pack(*head, 0, source.packed, group))
    packet = _IPV4.pack(*head, checksum, source.packed, group) + udp
    return _ETHERNET.pack(bytes.fromhex("01005e0000fb"), mac, IPV4) + packet


def _icmpv6(mac: bytes, source: IPv6Address, group: bytes, message: bytes) -> bytes:
    pseudo = source.packed + group + struct.pack("!II", len(message), _ICMPV6)
    checksum = internet_checksum(pseudo + message)
    message = message[:2] + checksum.to_bytes(2) + message[4:]
    head = _IPV6.pack(6 << 28, len(message), _ICMPV6, _ONLY_THIS_LINK, source.packed, group)
    return _ETHERNET.pack(b"\x33\x33" + group[12:], mac, IPV6) + head + message


def internet_checksum(content: bytes) -> int:
    """Return the ones' complement sum of RFC 1071."""
    padded = content + bytes(len(content) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def mac_text(mac: bytes) -> str:
    """Write a MAC as people do."""
    return mac.hex(":")


def is_machine(mac: bytes) -> bool:
    """Whether a MAC can belong to one machine: neither a group nor nobody."""
    return not mac[0] & 1 and any(mac)


def neighbour(frame: bytes, own_mac: bytes) -> Heard | None:
    """Return the address that an ARP or ICMPv6 frame vouches for, or nothing."""
    if len(frame) < _ETHERNET.size:
        return None
    to, sender, kind = _ETHERNET.unpack_from(frame)
    body = frame[_ETHERNET.size :]
    if kind == ARP and len(body) >= _ARP.size:
        return _from_arp(body, is_ours=to == own_mac)
    if kind == IPV6 and len(body) > _IPV6.size:
        return _from_icmpv6(body, sender, is_ours=to == own_mac)
    return None


def _from_arp(body: bytes, *, is_ours: bool) -> Heard | None:
    hardware, protocol, long, short, operation, mac, source, _, _ = _ARP.unpack_from(body)
    if (hardware, protocol, long, short) != (1, IPV4, 6, 4) or not is_machine(mac):
        return None
    address = IPv4Address(source)
    if not is_single(address):
        return None
    return Heard(address, mac_text(mac), is_answer=is_ours and operation == _ANSWERS)


def _from_icmpv6(body: bytes, sender: bytes, *, is_ours: bool) -> Heard | None:
    _, size, next_header, hops, source, _ = _IPV6.unpack_from(body)
    message = body[_IPV6.size : _IPV6.size + size]
    if next_header != _ICMPV6 or len(message) < 8:  # noqa: PLR2004 - the ICMPv6 header
        return None
    address, mac, kind = IPv6Address(source), sender, message[0]
    if kind == _ADVERTISEMENT:
        if hops != _ONLY_THIS_LINK or len(message) < 24:  # noqa: PLR2004 - RFC 4861, 7.1.2
            return None
        address = IPv6Address(message[8:24])
        option = message[24:32]
        if option[:2] == bytes((_TARGET_LINK_ADDRESS, 1)) and len(option) == 8:  # noqa: PLR2004
            mac = option[2:]
    elif kind == _SOLICITATION:
        is_ours = False
        if hops != _ONLY_THIS_LINK:
            return None
    elif kind != _ECHO_REPLY:
        return None
    if not is_single(address) or not is_machine(mac):
        return None
    return Heard(address, mac_text(mac), is_answer=is_ours)


def datagram(frame: bytes) -> Datagram | None:
    """Return the UDP datagram in a frame, or nothing: no fragments, no extension headers."""
    if len(frame) < _ETHERNET.size:
        return None
    _, sender, kind = _ETHERNET.unpack_from(frame)
    body = frame[_ETHERNET.size :]
    source: Address
    if kind == IPV4 and len(body) >= _IPV4.size:
        first, _, size, _, fragment, _, protocol, _, packed, _ = _IPV4.unpack_from(body)
        if fragment & 0x3FFF or first >> 4 != 4:  # noqa: PLR2004 - the version
            return None
        source, udp = IPv4Address(packed), body[(first & 15) * 4 : size]
    elif kind == IPV6 and len(body) >= _IPV6.size:
        _, size, protocol, _, packed, _ = _IPV6.unpack_from(body)
        source, udp = IPv6Address(packed), body[_IPV6.size : _IPV6.size + size]
    else:
        return None
    if protocol != _UDP_NUMBER or len(udp) < _UDP.size or not is_machine(sender):
        return None
    _, port, size, _ = _UDP.unpack_from(udp)
    return Datagram(mac_text(sender), source, port, udp[_UDP.size : size])


def is_single(address: Address) -> bool:
    """Whether an address can be that of one other machine."""
    return not (address.is_multicast or address.is_unspecified or address.is_loopback)
