"""How a moment is written in records and in the store."""

from datetime import UTC, datetime, timedelta

_AGREE = timedelta(minutes=5)
"""Clocks of several machines on one store differ by less, unless one of them is wrong."""


def moment(value: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, to the millisecond."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_behind(now: datetime, written: datetime) -> bool:
    """Tell whether something was written so far ahead that one of two clocks must be wrong."""
    return written - now > _AGREE
