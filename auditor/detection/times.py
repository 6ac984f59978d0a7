"""Times that products write about themselves. Sentinels become "unknown" before arithmetic."""

import re
from datetime import UTC, datetime, timedelta

FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=10)
"""How far in the future a time may lie before it is no time at all."""

_NEVER_NUMBERS = frozenset({0, 65535, 4294967295, 0x7FFFFFFF})
_NEVER_WORDS = frozenset({"", "n/a", "undefined", "never", "none", "unknown", "null"})
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def count(value: str) -> int | None:
    """Read a whole number; words and numbers that mean "never" are None."""
    value = value.strip()
    if not re.fullmatch(r"\d{1,20}", value) or int(value) in _NEVER_NUMBERS:
        return None
    return int(value)


def moment(value: str, form: str, now: datetime) -> datetime | None:
    """Read a time as an aware one; None for sentinels and for what is no time.

    `form`: iso, epoch, epoch_ms, filetime, `local:` or `utc:` with a strptime form. A time without
    an offset is the host's: it gets the offset of `now`.
    """
    value = value.strip()
    if value.lower() in _NEVER_WORDS:
        return None
    try:
        found = _read(value, form, now)
    except (ValueError, OverflowError):
        return None
    return found if found and found > _EARLIEST else None


def _read(value: str, form: str, now: datetime) -> datetime | None:
    if form == "iso":
        read = datetime.fromisoformat(value)
        return read if read.tzinfo else read.replace(tzinfo=now.tzinfo)
    if form in {"epoch", "epoch_ms", "filetime"}:
        return _from_number(count(value), form)
    zone, _, pattern = form.partition(":")
    read = datetime.strptime(value, pattern)  # noqa: DTZ007 - the zone is put on in the next line
    return read.replace(tzinfo=UTC if zone == "utc" else now.tzinfo)


def _from_number(value: int | None, form: str) -> datetime | None:
    if value is None:
        return None
    if form == "filetime":
        return FILETIME_EPOCH + timedelta(microseconds=value // 10)
    return datetime.fromtimestamp(value / (1000 if form == "epoch_ms" else 1), UTC)
