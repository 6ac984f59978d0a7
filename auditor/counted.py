"""Connections whose packets count against the authorised rate."""

import socket
from collections.abc import Callable
from typing import Any

_SEGMENT = 1400
_ACKNOWLEDGED = 2 * _SEGMENT
"""Systems acknowledge every second full packet (RFC 5681, 4.2), or sooner."""


HANDSHAKE = 3
"""Packets of a connection besides its payload: its first, the answer's acknowledgement, its end."""

Spend = Callable[[int], None]


def opened(
    family: socket.AddressFamily, kind: socket.SocketKind, spent: Spend | None
) -> socket.socket:
    """Return a new socket; without `spent` nobody counts."""
    if spent is None:
        return socket.socket(family, kind)
    counted = CountedSocket(family, kind)
    counted.spent = spent
    return counted


class CountedSocket(socket.socket):
    """Waits for the rate with every packet that it causes, as far as they can be foreseen.

    What is sent again because it was lost is not seen here.
    """

    spent: Spend
    _unanswered = 0
    _has_asked = True

    def send(self, data: Any, flags: int = 0, /) -> int:  # noqa: ANN401 - the library's own signature
        """Send one packet's worth at a time, so that the rate holds within a long message too."""
        self.spent(1)
        self._has_asked = True
        return super().send(memoryview(data)[:_SEGMENT], flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:  # noqa: ANN401 - the same
        """Send all of it, packet by packet."""
        rest = memoryview(data)
        while rest:
            rest = rest[self.send(rest, flags) :]

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Read, and count what the system sent in answer."""
        received = super().recv(size, flags)
        if not flags & socket.MSG_PEEK:
            self._unanswered += len(received)
            packets, self._unanswered = divmod(self._unanswered, _ACKNOWLEDGED)
            self.spent(packets + self._has_asked)  # what answers us is acknowledged at once
            self._has_asked = False
        return received
