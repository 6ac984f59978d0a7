"""Packets there and back over UDP: how many are lost on each way, and how long they take.

Our own server answers each datagram with one of the same size that says how many it has received,
so that both ways can be told apart and nobody can use it to send more than he sent.
Before the load: what full queues drop is no property of the line.
"""

import selectors
import socket
import socketserver
import struct
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

from auditor.internet.transfer import Loss
from auditor.internet.vocabulary import Direction
from auditor.transports.speed import Connection, Dial
from auditor.transports.speed.wire import LATER

METHOD = "udp-echo"
_ASK, _ANSWER = b"audit-e?", b"audit-e!"
_FORM = struct.Struct(">8s8sII")
"""Word, token, number from 1, and how many came under the token (0 in a question)."""

_GRACE_S = 0.5
_SILENT_S = 1.0
_FEWEST = 50
_MOST_TOKENS = 256


@dataclass(slots=True)
class Echoes:
    """What came of it. Numbers count from 1; `arrived` is what the server had at `highest`."""

    trips_ms: list[float]
    numbers: set[int]
    highest: int = 0
    arrived: int = 0

    def loss(self, direction: Direction) -> Loss | None:
        """Count the packets of one way; None where too few came for a word about it."""
        came = sum(number <= self.highest for number in self.numbers)
        if self.highest < _FEWEST or not came <= self.arrived <= self.highest:
            return None
        if direction is Direction.UP:
            return Loss(METHOD, self.highest, self.arrived)
        return Loss(METHOD, self.arrived, came)


def echoed(dial: Dial, place: tuple[str, int], ip_version: int, token: bytes, count: int) -> Echoes:
    """Send so many, and listen a moment longer. Raises `NoSample` of the gate."""
    found, sent_at = Echoes([], set()), list[float]()
    way = dial.udp(*place, ip_version=ip_version)
    with way.connection, selectors.DefaultSelector() as ready:
        ready.register(way.connection, selectors.EVENT_READ)
        due = now = time.monotonic()
        silent, end = now + _SILENT_S, now + count * way.pace_s
        while now < end or (now < end + _GRACE_S and len(found.numbers) < len(sent_at)):
            if now > silent and not found.numbers:
                break  # something on the way lets no datagrams pass
            if due <= now < end:
                due = now + way.pace_s
                sent_at.append(now)
                way.send(_FORM.pack(_ASK, token, len(sent_at), 0))
            until = min(due, end) if now < end else end + _GRACE_S
            if ready.select(max(0.0, until - time.monotonic())):
                _take(found, way.connection, sent_at, token)
            now = time.monotonic()
    return found


def _take(found: Echoes, connection: Connection, sent_at: list[float], token: bytes) -> None:
    """Read one answer; whatever is none is ignored."""
    try:
        said = connection.recv(_FORM.size + 1)
    except (*LATER, OSError):  # an ICMP error: nobody listens there
        return
    came_at = time.monotonic()
    if len(said) != _FORM.size:
        return
    word, whose, number, arrived = _FORM.unpack(said)
    is_new = 0 < number <= len(sent_at) and number not in found.numbers
    if (word, whose) != (_ANSWER, token) or not is_new:
        return
    found.numbers.add(number)
    found.trips_ms.append(round((came_at - sent_at[number - 1]) * 1000, 3))
    if number > found.highest:
        found.highest, found.arrived = number, arrived


class EchoServer(socketserver.UDPServer):
    """Answers on the port of a speed server. Keeps a count for each of the last tokens."""

    def __init__(self, bind: str, port: int) -> None:
        """Listen. Raises `OSError`."""
        self.address_family = socket.AF_INET6 if ":" in bind else socket.AF_INET
        self.counts: OrderedDict[bytes, int] = OrderedDict()
        super().__init__((bind, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whom an answer does not reach has lost a packet."""


class _Handler(socketserver.BaseRequestHandler):
    """One datagram."""

    server: EchoServer

    def handle(self) -> None:
        """Answer a question with its number and how many came."""
        asked, way_back = cast("tuple[bytes, Connection]", self.request)
        if len(asked) != _FORM.size:
            return
        word, token, number, _zero = _FORM.unpack(asked)
        if word != _ASK:
            return
        counts = self.server.counts
        counts[token] = min(counts.pop(token, 0) + 1, 2**32 - 1)
        while len(counts) > _MOST_TOKENS:
            counts.popitem(last=False)
        way_back.sendto(_FORM.pack(_ANSWER, token, number, counts[token]), self.client_address)
