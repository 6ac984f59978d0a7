"""Services over UDP: one question, one answer. Each talk asks once; the carrier repeats it."""

import struct

from auditor.lan.mdns import mdns
from auditor.lan.talk import NOTHING, Ask, Conversation, Peer, Said, Talk, clean

_NTP = b"\x23" + bytes(39) + b"auditask"
_NTP_SERVER = 4
_NODE_STATUS = 0x21
_WORKSTATION, _GROUP = 0x00, 0x8000


def dns(_peer: Peer) -> Talk:
    """Ask a name server for the root's servers without recursion (RFC 1035, 4.1)."""
    heard = yield Ask(struct.pack("!HHHHHH", 0x6175, 0, 1, 0, 0, 0) + b"\x00\x00\x02\x00\x01")
    is_answer = len(heard) >= 12 and heard[:2] == b"au" and heard[2] & 0x80  # noqa: PLR2004 - the header
    return Said("dns") if is_answer else NOTHING


def ntp(_peer: Peer) -> Talk:
    """Ask a time server for the time (RFC 5905, 7.3)."""
    heard = yield Ask(_NTP)
    fits = len(heard) >= 48 and heard[0] & 7 == _NTP_SERVER and heard[24:32] == b"auditask"  # noqa: PLR2004 - the header
    return Said("ntp", version=str(heard[0] >> 3 & 7)) if fits else NOTHING


def netbios(_peer: Peer) -> Talk:
    """Ask a machine for its NetBIOS names (RFC 1002, 4.2.17): no share, no user is asked for."""
    name = b"\x20CK" + b"A" * 30 + b"\x00"
    heard = yield Ask(
        struct.pack("!HHHHHH", 0x6175, 0, 1, 0, 0, 0) + name + struct.pack("!HH", _NODE_STATUS, 1)
    )
    at = 12 + len(name) + 10
    if len(heard) <= at or heard[:2] != b"au" or not heard[2] & 0x80:
        return NOTHING
    count, names = heard[at], []
    for index in range(count):
        entry = heard[at + 1 + 18 * index : at + 19 + 18 * index]
        if len(entry) < 18:  # noqa: PLR2004 - name, kind, flags
            return NOTHING
        if entry[15] == _WORKSTATION and not int.from_bytes(entry[16:18], "big") & _GROUP:
            names.append(clean(entry[:15].decode("cp437")).lower())
    return Said("netbios", names=tuple(dict.fromkeys(n for n in names if n)))


DATAGRAMS: dict[str, Conversation] = {"dns": dns, "ntp": ntp, "netbios": netbios, "mdns": mdns}
