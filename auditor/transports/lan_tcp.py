"""Who answers a TCP connection: an open port and a refusal are both an answer."""

import errno
import selectors
import socket
import sys
import time
from collections.abc import Iterable
from socket import SO_ERROR, SOL_SOCKET
from typing import NamedTuple

from auditor.discovery.sightings import Address
from auditor.errors import CannotMeasure
from auditor.model import Failure, Method
from auditor.scope import Gate

PORTS = (443, 80, 22, 445, 3389)
"""Common on servers, network devices, printers and Windows; no port that prints what it gets."""

_PATIENCE_S = 0.7
"""Less than the second after which systems repeat a SYN, so that no packet goes uncounted."""

_AT_ONCE, _ROUNDS, _TICK_S = 200, 2, 0.05
_HANDSHAKE = 2
_ERROR_QUEUE = 0x2000
_GOING_ON = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", -1)})
_REFUSALS = frozenset({errno.ECONNREFUSED, getattr(errno, "WSAECONNREFUSED", -1)})


class Answer(NamedTuple):
    """When an address answered (POSIX seconds), and whether it accepted the connection."""

    at: float
    is_open: bool


class TcpSearch:
    """Asks addresses at a few ports, port after port, until they answer."""

    def __init__(self, gate: Gate, method: Method, *, extra: int = 0) -> None:
        """`extra` packets are counted for each address: what the system asks by itself."""
        self._gate, self._method, self._extra = gate, method, extra
        self._refusals_count = True
        self._found: dict[Address, Answer] = {}

    def ask(
        self, addresses: Iterable[Address], *, refusals_count: bool = True
    ) -> dict[Address, Answer]:
        """Ask all of them; return who answered. Raises `CannotMeasure`."""
        silent = list(addresses)
        self._found, self._refusals_count = {}, refusals_count
        with selectors.DefaultSelector() as waiting:
            try:
                for _round in range(_ROUNDS):
                    self._ask_all_ports(waiting, silent)
                    silent = [address for address in silent if address not in self._found]
            finally:
                for key in list(waiting.get_map().values()):
                    key.fileobj.close()  # type: ignore[union-attr]  # all are sockets
        return self._found

    def _ask_all_ports(self, waiting: selectors.BaseSelector, silent: list[Address]) -> None:
        for port in PORTS:
            for address in silent:
                if address in self._found:
                    continue
                self._begin(waiting, address, port)
                self._collect(waiting, 0)
                while len(waiting.get_map()) >= _AT_ONCE:
                    self._collect(waiting, _TICK_S)
        while waiting.get_map():
            self._collect(waiting, _TICK_S)

    def _begin(self, waiting: selectors.BaseSelector, address: Address, port: int) -> None:
        try:
            opened, said = self._gate.begin(address, port, self._method, packets=1 + self._extra)
        except CannotMeasure as refusal:
            if refusal.failure is Failure.OUT_OF_SCOPE:
                return
            raise
        if said in _GOING_ON:
            entry = (address, time.monotonic() + _PATIENCE_S)
            waiting.register(opened, selectors.EVENT_WRITE, entry)
            return
        opened.close()
        self._note(address, said)

    def _collect(self, waiting: selectors.BaseSelector, seconds: float) -> None:
        ready = {key.fd for key, _events in waiting.select(seconds)}
        now = time.monotonic()
        for key in list(waiting.get_map().values()):
            address, deadline = key.data
            if key.fd in ready or now > deadline:
                waiting.unregister(key.fileobj)
                opened = key.fileobj
                if not isinstance(opened, socket.socket):
                    raise TypeError(opened)
                said = opened.getsockopt(SOL_SOCKET, SO_ERROR)
                if key.fd in ready and not _is_from_another(opened, address):
                    self._note(address, said)
                opened.close()

    def _note(self, address: Address, said: int) -> None:
        if said == 0:
            self._gate.spent(_HANDSHAKE)
        if said == 0 or (said in _REFUSALS and self._refusals_count):
            self._found.setdefault(address, Answer(time.time(), is_open=said == 0))


def _is_from_another(opened: socket.socket, address: Address) -> bool:
    """Whether an ICMP error of somebody else ended the connection (Linux tells, see ip(7)).

    Behind the 16 bytes of `struct sock_extended_err` stands the sender as a socket address.
    """
    if sys.platform != "linux":
        return False
    try:
        _data, ancillary, _flags, _place = opened.recvmsg(0, 256, _ERROR_QUEUE)
    except OSError:  # nothing queued: a reset
        return False
    start = 20 if address.version == 4 else 24  # noqa: PLR2004 - IPv4
    senders = [told[start : start + len(address.packed)] for _level, _kind, told in ancillary]
    return address.packed not in senders
