"""The words of the rows of remote work."""

from enum import StrEnum

PUBLIC_ADDRESS = "public_address"
"""The kind of a row about a public address; the others are kinds of VPN."""


class Trouble(StrEnum):
    """Why a row of remote work says less than it could."""

    SILENT = "silent"
    """No answer: a filter, a loss, or an endpoint that answers only who has its key."""
    REFUSED = "refused"
    NO_TLS = "no_tls"
    """The connection stood, and no TLS came of it."""
    OTHER_ANSWER = "other_answer"
    """Something answered that is not what was declared."""
    NOT_ASKED = "not_asked"
    """WireGuard answers only who has a key of it; nothing was sent."""
    UNREACHABLE = "unreachable"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_AUTHORISED = "not_authorised"
    FROM_INSIDE = "from_inside"
    """This machine reaches the address from no place that is declared to be outside."""
    NOT_UNDERSTOOD = "not_understood"
    """A port is open, and what answers there was not understood."""
