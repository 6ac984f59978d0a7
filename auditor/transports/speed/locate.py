"""Which ndt7 server to use: the operator's, or one that M-Lab's locate service names.

Source: m-lab/locate, README and api/v2 (`/v2/nearest`). Tokens in the answer are meant for one
use; they go into the request and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor import __version__
from auditor.internet.causes import Cause, NoSample
from auditor.internet.transfer import Order
from auditor.model import SERVICES, SpeedBackend
from auditor.transports.speed import Dial
from auditor.transports.speed.fetch import fetched, json_of
from auditor.transports.speed.http import Head, Place, must_be_ok

_HOST, *_DOMAINS = SERVICES[SpeedBackend.NDT7]
SERVICE = f"https://{_HOST}"
NEAREST = "/v2/nearest/ndt/ndt7"
DOWNLOAD, UPLOAD = "/ndt/v7/download", "/ndt/v7/upload"
_QUERY = f"client_name=centre-audit&client_version={__version__}"
_LIMITS = frozenset({204, 429})
_TLS = {"ws": False, "http": False, "wss": True, "https": True}
_MOST = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A server: where each direction goes, and where it stands, as far as it is known."""

    down: Place
    up: Place
    place: str = ""
    country: str = ""
    is_located: bool = False
    """Whether the service chose it."""


def nearest(order: Order, dial: Dial) -> tuple[Found, ...]:
    """Return servers, best first. Raises `NoSample`.

    A server's `url` is its origin (`wss://host:port`), or a locate service if its path is that of
    one; empty means M-Lab's.
    """
    url = order.server.url or SERVICE + NEAREST
    origin = socket_place(url)
    if order.server.url and origin.path != NEAREST:
        prefix = origin.path.rstrip("/")
        down, up = (
            Place(origin.host, origin.port, origin.tls, prefix + path)
            for path in (DOWNLOAD, UPLOAD)
        )
        return (Found(down, up, country=order.server.country),)
    head, body = fetched(
        origin,
        dial,
        ip_version=order.ip_version,
        ca_file=order.server.ca_file,
        query=_QUERY,
    )
    _must_be_ok(head)
    found = _read(json_of(head, body, "locate"))
    if not order.server.url and not all(_is_of_mlab(each) for each in found):
        raise NoSample(Cause.PROTOCOL_ERROR, "locate: a server that is not M-Lab's")
    return found


def _is_of_mlab(found: Found) -> bool:
    """Say whether an answer stays within M-Lab: it must not lead to machines of the centre."""
    both = (found.down, found.up)
    return all(each.host.endswith(tuple(_DOMAINS)) and each.tls for each in both)


def socket_place(url: str) -> Place:
    """Split a ws:, wss:, http: or https: URL. Raises `NoSample` PROTOCOL_ERROR."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoSample(Cause.PROTOCOL_ERROR, f"no URL: {error}") from error
    if parts.scheme not in _TLS or not parts.hostname:
        raise NoSample(Cause.PROTOCOL_ERROR, f"{parts.scheme}: no ws: or wss: URL")
    tls = _TLS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.hostname, port or (443 if tls else 80), tls, target)


def _must_be_ok(head: Head) -> None:
    """Raise `NoSample` unless the service answered; its limits have a cause of their own."""
    try:
        must_be_ok(head, "locate")
    except NoSample as error:
        if head.status in _LIMITS:
            raise NoSample(
                Cause.LOCATE_RATE_LIMITED,
                error.detail,
                http_status=error.http_status,
                retry_after_s=error.retry_after_s,
            ) from error
        raise


def _read(said: object) -> tuple[Found, ...]:
    results = said.get("results") if isinstance(said, Mapping) else None
    if not isinstance(results, list):
        raise NoSample(Cause.PROTOCOL_ERROR, "locate: no results")
    found = [_one(each) for each in results[:_MOST]]
    usable = tuple(each for each in found if each is not None)
    if not usable:
        raise NoSample(Cause.PROTOCOL_ERROR, "locate: no usable server")
    return usable


def _one(said: object) -> Found | None:
    """Read one result; None for what is none. TLS is used where it is offered."""
    urls = said.get("urls") if isinstance(said, Mapping) else None
    if not isinstance(said, Mapping) or not isinstance(urls, Mapping):
        return None
    for scheme in ("wss", "ws"):
        both = [urls.get(f"{scheme}://{path}") for path in (DOWNLOAD, UPLOAD)]
        if all(isinstance(url, str) for url in both):
            location = said.get("location")
            where = location if isinstance(location, Mapping) else {}
            try:
                down, up = (socket_place(str(url)) for url in both)
            except NoSample:
                return None
            return Found(
                down, up, _text(where.get("city")), _text(where.get("country")), is_located=True
            )
    return None


def _text(value: object) -> str:
    return value[:100] if isinstance(value, str) else ""
