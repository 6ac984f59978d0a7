"""Pseudonyms: a keyed hash of what identifies, so that the same machine stays visible as one.

The key never leaves the centre; without it no dictionary of likely names leads back (RFC 2104).
"""

import hashlib
import hmac
import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from auditor.model import Hides

MASK = "[ẩn]"
"""Stands where something was left out."""

_DIGITS = 12
_LABELS = {
    Hides.HOST: "may",
    Hides.PERSON: "nguoi",
    Hides.FILE: "tep",
    Hides.TEXT: "muc",
}
"""Words before a pseudonym: máy, người, tệp, mục."""

_KINDS_SHOWN = frozenset({"csv", "docx", "json", "pdf", "xlsx", "xml", "yaml"})
_LOCAL_BIT, _VENDOR = 2, 8
_MAC = re.compile(r"[0-9a-f]{12}", re.ASCII)
TOKEN = re.compile(
    r"\[ẩn\]|(?:may|nguoi|tep|muc|mac|ip4|ip6|mang4|mang6|[0-9a-f]{2}(?::[0-9a-f]{2}){2})"
    rf"-[0-9a-f]{{{_DIGITS}}}"
)
"""What a redactor writes in place of something."""

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def folded(text: str) -> str:
    """Return what is the same for all writings of one name: NFC and lower case."""
    return unicodedata.normalize("NFC", text).lower().strip()


class Pseudonyms:
    """Names by a key; the same key and name always give the same pseudonym."""

    def __init__(self, secret: bytes) -> None:
        """Derive the key of the names from the secret of a dossier."""
        self._key = hmac.digest(secret, b"urn:audit:dossier:v1 names", hashlib.sha256)

    def _token(self, label: str, text: str) -> str:
        return f"{label}-{hmac.digest(self._key, text.encode(), hashlib.sha256).hex()[:_DIGITS]}"

    def of(self, kind: Hides, text: str) -> str:
        """Return how a whole value of this kind is shown."""
        if not text:
            return text
        if kind is Hides.MAC:
            return self.mac(text)
        if kind is Hides.URL:
            return self.url(text)
        if kind is Hides.FILE:
            return self.file(text)
        if kind in {Hides.HOST, Hides.ADDRESS}:
            return self.host(text)
        return self._token(_LABELS[kind], folded(text)) if kind in _LABELS else MASK

    def mac(self, text: str) -> str:
        """Keep the vendor of a hardware address; a random one has none."""
        digits = re.sub("[.:-]", "", folded(text))
        if not _MAC.fullmatch(digits):
            return MASK
        plain = ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
        has_vendor = not int(digits[:2], 16) & _LOCAL_BIT
        return self._token(plain[:_VENDOR] if has_vendor else "mac", plain)

    def address(self, text: str) -> str | None:
        """Hide an address or a network; None for anything else. Which lie together is not told."""
        bare = folded(text).partition("%")[0].strip("[]")
        found: Address | Network
        try:
            found = ip_address(bare)
        except ValueError:
            try:
                found = ip_network(bare, strict=False)
            except ValueError:
                return None
            return self._token(f"mang{found.version}", str(found)) if found.prefixlen else text
        if found.is_loopback or found.is_unspecified:
            return text  # every machine's own
        return self._token(f"ip{found.version}", str(found))

    def host(self, text: str) -> str:
        """Hide the name or the address of a machine, or several names."""
        names = text.split(", ")
        if len(names) > 1:
            return ", ".join(map(self.host, names))
        return self.address(text) or self._token(_LABELS[Hides.HOST], folded(text).rstrip("."))

    def file(self, text: str) -> str:
        """Hide a path; what kind of file it is stays."""
        ending = text.strip().rpartition(".")[2]
        shown = f".{ending}" if ending.lower() in _KINDS_SHOWN else ""
        return self._token(_LABELS[Hides.FILE], folded(text)) + shown

    def url(self, text: str) -> str:
        """Keep how a thing is reached; hide who, where and what."""
        try:
            parts = urlsplit(text)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return MASK
        if not parts.scheme or text == f"{parts.scheme}:":
            return text if text in {"local:", "doc:", "net:", "run:"} else MASK
        scheme = text[: len(parts.scheme)]
        if not parts.hostname:
            return f"{scheme}:{self.file(parts.path)}"
        rest = text.partition("://")[2].partition(parts.netloc)[2]
        slash = "/" if rest.startswith("/") else ""
        return f"{scheme}://{self.host(parts.hostname)}{port}{slash}{MASK if rest[1:] else ''}"
