"""Databases and brokers: the first step of each protocol, which asks for no data and no login."""

import re
import struct

from auditor.lan.banners import greeting, spoken_first
from auditor.lan.remarks import Remark
from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk, a_line, at_least, clean
from auditor.lan.web import web_said

_SSL_REQUEST = struct.pack("!II", 8, 80877103)
_TDS_PRELOGIN, _TDS_RESPONSE = 0x12, 0x04
_MSSQL = {8: "2000", 9: "2005", 10: "2008", 11: "2012", 12: "2014", 13: "2016", 14: "2017"} | {
    15: "2019",
    16: "2022",
}

mysql = greeting
"""MySQL and MariaDB speak first and tell their version."""


def postgresql(_peer: Peer) -> Talk:
    """Ask whether TLS is wanted (PostgreSQL manual, 55.2.11): "S" or "N" and nothing else."""
    heard = yield Ask(_SSL_REQUEST)
    if heard == b"N":
        return Said("postgresql")
    if heard != b"S":
        return spoken_first(heard)
    yield Ask(tls=True)
    return Said("postgresql", remarks=(Remark.STARTTLS,))


def mssql(_peer: Peer) -> Talk:
    """Exchange PRELOGIN ([MS-TDS] 2.2.6.5), which carries the server's version."""
    options = struct.pack("!BHHBHHB", 0, 11, 6, 1, 17, 1, 0xFF) + bytes(6) + b"\x02"
    header = struct.pack("!BBHHBB", _TDS_PRELOGIN, 1, 8 + len(options), 0, 1, 0)
    heard = yield Ask(header + options, enough=_tds_whole)
    body = heard[8:]
    if heard[:1] != bytes([_TDS_RESPONSE]) or body[:1] != b"\x00" or len(body) < 5:  # noqa: PLR2004 - the first option
        return NOTHING
    at = int.from_bytes(body[1:3], "big")
    if len(body) < at + 4:
        return NOTHING
    major, minor, build = struct.unpack_from("!BBH", body, at)
    return Said(
        "mssql",
        product=f"Microsoft SQL Server {_MSSQL.get(major, '')}".strip(),
        version=f"{major}.{minor}.{build}",
    )


def _tds_whole(heard: bytes) -> bool:
    return len(heard) >= 8 and len(heard) >= int.from_bytes(heard[2:4], "big")  # noqa: PLR2004 - the header


def redis(_peer: Peer) -> Talk:
    """Say PING; the answer tells whether a password is wanted."""
    heard = yield Ask(b"PING\r\n", enough=a_line)
    if heard.startswith(b"+PONG\r\n"):
        return Said("redis", remarks=(Remark.NO_PASSWORD,))
    if heard.startswith((b"-NOAUTH", b"-DENIED")):
        return Said("redis")
    return web_said(heard, encrypted=False)


def mongodb(_peer: Peer) -> Talk:
    """Say hello (MongoDB wire protocol, OP_MSG), as every client does before it logs in."""
    document = b"\x10isMaster\x00\x01\x00\x00\x00\x02$db\x00\x06\x00\x00\x00admin\x00\x00"
    document = struct.pack("<i", len(document) + 4) + document
    body = struct.pack("<IB", 0, 0) + document
    header = struct.pack("<iiii", 16 + len(body), 1, 0, 2013)
    heard = yield Ask(header + body, enough=_mongo_whole)
    is_answer = len(heard) > 16 and struct.unpack_from("<i", heard, 12)[0] == 2013  # noqa: PLR2004 - OP_MSG
    return Said("mongodb") if is_answer and b"maxWireVersion" in heard else NOTHING


def _mongo_whole(heard: bytes) -> bool:
    return len(heard) >= 4 and len(heard) >= int.from_bytes(heard[:4], "little")  # noqa: PLR2004 - the length


def mqtt(_peer: Peer) -> Talk:
    """Connect without a name (MQTT 3.1.1, 3.1 and 3.2) and leave; nothing is subscribed."""
    body = b"\x00\x04MQTT\x04\x02\x00\x3c" + b"\x00\x00"
    heard = yield Ask(bytes([0x10, len(body)]) + body, enough=at_least(4))
    if heard[:2] != b"\x20\x02" or len(heard) < 4:  # noqa: PLR2004 - CONNACK
        return NOTHING
    if heard[3]:
        return Said("mqtt")
    yield Ask(b"\xe0\x00", within_s=0.2)
    return Said("mqtt", remarks=(Remark.ANONYMOUS,))


def mqtts(peer: Peer) -> Talk:
    """Do the same over TLS."""
    if not (yield Ask(tls=True)):
        return NOTHING
    return (yield from mqtt(peer))


def nut(_peer: Peer) -> Talk:
    """Ask a UPS daemon for its version (RFC 9271, 4.2.1)."""
    heard = yield Ask(b"VER\n", enough=a_line)
    match = re.match(rb"Network UPS Tools upsd ([0-9][\w.~+-]*)", heard)
    if match is None:
        return NOTHING
    yield Ask(b"LOGOUT\n", within_s=0.5)
    return Said("nut", product="Network UPS Tools", version=clean(match[1]))
