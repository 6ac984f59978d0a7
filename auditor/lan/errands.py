"""What is to be asked where, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.lan.talk import NOTHING, Said

Spoken = Mapping[str, str]
"""One turn: `sent` or `heard`, and the bytes as hex."""


class Carrier(StrEnum):
    """The transport protocol of a port."""

    TCP = "tcp"
    UDP = "udp"


class State(StrEnum):
    """What a port turned out to be. Over UDP silence and refusal of an answer look alike."""

    OPEN = "open"
    CLOSED = "closed"
    SILENT = "silent"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Errand:
    """One port of one machine. The first conversation that is understood ends the list of `ask`.

    With an empty `ask` the connection is opened and closed and nothing is sent. `also` are held in
    any case, each on a connection of its own. `name` is what TLS asks for, where one is known.
    """

    address: str
    port: int
    carrier: Carrier = Carrier.TCP
    ask: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Tls:
    """What a TLS handshake showed; `None` where the certificate cannot be read.

    Whether the certificate is trusted is another question, and not asked here. `ends_at` is
    RFC 3339; `days_left` counts from the measurement and is negative after the end.
    """

    version: str
    subject: str | None = None
    is_self_issued: bool | None = None
    ends_at: str | None = None
    days_left: int | None = None
    fingerprint: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an errand. `spoken` are the bytes sent and received, in turns, as hex."""

    errand: Errand
    state: State
    said: Said = NOTHING
    tls: Tls | None = None
    spoken: tuple[Spoken, ...] = ()
    attempts: int = 0
