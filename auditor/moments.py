"""How a moment is written in records and in the store."""

from datetime import UTC, datetime


def moment(value: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, to the millisecond."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
