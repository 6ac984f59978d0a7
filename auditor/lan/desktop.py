"""Remote desktops: what protects them. Nobody logs in and no picture is fetched."""

import struct

from auditor.lan.remarks import Remark
from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk

_CONFIRM = 0xD0
_SELECTED, _REFUSED = 2, 3
_PLAIN, _TLS = 0, 1
_NLA = frozenset({2, 8})
_WANTS_NLA = 5
_SIZE = 19


def rdp(_peer: Peer) -> Talk:
    """Negotiate the security of RDP ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2), then read the certificate."""
    request = struct.pack("<BBHI", 1, 0, 8, 3)  # TLS or network level authentication
    connect = b"\x0e\xe0" + bytes(5) + request
    heard = yield Ask(struct.pack("!BBH", 3, 0, 4 + len(connect)) + connect, enough=_whole)
    if heard[:2] != b"\x03\x00" or len(heard) < 11 or heard[5] != _CONFIRM:  # noqa: PLR2004 - TPKT and X.224
        return NOTHING
    if len(heard) < _SIZE:  # an old server confirms without a word about security
        return Said("rdp", is_plain_admin=True)
    kind, _flags, _size, value = struct.unpack_from("<BBHI", heard, 11)
    if kind == _REFUSED:
        nla = value == _WANTS_NLA
        remarks = (Remark.NETWORK_LEVEL_AUTHENTICATION,) if nla else ()
        return Said("rdp", remarks=remarks, is_plain_admin=None if nla else True)
    if kind != _SELECTED or value == _PLAIN:
        return Said("rdp", is_plain_admin=True)
    yield Ask(tls=True)
    remarks = (Remark.NETWORK_LEVEL_AUTHENTICATION,) if value in _NLA else ()
    return Said("rdp", remarks=remarks, is_plain_admin=False)


def _whole(heard: bytes) -> bool:
    return len(heard) >= 4 and len(heard) >= int.from_bytes(heard[2:4], "big")  # noqa: PLR2004 - the header
