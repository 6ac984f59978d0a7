"""Who answers a TCP connection: an open port and a reset are both an answer."""

import errno
import selectors
import time
from collections.abc import Callable, Iterable
from socket import SO_ERROR, SOL_SOCKET

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
_GOING_ON = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", -1)})
_ALIVE = frozenset({0, errno.ECONNREFUSED, getattr(errno, "WSAECONNREFUSED", 0)})


class TcpSearch:
    """Asks addresses at a few ports, port after port, until they answer."""

    def __init__(
        self, gate: Gate, method: Method, alive: Callable[[Address], None], *, extra: int = 0
    ) -> None:
        """`extra` packets are counted for each address: what the system asks by itself."""
        self._gate, self._method, self._alive, self._extra = gate, method, alive, extra
        self._found: set[Address] = set()

    def ask(self, addresses: Iterable[Address]) -> None:
        """Ask all of them; call `alive` for each that answers. Raises `CannotMeasure`."""
        silent = list(addresses)
        with selectors.DefaultSelector() as waiting:
            try:
                for _round in range(_ROUNDS):
                    self._ask_all_ports(waiting, silent)
                    silent = [address for address in silent if address not in self._found]
            finally:
                for key in list(waiting.get_map().values()):
                    key.fileobj.close()  # type: ignore[union-attr]  # all are sockets

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
                if key.fd in ready:
                    self._note(address, opened.getsockopt(SOL_SOCKET, SO_ERROR))  # type: ignore[union-attr]  # all are sockets
                opened.close()  # type: ignore[union-attr]  # the same

    def _note(self, address: Address, said: int) -> None:
        if said not in _ALIVE:
            return
        self._found.add(address)
        self._alive(address)
        if said == 0:
            self._gate.spent(_HANDSHAKE)
