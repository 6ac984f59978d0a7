"""Where a visit goes: a web address in its parts."""

from typing import NamedTuple
from urllib.parse import quote, urlsplit

_HTTP, _HTTPS = 80, 443
_AS_THEY_ARE = "%/:?#[]@!$&'()*+,;=-._~"
_LONGEST = 4000


class Place(NamedTuple):
    """An http: or https: address. User, password and fragment of a URL are left out: never sent."""

    tls: bool
    host: str
    port: int
    path: str
    query: str

    @property
    def authority(self) -> str:
        """What stands in the `Host` field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (_HTTPS if self.tls else _HTTP) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a secret is bound to (RFC 6454)."""
        return f"{'https' if self.tls else 'http'}://{self.authority}"

    @property
    def target(self) -> str:
        """What is asked for there."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.target}"

    @property
    def shown(self) -> str:
        """The address without what may hold a session or a key: query and parameters."""
        return f"{self.origin}{self.path.partition(';')[0]}"


def place_of(url: str) -> Place:
    """Split a URL. Raises `ValueError` for what is no http: or https: address of a host."""
    if len(url) > _LONGEST:
        message = "an address of more than 4000 characters"
        raise ValueError(message)
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in {"http", "https"} or not host:
        message = "no http: or https: address"
        raise ValueError(message)
    if ":" not in host:  # UnicodeError is a ValueError
        host = host.encode("idna").decode("ascii")
    return Place(
        tls,
        host,
        parts.port or (_HTTPS if tls else _HTTP),
        quote(parts.path or "/", safe=_AS_THEY_ARE),
        quote(parts.query, safe=_AS_THEY_ARE),
    )


def shown(url: str) -> str:
    """Return a URL without user, query and fragment; "" for what is none."""
    try:
        return place_of(url).shown
    except ValueError:
        return ""
