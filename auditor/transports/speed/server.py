"""A server for speed tests with LibreSpeed's paths, which also counts uploads where they arrive.

`GET …/garbage.php?ckSize=N` N MiB of random bytes (1 to 1024, else 4); `POST …/empty.php` takes a
body and answers with nothing; `GET …/empty.php` is the ping; `GET …/getIP.php` says who asks.
With `?count=TOKEN` uploads are counted together under the token, and the ping answers
`{"payload_bytes": …, "t_ms": …, "udp_port": …}` by the server's own clock since the token's first
upload; on that port it answers datagrams (`auditor.transports.speed.echo`).

It keeps no byte of what it receives. Everything is bounded: connections, heads, bodies, tokens.
"""

import json
import os
import re
import socket
import socketserver
import ssl
import time
from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Self, cast
from urllib.parse import parse_qs, urlsplit

from auditor.addresses import is_public
from auditor.links import own_addresses
from auditor.transports.speed import Connection
from auditor.transports.speed.echo import EchoServer

TlsContext = ssl.SSLContext
MOST_CONNECTIONS = 64
IDLE_S = 15.0
LONGEST_S = 120.0
"""One request may take so long; then the connection is closed."""

_BLOCK = memoryview(os.urandom(1024 * 1024))
_SPACE = 256 * 1024
_LARGEST_HEAD = 16 * 1024
_MOST_TOKENS = 256
_MOST_REQUESTS = 10_000
_TOKEN = re.compile(r"[0-9a-zA-Z]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_DEFAULT_MIB, _MOST_MIB = 4, 1024
_DOWNLOADS = frozenset({"garbage.php", "downloading"})
_EMPTY = frozenset({"empty.php", "upload"})
_ADDRESS = frozenset({"getIP.php"})


@dataclass(slots=True)
class _Count:
    """Uploads under one token: one counter for each connection, so that none needs a lock."""

    started: float
    counters: list[list[int]] = field(default_factory=list)


class SpeedServer(socketserver.ThreadingTCPServer):
    """Listens, and gives each connection a thread. `with` begins and closes it."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, bind: str, port: int, tls: TlsContext | None = None, most_mbps: float | None = None
    ) -> None:
        """Listen on an address and a port (0: any free one). Raises `OSError`.

        `most_mbps` holds each connection to that rate, both ways; None: as fast as it goes.
        """
        self.most_mbps = most_mbps
        self.address_family = socket.AF_INET6 if ":" in bind else socket.AF_INET
        self._tls = tls
        self._room = BoundedSemaphore(MOST_CONNECTIONS)
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._lock = Lock()
        self._beside = ExitStack()
        super().__init__((bind, port), _Handler)
        try:
            self._echo = self._beside.enter_context(EchoServer(bind, self.port))
        except OSError:
            self.server_close()
            raise

    def __enter__(self) -> Self:
        """Answer datagrams from here on; `serve_forever` serves the rest."""
        Thread(target=self._echo.serve_forever, daemon=True).start()
        self._beside.callback(self._echo.shutdown)  # before the socket closes under the thread
        return self

    def server_close(self) -> None:
        """Close both sockets."""
        super().server_close()
        self._beside.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def counter(self, token: str) -> list[int]:
        """Return a fresh counter of a token, for one connection."""
        with self._lock:
            count = self._counts.setdefault(token, _Count(time.monotonic()))
            while len(self._counts) > _MOST_TOKENS:
                self._counts.popitem(last=False)
            count.counters.append([0])
            return count.counters[-1]

    def counted(self, token: str) -> dict[str, int]:
        """Return what has arrived under a token."""
        with self._lock:
            count = self._counts.get(token)
            if count is None:
                return {"payload_bytes": 0, "t_ms": 0, "udp_port": self.port}
            total = sum(counter[0] for counter in count.counters)
            passed_ms = round((time.monotonic() - count.started) * 1000)
            return {"payload_bytes": total, "t_ms": passed_ms, "udp_port": self.port}

    def finish_request(self, request: object, client_address: object) -> None:
        """Serve a connection, if there is room for one more."""
        connection = cast("Connection", request)
        if not self._room.acquire(blocking=False):
            return
        try:
            connection.settimeout(IDLE_S)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            _Handler(connection, client_address, self)
        except OSError:
            return  # a client that goes away is no event
        finally:
            self._room.release()
            connection.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about one bad connection; the next is served all the same."""


class _Pace:
    """Holds a loop to a rate by waiting."""

    def __init__(self, most_mbps: float | None) -> None:
        self._per_s = most_mbps * 125_000 if most_mbps else None
        self.piece = _SPACE if self._per_s is None else max(4096, round(self._per_s * 0.01))
        self.restart()

    def restart(self) -> None:
        """Count from here."""
        self._started = time.monotonic()

    def keep(self, moved: int) -> None:
        """Wait until so many bytes since the start are not too many."""
        if self._per_s is not None:
            ahead_s = self._started + moved / self._per_s - time.monotonic()
            if ahead_s > 0:
                time.sleep(ahead_s)


class _Handler(socketserver.BaseRequestHandler):
    """One connection: requests one after the other."""

    server: SpeedServer
    request: Connection

    def handle(self) -> None:
        """Answer until the client goes, misbehaves or stays silent."""
        self._space = memoryview(bytearray(_SPACE))
        self._rest = b""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _number in range(_MOST_REQUESTS):
            if not self._one():
                return

    def _one(self) -> bool:
        """Answer one request; False ends the connection."""
        head = self._head()
        if head is None:
            return False
        first, fields = head
        method, _blank, rest = first.partition(" ")
        target = urlsplit(rest.rpartition(" ")[0])
        name = target.path.rpartition("/")[2]
        query = {key: values[-1] for key, values in parse_qs(target.query).items()}
        length = fields.get("content-length", "0")
        if not _NUMBER.fullmatch(length) or "transfer-encoding" in fields:
            return self._say(411, b"")
        if method == "POST" and name in _EMPTY:
            self._take(int(length), query.get("count", ""))
            return self._say(200, b"")
        if method != "GET" or int(length):
            return self._say(405, b"")
        return self._get(name, query)

    def _get(self, name: str, query: dict[str, str]) -> bool:
        if name in _DOWNLOADS:
            wanted = query.get("ckSize", "")
            mib = int(wanted) if _NUMBER.fullmatch(wanted) else _DEFAULT_MIB
            return self._give(max(1, min(mib, _MOST_MIB)))
        if name in _EMPTY:
            token = query.get("count", "")
            if not _TOKEN.fullmatch(token):
                return self._say(200, b"")
            return self._say(200, json.dumps(self.server.counted(token)).encode())
        if name in _ADDRESS:
            who = {"processedString": str(self.client_address[0]), "rawIspInfo": ""}
            return self._say(200, json.dumps(who).encode())
        return self._say(404, b"")

    def _head(self) -> tuple[str, dict[str, str]] | None:
        """Read a request's head; None when there is none or it is too long."""
        while b"\r\n\r\n" not in self._rest:
            if len(self._rest) > _LARGEST_HEAD:
                return None
            piece = self.request.recv(_LARGEST_HEAD)
            if not piece:
                return None
            self._rest += piece
        raw, _end, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return first, {name.strip().lower(): value.strip() for name, _colon, value in pairs}

    def _say(self, status: int, body: bytes) -> bool:
        self.request.sendall(_answer(status, len(body), "application/json") + body)
        return status == 200  # noqa: PLR2004 - anything else ends the connection

    def _give(self, mib: int) -> bool:
        end = time.monotonic() + LONGEST_S
        self.request.sendall(_answer(200, mib * len(_BLOCK), "application/octet-stream"))
        pace = _Pace(self.server.most_mbps)
        for _block in range(mib):
            sent = 0
            while sent < len(_BLOCK):
                sent += self.request.send(_BLOCK[sent : sent + pace.piece])
                pace.keep(sent)
            pace.restart()
            if time.monotonic() > end:
                return False
        return True

    def _take(self, length: int, token: str) -> None:
        """Read a body and count it as it comes."""
        counter = self.server.counter(token) if _TOKEN.fullmatch(token) else [0]
        end = time.monotonic() + LONGEST_S
        counter[0] = min(len(self._rest), length)
        self._rest = self._rest[counter[0] :]
        pace = _Pace(self.server.most_mbps)
        while counter[0] < length:
            pace.keep(counter[0])
            count = self.request.recv_into(
                self._space, min(_SPACE, pace.piece, length - counter[0])
            )
            if not count or time.monotonic() > end:
                raise ConnectionAbortedError
            counter[0] += count


def _answer(status: int, length: int, kind: str) -> bytes:
    words = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required"}
    return (
        f"HTTP/1.1 {status} {words[status]}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
        "Cache-Control: no-store\r\nContent-Encoding: identity\r\n"
        f"Connection: {'keep-alive' if status == 200 else 'close'}\r\n\r\n"  # noqa: PLR2004 - OK
    ).encode()


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Load a certificate chain and its key. Raises `OSError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def public_addresses() -> tuple[str, ...]:
    """Return this machine's public addresses: who listens everywhere listens there too."""
    return tuple(sorted(str(address) for address in own_addresses() if is_public(address)))
