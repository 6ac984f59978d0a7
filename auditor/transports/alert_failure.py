"""How telling somebody can go wrong."""

from datetime import timedelta
from enum import StrEnum


class Trouble(StrEnum):
    """Why a message did not arrive."""

    ADDRESS = "address"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REDIRECT = "redirect"
    REFUSED = "refused"
    LIBRARY = "library"
    SECRET = "secret"  # noqa: S105 - a kind of trouble


class NotDelivered(Exception):
    """A message did not arrive, or nobody knows. `detail` holds no secret.

    `asked` is the patience that the receiver asked for.
    """

    def __init__(self, trouble: Trouble, detail: str, asked: timedelta | None = None) -> None:
        """Keep the closed cause and the technical detail apart."""
        super().__init__(f"{trouble.value}: {detail}")
        self.trouble = trouble
        self.detail = detail
        self.asked = asked
