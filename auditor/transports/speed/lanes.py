"""One connection each: pulling payload, or pushing it.

Non-blocking; `auditor.transports.speed.pump` calls `serve` when a connection is ready.
"""

import os
import socket
import ssl
import struct
import time
from collections.abc import Callable

from auditor.internet.causes import Cause, NoSample
from auditor.transports.speed import Connection, tcpinfo
from auditor.transports.speed.http import Body, Head, HeadReader, must_be_ok
from auditor.transports.speed.wire import LATER, MOST_RECONNECTS, Broken, Opened, received, sent

_AT_ONCE = 32
"""Reads or writes before the other connections get their turn."""

_BLOCK = memoryview(os.urandom(256 * 1024))
"""What uploads consist of: random, so that nothing on the way can compress it."""

_SMALLEST = 64 * 1024
_BODY_S = 0.25
_DROP = struct.pack("ii", 1, 0)


class PullLane:
    """Requests bodies one after the other and counts them."""

    def __init__(self, opened: Opened, request: bytes, what: str) -> None:
        """Connect; nothing is sent before the first `serve`."""
        self._opened = opened
        self._request = request
        self._what = what
        self._opened_count = 0
        self.payload = 0
        self.connection = self._open()

    def _open(self) -> Connection:
        self._opened_count += 1
        if self._opened_count > MOST_RECONNECTS:
            message = f"{self._what}: the server ends every connection"
            raise Broken(message)
        self._head = HeadReader()
        self._body: Body | None = None
        self._keeps_alive = True
        self._unsent = memoryview(self._request)
        return self._opened()

    @property
    def wants_to_write(self) -> bool:
        """Whether part of the request is not yet sent."""
        return bool(self._unsent)

    def serve(self, space: memoryview) -> None:
        """Send what is left of the request, then take what came."""
        self._unsent = sent(self.connection, self._unsent)
        for _turn in range(_AT_ONCE):
            try:
                count = received(self.connection, space)
            except LATER:
                return
            if count == 0:
                self._ended()
                return
            self._take(space[:count])
            if count < len(space) and not isinstance(self.connection, ssl.SSLSocket):
                return  # the kernel has no more; one call less

    def _take(self, piece: memoryview) -> None:
        while piece:
            if self._body is None:
                found = self._head.feed(piece)
                if found is None:
                    return
                self._body = self._begun(found[0])
                piece = piece[found[1] :]
            self.payload += self._body.feed(piece)
            if not self._body.is_done:
                return
            piece = piece[:0]  # nothing was asked that could follow
            self._next()

    def _begun(self, head: Head) -> Body:
        must_be_ok(head, self._what)
        if head.is_html:
            raise NoSample(Cause.CAPTIVE_PORTAL, f"{self._what}: a web page")
        self._keeps_alive = head.keeps_alive
        body = Body(head)
        if body.is_done:
            raise NoSample(Cause.PROTOCOL_ERROR, f"{self._what}: an empty body")
        return body

    def _next(self) -> None:
        if not self._keeps_alive:
            self.connection.close()
            self.connection = self._open()
            return
        self._body = None
        self._unsent = sent(self.connection, memoryview(self._request))

    def _ended(self) -> None:
        if self._body is None or not self._body.ends_with_connection:
            message = f"{self._what}: the body ended before its length"
            raise Broken(message)
        self.connection.close()
        self.connection = self._open()


class PushLane:
    """Sends bodies one after the other. `answered` counts those that the server acknowledged."""

    def __init__(
        self, opened: Opened, head_of: Callable[[int], bytes], size: int, *, adapts: bool = False
    ) -> None:
        """Connect; `head_of` writes the head of a request with a body of so many bytes.

        With `adapts` a body takes about a quarter of a second, at most `size` bytes: then even
        counting only answered bodies is fine enough.
        """
        self._opened = opened
        self._head_of = head_of
        self._most = size
        self._size = min(size, _SMALLEST) if adapts else size
        self._adapts = adapts
        self._acked = 0
        self._acked_base = 0
        self._opened_count = 0
        self.payload = 0
        self.answered = 0
        self.connection = self._open()

    def _open(self) -> Connection:
        self._opened_count += 1
        if self._opened_count > MOST_RECONNECTS:
            message = "the server ends every connection"
            raise Broken(message)
        self._begin()
        connection = self._opened()
        # what is not sent when the window ends shall not be sent after it
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP)
        self._acked_base = tcpinfo.acked(connection) or 0
        return connection

    @property
    def acked(self) -> int:
        """Bytes of all connections that the receiver has acknowledged (Linux; else 0)."""
        return self._acked + (tcpinfo.acked(self.connection) or 0) - self._acked_base

    def _begin(self) -> None:
        self._began_at = time.monotonic()
        self._length = self._left = self._size
        self._unsent = memoryview(self._head_of(self._length))
        self._head = HeadReader()
        self._answer: Body | None = None

    @property
    def wants_to_write(self) -> bool:
        """Whether the request is not yet complete."""
        return bool(self._unsent) or self._left > 0

    def serve(self, space: memoryview) -> None:
        """Take an answer if one came, and send as much as there is room for."""
        try:
            count = received(self.connection, space)
        except LATER:
            pass  # no answer yet
        else:
            if count == 0:
                message = "upload: the server ended the connection"
                raise Broken(message)
            self._take(space[:count])
        self._unsent = sent(self.connection, self._unsent)
        if not self._unsent:
            self._send_body()

    def _send_body(self) -> None:
        for _turn in range(_AT_ONCE):
            if not self._left:
                return
            try:
                count = self.connection.send(_BLOCK[: self._left])
            except LATER:
                return
            except OSError as error:
                raise Broken(str(error)) from error
            self._left -= count
            self.payload += count

    def _take(self, piece: memoryview) -> None:
        if self._answer is None:
            found = self._head.feed(piece)
            if found is None:
                return
            head, used = found
            must_be_ok(head, "upload")
            self._alive = head.keeps_alive
            self._answer = Body(head)
            piece = piece[used:]
        self._answer.feed(piece)
        if self._answer.is_done:
            self._complete()

    def _complete(self) -> None:
        if self._left or self._unsent:  # answered before it had read all: nothing was proved
            raise NoSample(Cause.PROTOCOL_ERROR, "upload: answered before the body was complete")
        self.answered += self._length
        if self._adapts:
            took_s = max(time.monotonic() - self._began_at, 0.001)
            wanted = round(self._length / took_s * _BODY_S)
            self._size = max(_SMALLEST, min(self._most, wanted))
        if self._alive:
            self._begin()
            return
        self._acked = self.acked
        self.connection.close()
        self.connection = self._open()
