"""VPN inside TLS: SSTP ([MS-SSTP] 3.2.4.1) and gateways whose protocol only the vendor knows."""

import re

from auditor.lan.talk import NOTHING, Ask, Peer, Said, Talk

SSTP, TLS, HTTPS = "sstp", "tls", "https"
_PATH = "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/"
_ENDLESS = 18446744073709551615
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})[ \r]")
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]{1,20})[ \t]*\r?$")
_ACCEPTED = b"200"


def sstp(peer: Peer) -> Talk:
    """Ask for the duplex channel of SSTP; only its server answers 200 with an endless length.

    No call is made and nobody logs in: the channel is closed when the answer is there.
    """
    if not (yield Ask(tls=True)):
        return NOTHING
    heard = yield Ask(
        f"SSTP_DUPLEX_POST {_PATH} HTTP/1.1\r\nHost: {peer.place}\r\n"
        f"Content-Length: {_ENDLESS}\r\n"
        "SSTPCORRELATIONID: {00000000-0000-4000-8000-000061756469}\r\n\r\n".encode(),
        enough=lambda heard: b"\r\n\r\n" in heard,
    )
    status, length = _STATUS.match(heard), _LENGTH.search(heard.partition(b"\r\n\r\n")[0])
    if status is None:
        return Said(TLS)
    is_sstp = status[1] == _ACCEPTED and length is not None and int(length[1]) == _ENDLESS
    return Said(SSTP if is_sstp else HTTPS)


def tls(_peer: Peer) -> Talk:
    """Shake hands and read the certificate; say nothing inside."""
    shaken = yield Ask(tls=True)
    return Said(TLS) if shaken else NOTHING
