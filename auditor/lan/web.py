"""Services that speak like HTTP: web, IPP, RTSP, SIP. One polite question each, no redirect."""

import html
import re
from typing import NamedTuple

from auditor.lan.banners import spoken_first
from auditor.lan.remarks import Remark
from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk, clean

AGENT = "centre-audit (authorised review of this network)"
_STATUS = re.compile(rb"(HTTP|RTSP|SIP)/[0-9.]+ ([0-9]{3})")
_TITLE = re.compile(rb"(?is)<title[^>]{0,200}>(.{0,2000}?)</title")
_PASSWORD = re.compile(rb"(?i)type\s*=\s*[\"']?password")
_TLS_WANTED = re.compile(rb"(?i)plain HTTP request was sent to HTTPS|HTTPS? port|TLS required")
_ALERT = b"\x15\x03"
_UNAUTHORISED = 401


class Answer(NamedTuple):
    """A response as far as it was read. Header names are lower case; repeated ones: the first."""

    kind: str
    status: int
    headers: dict[str, str]
    body: bytes


def parsed(heard: bytes) -> Answer | None:
    """Read a status line and headers; None when it is no such response."""
    match = _STATUS.match(heard)
    if match is None:
        return None
    head, _blank, body = heard.replace(b"\r\n", b"\n").partition(b"\n\n")
    headers: dict[str, str] = {}
    for line in head.split(b"\n")[1:100]:
        name, colon, value = line.partition(b":")
        if colon:
            headers.setdefault(clean(name).lower(), clean(value, 400))
    return Answer(match[1].decode(), int(match[2]), headers, body)


def wants_tls(heard: bytes) -> bool:
    """Whether the answer says that this port speaks TLS."""
    return heard.startswith(_ALERT) or bool(
        heard.startswith(b"HTTP/1.1 400") and _TLS_WANTED.search(heard)
    )


def http(peer: Peer) -> Talk:
    """Get the first page, once, without TLS."""
    heard = yield Ask(_get(peer), enough=_page_read)
    if wants_tls(heard):
        return NOTHING
    return web_said(heard, encrypted=False)


def https(peer: Peer) -> Talk:
    """Get the first page, once, over TLS."""
    began = yield Ask(tls=True)
    if not began:
        return NOTHING
    heard = yield Ask(_get(peer), enough=_page_read)
    said = web_said(heard, encrypted=True)
    return said if said.protocol else Said("tls", is_plain_admin=False)


def _get(peer: Peer) -> bytes:
    port = "" if peer.port in {80, 443} else f":{peer.port}"
    return (
        f"GET / HTTP/1.1\r\nHost: {peer.place}{port}\r\nUser-Agent: {AGENT}\r\n"
        "Accept: text/html, */*;q=0.1\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ).encode()


def _page_read(heard: bytes) -> bool:
    head, blank, body = heard.partition(b"\r\n\r\n")
    if not blank:
        return False
    length = re.search(rb"(?i)\r\ncontent-length: *([0-9]{1,9})\r?", head)
    return length is not None and len(body) >= int(length[1])


def web_said(heard: bytes, *, encrypted: bool) -> Said:
    """Read a web server's first page: what it calls itself, and whether one logs in there."""
    answer = parsed(heard)
    if answer is None:
        return spoken_first(heard)
    if answer.kind != "HTTP":
        return Said(answer.kind.lower(), product=answer.headers.get("server", "")[:120])
    title = _TITLE.search(answer.body)
    asks = answer.status == _UNAUTHORISED or bool(_PASSWORD.search(answer.body))
    to_tls = answer.headers.get("location", "").lower().startswith("https:")
    remarks = ((Remark.LOGIN_FORM,) if asks else ()) + (
        (Remark.REDIRECTS_TO_TLS,) if to_tls else ()
    )
    product, version = product_of(answer.headers.get("server", ""))
    realm = answer.headers.get("www-authenticate", "") if answer.status == _UNAUTHORISED else ""
    return Said(
        "https" if encrypted else "http",
        product=product,
        version=version,
        title=clean(html.unescape(clean(title[1], 400)) if title else realm),
        remarks=remarks,
        is_plain_admin=asks and not encrypted,
    )


def product_of(server: str) -> tuple[str, str]:
    """Split a Server header: product and version, as far as it is written in the usual way."""
    first = server.split(" ", 1)[0]
    name, slash, version = first.partition("/")
    return (clean(name), clean(version)) if slash else (clean(server), "")


def rtsp(peer: Peer) -> Talk:
    """Ask which requests are known (RFC 2326, 10.1). No stream is described or opened."""
    heard = yield Ask(
        f"OPTIONS rtsp://{peer.place}:{peer.port} RTSP/1.0\r\nCSeq: 1\r\n"
        f"User-Agent: {AGENT}\r\n\r\n".encode(),
        enough=lambda heard: b"\r\n\r\n" in heard,
    )
    return _like_http(heard, "rtsp")


def sip(peer: Peer) -> Talk:
    """Ask what a telephone or exchange can do (RFC 3261, 11). Nothing rings."""
    heard = yield Ask(
        (
            f"OPTIONS sip:{peer.place}:{peer.port} SIP/2.0\r\n"
            f"Via: SIP/2.0/TCP audit.invalid;branch=z9hG4bKaudit\r\nMax-Forwards: 0\r\n"
            f"From: <sip:audit@audit.invalid>;tag=audit\r\nTo: <sip:{peer.place}>\r\n"
            f"Call-ID: audit@audit.invalid\r\nCSeq: 1 OPTIONS\r\nUser-Agent: {AGENT}\r\n"
            "Content-Length: 0\r\n\r\n"
        ).encode(),
        enough=lambda heard: b"\r\n\r\n" in heard,
    )
    return _like_http(heard, "sip")


def _like_http(heard: bytes, kind: str) -> Said:
    answer = parsed(heard)
    if answer is None or answer.kind.lower() != kind:
        return web_said(heard, encrypted=False)
    words = answer.headers
    product, version = product_of(words.get("server", "") or words.get("user-agent", ""))
    return Said(kind, product=product, version=version)
