"""What machines announce to everybody: mDNS (RFC 6762), SSDP (UPnP 1.1), DHCP (RFC 2131).

All of it is a claim of whoever sent it. A record that points elsewhere names an address to be
asked, if the scope allows it, and nothing more; no URL is ever followed.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address, ip_address

import dns.exception
import dns.message
import dns.rdatatype
import dns.rrset

from auditor.discovery.frames import MDNS_PORT, Datagram, is_machine, is_single, mac_text
from auditor.discovery.sightings import Address, How, Sighting

SSDP_PORT, DHCP_SERVER_PORT, DHCP_CLIENT_PORT = 1900, 67, 68
_MOST_RECORDS = 200
_HEADER = re.compile(r"(?im)^(SERVER|NT|USN):[ \t]*([^\r\n]{1,200})")
_BOOTP = struct.Struct("!BBBB4sHH4s4s4s4s16s64s128s4s")
_COOKIE = bytes.fromhex("63825363")
_PAD, _END = 0, 255
_HOST_NAME, _REQUESTED, _TYPE, _SERVER, _VENDOR_CLASS = 12, 50, 53, 54, 60
_FROM_SERVER = 2
_ACK = 5


def services_question() -> bytes:
    """Ask which kinds of services there are (RFC 6763, 9)."""
    question = dns.message.make_query("_services._dns-sd._udp.local.", "PTR", id=0, flags=0)
    return question.to_wire()


def read(heard: Datagram, at: float) -> list[Sighting]:
    """Return what an announcement shows: its sender first, then addresses that it names."""
    if heard.port == MDNS_PORT:
        found = _mdns(heard, at)
    elif heard.port == SSDP_PORT:
        found = _ssdp(heard, at)
    elif heard.port in {DHCP_SERVER_PORT, DHCP_CLIENT_PORT}:
        found = _dhcp(heard, at)
    else:
        return []
    return [sighting for sighting in found if is_single(sighting.address)]


def _mdns(heard: Datagram, at: float) -> Iterator[Sighting]:
    sender = Sighting(heard.source, How.MDNS, at, heard.mac)
    try:
        message = dns.message.from_wire(heard.payload, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return
    if not message.flags & 0x8000:  # a question: its sender is there, and says nothing
        yield sender
        return
    sets = [*message.answer, *message.additional][:_MOST_RECORDS]
    names, others = [], []
    for rrset in sets:
        if rrset.rdtype in {dns.rdatatype.A, dns.rdatatype.AAAA}:
            for address in _addresses(rrset):
                if address == heard.source:
                    names.append(str(rrset.name).rstrip("."))
                else:
                    others.append(Sighting(address, How.MDNS, at))
    yield replace(sender, names=tuple(names), told=tuple(_services(sets)))
    yield from others


def _addresses(rrset: dns.rrset.RRset) -> Iterator[Address]:
    """Read A and AAAA by their bytes: mDNS sets a bit in the class that makes them "unknown"."""
    for record in rrset:
        packed = record.to_wire()
        if packed is not None and len(packed) in {4, 16}:
            yield ip_address(packed)


def _services(sets: Iterable[dns.rrset.RRset]) -> Iterator[str]:
    """Types of services, and what they say of their maker: `ty` and `product` of a printer."""
    for rrset in sets:
        if rrset.rdtype == dns.rdatatype.SRV and len(rrset.name) > 2:  # noqa: PLR2004 - instance, type
            yield f"mdns:{b'.'.join(rrset.name.labels[1:3]).decode('ascii', 'replace')}"
        elif rrset.rdtype == dns.rdatatype.TXT:
            for record in rrset:
                for text in _strings(record.to_wire() or b""):
                    if text.lower().startswith((b"ty=", b"product=", b"model=", b"uuid=")):
                        yield f"mdns:{text.decode('utf-8', 'replace')}"


def _strings(packed: bytes) -> Iterator[bytes]:
    """Yield the character strings of a TXT record (RFC 1035, 3.3.14)."""
    at = 0
    while at < len(packed):
        yield packed[at + 1 : at + 1 + packed[at]]
        at += 1 + packed[at]


def _ssdp(heard: Datagram, at: float) -> Iterator[Sighting]:
    text = heard.payload[:4096].decode("utf-8", "replace")
    first = text.partition("\r\n")[0]
    if first.startswith(("NOTIFY ", "HTTP/1.1 200")):
        told = tuple(f"ssdp:{match[1].upper()}: {match[2]}" for match in _HEADER.finditer(text))
        yield Sighting(heard.source, How.SSDP, at, heard.mac, told=told)
    elif first.startswith("M-SEARCH "):
        yield Sighting(heard.source, How.SSDP, at, heard.mac)


def _dhcp(heard: Datagram, at: float) -> Iterator[Sighting]:
    if len(heard.payload) < _BOOTP.size:
        return
    operation, _, length, _, _, _, _, current, offered, *_, chaddr, _, _, cookie = (
        _BOOTP.unpack_from(heard.payload)
    )
    if cookie != _COOKIE or length != 6 or not is_machine(chaddr[:6]):  # noqa: PLR2004 - Ethernet
        return
    options = dict(_options(heard.payload[_BOOTP.size :]))
    if operation == _FROM_SERVER:
        server = options.get(_SERVER, b"")
        if len(server) == 4 and IPv4Address(server) == heard.source:  # noqa: PLR2004 - IPv4
            yield Sighting(heard.source, How.DHCP, at, heard.mac, told=("dhcp:server",))
        if options.get(_TYPE) == bytes((_ACK,)):
            yield Sighting(IPv4Address(offered), How.DHCP, at, mac_text(chaddr[:6]))
        return
    name = options.get(_HOST_NAME, b"").decode("utf-8", "replace")
    maker = options.get(_VENDOR_CLASS, b"").decode("utf-8", "replace")
    wanted = options.get(_REQUESTED, current)
    if len(wanted) == 4:  # noqa: PLR2004 - IPv4
        yield Sighting(
            IPv4Address(wanted),
            How.DHCP,
            at,
            mac_text(chaddr[:6]),
            names=(name,) if name else (),
            told=(f"dhcp:vendor class {maker}",) if maker else (),
        )


def _options(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(content) and content[at] != _END:
        if content[at] == _PAD:
            at += 1
            continue
        if at + 1 >= len(content):
            return
        size = content[at + 1]
        yield content[at], content[at + 2 : at + 2 + size]
        at += 2 + size
