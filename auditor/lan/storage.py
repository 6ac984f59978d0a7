"""Storage over the network: what is registered at rpcbind, NFS, iSCSI. Nothing is mounted."""

import struct

from auditor.lan.remarks import Remark
from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk

_PORTMAP, _DUMP = 100000, 4
_PROGRAMS = {100003: Remark.NFS, 395183: Remark.VXI11}
_XID = 0x61756474
_MISMATCH = 2
_ISCSI_LOGIN, _ISCSI_LOGIN_RESPONSE = 0x43, 0x23
_BHS = 48


def _call(program: int, version: int, procedure: int) -> bytes:
    """Frame a call without credentials (RFC 5531, 9 and 11)."""
    call = struct.pack("!IIIIII", _XID, 0, 2, program, version, procedure) + bytes(16)
    return struct.pack("!I", 0x80000000 | len(call)) + call


def _whole(heard: bytes) -> bool:
    return len(heard) >= 4 and len(heard) >= 4 + (int.from_bytes(heard[:4], "big") & 0x7FFFFFFF)  # noqa: PLR2004 - the length


def _reply(heard: bytes) -> tuple[int, bytes] | None:
    """Return how an accepted call ended, and its result; None when it is no such reply."""
    if len(heard) < 28:  # noqa: PLR2004 - mark, xid, kind, accepted, verifier, state
        return None
    xid, kind, refused, _flavour, length = struct.unpack_from("!IIIII", heard, 4)
    at = 24 + length
    if (xid, kind, refused) != (_XID, 1, 0) or length > 400 or len(heard) < at + 4:  # noqa: PLR2004 - RFC 5531, 8.2
        return None
    return int.from_bytes(heard[at : at + 4], "big"), heard[at + 4 :]


def rpcbind(_peer: Peer) -> Talk:
    """Read the list of registered programs (RFC 1833, 3: PMAPPROC_DUMP)."""
    heard = yield Ask(_call(_PORTMAP, 2, _DUMP), enough=_whole)
    reply = _reply(heard)
    if reply is None:
        return NOTHING
    found, rest = [], reply[1]
    while len(rest) >= 20 and rest[:4] == b"\x00\x00\x00\x01":  # noqa: PLR2004 - one entry
        found.append(int.from_bytes(rest[4:8], "big"))
        rest = rest[20:]
    remarks = tuple(word for number, word in _PROGRAMS.items() if number in found)
    return Said("rpcbind", remarks=remarks)


def nfs(_peer: Peer) -> Talk:
    """Call the procedure that does nothing (RFC 1813, 3.3.0), to learn the highest version."""
    heard = yield Ask(_call(100003, 4, 0), enough=_whole)
    reply = _reply(heard)
    if reply is None:
        return NOTHING
    state, rest = reply
    if state == 0:
        return Said("nfs", version="4", is_plain_admin=None)
    highest = int.from_bytes(rest[4:8], "big") if state == _MISMATCH and len(rest) >= 8 else 0  # noqa: PLR2004 - low and high
    return Said("nfs", version=str(highest) if 0 < highest < 4 else "")  # noqa: PLR2004 - 4 was refused


def iscsi(_peer: Peer) -> Talk:
    """Begin a discovery login and leave (RFC 7143, 11.12 and 11.13).

    The initiator stays in the first stage and sends no credential; no target is opened or listed.
    """
    text = (
        b"InitiatorName=iqn.2026-11.invalid.audit:review\0SessionType=Discovery\0AuthMethod=None\0"
    )
    bhs = struct.pack("!BBBB", _ISCSI_LOGIN, 0, 0, 0) + struct.pack("!I", len(text))
    bhs += b"\x80\x00\x00\x00\x00\x01" + bytes(2) + struct.pack("!IHHII", 1, 0, 0, 1, 0) + bytes(16)
    heard = yield Ask(bhs + text + bytes(-len(text) % 4), enough=lambda heard: len(heard) >= _BHS)
    if len(heard) < _BHS or heard[0] & 0x3F != _ISCSI_LOGIN_RESPONSE:
        return NOTHING
    open_to_all = heard[36] == 0  # status class: success
    remarks = (Remark.ISCSI_TARGET,) + ((Remark.ANONYMOUS,) if open_to_all else ())
    return Said("iscsi", remarks=remarks)
