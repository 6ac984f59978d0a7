"""Services that speak first: recognised by their first line, whatever the number of the port."""

import re

from auditor.lan.remarks import Remark
from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk, a_line, clean

_SSH = re.compile(rb"(?:^|\n)SSH-([0-9.]+)-([^\r\n ]*)(?: ([^\r\n]*))?", re.ASCII)
_RFB = re.compile(rb"RFB ([0-9]{3})\.([0-9]{3})\n")
_PJLINK = re.compile(rb"PJLINK (0|1 [0-9a-fA-F]{8}|ERRERR)\r")
_IAC = re.compile(rb"\xff(?:[\xfb-\xfe].|\xfa.*?\xff\xf0|.)", re.DOTALL)
_TELNET = 0xFF
_MYSQL_V10 = 10
_MYSQL_ERROR = 0xFF
_MYSQL_NOT_ALLOWED = 1130
_VNC_NONE = 1
_VNC_ENCRYPTED = frozenset({18, 19, 22})
"""TLS, VeNCrypt, xvp over TLS (registry of RFB security types)."""


def spoken_first(heard: bytes) -> Said:
    """Recognise a greeting; `NOTHING` when it is none that is known."""
    if match := _SSH.search(heard[:4096]):
        return _ssh(match)
    if heard[:1] == b"\xff" and len(heard) > 2:  # noqa: PLR2004 - IAC, verb, option
        return telnet_said(heard)
    if match := _RFB.match(heard):
        return Said("vnc", version=f"{int(match[1])}.{int(match[2])}")
    if match := _PJLINK.match(heard):
        open_to_all = match[1] == b"0"
        return Said("pjlink", remarks=(Remark.NO_PASSWORD,) if open_to_all else ())
    return _numbered(heard)


def _numbered(heard: bytes) -> Said:
    """Recognise mail and FTP by the reply codes that they begin with."""
    if heard.startswith((b"220 ", b"220-")):
        line = clean(b"".join(heard[4:].splitlines()[:1]))
        return Said("smtp" if b"SMTP" in heard[:512].upper() else "ftp", title=line)
    if heard.startswith((b"+OK ", b"* OK")):
        return Said("pop3" if heard.startswith(b"+") else "imap", title=clean(heard[4:80]))
    return mysql_said(heard)


def _ssh(match: re.Match[bytes]) -> Said:
    product, _underscore, version = clean(match[2]).partition("_")
    return Said(
        "ssh",
        product=product,
        version=version,
        title=clean(match[3] or b""),
        is_plain_admin=False,
    )


def telnet_said(heard: bytes) -> Said:
    """Read a Telnet greeting (RFC 854) without its option bytes."""
    return Said("telnet", title=clean(_IAC.sub(b"", heard)), is_plain_admin=True)


def mysql_said(heard: bytes) -> Said:
    """Read the greeting of MySQL or MariaDB: protocol 10, or "host not allowed"."""
    body = heard[4:]
    if len(body) < 4 or heard[3] != 0 or int.from_bytes(heard[:3], "little") > 1024:  # noqa: PLR2004 - header of 4, and no greeting is longer
        return NOTHING
    if body[0] == _MYSQL_V10 and b"\x00" in body:
        version = clean(body[1:].partition(b"\x00")[0])
        if not re.match(r"[0-9]+\.", version):
            return NOTHING
        maria = "MariaDB" in version
        return Said(
            "mysql",
            product="MariaDB" if maria else "MySQL",
            version=version.removeprefix("5.5.5-"),  # what MariaDB says for old replicas
        )
    if (
        body[0] == _MYSQL_ERROR
        and int.from_bytes(body[1:3], "little") == _MYSQL_NOT_ALLOWED
        and b"allowed to connect" in body
    ):
        return Said("mysql", product="MariaDB" if b"MariaDB" in body else "MySQL")
    return NOTHING


def greeting(_peer: Peer) -> Talk:
    """Wait for whoever speaks first, and send nothing at all."""
    heard = yield Ask(enough=_greeted, within_s=4.0)
    return spoken_first(heard)


