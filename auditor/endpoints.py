"""IP addresses in the form that sockets take, and what it means when one does not answer."""

import errno
import socket
import struct
import sys
from ipaddress import IPv4Address, IPv6Address

from auditor.addresses import Address
from auditor.errors import CannotMeasure
from auditor.model import Failure

_RESET = struct.pack("ii", 1, 0)
_KEEP_ERRORS = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}
"""IP_RECVERR and IPV6_RECVERR: they tell who sent the ICMP error that ended a connection."""


def family(address: Address) -> socket.AddressFamily:
    """Return the address family of an address."""
    return socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6


def place_of(address: Address, port: int) -> tuple[str | int, ...]:
    """Return what `connect` takes; the zone of a link-local address is a number of its own."""
    if isinstance(address, IPv6Address) and address.scope_id:
        bare = str(address).partition("%")[0]
        return (bare, port, 0, socket.if_nametoindex(address.scope_id))
    return (str(address), port)


def failure_of(error: OSError, host: str, port: int) -> CannotMeasure:
    """Name what went wrong on the way to a port; the error itself is the cause."""
    place = f"[{host}]" if ":" in host else host
    failure, why = Failure.UNREACHABLE, error.strerror or str(error)
    if isinstance(error, TimeoutError):
        failure, why = Failure.TIMEOUT, "no answer"
    elif isinstance(error, (ConnectionRefusedError, ConnectionResetError)):
        failure = Failure.REFUSED
    elif error.errno in {errno.EACCES, errno.EPERM}:
        failure = Failure.PERMISSION_DENIED
    failed = CannotMeasure(failure, f"{place}:{port}: {why}")
    failed.__cause__ = error
    return failed


def unhurried(opened: socket.socket) -> None:
    """Make a socket that waits for nothing, ends with a reset, and on Linux keeps ICMP errors."""
    opened.setblocking(False)  # noqa: FBT003 - the library's own signature
    if opened.type != socket.SOCK_STREAM:
        return
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    if sys.platform == "linux":
        opened.setsockopt(*_KEEP_ERRORS[opened.family], 1)
