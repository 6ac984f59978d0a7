"""What a field may look like, in the part of regular expressions that all engines share.

Python's `re`, PostgreSQL, MySQL, MariaDB and SQLite (through Python) read these alike: an export
and a table of the same records come out alike. Blanks at either end do not count.
"""

from types import MappingProxyType

from auditor.stores.faults import DataFault
from auditor.stores.mapping import FieldKind

_END = "(?!.|\n)"  # `$` alone would let a line end follow in some engines
_LONG_MONTHS = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTHS = "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02-(0[1-9]|1[0-9]|2[0-8])"
_LEAP_YEAR = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY = f"(?!0000)([0-9]{{4}}-({_LONG_MONTHS}|{_SHORT_MONTHS}|{_FEBRUARY})|{_LEAP_YEAR}-02-29)"
_HOUR = "([01][0-9]|2[0-3])"
_TIME = f"{_HOUR}:[0-5][0-9](:[0-5][0-9]([.][0-9]{{1,9}})?)?"
_OFFSET = f"(Z|[-+]{_HOUR}(:?[0-5][0-9])?)"


def whole(pattern: str) -> str:
    """Return a pattern that a whole text must match, blanks around it aside."""
    return rf"^\s*({pattern})\s*{_END}"


BLANK = rf"^\s*{_END}"
LOST = "\ufffd"
"""U+FFFD stands where a character could not be read and was lost."""

KINDS = MappingProxyType(
    {
        FieldKind.DATE: (DataFault.NOT_A_DATE, f"{_DAY}([T ]{_TIME}{_OFFSET}?)?"),
        FieldKind.INTEGER: (DataFault.NOT_AN_INTEGER, "[-+]?[0-9]+"),
        FieldKind.NUMBER: (DataFault.NOT_A_NUMBER, "[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?"),
        FieldKind.BOOLEAN: (DataFault.NOT_A_BOOLEAN, "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|0|1"),
    }
)
"""The fault and the pattern of each kind of field that has a form. Dates are ISO 8601."""

DECOMPOSED = (
    "([aeiouyAEIOUYăâêôơưĂÂÊÔƠƯ][\u0300\u0301\u0303\u0309\u0323]"
    "|[aeoAEO]\u0302|[aA]\u0306|[ouOU]\u031b)"
)
"""Vietnamese letters in pieces: surely not NFC, for engines that cannot tell the form of a text."""
