"""Servers for speed tests on loopback: our own, and one that answers by a script."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import speed_testing

from auditor.internet.transfer import Order
from auditor.internet.vocabulary import Direction
from auditor.model import Authorisation, Centre, Internet, Scope, Site, SpeedBackend, SpeedServer
from auditor.scope import Gate, Surroundings
from auditor.transports import Context
from auditor.transports.net import GatedNetwork
from auditor.transports.speed.server import SpeedServer as OwnServer
from auditor.transports.speed.server import TlsContext

Script = Callable[[socket.socket, bytes], bool]
"""Answers one request (its head); False ends the connection."""

PING = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
RESET = b"\x01\0\0\0\0\0\0\0"


class QuickNetwork(GatedNetwork):
    """A network that does not listen to the idle line first."""

    quiet_s = 0.0


def quick(direction: Direction, url: str, **fields: object) -> Order:
    """Order a transfer of 2.5 seconds."""
    server = SpeedServer(
        backend=SpeedBackend.HTTP_MULTI, url=url, ca_file=str(fields.pop("ca", ""))
    )
    given = {"warmup_s": 0.3, "window_s": 2.2, "idle_probes": 3, "early_stop": False, **fields}
    return Order(direction=direction, server=server, **given)  # type: ignore[arg-type] # fields of mixed types


def opened(
    internet: Internet | None = None,
    folder: Path | None = None,
    world: Surroundings | None = None,
    letter: Authorisation | None = None,
    **scope: tuple[str, ...],
) -> QuickNetwork:
    """Open a network for a site with an `internet` section."""
    allowed = Scope(authorisation=letter, **scope)  # type: ignore[arg-type] # names and networks only
    site = Site(
        schema="test", centre=Centre(id="t", name="Trung tâm"), internet=internet, scope=allowed
    )
    gate = Gate(allowed, site.timezone, world)
    return QuickNetwork(
        Context(site, folder or Path(), gate, lambda _request, content: sha256(content).hexdigest())
    )


@contextmanager
def serving(
    tls: TlsContext | None = None, bind: str = "127.0.0.1", mbps: float = 40.0
) -> Iterator[str]:
    """Run our own server, so fast for each connection, and give its URL."""
    with OwnServer(bind, 0, tls, mbps) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host = f"[{bind}]" if ":" in bind else bind
        try:
            yield f"{'https' if tls else 'http'}://{host}:{server.port}/"
        finally:
            server.shutdown()
            thread.join(10)


@contextmanager
def scripted(script: Script) -> Iterator[str]:
    """Run a server that reads heads of requests and lets a script answer; give its URL."""

    def talk(stream: socket.socket, _number: int) -> None:
        seen = b""
        is_open = True
        while is_open:
            while b"\r\n\r\n" not in seen:
                piece = stream.recv(65536)
                if not piece:
                    return
                seen += piece
            head, _end, seen = seen.partition(b"\r\n\r\n")
            is_open = script(stream, head)

    with speed_testing.scripted(talk) as port:
        yield f"http://127.0.0.1:{port}/"


def says(answer: bytes) -> Script:
    """Answer everything with the same bytes and close."""

    def script(stream: socket.socket, _head: bytes) -> bool:
        stream.sendall(answer)
        return False

    return script


def pings_then(load: Script) -> Script:
    """Be a good server for round trips, and answer downloads and uploads with `load`."""

    def script(stream: socket.socket, head: bytes) -> bool:
        if b"empty.php" in head and head.startswith(b"GET"):
            stream.sendall(PING)
            return True
        return load(stream, head)

    return script


def gives(mbps: float, seconds: float, *, then: str = "stall") -> Script:
    """Give a body of a terabyte at a rate for a while; then stall, reset or end it."""

    def script(stream: socket.socket, _head: bytes) -> bool:
        kind = b"Content-Type: application/octet-stream\r\n"
        stream.sendall(b"HTTP/1.1 200 OK\r\n" + kind + b"Content-Length: 1000000000000\r\n\r\n")
        piece = bytes(round(mbps * 1250))  # ten milliseconds
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            stream.sendall(piece)
            time.sleep(0.01)
        if then == "stall":
            stream.settimeout(30)
            stream.recv(1)
        elif then == "reset":
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        return False

    return script
