"""Printers: Get-Printer-Attributes (RFC 8011, 4.2.5). Nothing is printed and no job is read."""

import struct
from collections.abc import Iterator

from auditor.lan.remarks import Remark
from auditor.lan.talk import Ask, Peer, Said, Talk, clean
from auditor.lan.web import AGENT, parsed, web_said

_GET_PRINTER_ATTRIBUTES = 0x000B
_CHARSET, _LANGUAGE, _URI, _KEYWORD = 0x47, 0x48, 0x45, 0x44
_OPERATION, _END = 0x01, 0x03
_DELIMITERS = 0x0F
_WANTED = (b"printer-make-and-model", b"printer-uuid", b"printer-info", b"printer-name")
_OK = 0x0100


def ipp(peer: Peer) -> Talk:
    """Ask a printer for make, model and UUID."""
    heard = yield Ask(_question(peer, "ipp"), enough=_told)
    return ipp_said(heard, encrypted=False)


def ipps(peer: Peer) -> Talk:
    """Ask the same over TLS."""
    if not (yield Ask(tls=True)):
        return Said()
    heard = yield Ask(_question(peer, "ipps"), enough=_told)
    return ipp_said(heard, encrypted=True)


def _question(peer: Peer, scheme: str) -> bytes:
    uri = f"{scheme}://{peer.place}:{peer.port}/ipp/print".encode()
    body = b"".join(
        (
            struct.pack("!BBHI", 1, 1, _GET_PRINTER_ATTRIBUTES, 1),
            bytes([_OPERATION]),
            _attribute(_CHARSET, b"attributes-charset", b"utf-8"),
            _attribute(_LANGUAGE, b"attributes-natural-language", b"en"),
            _attribute(_URI, b"printer-uri", uri),
            _attribute(_KEYWORD, b"requested-attributes", _WANTED[0]),
            *(_attribute(_KEYWORD, b"", name) for name in _WANTED[1:]),
            bytes([_END]),
        )
    )
    head = (
        f"POST /ipp/print HTTP/1.1\r\nHost: {peer.place}:{peer.port}\r\nUser-Agent: {AGENT}\r\n"
        f"Content-Type: application/ipp\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


def _attribute(tag: int, name: bytes, value: bytes) -> bytes:
    return struct.pack("!BH", tag, len(name)) + name + struct.pack("!H", len(value)) + value


def _told(heard: bytes) -> bool:
    """Whether the closing tag of the attributes has come, or the end of another page."""
    return heard.endswith(b"\x03") and b"\r\n\r\n" in heard


def ipp_said(heard: bytes, *, encrypted: bool) -> Said:
    """Read the answer; a web server that knows no printer is a web server."""
    answer = parsed(heard)
    body = _unchunked(answer.body) if answer else b""
    if answer is None or "application/ipp" not in answer.headers.get("content-type", ""):
        said = web_said(heard, encrypted=encrypted)
        is_cups = said.product.startswith("CUPS")
        return said.joined(Said(remarks=(Remark.PRINT_SERVER,))) if is_cups else said
    told = dict(attributes(body))
    name = clean(told.get("printer-info", b"") or told.get("printer-name", b""))
    uuid = clean(told.get("printer-uuid", b"")).removeprefix("urn:uuid:").lower()
    is_printer = int.from_bytes(body[2:4], "big") < _OK and bool(told)
    return Said(
        "ipps" if encrypted else "ipp",
        product=clean(told.get("printer-make-and-model", b"")),
        title=name,
        identities=(f"uuid:{uuid}",) if uuid else (),
        remarks=(Remark.PRINTER if is_printer else Remark.PRINT_SERVER,),
        is_plain_admin=None,
    )


def _unchunked(body: bytes) -> bytes:
    """Join chunks if the body begins with a chunk size; else return it as it is."""
    joined, rest = b"", body
    while True:
        size, line_end, after = rest.partition(b"\n")
        try:
            length = int(size.strip().split(b";")[0], 16) if line_end and len(size) < 20 else -1  # noqa: PLR2004 - more digits than any size
        except ValueError:
            length = -1
        if length < 0:
            return joined or body
        if length == 0:
            return joined
        joined += after[:length]
        rest = after[length:].lstrip(b"\r\n")


def attributes(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the first value of each attribute (RFC 8010, 3.1); stops where it is malformed."""
    at = 8
    while at < len(body) and body[at] != _END:
        if body[at] <= _DELIMITERS:
            at += 1
            continue
        if at + 3 > len(body):
            return
        size = int.from_bytes(body[at + 1 : at + 3], "big")
        name = body[at + 3 : at + 3 + size]
        at += 3 + size
        length = int.from_bytes(body[at : at + 2], "big")
        value = body[at + 2 : at + 2 + length]
        at += 2 + length
        if name:
            yield name.decode("ascii", "replace"), value
