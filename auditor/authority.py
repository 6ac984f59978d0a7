"""Whether a letter of authorisation allows something at a moment."""

from collections.abc import Sequence
from datetime import datetime

from auditor.model import Authorisation, Method, TimeWindow, Weekday

NO_LETTER = "no authorisation for anything but this machine"
NOT_YET, EXPIRED, NO_METHOD = "is not yet issued", "has expired", "does not allow"
OFF_HOURS = f"{NO_METHOD} traffic now"
"""What the detail of a refusal says; `auditor.phrases.LETTERS` has the words of reasons for it."""

_DAYS = tuple(Weekday)


def refusal(
    letter: Authorisation, windows: Sequence[TimeWindow], method: Method, local: datetime
) -> str:
    """Say why not, in words that follow the letter's number; empty when it is allowed.

    `local` is the time in the site's zone. No windows: at any hour.
    """
    if local.date() < letter.issued_on:
        return f"{NOT_YET} (issued on {letter.issued_on})"
    if local.date() > letter.expires_on:
        return f"{EXPIRED} (on {letter.expires_on})"
    if method not in letter.methods:
        return f"{NO_METHOD} {method}"
    if not is_open(windows, local):
        return f"{OFF_HOURS} ({local:%a %H:%M} {local.tzinfo})"
    return ""


def is_open(windows: Sequence[TimeWindow], local: datetime) -> bool:
    """Tell whether traffic is allowed at this local time. No windows: at any hour."""
    return not windows or any(_is_open(window, local) for window in windows)


def _is_open(window: TimeWindow, local: datetime) -> bool:
    """HH:MM compare as text; "24:00" is later than any time of the day."""
    return _DAYS[local.weekday()] in window.days and window.start <= f"{local:%H:%M}" < window.end
