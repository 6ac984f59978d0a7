"""Raw sends: the one place that hands out packet and ICMP sockets, and the only one that uses them.

Nobody hands a wire bytes to send. It is given an address, the gate judges it and counts the packet,
and the wire builds the packet about that very address.
"""

import ctypes
import os
import secrets
import socket
import struct
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, ip_address
from typing import NamedTuple

from auditor import guard
from auditor.discovery import frames
from auditor.discovery.announcements import services_question
from auditor.discovery.sightings import Address
from auditor.links import Link
from auditor.model import Method
from auditor.scope import Gate
from auditor.wire_filter import PROGRAM

_LONGEST_FRAME = 65535
_EVERYTHING = 0x0003
_MDNS_GROUP, _ALL_NODES = IPv4Address("224.0.0.251"), IPv6Address("ff02::1")
_SOL_PACKET, _ADD_MEMBERSHIP, _IGNORE_OUTGOING, _ALL_GROUPS = 263, 1, 23, 2
_OUTGOING = 4
_BUFFER_BYTES = 4 * 1024 * 1024
_ICMP_HEAD = struct.Struct("!BBHHH")
_MOST_AT_ONCE = 256
Frame = tuple[bytes, float]


class LinkWire:
    """A packet socket on one interface: asks by ARP and neighbour discovery, hears announcements.

    It joins no multicast group, because joining sends a report to all routers; the interface is
    set to accept all groups instead, which sends nothing. A filter in the kernel lets through ARP,
    answers of neighbour discovery, and announcements to everybody: no traffic of other people.
    """

    def __init__(self, gate: Gate, link: Link, method: Method) -> None:
        """Open it. Raises `PermissionError` without the right, `OSError` where there is no such."""
        self.link = link
        self._gate, self._method = gate, method
        self._buffer = ctypes.create_string_buffer(PROGRAM)  # the kernel copies it
        with guard.through(gate):
            # protocol 0 hears nothing: the filter stands before the first frame comes in
            opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            try:
                self._set_up(opened)
            except OSError:
                opened.close()
                raise
        self._socket = opened

    def _set_up(self, opened: socket.socket) -> None:
        index = socket.if_nametoindex(self.link.name)
        program = struct.pack("HP", len(PROGRAM) // 8, ctypes.addressof(self._buffer))
        opened.setsockopt(socket.SOL_SOCKET, 26, program)  # SO_ATTACH_FILTER
        opened.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        groups = struct.pack("iHH8s", index, _ALL_GROUPS, 0, b"")
        opened.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, groups)
        opened.setblocking(False)  # noqa: FBT003 - the library's own signature
        opened.bind((self.link.name, _EVERYTHING))

    def fileno(self) -> int:
        """Let a selector wait for it."""
        return self._socket.fileno()

    def ask(self, address: Address) -> None:
        """Ask the link who has an address. Raises `CannotMeasure`, `OSError`."""
        frame = self._question(address)
        self._gate.send(address, self._method, lambda: self._socket.send(frame))

    def _question(self, address: Address) -> bytes:
        mac = self.link.mac
        if isinstance(address, IPv4Address):
            return frames.arp_request(mac, self._source(address), address)
        own = self.link.link_local
        if own is None:
            raise OSError(f"{self.link.name}: no IPv6 address to ask from")  # noqa: EM102, TRY003
        return frames.neighbour_solicitation(mac, own, IPv6Address(address.packed))

    def _source(self, target: IPv4Address) -> IPv4Address:
        for interface in self.link.interfaces:
            if isinstance(interface, IPv4Interface) and target in interface.network:
                return IPv4Address(interface.ip.packed)
        return IPv4Address(0)  # RFC 5227: an ARP probe, answered all the same

    def ask_everybody(self) -> None:
        """Ask groups that the scope names: all IPv6 machines, and all that speak mDNS. Raises."""
        gate, method, link = self._gate, self._method, self.link
        sources = [i.ip for i in link.interfaces if not i.ip.is_link_local]
        if link.link_local is not None:
            sources.append(link.link_local)
        for own in sources:
            source = ip_address(own.packed)
            if isinstance(source, IPv6Address) and gate.covers(_ALL_NODES, method):
                echo = frames.echo_to_all_nodes(link.mac, source, secrets.randbits(16))
                gate.send(_ALL_NODES, method, lambda frame=echo: self._socket.send(frame))  # type: ignore[misc]  # a default binds it
            elif isinstance(source, IPv4Address) and gate.covers(_MDNS_GROUP, method):
                question = frames.mdns_request(link.mac, source, services_question())
                gate.send(_MDNS_GROUP, method, lambda frame=question: self._socket.send(frame))  # type: ignore[misc]  # the same

    def heard(self) -> Iterator[Frame]:
        """Yield the frames that came in, with their times; never waits, at most some at once."""
        for _frame in range(_MOST_AT_ONCE):
            try:
                frame, origin = self._socket.recvfrom(_LONGEST_FRAME)
            except BlockingIOError:
                return
            except OSError:  # the interface went down; sending says so
                return
            if origin[2] != _OUTGOING:
                yield frame, time.time()

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class Echoed(NamedTuple):
    """An answer to our own ICMP echo request."""

    address: Address
    at: float


