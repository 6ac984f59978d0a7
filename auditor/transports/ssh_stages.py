"""How far a login came, and what its end means in the closed words of failure."""

import struct
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from paramiko import (
    AuthenticationException,
    BadAuthenticationType,
    ChannelException,
    SSHException,
)
from paramiko.ssh_exception import IncompatiblePeer

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.deadline import Deadline

FAULTS = (
    *(SSHException, EOFError, OSError, ValueError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, AssertionError, struct.error, InvalidSignature, UnsupportedAlgorithm),
)
"""What paramiko lets through when the other side speaks nonsense: it parses without guarding."""

_LONGEST = 200
_REFUSES_TO_FORWARD = 1
"""Reason code SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, section 5.1)."""


class Stage(StrEnum):
    """The steps of a login, in order, as failures name them."""

    SLOT = "waiting"
    TCP = "tcp"
    BANNER = "banner"
    KEX = "kex"
    HOST_KEY = "host key"
    AUTH = "auth"
    FORWARD = "forward"
    EXEC = "exec"
    READ = "read"


_CLOSED = MappingProxyType(
    {
        Stage.BANNER: Failure.REFUSED,
        Stage.KEX: Failure.REFUSED,
        Stage.AUTH: Failure.AUTH_FAILED,
    }
)
_NONSENSE = MappingProxyType(
    {
        Stage.BANNER: Failure.UNPARSABLE,
        Stage.KEX: Failure.UNPARSABLE,
        Stage.AUTH: Failure.UNPARSABLE,
    }
)


@dataclass(slots=True)
class Progress:
    """Where a login stands: at which machine, at which stage, after how many bytes of output."""

    deadline: Deadline
    place: str = ""
    stage: Stage = Stage.TCP
    received: int = field(default=0)

    def failure(self, failure: Failure, text: str) -> CannotMeasure:
        """Return a failure at this stage."""
        return CannotMeasure(failure, f"{self.stage}: {self.place}: {shown(text)}")

    def ended(self, error: BaseException) -> CannotMeasure:
        """Say what an error of the connection means. Only types and fixed words are passed on."""
        if isinstance(error, CannotMeasure):
            return error
        if self.deadline.has_passed:
            after = f" after {self.received} bytes" if self.stage is Stage.READ else ""
            return self.failure(Failure.TIMEOUT, f"no end within the machine's deadline{after}")
        if isinstance(error, TimeoutError) or "imeout" in str(error)[:_LONGEST]:
            return self.failure(Failure.TIMEOUT, "no answer")
        return self.failure(*_meaning(error, self.stage, self.received))


def _meaning(error: BaseException, stage: Stage, received: int) -> tuple[Failure, str]:
    words = f"{type(error).__name__}: {error}"
    if stage is Stage.READ:
        return Failure.COMMAND_FAILED, f"closed after {received} bytes"
    if known := _refusal(error, stage):
        return known
    if isinstance(error, (EOFError, OSError)) or "EOF" in words:
        return _CLOSED.get(stage, Failure.COMMAND_FAILED), "closed by the other side"
    return _NONSENSE.get(stage, Failure.COMMAND_FAILED), words


def _refusal(error: BaseException, stage: Stage) -> tuple[Failure, str] | None:
    """Return what the other side refuses in words of the protocol, if it does."""
    if isinstance(error, IncompatiblePeer):
        return Failure.REFUSED, f"no algorithm in common: {error}"
    if isinstance(error, BadAuthenticationType):
        return Failure.AUTH_FAILED, f"offers only {', '.join(error.allowed_types)}"
    if isinstance(error, AuthenticationException):
        return Failure.AUTH_FAILED, "login refused"
    if isinstance(error, ChannelException) and stage is Stage.FORWARD:
        if error.code == _REFUSES_TO_FORWARD:
            return Failure.REFUSED, "the bastion does not forward connections"
        return Failure.UNREACHABLE, "the bastion cannot reach it"
    return None


def shown(text: str) -> str:
    """Return words from outside on one line, bounded, without terminal escapes."""
    clean = "".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST])
    return " ".join(clean.split())[:_LONGEST]
