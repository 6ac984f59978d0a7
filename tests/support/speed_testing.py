"""What tests of speed backends share: orders, ways to a server, and servers that misbehave."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from auditor import guard
from auditor.internet.causes import NoSample
from auditor.internet.rates import Rates, rates_of
from auditor.internet.transfer import Order, Transfer
from auditor.internet.vocabulary import Direction
from auditor.model import Authorisation, Method, Scope, SpeedBackend, SpeedServer
from auditor.scope import Gate
from auditor.transports.speed import Connection, Datagrams, Watch, backend_of
from auditor.transports.speed.dial import GateDial

ZONE = "Asia/Ho_Chi_Minh"
Script = Callable[[socket.socket, int], None]
"""Serves one connection, given its number from 0; it is closed afterwards."""


def order(  # noqa: PLR0913 - each of them matters to some test
    backend: SpeedBackend,
    url: str,
    direction: Direction = Direction.DOWN,
    *,
    ip_version: int = 4,
    ca_file: str = "",
    max_bytes: int = 500_000_000,
) -> Order:
    """Order a short transfer: half a second of warm-up, three that count."""
    return Order(
        direction=direction,
        server=SpeedServer(backend=backend, url=url, ca_file=ca_file),
        ip_version=ip_version,
        warmup_s=0.5,
        window_s=3.0,
        max_bytes=max_bytes,
        idle_probes=2,
        early_stop=False,
    )


def authorised(*servers: str) -> Scope:
    """Let a speed test reach these servers."""
    today = datetime.now(UTC).date()
    letter = Authorisation(
        number="1",
        issued_on=date(2026, 1, 1),
        issuing_body="Trung tâm mẫu",
        signer="Trần Thị Mẫu",
        signer_position="Giám đốc",
        operating_unit="Phòng Hạ tầng số",
        performing_unit="Phòng Hạ tầng số",
        independent=False,
        methods=(Method.SPEED_TEST,),
        emergency_contact="0213 000 000",
        tool_operator="Nguyễn Văn Mẫu",
        expires_on=today + timedelta(days=2),
        file="van-ban/cho-phep.pdf",
    )
    return Scope(speed_servers=servers, authorisation=letter, packets_per_second=2000)


def measured(ordered: Order, scope: Scope | None = None, folder: Path = Path()) -> Transfer:
    """Run a backend as a probe would: through the gate, with the guard watching."""
    gate = Gate(scope or Scope(), ZONE)
    with guard.probing(gate):
        return backend_of(ordered.server.backend).run(ordered, GateDial(gate, folder), Watch())


def rates(ordered: Order, transfer: Transfer) -> Rates:
    """Compute what the record would hold."""
    return rates_of(transfer.counts, ordered.warmup_s)


class ElsewhereDial:
    """Leads every host to one port of this machine, without TLS: a public service on loopback."""

    def __init__(self, port: int, other_port: int = 0) -> None:
        """Ports 80 and 443 lead to `port`, every other to `other_port`."""
        self._port = port
        self._other = other_port

    def tcp(self, host: str, port: int, *, ip_version: int, timeout_s: float) -> Connection:
        """Connect."""
        del host, ip_version
        there = self._port if port in {80, 443} else self._other
        return socket.create_connection(("127.0.0.1", there), timeout_s)

    def tls(self, raw: Connection, host: str, ca_file: str) -> Connection:
        """Leave it as it is."""
        del host, ca_file
        return raw

    def udp(self, host: str, port: int, *, ip_version: int) -> Datagrams:
        """Send nothing: no public service answers datagrams."""
        raise NotImplementedError


@contextmanager
def scripted(script: Script) -> Iterator[int]:
    """Serve on loopback, each connection in a thread, and give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, script), daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, script: Script) -> None:
    number = 0
    while True:
        try:
            connection, _peer = listening.accept()
        except OSError:
            return  # the test is over
        threading.Thread(target=_serve, args=(connection, script, number), daemon=True).start()
        number += 1


def _serve(connection: socket.socket, script: Script, number: int) -> None:
    with connection:
        connection.settimeout(20)
        try:
            script(connection, number)
        except OSError:
            return  # the client went: that may be what the test is about


def answering(*answers: bytes) -> Script:
    """Read a request's head and answer; the last answer serves for all later connections."""

    def script(connection: socket.socket, number: int) -> None:
        head_of(connection)
        connection.sendall(answers[min(number, len(answers) - 1)])

    return script


def head_of(connection: socket.socket) -> bytes:
    """Read to the end of a request's head."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        piece = connection.recv(4096)
        if not piece:
            raise ConnectionError
        seen += piece
    return seen


def http(status: str, body: bytes = b"", *fields: str) -> bytes:
    """Write an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "", ""]).encode() + body


PORTAL = http("200 OK", b"<html><form>login</form></html>", "Content-Type: text/html")


def upgraded(connection: socket.socket, protocol: str = "net.measurementlab.ndt.v7") -> None:
    """Shake hands as a WebSocket server."""
    key = re.search(rb"(?i)sec-websocket-key: *([^\r]+)", head_of(connection))
    assert key
    digest = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")  # noqa: S324 - RFC 6455
    accept = base64.b64encode(digest.digest()).decode()
    connection.sendall(
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n"
        ).encode()
    )


def text_frame(text: bytes) -> bytes:
    """Write a text frame of at most 64 KiB."""
    length = len(text)
    size = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
    return b"\x81" + size + text


def cause_of(backend: SpeedBackend, url: str, direction: Direction = Direction.DOWN) -> NoSample:
    """Measure what must fail, for longer than a server may be silent."""
    with pytest.raises(NoSample) as caught:
        measured(replace(order(backend, url, direction), window_s=6.0))
    return caught.value