class EchoWire:
    """An ICMP socket of one IP version. Requests carry a secret, so that only they count."""

    def __init__(self, gate: Gate, version: int, method: Method, *, extra: int = 0) -> None:
        """Open it, without privilege where the system allows that. Raises `OSError`.

        `extra` packets are counted for each request: what the system asks by itself.
        """
        self._packets = 1 + extra
        self._gate, self._method, self._version = gate, method, version
        self._secret = secrets.token_bytes(16)
        self._identifier = secrets.randbits(16)
        self._number = 0
        family = socket.AF_INET if version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
        protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
        with guard.through(gate):
            try:
                self._socket, self._is_raw = (
                    socket.socket(family, socket.SOCK_DGRAM, protocol),
                    False,
                )
            except OSError:
                self._socket, self._is_raw = socket.socket(family, socket.SOCK_RAW, protocol), True
        self._socket.setblocking(False)  # noqa: FBT003 - the library's own signature

    def fileno(self) -> int:
        """Let a selector wait for it."""
        return self._socket.fileno()

    def ask(self, address: Address) -> None:
        """Send one echo request. Raises `CannotMeasure`, `OSError`."""
        kind = 8 if self._version == 4 else 128  # noqa: PLR2004 - IPv4
        self._number = (self._number + 1) & 0xFFFF
        packed = _ICMP_HEAD.pack(kind, 0, 0, self._identifier, self._number) + self._secret
        if self._version == 4:  # noqa: PLR2004 - the kernel fills in the checksum of ICMPv6 only
            checksum = frames.internet_checksum(packed)
            packed = packed[:2] + checksum.to_bytes(2) + packed[4:]
        place = (str(address), 0)
        self._gate.send(
            address, self._method, lambda: self._socket.sendto(packed, place), packets=self._packets
        )

    def heard(self) -> Iterator[Echoed]:
        """Yield the answers that came in; never waits."""
        for _answer in range(_MOST_AT_ONCE):
            try:
                packet, origin = self._socket.recvfrom(_LONGEST_FRAME)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error that an earlier packet caused: no answer
                continue
            if self._is_raw and self._version == 4:  # noqa: PLR2004 - with the IP header
                packet = packet[(packet[0] & 15) * 4 :] if packet else packet
            if packet[:1] in {b"\x00", b"\x81"} and packet[8:] == self._secret:
                yield Echoed(ip_address(origin[0].partition("%")[0]), time.time())

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def can_send_frames() -> bool:
    """Whether this system has packet sockets at all; the right to use them shows when opening."""
    return hasattr(socket, "AF_PACKET") and os.name == "posix"
