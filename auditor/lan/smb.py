"""Windows file sharing: dialect, signing, and the names that the server gives before any login.

[MS-SMB2] 2.2.3, 2.2.4 and 2.2.5; [MS-NLMP] 2.2.1.1 and 2.2.1.2. The second message begins an NTLM
exchange and ends it there: no user name and no password is ever sent, and no share is listed.
"""

import struct
from collections.abc import Iterator

from auditor.lan.remarks import Remark
from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk, clean

_DIALECTS = {
    0x0202: "2.0.2",
    0x0210: "2.1",
    0x0300: "3.0",
    0x0302: "3.0.2",
    0x0311: "3.1.1",
}
_NEGOTIATE, _SESSION_SETUP = 0, 1
_SIGNING_REQUIRED = 0x02
_HEADER = 64
_NTLM_FLAGS = 0xE2088297
_CHALLENGE = b"NTLMSSP\x00\x02\x00\x00\x00"
_NAMES = frozenset({1, 3})
"""NetBIOS and DNS name of the computer among the pairs of [MS-NLMP] 2.2.2.1."""


def smb(_peer: Peer) -> Talk:
    """Negotiate SMB 2 or 3, then read the challenge's names."""
    heard = yield Ask(_framed(_negotiate()), enough=_whole)
    body = _answer(heard, _NEGOTIATE)
    if len(body) < 65:  # noqa: PLR2004 - the fixed part
        return NOTHING
    mode, dialect = struct.unpack_from("<HH", body, 2)
    said = Said(
        "smb",
        version=_DIALECTS.get(dialect, f"0x{dialect:04x}"),
        identities=_guid(body[8:24]),
        remarks=(Remark.SIGNING_REQUIRED,) if mode & _SIGNING_REQUIRED else (),
    )
    heard = yield Ask(_framed(_session_setup()), enough=_whole)
    names = tuple(dict.fromkeys(challenge_names(heard)))
    return said.joined(Said(names=names))


def _guid(guid: bytes) -> tuple[str, ...]:
    """Return the server's GUID unless it is only its name, as Samba makes it, or nothing."""
    is_name = all(byte == 0 or 32 <= byte < 127 for byte in guid)  # noqa: PLR2004 - printable ASCII
    return () if is_name else (f"smb:{guid.hex()}",)


def smb1(_peer: Peer) -> Talk:
    """Ask whether the server still speaks SMB 1 ([MS-CIFS] 2.2.4.52): a remark, nothing more."""
    dialect = b"\x02NT LM 0.12\x00"
    message = (
        b"\xffSMB\x72"
        + bytes(4)
        + struct.pack("<BH", 0x18, 0x0801)
        + bytes(12)
        + struct.pack("<HHHH", 0, 1, 0, 1)
        + b"\x00"
        + struct.pack("<H", len(dialect))
        + dialect
    )
    heard = yield Ask(_framed(message), enough=_whole)
    chosen = heard[37:39] if heard[4:9] == b"\xffSMB\x72" else b""
    if chosen not in {b"", b"\xff\xff"}:
        return Said("smb", version="1", remarks=(Remark.SMB1,))
    return NOTHING


def _framed(message: bytes) -> bytes:
    return struct.pack("!I", len(message)) + message


def _whole(heard: bytes) -> bool:
    return len(heard) >= 4 and len(heard) >= 4 + int.from_bytes(heard[1:4], "big")  # noqa: PLR2004 - the length


def _header(command: int, message: int) -> bytes:
    return (
        b"\xfeSMB"
        + struct.pack("<HHIHHIIQ", _HEADER, 0, 0, command, 1, 0, 0, message)
        + bytes(8 + 8 + 16)
    )


def _negotiate() -> bytes:
    hashes = struct.pack("<HHH", 1, 32, 1) + bytes(32)
    context = struct.pack("<HHI", 1, len(hashes), 0) + hashes
    dialects = struct.pack(f"<{len(_DIALECTS)}H", *_DIALECTS)
    before = _HEADER + 36 + len(dialects)
    padding = -before % 8
    body = struct.pack("<HHHHI", 36, len(_DIALECTS), 1, 0, 0) + bytes(16)
    body += struct.pack("<IHH", before + padding, 1, 0)
    return _header(_NEGOTIATE, 0) + body + dialects + bytes(padding) + context


def _session_setup() -> bytes:
    ntlm = b"NTLMSSP\x00" + struct.pack("<II", 1, _NTLM_FLAGS) + bytes(24)
    # NegTokenInit offering NTLM only (RFC 4178); all lengths are fixed because the token's is
    token = (
        bytes.fromhex("604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a0428") + ntlm
    )
    body = struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, _HEADER + 24, len(token), 0)
    return _header(_SESSION_SETUP, 1) + body + token


def _answer(heard: bytes, command: int) -> bytes:
    """Return the body of a response to a command; empty when it is none."""
    message = heard[4:]
    if message[:4] != b"\xfeSMB" or message[12:14] != struct.pack("<H", command):
        return b""
    return message[_HEADER:]


def challenge_names(heard: bytes) -> Iterator[str]:
    """Yield what an NTLM challenge calls the computer."""
    start = heard.find(_CHALLENGE)
    if start < 0 or len(heard) < start + 48:
        return
    size, _most, offset = struct.unpack_from("<HHI", heard, start + 40)
    pairs = heard[start + offset : start + offset + size]
    at = 0
    while at + 4 <= len(pairs):
        kind, length = struct.unpack_from("<HH", pairs, at)
        if kind == 0:
            return
        name = clean(pairs[at + 4 : at + 4 + length].decode("utf-16-le", "replace"))
        if kind in _NAMES and name:
            yield name.lower()
        at += 4 + length
