"""The connections of speedtest-cli: `urllib` openers whose every socket comes from the gate."""

import contextlib
import http.client
import socket
import threading
import time
from http.client import HTTPConnection, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    AbstractHTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
)

from auditor.internet.causes import Cause, NoSample
from auditor.internet.transfer import Order
from auditor.transports.speed import Connection, Dial
from auditor.transports.speed.http import Head, must_be_ok

CONNECT_S = 5.0
READ_S = 5.0
LARGEST_WORDS = 8 << 20
LARGEST_PICTURE = 64 << 20
_PROBE_S = 0.05


class Way:
    """Opens connections for one transfer and remembers the first thing that went wrong.

    It is also the library's `shutdown_event`. Used by several threads.
    """

    def __init__(self, order: Order, dial: Dial) -> None:
        """Open nothing yet."""
        self._order = order
        self._dial = dial
        self._lock = threading.Lock()
        self._opened: list[Connection] = []
        self._is_cut = False
        self.failure: NoSample | None = None
        self.peer: tuple[str, int] = ("", 0)
        self.local = ""

    def isSet(self) -> bool:  # noqa: N802 - the library's word
        """Tell the library whether to stop."""
        return self._is_cut

    def note(self, failure: NoSample) -> OSError:
        """Keep the first failure, and give what the library understands."""
        with self._lock:
            self.failure = self.failure or failure
        return OSError(str(failure))

    def forget(self) -> None:
        """Begin anew: what went wrong until now did no harm."""
        with self._lock:
            self.failure = None

    def connect(self, host: str, port: int, *, tls: bool) -> Connection:
        """Connect through the gate. Raises `OSError`."""
        try:
            made = self._dial.tcp(
                host, port, ip_version=self._order.ip_version, timeout_s=CONNECT_S
            )
            if tls:
                made = self._dial.tls(made, host, self._order.server.ca_file)
        except NoSample as error:
            raise self.note(error) from error
        made.settimeout(READ_S)
        with self._lock:
            self.peer, self.local = made.getpeername()[:2], made.getsockname()[0]
            self._opened = [each for each in self._opened if each.fileno() >= 0] + [made]
            if not self._is_cut:
                return made
        made.close()
        message = "the test is over"
        raise OSError(message)

    def trips(self, host: str, port: int, count: int) -> tuple[float, ...]:
        """Time some connects, in ms; nothing if the server cannot be reached."""
        trips = []
        for _ in range(count):
            began = time.monotonic()
            try:
                self.connect(host, port, tls=False).close()
            except OSError:
                return ()  # `note` has it
            trips.append(round((time.monotonic() - began) * 1000, 3))
            time.sleep(_PROBE_S)
        return tuple(trips)

    def cut(self) -> None:
        """Wake everybody who waits for a connection, and let nobody begin anew."""
        with self._lock:
            self._is_cut = True
            for each in self._opened:
                with contextlib.suppress(OSError):  # it may be closed already
                    each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close what the library leaves open. It must have ended."""
        with self._lock:
            for each in self._opened:
                if each.fileno() >= 0:  # `close` would wait for its forgotten file objects
                    socket.close(each.detach())
            self._opened.clear()

    def opener(self) -> OpenerDirector:
        """Make an opener without proxies; errors and foreign redirects are noted."""
        director = OpenerDirector()
        director.addheaders = [("User-agent", "speedtest-cli/2.1.3 centre-audit")]
        for handler in (_Handler(self), _Errors(self), _Redirects(self), HTTPErrorProcessor()):
            director.add_handler(handler)
        return director


class _Response(HTTPResponse):
    """Bounded: the library would read for ever."""

    most = LARGEST_WORDS
    taken = 0

    def read(self, amt: int | None = None) -> bytes:
        data = super().read(self.most + 1 - self.taken if amt is None else amt)
        self.taken += len(data)
        if self.taken > self.most:
            message = "an answer that is too large"
            raise OSError(message)
        return data


class _Picture(_Response):
    most = LARGEST_PICTURE


class _Connection(HTTPConnection):
    """Made by the gate."""

    def __init__(self, way: Way, host: str, *, tls: bool, is_picture: bool) -> None:
        super().__init__(host, http.client.HTTPS_PORT if tls and ":" not in host else None)
        self._way = way
        self._tls = tls
        self.response_class = _Picture if is_picture else _Response

    def connect(self) -> None:
        self.sock = self._way.connect(self.host, self.port, tls=self._tls)


class _Handler(AbstractHTTPHandler):
    """Speaks http: and https:."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self._way = way

    def http_open(self, asked: Request) -> HTTPResponse:
        return self._open(asked, tls=False)

    def https_open(self, asked: Request) -> HTTPResponse:
        return self._open(asked, tls=True)

    def http_request(self, asked: Request) -> Request:
        asked.remove_header("Accept-encoding")  # what is small now may be large unpacked
        return self.do_request_(asked)

    https_request = http_request

    def http_response(self, _asked: Request, answer: HTTPResponse) -> HTTPResponse:
        kind = answer.headers.get("Content-Type", "")
        if answer.headers.get("Content-Encoding"):
            raise self._way.note(NoSample(Cause.PROTOCOL_ERROR, "a packed answer"))
        if kind.startswith("text/html"):
            self._way.note(NoSample(Cause.CAPTIVE_PORTAL, "a web page"))
        return answer

    https_response = http_response

    def _open(self, asked: Request, *, tls: bool) -> HTTPResponse:
        is_picture = urlsplit(asked.full_url).path.endswith(".jpg")

        def made(host: str, **_rest: object) -> _Connection:
            return _Connection(self._way, host, tls=tls, is_picture=is_picture)

        return self.do_open(made, asked)


class _Errors(HTTPDefaultErrorHandler):
    """Notes refusals: the library forgets them."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def http_error_default(
        self, req: Request, fp: IO[bytes], code: int, msg: str, hdrs: HTTPMessage
    ) -> HTTPError:
        fields = {name.lower(): value for name, value in hdrs.items()}
        try:
            must_be_ok(Head(code, fields), req.host or "")
        except NoSample as error:
            self._way.note(error)
        raise HTTPError(req.full_url, code, msg, hdrs, fp)


class _Redirects(HTTPRedirectHandler):
    """Follows redirects on the same host only."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).hostname != urlsplit(req.full_url).hostname:
            where = newurl[:200]
            self._way.note(
                NoSample(Cause.CAPTIVE_PORTAL, f"HTTP {code} to {where!r}", http_status=code)
            )
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
