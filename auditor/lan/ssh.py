"""SSH: the banner, and the host key by which a machine with two addresses is known.

The key is read as `ssh-keyscan` does: the key exchange is begun (RFC 4253, 7 and 8; RFC 5656, 4;
RFC 8731) and left once the server has shown its key. Nobody logs in. Public values of the exchange
are fixed points of each group: nothing secret will ever depend on them.
"""

import base64
import hashlib
import struct
from collections.abc import Callable

from auditor.lan.banners import spoken_first
from auditor.lan.talk import Ask, Peer, Said, Talk

_KEXINIT = 20
_KEX_REPLY = 31
_MOST = 40000
_G256 = bytes.fromhex(
    "04"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The base point of P-256 (FIPS 186, D.1.2.3), uncompressed."""


def _string(content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + content


_EXCHANGES = {
    b"curve25519-sha256": _string(b"\x09" + bytes(31)),
    b"curve25519-sha256@libssh.org": _string(b"\x09" + bytes(31)),
    b"ecdh-sha2-nistp256": _string(_G256),
    b"diffie-hellman-group14-sha256": _string(b"\x55" * 256),
    b"diffie-hellman-group14-sha1": _string(b"\x55" * 256),
    b"diffie-hellman-group1-sha1": _string(b"\x55" * 128),
}
_KEYS = (
    b"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    b"rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-dss"
)
_CIPHERS = (
    b"aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
    b"aes128-cbc,aes256-cbc,3des-cbc"
)
_MACS = b"hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5"


def ssh(_peer: Peer) -> Talk:
    """Read the banner, then the host key."""
    heard = yield Ask(enough=_banner_told, within_s=5.0)
    said = spoken_first(heard)
    if said.protocol != "ssh":
        return said
    start = heard.find(b"SSH-")
    rest = heard[start:].partition(b"\n")[2]
    rest += yield Ask(
        b"SSH-2.0-centre_audit\r\n" + _packet(_our_kexinit()),
        enough=_after(rest, _whole_packet),
        at_most=_MOST,
    )
    payload, rest = _unpacked(rest)
    value = _EXCHANGES.get(_agreed(payload))
    if value is None:
        return said
    rest += yield Ask(_packet(b"\x1e" + value), enough=_after(rest, _whole_packet), at_most=_MOST)
    key = _host_key(_unpacked(rest)[0])
    if not key:
        return said
    digest = base64.b64encode(hashlib.sha256(key).digest()).rstrip(b"=").decode()
    return said.joined(Said(identities=(f"ssh:SHA256:{digest}",)))


def _after(before: bytes, enough: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
    return lambda heard: enough(before + heard)


def _banner_told(heard: bytes) -> bool:
    start = heard.find(b"SSH-")
    return start >= 0 and b"\n" in heard[start:]


def _packet(payload: bytes) -> bytes:
    """Frame a payload (RFC 4253, 6): blocks of eight, at least four bytes of padding."""
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0  # noqa: PLR2004 - the least that the RFC allows
    return struct.pack("!IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def _our_kexinit() -> bytes:
    lists = (b",".join(_EXCHANGES), _KEYS, _CIPHERS, _CIPHERS, _MACS, _MACS, b"none", b"none")
    body = b"".join(_string(names) for names in (*lists, b"", b""))
    return bytes([_KEXINIT]) + bytes(16) + body + bytes(5)


def _whole_packet(heard: bytes) -> bool:
    return len(heard) >= 4 and len(heard) >= 4 + int.from_bytes(heard[:4], "big")  # noqa: PLR2004 - the length


def _unpacked(heard: bytes) -> tuple[bytes, bytes]:
    """Split the first packet off: its payload, and what follows."""
    if not _whole_packet(heard):
        return b"", b""
    size = int.from_bytes(heard[:4], "big")
    padding = heard[4] if size else 0
    return heard[5 : 4 + size - padding], heard[4 + size :]


def _agreed(payload: bytes) -> bytes:
    """Return the exchange that both sides know: the first of ours (RFC 4253, 7.1)."""
    if len(payload) < 21 or payload[0] != _KEXINIT:  # noqa: PLR2004 - cookie and first length
        return b""
    size = int.from_bytes(payload[17:21], "big")
    theirs = set(payload[21 : 21 + size].split(b","))
    return next((name for name in _EXCHANGES if name in theirs), b"")


def _host_key(payload: bytes) -> bytes:
    if len(payload) < 5 or payload[0] != _KEX_REPLY:  # noqa: PLR2004 - kind and length
        return b""
    size = int.from_bytes(payload[1:5], "big")
    key = payload[5 : 5 + size]
    return key if len(key) == size and size > 8 else b""  # noqa: PLR2004 - a key has a name
