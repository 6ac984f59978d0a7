"""OpenVPN's first two packets (openvpn: src/openvpn/ssl_pkt.h): a hard reset and its answer.

A server with tls-auth or tls-crypt answers nobody without its key.
"""

import struct

from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk

OPENVPN = "openvpn"
_CLIENT_RESET, _SERVER_RESET = 7 << 3, 8 << 3
_SESSION_BYTES, _ID_BYTES = 8, 4
_MOST_ACKNOWLEDGED = 8
_OVER_TCP = b"auditask"
"""Our session over TCP; a connection needs no secret against answers of others."""


def reset(session: bytes) -> bytes:
    """Build P_CONTROL_HARD_RESET_CLIENT_V2: nothing acknowledged, packet 0."""
    return struct.pack("!B8sBI", _CLIENT_RESET, session, 0, 0)


def is_answer(heard: bytes, session: bytes) -> bool:
    """Whether this is P_CONTROL_HARD_RESET_SERVER_V2 that acknowledges our packet 0."""
    head = 1 + _SESSION_BYTES + 1
    if len(heard) < head or heard[0] != _SERVER_RESET:
        return False
    theirs, count = heard[1:9], heard[9]
    ids_end = head + count * _ID_BYTES
    if not 0 < count <= _MOST_ACKNOWLEDGED or theirs in {session, bytes(_SESSION_BYTES)}:
        return False
    is_whole = len(heard) == ids_end + _SESSION_BYTES + _ID_BYTES
    ids = heard[head:ids_end]
    has_ours = any(not any(ids[i : i + _ID_BYTES]) for i in range(0, len(ids), _ID_BYTES))
    return is_whole and has_ours and heard[ids_end : ids_end + _SESSION_BYTES] == session


def openvpn(_peer: Peer) -> Talk:
    """Ask over TCP, where a length of two bytes stands before each packet."""
    packet = reset(_OVER_TCP)
    heard = yield Ask(struct.pack("!H", len(packet)) + packet, enough=_whole)
    body = heard[2 : 2 + int.from_bytes(heard[:2], "big")]
    return Said(OPENVPN) if is_answer(body, _OVER_TCP) else NOTHING


def _whole(heard: bytes) -> bool:
    return len(heard) >= 2 and len(heard) >= 2 + int.from_bytes(heard[:2], "big")  # noqa: PLR2004 - the length itself
