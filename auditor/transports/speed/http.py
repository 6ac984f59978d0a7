"""As much of HTTP/1.1 as a speed test needs, without copying a body (RFC 9112)."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from auditor.internet.causes import Cause, NoSample

LARGEST_HEAD = 16 * 1024
_END = b"\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_LONGEST_CHUNK_LINE = 256
_RATE_LIMITS = frozenset({204, 403, 429})
_BUSY = frozenset({503})
OK = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: the parts of an http: or https: URL."""

    host: str
    port: int
    tls: bool
    path: str

    @property
    def authority(self) -> str:
        """What stands in the `Host` field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.tls else 80
        return host if self.port == usual else f"{host}:{self.port}"


def place_of(url: str, path: str = "") -> Place:
    """Split a server's URL joined with a relative path. Raises `NoSample` PROTOCOL_ERROR."""
    try:
        parts = urlsplit(urljoin(url if url.endswith("/") else f"{url}/", path))
        port = parts.port
    except ValueError as error:
        raise NoSample(Cause.PROTOCOL_ERROR, f"{url}: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NoSample(Cause.PROTOCOL_ERROR, f"{url}: no http: or https: URL")
    tls = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.hostname, port or (443 if tls else 80), tls, target)


def request(method: str, place: Place, query: str = "", *, length: int | None = None) -> bytes:
    """Write a request's head; with `length` a body of so many bytes follows."""
    joint = "&" if "?" in place.path else "?"
    target = f"{place.path}{joint}{query}" if query else place.path
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {place.authority}",
        "User-Agent: centre-audit",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Cache-Control: no-store",
    ]
    if length is not None:
        lines += ["Content-Type: application/octet-stream", f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Head:
    """A response's status and fields, names in lower case; the last of equal names wins."""

    status: int
    fields: dict[str, str]

    @property
    def is_html(self) -> bool:
        """Whether the body calls itself a web page."""
        return self.fields.get("content-type", "").lower().startswith("text/html")

    @property
    def keeps_alive(self) -> bool:
        """Whether the server will take another request on this connection."""
        return "close" not in self.fields.get("connection", "").lower()


class HeadReader:
    """Collects a response's head from pieces."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self._seen = bytearray()

    def feed(self, piece: memoryview) -> tuple[Head, int] | None:
        """Take a piece; return the head and how many bytes of the piece belong to it.

        None while the head is incomplete. Raises `NoSample` PROTOCOL_ERROR.
        """
        before = len(self._seen)
        self._seen += piece[: LARGEST_HEAD + len(_END)]
        end = self._seen.find(_END, max(0, before - len(_END) + 1))
        if end < 0:
            if len(self._seen) >= LARGEST_HEAD:
                raise NoSample(Cause.PROTOCOL_ERROR, "an endless response head")
            return None
        head = parsed(bytes(self._seen[:end]))
        self._seen.clear()
        return head, end + len(_END) - before


def parsed(raw: bytes) -> Head:
    """Read a response's head without its final empty line. Raises `NoSample` PROTOCOL_ERROR."""
    first, *rest = raw.split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise NoSample(Cause.PROTOCOL_ERROR, f"no HTTP: {first[:80]!r}")
    fields = {}
    for line in rest:
        name, colon, value = line.partition(b":")
        if colon:
            fields[name.decode("latin-1").strip().lower()] = value.decode("latin-1").strip()
    return Head(int(status[1]), fields)


def must_be_ok(head: Head, what: str) -> None:
    """Raise `NoSample` for every status but 200, each with its cause."""
    if head.status == OK:
        return
    detail = f"{what}: HTTP {head.status}"
    if head.status in _RATE_LIMITS:
        retry = head.fields.get("retry-after", "")
        seconds = int(retry) if re.fullmatch(r"[0-9]{1,7}", retry) else None
        raise NoSample(Cause.RATE_LIMITED, detail, http_status=head.status, retry_after_s=seconds)
    if 300 <= head.status < 400:  # noqa: PLR2004 - redirects (RFC 9110, 15.4), never followed
        where = head.fields.get("location", "")[:200]
        raise NoSample(Cause.CAPTIVE_PORTAL, f"{detail} to {where!r}", http_status=head.status)
    cause = Cause.SERVER_BUSY if head.status in _BUSY else Cause.SERVER_REJECTED
    raise NoSample(cause, detail, http_status=head.status)


class Body:
    """Counts a body's payload by its framing; keeps no byte of it.

    `is_done` after the last byte; a body without length or chunks ends with the connection.
    """

    def __init__(self, head: Head) -> None:
        """Choose the framing. Raises `NoSample` PROTOCOL_ERROR for a length that is none."""
        self._chunked = "chunked" in head.fields.get("transfer-encoding", "").lower()
        length = head.fields.get("content-length", "")
        if length and not re.fullmatch(r"[0-9]{1,15}", length):
            raise NoSample(Cause.PROTOCOL_ERROR, f"content-length {length[:40]!r}")
        self.ends_with_connection = not self._chunked and not length
        self._left = int(length) if length and not self._chunked else 0
        self._line = bytearray()
        self._in_chunk = False
        self._is_last = False
        self.is_done = not self._chunked and not self.ends_with_connection and self._left == 0

    def feed(self, piece: memoryview) -> int:
        """Take a piece and return how many of its bytes are payload. Raises `NoSample`."""
        if self.ends_with_connection:
            return len(piece)
        if not self._chunked:
            taken = min(self._left, len(piece))
            self._left -= taken
            self.is_done = self._left == 0
            return taken
        return self._chunks(piece)

    def _chunks(self, piece: memoryview) -> int:
        payload = at = 0
        while at < len(piece) and not self.is_done:
            if self._in_chunk:
                taken = min(self._left, len(piece) - at)
                self._left -= taken
                payload += taken
                at += taken
                self._in_chunk = self._left > 0
                continue
            at += self._sized(piece[at:])
        return payload

    def _sized(self, piece: memoryview) -> int:
        """Read on in the line before a chunk, or behind the last; return how much was used."""
        before = len(self._line)
        self._line += piece[:_LONGEST_CHUNK_LINE]
        if self._is_last:  # trailers are ignored: the empty line ends the body
            end = self._line.find(b"\r\n")
            if end >= 0:
                self.is_done = end == 0
                self._line.clear()
                return end + 2 - before
        else:
            start = 2 if self._line.startswith(b"\r\n") else 0  # what ends the chunk before
            line = _CHUNK.match(self._line, start)
            if line:
                self._left = int(line[1], 16)
                self._is_last = self._left == 0
                self._in_chunk = not self._is_last
                self._line.clear()
                return line.end() - before
        if len(self._line) >= _LONGEST_CHUNK_LINE:
            raise NoSample(Cause.PROTOCOL_ERROR, "no chunk where one should begin")
        return min(len(piece), _LONGEST_CHUNK_LINE)
