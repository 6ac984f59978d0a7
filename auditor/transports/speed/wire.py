"""What all connections of a transfer have in common: they never wait."""

import ssl
from collections.abc import Callable
from typing import Protocol

from auditor.transports.speed import Connection

LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""What a non-blocking connection raises when it has nothing, or no room."""

MOST_RECONNECTS = 500

Opened = Callable[[], Connection]
"""Opens a non-blocking connection to the server of the transfer. Raises `NoSample`."""


class Broken(Exception):
    """A connection that worked ended in the middle: what was counted until then may still do."""


class Lane(Protocol):
    """A connection of a transfer. `payload` is the client's own count, ever growing."""

    connection: Connection
    payload: int

    @property
    def wants_to_write(self) -> bool:
        """Whether there is something to send when the connection has room."""

    def serve(self, space: memoryview) -> None:
        """Do what can be done without waiting. Raises `NoSample` or `Broken`."""


def sent(connection: Connection, unsent: memoryview) -> memoryview:
    """Send what there is room for and return the rest."""
    if not unsent:
        return unsent
    try:
        return unsent[connection.send(unsent) :]
    except LATER:
        return unsent
    except OSError as error:
        raise Broken(str(error)) from error


def received(connection: Connection, space: memoryview) -> int:
    """Read once without waiting; 0 is the end. Raises one of `LATER`, or `Broken`."""
    try:
        return connection.recv_into(space)
    except LATER:
        raise
    except OSError as error:
        raise Broken(str(error)) from error
