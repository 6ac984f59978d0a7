"""An ndt7 server (spec v0.11.0 of m-lab/ndt-server), with a locate service beside it, for tests.

`python ndt7_server.py PORT [--host HOST] [--seconds N] [--certificate PEM] [--control NAME]`.
Measurements hold the kernel's real TCP_INFO. Written with another WebSocket library than the
client that it tests. M-Lab's own servers run for 10 s and send with BBR; both can be chosen here.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import ssl
import struct
import threading
import time
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from collections.abc import Mapping

PROTOCOL = Subprotocol("net.measurementlab.ndt.v7")
LOCATE = "/v2/nearest/ndt/ndt7"
DOWNLOAD, UPLOAD = "/ndt/v7/download", "/ndt/v7/upload"
LARGEST, SMALLEST, GROWTH = 1 << 20, 1 << 13, 16
EVERY_S = 0.25
_FIELDS: Mapping[str, tuple[str, int]] = {  # struct tcp_info of Linux: name in ndt7, type, offset
    "RTT": ("I", 68),
    "RTTVar": ("I", 72),
    "BytesAcked": ("Q", 120),
    "BytesReceived": ("Q", 128),
    "MinRTT": ("I", 148),
    "BusyTime": ("Q", 168),
    "RWndLimited": ("Q", 176),
    "SndBufLimited": ("Q", 184),
    "BytesSent": ("Q", 200),
    "BytesRetrans": ("Q", 208),
}


class Test:
    """One direction of one test."""

    def __init__(self, connection: ServerConnection, name: str) -> None:
        """Start the clock."""
        self._connection = connection
        self._name = name
        self._uuid = f"{socket.gethostname()}_{uuid.uuid4().hex}"
        self.began = time.monotonic()
        self.counted = 0

    def elapsed_us(self) -> int:
        """Tell the microseconds since the start."""
        return int((time.monotonic() - self.began) * 1e6)

    def measurement(self) -> str:
        """Give a Measurement message as the spec words it."""
        connection = self._connection
        info = connection.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        elapsed = self.elapsed_us()
        tcp = {
            name: struct.unpack_from(kind, info, offset)[0]
            for name, (kind, offset) in _FIELDS.items()
        }
        return json.dumps(
            {
                "AppInfo": {"ElapsedTime": elapsed, "NumBytes": self.counted},
                "ConnectionInfo": {
                    "Client": _place(connection.remote_address),
                    "Server": _place(connection.local_address),
                    "UUID": self._uuid,
                },
                "Origin": "server",
                "Test": self._name,
                "TCPInfo": {"ElapsedTime": elapsed, **tcp},
            }
        )


def download(connection: ServerConnection, seconds: float) -> None:
    """Send ever larger messages, and a measurement between them four times a second."""
    test = Test(connection, "download")
    random = os.urandom(LARGEST)
    size, measured = SMALLEST, test.began
    while (now := time.monotonic()) - test.began < seconds:
        connection.send(random[:size])
        test.counted += size
        if size < LARGEST and size < test.counted / GROWTH:
            size *= 2
        if now - measured >= EVERY_S:
            connection.send(test.measurement())
            measured = now


def upload(connection: ServerConnection, seconds: float) -> None:
    """Count what comes, and tell the client four times a second what was counted."""
    test = Test(connection, "upload")
    measured = test.began
    while (now := time.monotonic()) - test.began < seconds:
        try:
            message = connection.recv(timeout=EVERY_S, decode=False)
        except TimeoutError:
            message = b""
        test.counted += len(message)
        if now - measured >= EVERY_S:
            connection.send(test.measurement())
            measured = now


def _place(address: tuple[object, ...]) -> str:
    host, port = str(address[0]).removeprefix("::ffff:"), address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _locate(request: Request, port: int, *, secure: bool) -> Response | None:
    """Answer a request for servers; None means: a WebSocket, go on."""
    asked = urlsplit(request.path)
    if asked.path != LOCATE:
        return None
    host = request.headers["Host"].rsplit(":", 1)[0]
    scheme = "wss" if secure else "ws"
    urls = {
        f"{scheme}://{path}": f"{scheme}://{host}:{port}{path}?access_token={uuid.uuid4().hex}"
        for path in (DOWNLOAD, UPLOAD)
    }
    found = {
        "machine": "lab1-sin01.mlab-sandbox.measurement-lab.org",
        "hostname": host,
        "location": {"city": "Singapore", "country": "SG"},
        "urls": urls,
    }
    body = json.dumps({"results": [found]}).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
    headers["Connection"] = "close"
    return Response(HTTPStatus.OK.value, "OK", headers, body)


def main() -> None:
    """Serve until killed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("port", type=int)
    words.add_argument("--host", default="::")
    words.add_argument("--seconds", type=float, default=10)
    words.add_argument("--certificate", help="PEM file with key and chain: serve wss")
    words.add_argument("--control", default="bbr", help="congestion control of the sender")
    given = words.parse_args()
    context = None
    if given.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.certificate)

    def serve_one(connection: ServerConnection) -> None:
        connection.socket.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_CONGESTION, given.control.encode()
        )
        test = {DOWNLOAD: download, UPLOAD: upload}.get(
            urlsplit(connection.request.path if connection.request else "").path
        )
        try:
            if test is not None:
                test(connection, given.seconds)
        except ConnectionClosed:
            pass  # the client had enough; the spec allows it

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        del connection
        return _locate(request, given.port, secure=context is not None)

    listening = socket.create_server(
        (given.host, given.port),
        family=socket.AF_INET6 if ":" in given.host else socket.AF_INET,
        dualstack_ipv6=given.host == "::",
    )
    with serve(
        serve_one,
        sock=listening,
        ssl=context,
        subprotocols=[PROTOCOL],
        process_request=answer,
        compression=None,
        max_size=1 << 24,
        ping_interval=None,
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
