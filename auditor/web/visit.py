"""One polite visit to a web address, phase by phase."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

KEPT = "visit "
"""How evidence names a visit, before address and time."""


class Trouble(StrEnum):
    """Why a visit went no further. Closed: each has its sentences in `auditor.web.words`."""

    DNS_UNKNOWN = "dns_unknown"
    """The resolver says that there is no such name."""
    DNS_FAILED = "dns_failed"
    """The resolver did not answer."""
    NO_ADDRESS = "no_address"
    """The name has no address of the IP version that was asked for."""
    REFUSED = "refused"
    NO_ROUTE = "no_route"
    CONNECT_TIMEOUT = "connect_timeout"
    RESET = "reset"
    """The connection was cut after it stood."""
    TLS_NAME = "tls_name"
    """The certificate is for another name."""
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_UNTRUSTED = "tls_untrusted"
    """No chain leads to an authority that this machine, or the site file, trusts."""
    TLS_OLD = "tls_old"
    """The server speaks nothing newer than TLS 1.1."""
    TLS_FAILED = "tls_failed"
    SLOW = "slow"
    """No whole answer within the time."""
    NOT_HTTP = "not_http"
    TOO_LARGE = "too_large"
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_OUTSIDE = "redirect_outside"
    """Led to a place that the scope does not allow; nothing was sent there."""
    SERVER_ERROR = "server_error"
    """An answer of 500 or above."""
    OUT_OF_SCOPE = "out_of_scope"
    NOT_AUTHORISED = "not_authorised"
    SECRET_UNPROTECTED = "secret_unprotected"  # noqa: S105 - the name of a trouble
    """The secret would have gone unencrypted; it was not sent."""
    SECRET_MISSING = "secret_missing"  # noqa: S105 - the name of a trouble


@dataclass(frozen=True, slots=True)
class Call:
    """A wish to read one address: a GET, no more. `token_from` is a reference to a secret.

    `ca_file` (relative to the site file) holds an authority that signed the server's certificate.
    `ip_version` 4 or 6; None takes what the name has. `headers` hold no secret.
    `follow` is how many redirects may be followed; each is judged by the scope before it is.
    With `signs_only` nobody is given the body, which is not kept: only the signs that it bears.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    token_from: str = ""
    ca_file: str = ""
    ip_version: int | None = None
    timeout_s: float = 15.0
    most_bytes: int = 512 * 1024
    follow: int = 5
    signs_only: bool = False


class PageSigns(NamedTuple):
    """What the body of a page shows: that programs are kept out, that one can log in."""

    keeps_out: bool = False
    shows_login: bool = False


NO_SIGNS = PageSigns()


@dataclass(frozen=True, slots=True)
class TlsSeen:
    """What a server showed. `ends_at` is RFC 3339; `problem` is why it is not trusted, or None.

    The handshake is gone through once more without trust to read a certificate that failed; no
    request and no secret is ever sent over such a connection.
    """

    version: str
    subject: str | None = None
    issuer: str | None = None
    ends_at: str | None = None
    days_left: int | None = None
    fingerprint: str | None = None
    problem: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One address on the way. Times in milliseconds; None: that phase was not reached."""

    url: str
    address: str | None = None
    ip_version: int | None = None
    dns_ms: float | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    tls: TlsSeen | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a call: the hops in order, the last one's body, and the trouble if any.

    `body` is what the server sent, at most `most_bytes`; data from outside, never markup.
    """

    call: Call
    started_at: str
    hops: tuple[Hop, ...]
    body: bytes = b""
    trouble: Trouble | None = None
    detail: str = ""
    signs: PageSigns = NO_SIGNS

    @property
    def last(self) -> Hop | None:
        """Where the visit ended."""
        return self.hops[-1] if self.hops else None

    @property
    def status(self) -> int | None:
        """The last answer's status; None where nobody answered."""
        return self.last.status if self.last else None

    @property
    def is_reachable(self) -> bool:
        """DNS, TCP, a trusted TLS and an HTTP answer below 500 (domain research, section 8)."""
        whole = self.trouble in {None, Trouble.TOO_LARGE}  # a long page is an answer all the same
        return whole and self.status is not None
