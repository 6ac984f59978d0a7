"""Connections that carry nothing but payload in one direction, and reading a known few bytes."""

import os
import struct
import time

from auditor.internet.causes import Cause, NoSample
from auditor.transports.speed import Connection
from auditor.transports.speed.wire import LATER, Broken, received, sent

_AT_ONCE = 32
"""Reads or writes before the other connections get their turn."""

DROP = struct.pack("ii", 1, 0)
"""SO_LINGER: what is not sent when the window ends shall not be sent after it."""

_BLOCK = memoryview(os.urandom(256 * 1024))


class DrainLane:
    """Counts whatever comes."""

    wants_to_write = False

    def __init__(self, connection: Connection) -> None:
        """Take a connection that does not block."""
        self.connection = connection
        self.payload = 0

    def serve(self, space: memoryview) -> None:
        """Take what came. Raises `Broken`."""
        for _turn in range(_AT_ONCE):
            try:
                count = received(self.connection, space)
            except LATER:
                return
            if count == 0:
                message = "the server ended the connection"
                raise Broken(message)
            self.payload += count
            if count < len(space):
                return  # the kernel has no more; one call less


class FillLane:
    """Sends random bytes as long as there is room."""

    wants_to_write = True

    def __init__(self, connection: Connection) -> None:
        """Take a connection that does not block."""
        self.connection = connection
        self.payload = 0

    def serve(self, space: memoryview) -> None:
        """Send. Raises `Broken`."""
        del space
        for _turn in range(_AT_ONCE):
            rest = sent(self.connection, _BLOCK)
            self.payload += len(_BLOCK) - len(rest)
            if rest:
                return


class Patience:
    """A time limit for several steps on a blocking connection."""

    def __init__(self, seconds: float) -> None:
        """Start the clock."""
        self._end = time.monotonic() + seconds
        self._seconds = seconds

    def apply(self, connection: Connection) -> None:
        """Let the next call block for what is left. Raises `NoSample` STALLED when nothing is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise NoSample(Cause.STALLED, f"no answer in {self._seconds:g} s")
        connection.settimeout(left)

    def take(self, connection: Connection, count: int) -> bytes:
        """Read exactly so many bytes. Raises `NoSample` STALLED or ABORTED_EARLY."""
        taken = bytearray()
        while len(taken) < count:
            piece = self.some(connection, count - len(taken))
            if not piece:
                raise NoSample(Cause.ABORTED_EARLY, "the server ended the connection")
            taken += piece
        return bytes(taken)

    def some(self, connection: Connection, most: int) -> bytes:
        """Read what comes, b"" at the end. Raises `NoSample` STALLED or ABORTED_EARLY."""
        self.apply(connection)
        try:
            return connection.recv(most)
        except TimeoutError as error:
            raise NoSample(Cause.STALLED, f"no answer in {self._seconds:g} s") from error
        except OSError as error:
            raise NoSample(Cause.ABORTED_EARLY, str(error)) from error

    def give(self, connection: Connection, data: bytes) -> None:
        """Send all of it. Raises `NoSample` STALLED or ABORTED_EARLY."""
        self.apply(connection)
        try:
            connection.sendall(data)
        except TimeoutError as error:
            raise NoSample(Cause.STALLED, f"no room in {self._seconds:g} s") from error
        except OSError as error:
            raise NoSample(Cause.ABORTED_EARLY, str(error)) from error
