"""Timing round trips on a connection that stays open."""

import re
import time
from collections.abc import Callable

from auditor.internet.causes import Cause, NoSample
from auditor.transports.speed.http import Body, HeadReader, must_be_ok
from auditor.transports.speed.wire import LATER, Broken, Opened, received, sent

_LARGEST_ANSWER = 4096
_HARMLESS = re.compile(rb"\s*")


class PingLane:
    """Times small requests on a connection that stays open."""

    payload = 0

    def __init__(self, opened: Opened, request: bytes, heard: Callable[[bytes], None]) -> None:
        """Connect; `heard` is given each answer's body, which is small."""
        self._opened = opened
        self._request = request
        self._heard = heard
        self._sent_at = 0.0
        self._waits = False
        self._unsent = memoryview(b"")
        self.trips_ms: list[float] = []
        self.connection = opened()

    @property
    def wants_to_write(self) -> bool:
        """Whether part of the request is not yet sent."""
        return bool(self._unsent)

    def ask(self) -> None:
        """Send the next question unless one is still open. Raises `Broken`."""
        if self._waits:
            return
        self._waits = True
        self._head = HeadReader()
        self._body: Body | None = None
        self._answer = bytearray()
        self._is_html = False
        self._sent_at = time.monotonic()
        self._unsent = sent(self.connection, memoryview(self._request))

    def serve(self, space: memoryview) -> None:
        """Take what came; a complete answer is a round trip."""
        self._unsent = sent(self.connection, self._unsent)
        try:
            count = received(self.connection, space)
        except LATER:
            return
        came_at = time.monotonic()
        if count == 0 or not self._waits:
            message = "latency: the server ended the connection"
            raise Broken(message)
        self._take(space[:count], came_at)

    def _take(self, piece: memoryview, came_at: float) -> None:
        if self._body is None:
            found = self._head.feed(piece)
            if found is None:
                return
            must_be_ok(found[0], "latency")
            self._is_html = found[0].is_html
            self._keeps_alive = found[0].keeps_alive
            self._body = Body(found[0])
            piece = piece[found[1] :]
        if len(self._answer) + len(piece) > _LARGEST_ANSWER or self._body.ends_with_connection:
            cause = Cause.CAPTIVE_PORTAL if self._is_html else Cause.PROTOCOL_ERROR
            raise NoSample(cause, "latency: no small answer")
        self._answer += piece
        self._body.feed(piece)
        if self._body.is_done:
            self._complete(came_at)

    def _complete(self, came_at: float) -> None:
        answer = bytes(self._answer)
        if self._is_html and not _HARMLESS.fullmatch(answer):
            raise NoSample(Cause.CAPTIVE_PORTAL, "latency: a web page")
        self._waits = False
        self.trips_ms.append(round((came_at - self._sent_at) * 1000, 3))
        self._heard(answer)
        if not self._keeps_alive:
            self.connection.close()
            self.connection = self._opened()
