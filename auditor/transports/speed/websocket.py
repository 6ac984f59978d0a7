"""WebSocket (RFC 6455) for ndt7: `wsproto` shakes hands and reads; uploads write frames here.

A client masks every frame with a fresh key. The payload of an upload is random anyway, so the same
random bytes are sent behind each fresh key as what the masking gave: conformant, without the cost.
"""

import os
import struct
from collections.abc import Callable

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from auditor.internet.causes import Cause, NoSample
from auditor.transports.speed import Connection
from auditor.transports.speed.http import Head, Place, must_be_ok
from auditor.transports.speed.streams import Patience
from auditor.transports.speed.wire import LATER, Broken, received, sent

SMALLEST, LARGEST, GROWTH = 1 << 13, 1 << 20, 16
"""Messages double from SMALLEST while they are under a 16th of what was sent (ndt7 spec)."""

_AT_ONCE = 32
_LARGEST_TEXT = 64 * 1024
_LARGEST_HANDSHAKE = 16 * 1024
_SWITCHING = 101
_KEY = 4
_LONGEST_HEAD = 14
_SHORT = 1 << 16
_MASKED = 0x80
_BINARY = 0x82


class WebSocket:
    """A client's end of a WebSocket on a connection. `heard` is given each text message."""

    def __init__(self, connection: Connection, heard: Callable[[str], None]) -> None:
        """Take a connection that blocks; no handshake yet."""
        self.connection = connection
        self.payload = 0
        """Bytes of binary messages that came."""

        self._heard = heard
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._text: list[str] = []
        self._text_size = 0
        self._unsent = b""
        self._accepted: AcceptConnection | None = None
        self._refused: Head | None = None

    def shake_hands(self, place: Place, subprotocol: str, seconds: float) -> None:
        """Upgrade. Raises `NoSample`."""
        patience = Patience(seconds)
        wish = Request(
            host=place.authority,
            target=place.path,
            subprotocols=[subprotocol],
            extra_headers=[(b"User-Agent", b"centre-audit")],
        )
        patience.give(self.connection, self._protocol.send(wish))
        taken = 0
        while self._accepted is None:
            piece = patience.some(self.connection, 4096)
            taken += len(piece)
            if not piece or taken > _LARGEST_HANDSHAKE:
                raise NoSample(Cause.PROTOCOL_ERROR, "no WebSocket handshake")
            self._handshake_piece(piece)
        if self._accepted.subprotocol != subprotocol:
            raise NoSample(Cause.PROTOCOL_ERROR, f"subprotocol {self._accepted.subprotocol!r}")

    def _handshake_piece(self, piece: bytes) -> None:
        try:
            self._take(piece)
        except (RemoteProtocolError, LocalProtocolError, Broken) as error:
            raise NoSample(Cause.PROTOCOL_ERROR, f"WebSocket handshake: {error}") from error
        if self._refused is not None:
            if self._refused.is_html:
                raise NoSample(Cause.CAPTIVE_PORTAL, "a web page", http_status=self._refused.status)
            must_be_ok(self._refused, "WebSocket")
            raise NoSample(Cause.PROTOCOL_ERROR, "HTTP 200 instead of a WebSocket")

    def read(self, space: memoryview) -> None:
        """Take what came and answer pings. Raises `Broken`, also for a proper end."""
        for _turn in range(_AT_ONCE):
            try:
                count = received(self.connection, space)
            except LATER:
                return
            if count == 0:
                message = "the server ended the connection"
                raise Broken(message)
            try:
                self._take(bytes(space[:count]))
            except (RemoteProtocolError, LocalProtocolError) as error:
                raise Broken(str(error)) from error

    def take_waiting(self) -> bytes:
        """Return answers to pings, which must be sent between two frames; then they are gone."""
        waiting, self._unsent = self._unsent, b""
        return waiting

    @property
    def has_waiting(self) -> bool:
        """Whether there are such answers."""
        return bool(self._unsent)

    def _take(self, piece: bytes) -> None:
        self._protocol.receive_data(piece)
        for event in self._protocol.events():
            self._one(event)

    def _one(self, event: Event) -> None:
        if isinstance(event, BytesMessage):
            self.payload += len(event.data)
        elif isinstance(event, TextMessage):
            self._words(event)
        elif isinstance(event, Ping):
            self._unsent += self._protocol.send(event.response())
        elif isinstance(event, CloseConnection):
            message = f"the server closed the WebSocket ({event.code})"
            raise Broken(message)
        elif isinstance(event, AcceptConnection):
            self._accepted = event
        elif isinstance(event, RejectConnection):
            fields = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in event.headers
            }
            self._refused = Head(event.status_code, fields)

    def _words(self, event: TextMessage) -> None:
        self._text_size += len(event.data)
        if self._text_size > _LARGEST_TEXT:
            message = "a text message without end"
            raise Broken(message)
        self._text.append(event.data)
        if event.message_finished:
            self._heard("".join(self._text))
            self._text, self._text_size = [], 0


class ReadLane:
    """A download: counts bytes of binary messages as they come, not when they are complete."""

    def __init__(self, socket: WebSocket) -> None:
        """Take an open WebSocket whose connection does not block."""
        self._socket = socket
        self._unsent = memoryview(b"")
        self.connection = socket.connection
        self.payload = socket.payload

    @property
    def wants_to_write(self) -> bool:
        """Whether a pong is waiting."""
        return bool(self._unsent) or self._socket.has_waiting

    def serve(self, space: memoryview) -> None:
        """Take what came; answer. Raises `Broken`."""
        try:
            self._socket.read(space)
        finally:
            self.payload = self._socket.payload
        if not self._unsent:
            self._unsent = memoryview(self._socket.take_waiting())
        if self._unsent:
            self._unsent = sent(self.connection, self._unsent)


class WriteLane:
    """An upload: binary messages that grow as the spec says."""

    wants_to_write = True

    def __init__(self, socket: WebSocket) -> None:
        """Take an open WebSocket whose connection does not block."""
        self._socket = socket
        self._space = bytearray(os.urandom(_LONGEST_HEAD + LARGEST))
        self._size = SMALLEST
        self._unsent = memoryview(b"")
        self._handed = 0
        self._left = 0
        self.connection = socket.connection
        self.payload = 0

    def serve(self, space: memoryview) -> None:
        """Send as much as there is room for; hear what the server counted. Raises `Broken`."""
        self._socket.read(space)
        for _turn in range(_AT_ONCE):
            if not self._unsent:
                self._next()
            self._unsent = sent(self.connection, self._unsent)
            self.payload = self._handed - min(self._left, len(self._unsent))
            if self._unsent:
                return

    def _next(self) -> None:
        if self._socket.has_waiting:
            self._unsent, self._left = memoryview(self._socket.take_waiting()), 0
            return
        if self._size < LARGEST and self._size < self._handed / GROWTH:
            self._size *= 2
        size = self._size
        head = (
            struct.pack(">BBH", _BINARY, _MASKED | 126, size)
            if size < _SHORT
            else struct.pack(">BBQ", _BINARY, _MASKED | 127, size)
        ) + os.urandom(_KEY)
        begin = _LONGEST_HEAD - len(head)
        self._space[begin:_LONGEST_HEAD] = head
        self._unsent = memoryview(self._space)[begin : _LONGEST_HEAD + size]
        self._handed += size
        self._left = size
