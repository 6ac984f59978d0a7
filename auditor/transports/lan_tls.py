"""TLS inside a connection that somebody else reads and writes; nobody's certificate is trusted.

Old versions are accepted on purpose: what a device still speaks is the finding. The tool sends
nothing secret through such a connection.
"""

import ssl
from datetime import datetime
from functools import cache

from auditor.lan.errands import Tls
from auditor.transports.lan_certificates import shown


@cache
def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


class Layer:
    """One TLS connection over bytes that are fed in and taken out."""

    def __init__(self, server_name: str | None = None) -> None:
        """Prepare a handshake; a server name is sent only where one is given."""
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = _context().wrap_bio(self._in, self._out, server_hostname=server_name)
        self.ready = False
        self.failed = False

    def shake(self) -> None:
        """Go on with the handshake as far as what was fed allows."""
        if self.ready or self.failed:
            return
        try:
            self._tls.do_handshake()
            self.ready = True
        except ssl.SSLWantReadError:
            pass  # more has to come first
        except (ssl.SSLError, ValueError):
            self.failed = True

    def feed(self, received: bytes) -> bytes:
        """Take what came from the network; return what it says."""
        self._in.write(received)
        self.shake()
        said = b""
        while self.ready and not self.failed and len(said) < len(received) + 65536:
            try:
                part = self._tls.read(16384)
            except ssl.SSLWantReadError:
                break
            except (ssl.SSLError, ValueError):
                self.failed = True
                break
            if not part:
                break
            said += part
        return said

    def wrap(self, plain: bytes) -> None:
        """Encrypt what shall be sent."""
        try:
            self._tls.write(plain)
        except (ssl.SSLError, ValueError):
            self.failed = True

    def outgoing(self) -> bytes:
        """Return what has to go to the network now."""
        return self._out.read()

    def shown(self, now: datetime) -> Tls | None:
        """Return version and certificate, as it stands now, once the handshake is done."""
        if not self.ready:
            return None
        certificate = self._tls.getpeercert(binary_form=True) or b""
        return shown(self._tls.version() or "", certificate, now)
