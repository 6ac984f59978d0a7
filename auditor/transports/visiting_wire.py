"""The bytes of a visit: plain or inside TLS, always over the gate's own socket, until a deadline.

TLS runs over buffers in memory: a socket that `ssl` wraps would send past the gate's counting.
"""

import ssl
import time
from datetime import datetime
from pathlib import Path

from auditor.lan.errands import Tls
from auditor.scope import Connection
from auditor.transports.lan_certificates import shown
from auditor.transports.lan_tls import Layer
from auditor.web.visit import TlsSeen, Trouble

_PIECE = 16 * 1024
_MOST_SHAKING = 256 * 1024
"""Bytes of a handshake; chains of certificates are some kilobytes."""

_EXPIRED, _NOT_YET = 10, 9
_OTHER_NAME = frozenset({62, 64})
"""X509_V_ERR_*: openssl-verify's own numbers, the same in every OpenSSL since 1.1.0."""

_OLD = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"})


class Cut(Exception):
    """The connection ended before what was wanted had come."""


class Wire:
    """A connection that gives up at a moment of the monotonic clock. Raises `OSError`."""

    def __init__(self, raw: Connection, end: float) -> None:
        """Take over an open connection."""
        self._raw = raw
        self._end = end

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self._raw.settimeout(self._left())
        self._raw.sendall(data)

    def receive(self) -> bytes:
        """Return what comes next; nothing at the end."""
        self._raw.settimeout(self._left())
        return self._raw.recv(_PIECE)

    def close(self) -> None:
        """Release the connection."""
        self._raw.close()

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class TlsWire(Wire):
    """A connection inside TLS, its peer verified. The handshake is done when this is made."""

    def __init__(self, raw: Connection, end: float, context: ssl.SSLContext, host: str) -> None:
        """Shake hands. Raises `ssl.SSLError`, `Cut`, `OSError`."""
        super().__init__(raw, end)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)
        self._shake()

    def _shake(self) -> None:
        taken = 0
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                piece = super().receive()
                taken += len(piece)
                if not piece or taken > _MOST_SHAKING:
                    raise Cut from None
                self._in.write(piece)
            except ssl.SSLError:
                self._flush()  # the alert that tells the server why
                raise
            else:
                self._flush()
                return

    def seen(self, now: datetime) -> TlsSeen:
        """Return what the server showed, as it stands now."""
        der = self._tls.getpeercert(binary_form=True) or b""
        return _seen(shown(self._tls.version() or "", der, now))

    def send(self, data: bytes) -> None:
        """Encrypt and send."""
        self._tls.write(data)
        self._flush()

    def receive(self) -> bytes:
        """Return what comes next, decrypted; nothing at the end, announced or not.

        Whether a body was cut off is for HTTP's framing to tell: many servers end without a word.
        """
        while True:
            try:
                return self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                self._flush()
                piece = super().receive()
                if not piece:
                    return b""
                self._in.write(piece)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def _flush(self) -> None:
        if waiting := self._out.read():
            super().send(waiting)


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return what trusts this system's authorities and those of a file. Raises `OSError`."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def trouble_of(error: ssl.SSLError) -> Trouble:
    """Name why a handshake failed, as far as the error tells."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return Trouble.TLS_FAILED
    if error.verify_code == _EXPIRED:
        return Trouble.TLS_EXPIRED
    if error.verify_code == _NOT_YET:
        return Trouble.TLS_NOT_YET_VALID
    return Trouble.TLS_NAME if error.verify_code in _OTHER_NAME else Trouble.TLS_UNTRUSTED


def looked_at(wire: Wire, host: str, problem: Trouble, now: datetime) -> TlsSeen | None:
    """Shake hands without trust, only to read version and certificate; nothing is sent after it.

    What speaks nothing newer than TLS 1.1 is too old, whatever else is wrong. Raises `OSError`.
    """
    layer, taken = Layer(host), 0
    layer.shake()
    while not (layer.ready or layer.failed):
        wire.send(layer.outgoing())
        piece = wire.receive()
        taken += len(piece)
        if not piece or taken > _MOST_SHAKING:
            return None
        layer.feed(piece)
    tls = layer.shown(now)
    if tls is None:
        return None
    return _seen(tls, Trouble.TLS_OLD if tls.version in _OLD else problem)


def _seen(tls: Tls, problem: Trouble | None = None) -> TlsSeen:
    return TlsSeen(
        version=tls.version,
        subject=tls.subject,
        issuer=tls.issuer,
        ends_at=tls.ends_at,
        days_left=tls.days_left,
        fingerprint=tls.fingerprint,
        problem=problem,
    )
