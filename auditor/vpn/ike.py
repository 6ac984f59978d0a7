"""The first exchange of IKEv2 (RFC 7296, 1.2 and 3): IKE_SA_INIT, which is never gone on with."""

import struct

IKE = "ike"
NAT_PORT = 4500
_MARKER = bytes(4)
"""Before IKE on port 4500 (RFC 3948, 2.2)."""

_HEADER = struct.Struct("!8s8sBBBBII")
_SA, _KEY, _NONCE, _NOTIFY, _NONE = 33, 34, 40, 41, 0
_VERSION, _SA_INIT = 0x20, 34
_INITIATOR, _RESPONSE = 0x08, 0x20
_GROUPS = (14, 19, 31)
_KEY_BYTES = 256
RANDOM_BYTES = _KEY_BYTES + 32
"""So many random bytes a request needs: a public value of group 14, and a nonce."""

_WORDS = {
    7: "INVALID_SYNTAX",
    14: "NO_PROPOSAL_CHOSEN",
    17: "INVALID_KE_PAYLOAD",
    16390: "COOKIE",
}


def request(spi: bytes, random: bytes, port: int) -> bytes:
    """Build IKE_SA_INIT: AES-256 and SHA-256 with groups 14, 19 or 31. No key lies behind it."""
    transforms = [(1, 12, 256), (2, 5, 0), (3, 12, 0), *((4, group, 0) for group in _GROUPS)]
    offered = b"".join(
        _transform(*each, is_last=number == len(transforms))
        for number, each in enumerate(transforms, 1)
    )
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(offered), 1, 1, 0, len(transforms)) + offered
    public = b"\x01" + random[1:_KEY_BYTES]  # below the prime, whatever the bytes
    body = (
        _payload(_KEY, proposal)
        + _payload(_NONCE, struct.pack("!HH", _GROUPS[0], 0) + public)
        + _payload(_NONE, random[_KEY_BYTES:RANDOM_BYTES])
    )
    length = _HEADER.size + len(body)
    head = _HEADER.pack(spi, bytes(8), _SA, _VERSION, _SA_INIT, _INITIATOR, 0, length)
    return (_MARKER if port == NAT_PORT else b"") + head + body


def answered(heard: bytes, spi: bytes, port: int) -> str:
    """Return how IKE answered our request, or nothing when this is no answer to it.

    A refusal (NO_PROPOSAL_CHOSEN) and a COOKIE are answers of IKE as well.
    """
    if port == NAT_PORT:
        heard = heard[len(_MARKER) :] if heard.startswith(_MARKER) else b""
    if len(heard) < _HEADER.size + 4:
        return ""
    ours, theirs, first, version, exchange, flags, number, length = _HEADER.unpack_from(heard)
    is_ours = ours == spi and theirs != spi and (version & 0xF0, exchange) == (_VERSION, _SA_INIT)
    is_response = bool(flags & _RESPONSE) and not flags & _INITIATOR
    if not is_ours or not is_response or number != 0 or length != len(heard):
        return ""
    if first == _SA and any(theirs):
        return IKE
    return _refused(heard[_HEADER.size :]) if first == _NOTIFY else ""


def _refused(payload: bytes) -> str:
    """Read a notification: the payload's header of four bytes, protocol, SPI size, type."""
    size = int.from_bytes(payload[2:4], "big")
    if not 8 <= size <= len(payload):  # noqa: PLR2004 - both headers
        return ""
    kind = int.from_bytes(payload[6:8], "big")
    return f"{IKE}: {_WORDS.get(kind, f'notify {kind}')}"


def _transform(kind: int, number: int, key_bits: int, *, is_last: bool) -> bytes:
    attribute = struct.pack("!HH", 0x8000 | 14, key_bits) if key_bits else b""
    more = 0 if is_last else 3
    return struct.pack("!BBHBBH", more, 0, 8 + len(attribute), kind, 0, number) + attribute


def _payload(next_kind: int, content: bytes) -> bytes:
    return struct.pack("!BBH", next_kind, 0, 4 + len(content)) + content