def _greeted(heard: bytes) -> bool:
    if heard[:1] == b"\xff":
        return len(heard) > 2  # noqa: PLR2004 - IAC, verb, option
    if len(heard) > 4 and heard[3] == 0:  # noqa: PLR2004 - a MySQL packet with its length
        return len(heard) >= 4 + int.from_bytes(heard[:3], "little")
    return a_line(heard) or b"\r" in heard


def telnet(_peer: Peer) -> Talk:
    """Read a Telnet greeting; options are not negotiated, nothing is sent."""
    heard = yield Ask(enough=lambda heard: b":" in heard, within_s=2.0, at_most=2048)
    said = spoken_first(heard)
    return said if said.protocol else _prompt(heard)


def _prompt(heard: bytes) -> Said:
    """Recognise a login prompt of a server that negotiates no option."""
    if re.search(rb"(?i)\b(?:login|user ?name|password)\s*:\s*$", heard):
        return telnet_said(heard)
    return NOTHING


def ftp(_peer: Peer) -> Talk:
    """Read an FTP greeting (RFC 959) and the list of features (RFC 2389); nobody logs in."""
    heard = yield Ask(enough=_reply_ended, within_s=6.0)
    said = spoken_first(heard)
    if said.protocol != "ftp":
        return said
    features = yield Ask(b"FEAT\r\n", enough=_reply_ended)
    yield Ask(b"QUIT\r\n", enough=a_line, within_s=1.0)
    secure = b"AUTH TLS" in features.upper() or b"AUTH SSL" in features.upper()
    product, _blank, version = said.title.strip("()").partition(" ")
    known = product if re.fullmatch(r"[A-Za-z-]+(?:FTP|ftp|FTPD|ftpd)\w*", product) else ""
    return Said(
        "ftp",
        product=known,
        version=version if known and re.fullmatch(r"[0-9][\w.]*", version) else "",
        title=said.title,
        remarks=(Remark.STARTTLS,) if secure else (),
        is_plain_admin=None if secure else True,
    )


def _reply_ended(heard: bytes) -> bool:
    """Whether the last line of a reply is there: three digits and a blank (RFC 959, 4.2)."""
    return bool(re.search(rb"(?m)^[0-9]{3} .*\r?\n", heard))


def vnc(_peer: Peer) -> Talk:
    """Read the version and the offered kinds of security (RFC 6143, 7.1); nobody logs in."""
    heard = yield Ask(enough=lambda heard: len(heard) >= 12)  # noqa: PLR2004 - "RFB 003.008\n"
    said = spoken_first(heard)
    match = _RFB.match(heard)
    if said.protocol != "vnc" or match is None:
        return said
    old = (int(match[1]), int(match[2])) < (3, 7)
    offered = yield Ask(b"RFB 003.003\n" if old else b"RFB 003.008\n", enough=_kinds_told)
    if old:
        kinds = {int.from_bytes(offered[:4], "big")} if len(offered) >= 4 else set()  # noqa: PLR2004 - one 32-bit number
    else:
        kinds = set(offered[1 : 1 + offered[0]]) if offered else set()
    kinds -= {0}
    return Said(
        "vnc",
        version=said.version,
        remarks=(Remark.NO_PASSWORD,) if _VNC_NONE in kinds else (),
        is_plain_admin=not kinds & _VNC_ENCRYPTED if kinds else None,
    )


def _kinds_told(heard: bytes) -> bool:
    return len(heard) >= 1 and len(heard) > heard[0]


def pjlink(_peer: Peer) -> Talk:
    """Read a projector's greeting and, if it asks for no password, its name, maker and model.

    Queries only (PJLink class 1, 4.1: a command that ends in "?"); nothing is switched.
    """
    heard = yield Ask(enough=lambda heard: b"\r" in heard)
    said = spoken_first(heard)
    if said.protocol != "pjlink" or Remark.NO_PASSWORD not in said.remarks:
        return said
    told = {}
    for word in ("INF1", "INF2", "NAME"):
        answer = yield Ask(f"%1{word} ?\r".encode(), enough=lambda heard: b"\r" in heard)
        value = answer.partition(b"=")[2]
        told[word] = "" if value.startswith(b"ERR") else clean(value)
    return Said(
        "pjlink",
        product=told["INF1"],
        version=told["INF2"],
        names=(told["NAME"],) if told["NAME"] else (),
        remarks=said.remarks,
        is_plain_admin=True,
    )
