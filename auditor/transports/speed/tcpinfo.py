"""What the Linux kernel knows about a connection (struct tcp_info, include/uapi/linux/tcp.h).

Offsets are stable: the structure only ever grows. Other systems: nothing is known.
"""

import socket
import struct
import sys
from collections.abc import Iterable
from typing import NamedTuple

from auditor.internet.transfer import TcpFacts
from auditor.transports.speed import Connection

_SIZE = 240
_RTT_US = 68
_BYTES_ACKED = 120
_MIN_RTT_US = 148
_BUSY_US = 168
_RWND_LIMITED_US = 176
_SNDBUF_LIMITED_US = 184
_BYTES_SENT = 200
_BYTES_RETRANS = 208


class Info(NamedTuple):
    """Times in microseconds; bytes since the connection began."""

    rtt_us: int
    min_rtt_us: int
    acked: int
    rwnd_limited_us: int
    sndbuf_limited_us: int
    sent: int
    retrans: int


def info(connection: Connection) -> Info | None:
    """Read a connection's figures; None where the system does not tell all of them."""
    if sys.platform != "linux":
        return None
    try:
        raw = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
    except OSError:
        return None
    if len(raw) < _BYTES_RETRANS + 8:
        return None  # Linux before 4.19
    (rtt,) = struct.unpack_from("=I", raw, _RTT_US)
    (min_rtt,) = struct.unpack_from("=I", raw, _MIN_RTT_US)
    (acked_bytes,) = struct.unpack_from("=Q", raw, _BYTES_ACKED)
    limited = struct.unpack_from("=QQ", raw, _RWND_LIMITED_US)
    sent = struct.unpack_from("=QQ", raw, _BYTES_SENT)
    return Info(rtt, min_rtt, acked_bytes, *limited, *sent)


def acked(connection: Connection) -> int | None:
    """Return how many bytes the other end has acknowledged, TLS and heads included."""
    known = info(connection)
    return known.acked if known else None


def facts(connections: Iterable[Connection]) -> TcpFacts:
    """Summarise the connections of a transfer: sums of bytes, means of times."""
    known = [item for item in map(info, connections) if item is not None]
    if not known:
        return TcpFacts()
    count = len(known)
    return TcpFacts(
        min_rtt_ms=min(item.min_rtt_us for item in known) / 1000,
        srtt_ms=round(sum(item.rtt_us for item in known) / count / 1000, 3),
        bytes_sent=sum(item.sent for item in known),
        bytes_retrans=sum(item.retrans for item in known),
        rwnd_limited_ms=round(sum(item.rwnd_limited_us for item in known) / count / 1000, 3),
        sndbuf_limited_ms=round(sum(item.sndbuf_limited_us for item in known) / count / 1000, 3),
    )
